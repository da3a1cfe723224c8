-- From schema 15 to 16: after how many hours an open problem is marked as overdue, by priority.

-- ---------------------------------------------------------------- small master data
CREATE TABLE age_limit (
    id      integer GENERATED ALWAYS AS IDENTITY,
    name    text NOT NULL,
    hours   integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT age_limit_pk PRIMARY KEY (id),
    CONSTRAINT age_limit_name_once UNIQUE (name),
    CONSTRAINT age_limit_name_known CHECK (name IN ('critical', 'high', 'medium', 'low', 'none')),
    CONSTRAINT age_limit_hours_positive CHECK (hours BETWEEN 1 AND 9999)
);
INSERT INTO age_limit (name, hours) VALUES ('critical', 4), ('high', 24), ('medium', 72), ('low', 168), ('none', 24);
CREATE TRIGGER age_limit_renews_version AFTER INSERT OR UPDATE ON age_limit
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();
CREATE TRIGGER age_limit_change_is_audited AFTER UPDATE ON age_limit REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION audit_changed();
-- Processes that run already read their small master data again.
UPDATE small_masters_version SET version = gen_random_uuid();

UPDATE installation SET schema_version = 16;
