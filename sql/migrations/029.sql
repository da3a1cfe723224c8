-- A step of another branch.

UPDATE installation SET schema_version = 29;
