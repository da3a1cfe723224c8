-- From schema 21 to 22: ready texts of a division.

CREATE TABLE ready_text (
    id          integer GENERATED ALWAYS AS IDENTITY,
    division_id integer NOT NULL,
    name        text NOT NULL,
    purpose     text NOT NULL,      -- answer: diagnosis, solution, remark; escalation, return: the reason
    words       text NOT NULL,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    CONSTRAINT ready_text_pk PRIMARY KEY (id),
    CONSTRAINT ready_text_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT ready_text_name_once UNIQUE (division_id, name),
    CONSTRAINT ready_text_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT ready_text_purpose_known CHECK (purpose IN ('answer', 'escalation', 'return')),
    CONSTRAINT ready_text_words_length CHECK (length(words) BETWEEN 1 AND 5000),
    CONSTRAINT ready_text_placeholders_known
        CHECK (words !~ '\{(?!(pelapor|toko|nomor|inventaris)\})[^{}]*\}')
);
CREATE VIEW ready_text_sheet AS
SELECT t.id, t.version, d.key || ' > ' || t.name AS key, t.name AS alias, d.key || ' > ' || t.name AS sort,
       CASE WHEN t.is_active THEN 'active' ELSE 'inactive' END AS state,
       t.name, d.key AS division, t.purpose, t.words, CASE WHEN t.is_active THEN 'yes' ELSE 'no' END AS active
FROM ready_text t JOIN division_sheet d ON d.id = t.division_id;

CREATE TRIGGER ready_text_renews_version AFTER INSERT OR UPDATE ON ready_text
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();
CREATE TRIGGER ready_text_is_audited AFTER INSERT ON ready_text REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_created();
CREATE TRIGGER ready_text_change_is_audited AFTER UPDATE ON ready_text
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION audit_changed();
CREATE TRIGGER ready_text_is_found AFTER INSERT ON ready_text REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_search_keys();
CREATE TRIGGER ready_text_is_found_again AFTER UPDATE ON ready_text
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION renew_search_keys();
CREATE TRIGGER ready_text_is_never_deleted BEFORE DELETE OR TRUNCATE ON ready_text
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

UPDATE installation SET schema_version = 22;
