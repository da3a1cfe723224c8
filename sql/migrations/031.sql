-- PLACEHOLDER: a step of somebody else.

UPDATE installation SET schema_version = 31;
