-- From schema 24 to 25: nothing; a step of another branch.

UPDATE installation SET schema_version = 25;
