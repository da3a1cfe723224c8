-- From schema 33 to 34: the draft of a report, kept while it is typed; the usual troubles of a kind of goods, which can
-- stand for a description; signing in may lead to the form of a report.

CREATE TABLE report_draft (
    employee_id integer NOT NULL,
    token       uuid NOT NULL,          -- of the form; the problem made of it has the same
    fields      text NOT NULL,
    saved_at    timestamptz NOT NULL,
    CONSTRAINT report_draft_pk PRIMARY KEY (employee_id),
    CONSTRAINT report_draft_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT report_draft_length CHECK (octet_length(fields) <= 100000)
);
CREATE INDEX report_draft_age ON report_draft (saved_at);

CREATE TABLE trouble (
    id        integer GENERATED ALWAYS AS IDENTITY,
    kind_id   integer NOT NULL,
    name      text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version   integer NOT NULL DEFAULT 1,
    CONSTRAINT trouble_pk PRIMARY KEY (id),
    CONSTRAINT trouble_kind_exists FOREIGN KEY (kind_id) REFERENCES asset_kind (id),
    CONSTRAINT trouble_name_once UNIQUE (kind_id, name),
    CONSTRAINT trouble_name_length CHECK (length(name) BETWEEN 1 AND 100)
);
CREATE VIEW trouble_sheet AS
SELECT t.id, t.version, k.name || ' > ' || t.name AS key, t.name AS alias, k.name || ' > ' || t.name AS sort,
       CASE WHEN t.is_active THEN 'active' ELSE 'inactive' END AS state,
       k.name AS kind, t.name, CASE WHEN t.is_active THEN 'yes' ELSE 'no' END AS active
FROM trouble t JOIN asset_kind k ON k.id = t.kind_id;
CREATE TRIGGER trouble_renews_version AFTER INSERT OR UPDATE ON trouble
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();
CREATE TRIGGER trouble_is_audited AFTER INSERT ON trouble REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_created();
CREATE TRIGGER trouble_change_is_audited AFTER UPDATE ON trouble
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION audit_changed();
CREATE TRIGGER trouble_is_found AFTER INSERT ON trouble REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_search_keys();
CREATE TRIGGER trouble_is_found_again AFTER UPDATE ON trouble
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION renew_search_keys();
CREATE TRIGGER trouble_is_never_deleted BEFORE DELETE OR TRUNCATE ON trouble
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- NOT VALID reads no row; the next step checks them.
ALTER TABLE problem
    DROP CONSTRAINT problem_description_length,
    ADD CONSTRAINT problem_description_length CHECK (length(description) <= 5000) NOT VALID;

ALTER TABLE employee ADD COLUMN starts_with_report boolean NOT NULL DEFAULT false;
CREATE OR REPLACE FUNCTION audited(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - '{id,version,state,level,parent_level}'::text[]
                 - '{pin_hash,session_version,language,theme,has_keys,default_view_id,notice_ways,has_digest}'::text[]
                 - '{starts_with_report}'::text[]
$$;

UPDATE installation SET schema_version = 34;
