-- From schema 12 to 13: an import knows the sheets of its file, and which rows a spreadsheet hides.

-- ---------------------------------------------------------------- imports
ALTER TYPE import_state ADD VALUE 'choosing' AFTER 'reading';
-- Names no new value: a value can be used only after the transaction that adds it.
ALTER TABLE import
    ADD COLUMN sheets jsonb NOT NULL DEFAULT '[]',
    DROP CONSTRAINT import_shown_with_fingerprint,
    ADD CONSTRAINT import_shown_with_fingerprint CHECK (
        state NOT IN ('shown', 'writing', 'written') OR fingerprint IS NOT NULL);

-- The number of a row is no longer its place: several sheets have a row 2.
ALTER TABLE import_row
    ADD COLUMN place integer,
    ADD COLUMN sheet text NOT NULL DEFAULT '',
    ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;
UPDATE import_row SET place = number;
ALTER TABLE import_row
    DROP CONSTRAINT import_row_pk,
    ADD CONSTRAINT import_row_pk PRIMARY KEY (import_id, place);

UPDATE installation SET schema_version = 13;
