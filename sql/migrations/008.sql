-- From schema 7 to 8: the conditions of step 7 are validated.
ALTER TABLE event VALIDATE CONSTRAINT event_stands_where, VALIDATE CONSTRAINT event_states_form_a_chain;

UPDATE installation SET schema_version = 8;
