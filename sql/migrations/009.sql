-- From schema 8 to 9: a version of the small master data, which each process keeps.

-- ---------------------------------------------------------------- small master data
-- One row: a new version with each change of a division, department, category or kind of goods, in the transaction of
-- the change. A process keeps these rows for as long as the version stays (sih/dao/small_masters.py).
CREATE TABLE small_masters_version (
    is_only boolean NOT NULL DEFAULT true,
    version uuid NOT NULL,
    CONSTRAINT small_masters_version_pk PRIMARY KEY (is_only),
    CONSTRAINT small_masters_version_is_one_row CHECK (is_only)
);
INSERT INTO small_masters_version (version) VALUES (gen_random_uuid());
CREATE TRIGGER small_masters_version_is_never_deleted BEFORE DELETE OR TRUNCATE ON small_masters_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION renew_small_masters_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE small_masters_version SET version = gen_random_uuid();
    RETURN NULL;
END $$;
DO $$
DECLARE noun text;
BEGIN
    FOREACH noun IN ARRAY '{division,department,category,asset_kind}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_renews_version AFTER INSERT OR UPDATE ON %1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version()', noun);
    END LOOP;
END $$;

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 9;
