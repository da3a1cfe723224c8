-- From schema 32 to 33: what people in shops write, and what it means.

CREATE TABLE slang (
    id        integer GENERATED ALWAYS AS IDENTITY,
    name      text NOT NULL,
    meaning   text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version   integer NOT NULL DEFAULT 1,
    CONSTRAINT slang_pk PRIMARY KEY (id),
    CONSTRAINT slang_name_once UNIQUE (name),
    CONSTRAINT slang_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT slang_meaning_length CHECK (length(meaning) BETWEEN 1 AND 100)
);
CREATE VIEW slang_sheet AS
SELECT w.id, w.version, w.name AS key, w.name AS alias, w.name AS sort,
       CASE WHEN w.is_active THEN 'active' ELSE 'inactive' END AS state,
       w.name, w.meaning, CASE WHEN w.is_active THEN 'yes' ELSE 'no' END AS active
FROM slang w;

CREATE TRIGGER slang_renews_version AFTER INSERT OR UPDATE ON slang
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();
CREATE TRIGGER slang_is_audited AFTER INSERT ON slang REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_created();
CREATE TRIGGER slang_change_is_audited AFTER UPDATE ON slang
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION audit_changed();
CREATE TRIGGER slang_is_found AFTER INSERT ON slang REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_search_keys();
CREATE TRIGGER slang_is_found_again AFTER UPDATE ON slang
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION renew_search_keys();
CREATE TRIGGER slang_is_never_deleted BEFORE DELETE OR TRUNCATE ON slang
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

UPDATE installation SET schema_version = 33;
