-- From schema 22 to 23: the kinds of events of step 24. A new value cannot be used in the step that adds it.
ALTER TYPE event_kind ADD VALUE 'corrected';
ALTER TYPE event_kind ADD VALUE 'withdrawn';

UPDATE installation SET schema_version = 23;
