-- From schema 1 to 2: master data that an admin keeps in the browser, its audit, search and imports; background work.
ALTER TABLE store ADD version integer NOT NULL DEFAULT 1;
ALTER TABLE division ADD version integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT division_helpdesk_is_active CHECK (NOT is_helpdesk OR is_active);
ALTER TABLE department ADD version integer NOT NULL DEFAULT 1;
ALTER TABLE asset_kind ADD version integer NOT NULL DEFAULT 1;
ALTER TABLE category ADD priority problem_priority, ADD division_id integer, ADD version integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT category_division_exists FOREIGN KEY (division_id) REFERENCES division (id);
ALTER TABLE asset ADD bought_on date, ADD version integer NOT NULL DEFAULT 1;
ALTER TABLE employee ADD email text NOT NULL DEFAULT '', ADD version integer NOT NULL DEFAULT 1,
    ADD state text GENERATED ALWAYS AS (
        CASE WHEN is_frozen THEN 'frozen' WHEN pin_hash IS NULL THEN 'without_pin' ELSE 'active' END) STORED,
    ADD CONSTRAINT employee_email_form
        CHECK (email = '' OR (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 200));
CREATE INDEX employee_name ON employee (name, id);
CREATE INDEX employee_store ON employee (store_id, name, id);
CREATE INDEX employee_role ON employee (role, name, id);
CREATE INDEX employee_state ON employee (state, name, id);
CREATE INDEX problem_asset ON problem (asset_id, reported_at, id) WHERE asset_id IS NOT NULL;
CREATE TABLE session (
    id              uuid NOT NULL,
    employee_id     integer NOT NULL,
    session_version integer NOT NULL,
    started_at      timestamptz NOT NULL,
    address         text NOT NULL,
    browser         text NOT NULL,
    CONSTRAINT session_pk PRIMARY KEY (id),
    CONSTRAINT session_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX session_of_employee ON session (employee_id, started_at);

-- Every administrative change: who, when, from what to what. Written by triggers, so no way around it: whoever changes
-- a row says in the same transaction who it is, as set_config('sih.change', '{"at": ..., "source": ...,
-- "actor_id": ..., "reason": ...}', true). Without an author a change is refused, for `at` and `source` are NOT NULL.
CREATE TYPE audit_kind AS ENUM (
    'created', 'changed',
    'coded'         -- an activation code was made; the code itself stands nowhere
);
CREATE TABLE audit (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL,
    source   text NOT NULL,             -- 'page', 'command', 'import 12', 'demo'
    actor_id integer,                   -- NULL: the command line
    noun     text NOT NULL,             -- the table
    row_id   integer NOT NULL,
    row_name text NOT NULL,             -- as it was called after the change
    kind     audit_kind NOT NULL,
    changes  jsonb NOT NULL,            -- {column: [from, to]}, of a new row {column: value}; never a PIN or a hash
    reason   text,
    CONSTRAINT audit_pk PRIMARY KEY (id),
    CONSTRAINT audit_actor_exists FOREIGN KEY (actor_id) REFERENCES employee (id)
);
CREATE INDEX audit_newest ON audit (at, id);
CREATE INDEX audit_noun ON audit (noun, at, id);
CREATE INDEX audit_actor ON audit (actor_id, at, id);
CREATE INDEX audit_row ON audit (noun, row_id, at, id);
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION row_name(facts jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws(' ', facts->>'nik', facts->>'code', facts->>'label', facts->>'name')
$$;
-- What of a row is nobody's to read, or no administrative change.
CREATE FUNCTION audited(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - '{id,version,pin_hash,session_version,language,theme,state,level,parent_level}'::text[]
$$;
CREATE FUNCTION audit_created() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author jsonb := nullif(current_setting('sih.change', true), '')::jsonb;
BEGIN
    INSERT INTO audit (at, source, actor_id, noun, row_id, row_name, kind, changes, reason)
    SELECT (author->>'at')::timestamptz, author->>'source', (author->>'actor_id')::integer, TG_TABLE_NAME, a.id,
           row_name(to_jsonb(a)), 'created', jsonb_strip_nulls(audited(to_jsonb(a))), author->>'reason'
    FROM added a;
    RETURN NULL;
END $$;
CREATE FUNCTION audit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author jsonb := nullif(current_setting('sih.change', true), '')::jsonb;
BEGIN
    INSERT INTO audit (at, source, actor_id, noun, row_id, row_name, kind, changes, reason)
    SELECT (author->>'at')::timestamptz, author->>'source', (author->>'actor_id')::integer, TG_TABLE_NAME, a.id,
           row_name(to_jsonb(a)), 'changed', change.facts, author->>'reason'
    FROM after a
    JOIN before b ON b.id = a.id
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(f.key, jsonb_build_array(to_jsonb(b)->f.key, f.value)) AS facts
        FROM jsonb_each(audited(to_jsonb(a))) AS f
        WHERE f.value IS DISTINCT FROM to_jsonb(b)->f.key) AS change
    WHERE change.facts IS NOT NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION audit_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author jsonb := nullif(current_setting('sih.change', true), '')::jsonb;
BEGIN
    INSERT INTO audit (at, source, actor_id, noun, row_id, row_name, kind, changes, reason)
    SELECT (author->>'at')::timestamptz, author->>'source', (author->>'actor_id')::integer, 'employee', e.id,
           e.nik || ' ' || e.name, 'coded', '{}', author->>'reason'
    FROM after a JOIN employee e ON e.id = a.employee_id;
    RETURN NULL;
END $$;
CREATE TRIGGER activation_is_audited AFTER INSERT ON activation
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION audit_code();
CREATE TRIGGER activation_is_audited_again AFTER UPDATE ON activation
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION audit_code();

-- Nobody freezes or demotes themselves, and the last admin is not lost, however many try at once.
CREATE FUNCTION keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE actor integer := nullif(current_setting('sih.change', true), '')::jsonb->>'actor_id';
BEGIN
    IF NOT EXISTS (SELECT FROM before b JOIN after a ON a.id = b.id
                   WHERE b.role = 'admin' AND NOT b.is_frozen AND (a.role <> 'admin' OR a.is_frozen)) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM after a WHERE a.id = actor AND (a.role <> 'admin' OR a.is_frozen)) THEN
        RAISE EXCEPTION 'nobody freezes or demotes themselves'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'employee_not_by_oneself';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sih.keep_an_admin'));
    IF NOT EXISTS (SELECT FROM employee WHERE role = 'admin' AND NOT is_frozen) THEN
        RAISE EXCEPTION 'the last admin stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'employee_last_admin_stays';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER employee_keeps_an_admin AFTER UPDATE ON employee
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_an_admin();

-- Search by the beginning of any word. Each row stands here once for each of its words, turned so that this word comes
-- first ("siti aminah", "aminah siti"): a search is a walk along one index that ends at a page, however many there are,
-- and the other words of a search are looked for in the rest of the same entry.
CREATE TABLE search_key (
    noun   text NOT NULL,
    key    text COLLATE "C" NOT NULL,
    row_id integer NOT NULL,
    CONSTRAINT search_key_pk PRIMARY KEY (noun, key, row_id)
);
CREATE FUNCTION words_in_order(content text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(regexp_replace(lower(content), '[^[:alnum:]]+', ' ', 'g'), ' '), '')
$$;
CREATE FUNCTION search_text(facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws(' ', facts->>'name', facts->>'code', facts->>'label', facts->>'serial', facts->>'nik',
                     facts->>'city')
$$;
CREATE FUNCTION search_keys(content text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text[] := words_in_order(content);
    keys text[] := '{}';
BEGIN
    FOR place IN 1..least(cardinality(words), 8) LOOP
        keys := keys || left(array_to_string(words[place:] || words[:place - 1], ' '), 200);
    END LOOP;
    RETURN keys;
END $$;
-- Of the words of a search, the longest leads the walk; all must occur.
CREATE FUNCTION search_word(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word COLLATE "C" FROM unnest(words_in_order(words)) AS word ORDER BY length(word) DESC, word LIMIT 1
$$;
CREATE FUNCTION search_patterns(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg('% ' || word || '%') FROM unnest(words_in_order(words)) AS word
$$;
CREATE FUNCTION add_search_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_key (noun, key, row_id)
    SELECT TG_TABLE_NAME, key, a.id FROM added a, unnest(search_keys(search_text(to_jsonb(a)))) AS key
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION renew_search_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT b.id, search_text(to_jsonb(b)) AS old, search_text(to_jsonb(a)) AS new
        FROM before b JOIN after a ON a.id = b.id
        WHERE search_text(to_jsonb(b)) <> search_text(to_jsonb(a))
    ), gone AS (
        DELETE FROM search_key s USING moved, unnest(search_keys(moved.old)) AS former (key)
        WHERE s.noun = TG_TABLE_NAME AND s.key = former.key AND s.row_id = moved.id
          AND s.key <> ALL (search_keys(moved.new))
    )
    INSERT INTO search_key (noun, key, row_id)
    SELECT TG_TABLE_NAME, key, moved.id FROM moved, unnest(search_keys(moved.new)) AS key
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- What each table looks like in a list, a form and a file: every fact in words, '' for none, other rows by their key.
-- `key` is what a file finds a row by, `alias` a shorter name that is understood where it is one row's alone.
CREATE VIEW division_sheet AS
SELECT d.id, d.version, concat_ws(' > ', p.name, d.name) AS key, d.name AS alias,
       concat_ws(' > ', p.name, d.name) AS sort, CASE WHEN d.is_active THEN 'active' ELSE 'inactive' END AS state,
       d.name, coalesce(p.name, '') AS parent, CASE WHEN d.is_active THEN 'yes' ELSE 'no' END AS active
FROM division d LEFT JOIN division p ON p.id = d.parent_id;
CREATE VIEW department_sheet AS
SELECT m.id, m.version, d.key || ' > ' || m.name AS key, m.name AS alias, d.key || ' > ' || m.name AS sort,
       CASE WHEN m.is_active THEN 'active' ELSE 'inactive' END AS state,
       m.name, d.key AS division, CASE WHEN m.is_active THEN 'yes' ELSE 'no' END AS active
FROM department m JOIN division_sheet d ON d.id = m.division_id;
CREATE VIEW store_sheet AS
SELECT s.id, s.version, s.code AS key, s.code AS alias, s.code AS sort,
       CASE WHEN s.is_active THEN 'active' ELSE 'inactive' END AS state,
       s.code, s.name, s.city, s.time_zone, CASE WHEN s.is_active THEN 'yes' ELSE 'no' END AS active
FROM store s;
CREATE VIEW category_sheet AS
SELECT c.id, c.version, c.name AS key, c.name AS alias, c.name AS sort,
       CASE WHEN c.is_active THEN 'active' ELSE 'inactive' END AS state,
       c.name, coalesce(c.priority::text, '') AS priority, coalesce(d.key, '') AS division,
       CASE WHEN c.is_active THEN 'yes' ELSE 'no' END AS active
FROM category c LEFT JOIN division_sheet d ON d.id = c.division_id;
CREATE VIEW asset_kind_sheet AS
SELECT k.id, k.version, k.name AS key, k.name AS alias, k.name AS sort,
       CASE WHEN k.is_active THEN 'active' ELSE 'inactive' END AS state,
       k.name, CASE WHEN k.is_active THEN 'yes' ELSE 'no' END AS active
FROM asset_kind k;
CREATE VIEW asset_sheet AS
SELECT a.id, a.version, a.label AS key, a.label AS alias, a.label AS sort,
       CASE WHEN a.is_retired THEN 'inactive' ELSE 'active' END AS state,
       a.label, k.name AS kind, a.serial, s.code AS store, s.name AS store_name,
       coalesce(a.bought_on::text, '') AS bought_on, CASE WHEN a.is_retired THEN 'no' ELSE 'yes' END AS active
FROM asset a JOIN asset_kind k ON k.id = a.kind_id JOIN store s ON s.id = a.store_id;
CREATE VIEW employee_sheet AS
SELECT e.id, e.version, e.nik AS key, e.nik AS alias, e.name AS sort, e.state,
       e.nik, e.name, e.role, s.code AS store, s.name AS store_name, coalesce(d.key, '') AS division,
       coalesce(m.key, '') AS department, e.email, CASE WHEN e.is_frozen THEN 'no' ELSE 'yes' END AS active
FROM employee e
JOIN store s ON s.id = e.store_id
LEFT JOIN division_sheet d ON d.id = e.division_id
LEFT JOIN department_sheet m ON m.id = e.department_id;

-- ---------------------------------------------------------------- background work
-- One mechanism for all of it: a job is written in the transaction of the change that asks for it, and taken by a
-- worker (flask --app sih worker). A worker that dies leaves its lease to run out; another one then begins anew.
CREATE TYPE job_state AS ENUM (
    'waiting',      -- from run_at on                    -> running
    'running',      -- by a worker, until leased_until   -> done, failed, waiting (to try once more)
    'done', 'failed'
);
CREATE TABLE job (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    kind         text NOT NULL,
    facts        jsonb NOT NULL,
    state        job_state NOT NULL DEFAULT 'waiting',
    created_at   timestamptz NOT NULL,
    run_at       timestamptz NOT NULL,
    leased_until timestamptz,
    attempts     integer NOT NULL DEFAULT 0,
    done         integer NOT NULL DEFAULT 0,    -- of `total` rows, for the progress on screen
    total        integer NOT NULL DEFAULT 0,
    error        text,
    CONSTRAINT job_pk PRIMARY KEY (id),
    CONSTRAINT job_leased_while_running CHECK ((state = 'running') = (leased_until IS NOT NULL))
);
CREATE INDEX job_due ON job (run_at, id) WHERE state IN ('waiting', 'running');

-- ---------------------------------------------------------------- imports
-- A file that was brought in: kept for a day under its number, so that any process may read and confirm it.
CREATE TYPE import_state AS ENUM (
    'reading',      -- the dry run is being made        -> shown, refused
    'shown',        -- and can be confirmed             -> writing
    'writing',      -- it was confirmed                 -> written; or shown again, where the outcome has changed
    'written',
    'refused'       -- the file cannot be read; `fault` says why
);
CREATE TABLE import (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    noun        text NOT NULL,
    file_name   text NOT NULL,
    content     bytea NOT NULL,
    is_complete boolean NOT NULL,       -- "Berkas ini daftar lengkap": who is absent is deactivated
    actor_id    integer,                -- NULL: the command line
    created_at  timestamptz NOT NULL,
    state       import_state NOT NULL DEFAULT 'reading',
    job_id      bigint,
    fault       jsonb,
    columns     text[] NOT NULL DEFAULT '{}',
    unused      text[] NOT NULL DEFAULT '{}',
    counts      jsonb NOT NULL DEFAULT '{}',    -- rows by what becomes of them
    fingerprint text,                           -- of the dry run that was shown; what is written must have the same
    has_differed boolean NOT NULL DEFAULT false,
    CONSTRAINT import_pk PRIMARY KEY (id),
    CONSTRAINT import_actor_exists FOREIGN KEY (actor_id) REFERENCES employee (id),
    CONSTRAINT import_job_exists FOREIGN KEY (job_id) REFERENCES job (id),
    CONSTRAINT import_shown_with_fingerprint CHECK (state IN ('reading', 'refused') OR fingerprint IS NOT NULL),
    CONSTRAINT import_refused_with_fault CHECK ((state = 'refused') = (fault IS NOT NULL))
);
CREATE INDEX import_age ON import (created_at);
-- What was read from it, and what becomes of it. Both are made from `content` again, so a crash may lose them.
CREATE UNLOGGED TABLE import_row (
    import_id bigint NOT NULL,
    number    integer NOT NULL,         -- as the spreadsheet shows it
    key       text NOT NULL,            -- '' where it has none
    facts     jsonb NOT NULL,           -- {column: text}, only the columns of the file
    inactive  text[] NOT NULL DEFAULT '{}',     -- columns that name something deactivated: nothing new may
    faults    jsonb NOT NULL DEFAULT '[]',      -- why it cannot be read: [{"text": ..., "facts": {...}}]
    CONSTRAINT import_row_pk PRIMARY KEY (import_id, number)
);
CREATE UNLOGGED TABLE import_change (
    import_id bigint NOT NULL,
    place     integer NOT NULL,         -- in the order of the file, then those who are absent
    number    integer,                  -- of the row; NULL: absent from the file
    kind      text NOT NULL,            -- 'create', 'change', 'deactivate', 'fault'
    row_name  text NOT NULL,
    facts     jsonb NOT NULL,           -- the whole row as it is to be written; of a fault its reasons
    changes   jsonb NOT NULL,           -- {column: [from, to]}
    CONSTRAINT import_change_pk PRIMARY KEY (import_id, place),
    CONSTRAINT import_change_kind_known CHECK (kind IN ('create', 'change', 'deactivate', 'fault'))
);
CREATE INDEX import_change_kind ON import_change (import_id, kind, place);

-- Last, so that nothing above needs an author.
DO $$
DECLARE noun text;
BEGIN
    FOREACH noun IN ARRAY '{employee,store,division,department,category,asset_kind,asset}'::text[] LOOP
        EXECUTE format('INSERT INTO search_key (noun, key, row_id)
                        SELECT %1$L, key, t.id FROM %1$I t, unnest(search_keys(search_text(to_jsonb(t)))) AS key
                        ON CONFLICT DO NOTHING', noun);
        EXECUTE format('CREATE TRIGGER %1$s_is_audited AFTER INSERT ON %1$I REFERENCING NEW TABLE AS added
                        FOR EACH STATEMENT EXECUTE FUNCTION audit_created()', noun);
        EXECUTE format('CREATE TRIGGER %1$s_change_is_audited AFTER UPDATE ON %1$I
                        REFERENCING OLD TABLE AS before NEW TABLE AS after
                        FOR EACH STATEMENT EXECUTE FUNCTION audit_changed()', noun);
        EXECUTE format('CREATE TRIGGER %1$s_is_found AFTER INSERT ON %1$I REFERENCING NEW TABLE AS added
                        FOR EACH STATEMENT EXECUTE FUNCTION add_search_keys()', noun);
        EXECUTE format('CREATE TRIGGER %1$s_is_found_again AFTER UPDATE ON %1$I
                        REFERENCING OLD TABLE AS before NEW TABLE AS after
                        FOR EACH STATEMENT EXECUTE FUNCTION renew_search_keys()', noun);
        EXECUTE format('CREATE TRIGGER %1$s_is_never_deleted BEFORE DELETE OR TRUNCATE ON %1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', noun);
    END LOOP;
END $$;
UPDATE installation SET schema_version = 2;
