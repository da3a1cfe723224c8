-- Placeholder: to be replaced by the step of another branch.
UPDATE installation SET schema_version = 23;
