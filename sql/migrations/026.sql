-- From schema 25 to 26: nothing; a step of another branch.

UPDATE installation SET schema_version = 26;
