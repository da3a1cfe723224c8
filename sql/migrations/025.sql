-- From schema 24 to 25: internal notes. A new value can be used only in a later step.
ALTER TYPE event_kind ADD VALUE 'noted';

UPDATE installation SET schema_version = 25;
