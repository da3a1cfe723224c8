-- From schema 26 to 27: the kinds of events of a question to the reporter. The next step uses them: a value can be used
-- only after the transaction that adds it.

ALTER TYPE event_kind ADD VALUE 'asked';
ALTER TYPE event_kind ADD VALUE 'unasked';

UPDATE installation SET schema_version = 27;
