-- Placeholder, dropped at merging.

UPDATE installation SET schema_version = 26;
