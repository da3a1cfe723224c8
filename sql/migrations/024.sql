-- From schema 23 to 24: nothing; a step of another branch.

UPDATE installation SET schema_version = 24;
