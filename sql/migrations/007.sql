-- From schema 6 to 7: the conditions of step 6 are validated.
ALTER TABLE event VALIDATE CONSTRAINT event_stands_where, VALIDATE CONSTRAINT event_states_form_a_chain;

UPDATE installation SET schema_version = 7;
