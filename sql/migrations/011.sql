-- From schema 10 to 11: which new NIKs of an import are of people who are there already.

ALTER TABLE import ADD COLUMN same_people jsonb NOT NULL DEFAULT '{}';

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 11;
