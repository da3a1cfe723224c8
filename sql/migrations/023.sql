-- From schema 22 to 23: nothing; a step of another branch.

UPDATE installation SET schema_version = 23;
