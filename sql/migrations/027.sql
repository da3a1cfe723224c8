UPDATE installation SET schema_version = 27;
