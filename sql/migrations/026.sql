UPDATE installation SET schema_version = 26;
