-- From schema 13 to 14: an import knows what is no row, and keeps faulty rows as they stand in the file.

-- ---------------------------------------------------------------- imports
ALTER TABLE import ADD COLUMN headings text[] NOT NULL DEFAULT '{}';
ALTER TABLE import_row
    ADD COLUMN is_tidied boolean NOT NULL DEFAULT false,
    ADD COLUMN non_row text NOT NULL DEFAULT '',
    ADD COLUMN last integer,
    ADD COLUMN cells text[];
ALTER TABLE import_change
    DROP CONSTRAINT import_change_kind_known,
    ADD CONSTRAINT import_change_kind_known CHECK (kind IN ('create', 'change', 'deactivate', 'fault', 'non_row'));

UPDATE installation SET schema_version = 14;
