-- SIH: the current schema. `flask --app sih init-db` applies it once, in one transaction.
-- All times come from the application (sih/domain/clock.py), so that tests can set them. Only keep_security_events()
-- reads the server's clock.
--
-- All triggers follow; tests/test_triggers.py compares this table with a database. Triggers of one table and moment
-- fire in the order of their names. A move is an event for which moves_nothing() is false. Triggers that several tables
-- have are created in a loop (DO).
--
-- trigger                       table          fires                           once a    writes
-- activation_is_audited         activation     after insert                    statement audit: 'coded'
-- activation_is_audited_again   activation     after update                    statement audit: 'coded'
-- activation_is_noted           activation     after insert                    statement security_event: 'code_issued'
-- activation_is_noted_again     activation     after update                    statement security_event: 'code_issued'
-- age_limit_change_is_audited   age_limit      after update                    statement audit: 'changed'
-- age_limit_renews_version      age_limit      after insert, update           statement small_masters_version
-- asset_change_is_audited       asset          after update                    statement audit: 'changed'
-- asset_is_audited              asset          after insert                    statement audit: 'created'
-- asset_is_found                asset          after insert                    statement search_key
-- asset_is_found_again          asset          after update                    statement search_key, if a word changed
-- asset_is_never_deleted        asset          before delete, truncate         statement nothing; raises an error
-- asset_kind_change_is_audited  asset_kind     after update                    statement audit: 'changed'
-- asset_kind_is_audited         asset_kind     after insert                    statement audit: 'created'
-- asset_kind_is_found           asset_kind     after insert                    statement search_key
-- asset_kind_is_found_again     asset_kind     after update                    statement search_key, if a word changed
-- asset_kind_is_never_deleted   asset_kind     before delete, truncate         statement nothing; raises an error
-- asset_kind_renews_version     asset_kind     after insert, update           statement small_masters_version
-- audit_is_append_only          audit          before update, delete, truncate statement nothing; raises an error
-- category_change_is_audited    category       after update                    statement audit: 'changed'
-- category_is_audited           category       after insert                    statement audit: 'created'
-- category_is_found             category       after insert                    statement search_key
-- category_is_found_again       category       after update                    statement search_key, if a word changed
-- category_is_never_deleted     category       before delete, truncate         statement nothing; raises an error
-- category_renews_version       category       after insert, update           statement small_masters_version
-- closed_figure_is_append_only  closed_figure  before update, delete, truncate statement nothing; raises an error
-- closed_month_is_append_only   closed_month   before update, delete, truncate statement nothing; raises an error
-- department_change_is_audited  department     after update                    statement audit: 'changed'
-- department_is_audited         department     after insert                    statement audit: 'created'
-- department_is_found           department     after insert                    statement search_key
-- department_is_found_again     department     after update                    statement search_key, if a word changed
-- department_is_never_deleted   department     before delete, truncate         statement nothing; raises an error
-- department_renews_version     department     after insert, update           statement small_masters_version
-- division_change_is_audited    division       after update                    statement audit: 'changed'
-- division_is_audited           division       after insert                    statement audit: 'created'
-- division_is_found             division       after insert                    statement search_key
-- division_is_found_again       division       after update                    statement search_key, if a word changed
-- division_is_never_deleted     division       before delete, truncate         statement nothing; raises an error
-- division_renews_version       division       after insert, update           statement small_masters_version
-- employee_change_is_audited    employee       after update                    statement audit: 'changed'
-- employee_freeze_is_noted      employee       after update                    statement security_event: '(un)frozen'
-- employee_is_audited           employee       after insert                    statement audit: 'created'
-- employee_is_found             employee       after insert                    statement search_key
-- employee_is_found_again       employee       after update                    statement search_key, if a word changed
-- employee_is_never_deleted     employee       before delete, truncate         statement nothing; raises an error
-- employee_keeps_an_admin       employee       after update                    statement nothing; keeps the last admin
-- ended_month_is_append_only    ended_month    before update, delete, truncate statement nothing; raises an error
-- event_is_append_only          event          before update, delete, truncate statement nothing; raises an error
-- event_is_indexed              event          after insert                    statement problem_search, of a note
-- event_is_queued               event          after insert                    statement recap_pending, of a move
-- event_is_recorded             event          before insert                   row       its own recorded_at, of a move
-- mention_is_append_only        mention        before update, delete, truncate statement nothing; raises an error
-- open_at_month_end_is_append_only open_at_month_end before update, delete, truncate statement nothing; raises an error
-- problem_is_counted            problem        after insert                    statement tally_change
-- problem_is_indexed            problem        after insert                    statement problem_search, word_count
-- problem_is_never_deleted      problem        before delete, truncate         statement nothing; raises an error
-- problem_is_recounted          problem        after update                    statement tally_change
-- ready_text_change_is_audited  ready_text     after update                    statement audit: 'changed'
-- ready_text_is_audited         ready_text     after insert                    statement audit: 'created'
-- ready_text_is_found           ready_text     after insert                    statement search_key
-- ready_text_is_found_again     ready_text     after update                    statement search_key, if a word changed
-- ready_text_is_never_deleted   ready_text     before delete, truncate         statement nothing; raises an error
-- ready_text_renews_version     ready_text     after insert, update           statement small_masters_version
-- security_event_is_append_only security_event before update, truncate         statement nothing; raises an error
-- security_event_is_kept        security_event after delete                    statement nothing; keeps 90 days
-- security_tally_becomes_events security_tally after delete                    statement security_event
-- security_tally_is_not_emptied security_tally before truncate                 statement nothing; raises an error
-- security_tally_only_counts    security_tally before update                   row       nothing; keeps the rest
-- slang_change_is_audited       slang          after update                  statement audit: 'changed'
-- slang_is_audited              slang          after insert                  statement audit: 'created'
-- slang_is_found                slang          after insert                  statement search_key
-- slang_is_found_again          slang          after update                  statement search_key, if a word changed
-- slang_is_never_deleted        slang          before delete, truncate       statement nothing; raises an error
-- slang_renews_version          slang          after insert, update          statement small_masters_version
-- small_masters_version_is_never_deleted small_masters_version before delete, truncate statement nothing; raises an error
-- store_change_is_audited       store          after update                    statement audit: 'changed'
-- store_is_audited              store          after insert                    statement audit: 'created'
-- store_is_found                store          after insert                    statement search_key
-- store_is_found_again          store          after update                    statement search_key, if a word changed
-- store_is_never_deleted        store          before delete, truncate         statement nothing; raises an error
-- tally_is_folded               tally_change   after insert                    statement tally, from tally_change
-- trouble_change_is_audited     trouble        after update                  statement audit: 'changed'
-- trouble_is_audited            trouble        after insert                  statement audit: 'created'
-- trouble_is_found              trouble        after insert                  statement search_key
-- trouble_is_found_again        trouble        after update                  statement search_key, if a word changed
-- trouble_is_never_deleted      trouble        before delete, truncate       statement nothing; raises an error
-- trouble_renews_version        trouble        after insert, update         statement small_masters_version
-- usual_duration_renews_version usual_duration after insert, delete           statement small_masters_version

-- ---------------------------------------------------------------- words
CREATE TYPE employee_role AS ENUM (
    'reporter',     -- Pelapor: every employee
    'handler',      -- Penanggung: acts on problems that wait at the own division or person
    'supervisor',   -- Atasan: sees all problems, acts on none
    'admin'         -- Admin: accounts and master data
);
CREATE TYPE problem_status AS ENUM (
    'new',          -- Baru: waits at the helpdesk.                   opened -> in_progress, withdrawn -> closed
    'in_progress',  -- Ditangani: a division or a PIC works on it.    closed -> closed, escalated -> escalated
    'escalated',    -- Dialihkan: waits until the receiver takes it.  accepted, returned -> in_progress
    'closed'        -- Selesai.                                       reopened -> in_progress, unless withdrawn
);
CREATE TYPE problem_priority AS ENUM ('critical', 'high', 'medium', 'low');
CREATE TYPE event_kind AS ENUM (
    'reported', 'opened', 'closed', 'escalated', 'accepted', 'returned', 'reopened',   -- change status or holder
    'commented',    -- changes nothing
    'confirmed',    -- "Beres" by the reporter; changes no status, ends the reporter's right to reopen
    'corrected',    -- changes what was reported, but no status and no holder; a move all the same
    'withdrawn',    -- by the reporter while it is new; closes
    'noted',        -- an internal note: changes nothing, and is there for handlers and supervisors alone
    'asked', 'unasked'  -- "Tanya pelapor", "Tidak perlu lagi": begin and end of a question; change no status
);
-- Whether an event of this kind leaves status and holder unchanged. PostgreSQL inlines the function.
CREATE FUNCTION moves_nothing(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('commented', 'confirmed', 'asked', 'unasked', 'noted');
-- Whether only handlers and supervisors may know of an event of this kind (sih/domain/policy.py: reads_notes).
CREATE FUNCTION is_internal(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind = 'noted';
-- The month as yyyymm in Asia/Jakarta; divided by 100 it is the year. Inlined, too.
CREATE FUNCTION month_of(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(year FROM at AT TIME ZONE 'Asia/Jakarta') * 100
        + extract(month FROM at AT TIME ZONE 'Asia/Jakarta'))::integer;

-- ---------------------------------------------------------------- company
CREATE TABLE store (
    id         integer GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    name       text NOT NULL,
    city       text NOT NULL,
    time_zone  text NOT NULL,       -- IANA name of WIB, WITA or WIT
    phone      text NOT NULL DEFAULT '',        -- the number that handlers call about a problem of this store
    is_active  boolean NOT NULL DEFAULT true,
    version    integer NOT NULL DEFAULT 1,      -- number of the change; a form sends the version that its page showed
    CONSTRAINT store_pk PRIMARY KEY (id),
    CONSTRAINT store_code_once UNIQUE (code),
    CONSTRAINT store_code_length CHECK (length(code) BETWEEN 1 AND 20),
    CONSTRAINT store_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT store_phone_form CHECK (phone = '' OR phone ~ '^[+(0-9][0-9A-Za-z +()./-]{2,39}$'),
    CONSTRAINT store_time_zone_known CHECK (time_zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'))
);

-- Two levels: divisions, and sub-divisions of some. With `level` the foreign key refuses a third level.
CREATE TABLE division (
    id           integer GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    parent_id    integer,
    level        smallint GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END) STORED,
    parent_level smallint GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN NULL ELSE 0 END) STORED,
    is_helpdesk  boolean NOT NULL DEFAULT false,
    is_active    boolean NOT NULL DEFAULT true,
    version      integer NOT NULL DEFAULT 1,
    mailbox      text NOT NULL DEFAULT '',      -- hears by mail of what waits for the division
    CONSTRAINT division_pk PRIMARY KEY (id),
    CONSTRAINT division_level_once UNIQUE (id, level),
    CONSTRAINT division_parent_is_top FOREIGN KEY (parent_id, parent_level) REFERENCES division (id, level),
    CONSTRAINT division_name_once UNIQUE NULLS NOT DISTINCT (parent_id, name),
    CONSTRAINT division_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT division_helpdesk_is_top CHECK (NOT is_helpdesk OR parent_id IS NULL),
    CONSTRAINT division_helpdesk_is_active CHECK (NOT is_helpdesk OR is_active),
    CONSTRAINT division_mailbox_form
        CHECK (mailbox = '' OR (mailbox ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(mailbox) <= 200))
);
CREATE UNIQUE INDEX division_one_helpdesk ON division (is_helpdesk) WHERE is_helpdesk;

CREATE TABLE department (
    id          integer GENERATED ALWAYS AS IDENTITY,
    division_id integer NOT NULL,
    name        text NOT NULL,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    CONSTRAINT department_pk PRIMARY KEY (id),
    CONSTRAINT department_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT department_of_division UNIQUE (id, division_id),
    CONSTRAINT department_name_once UNIQUE (division_id, name),
    CONSTRAINT department_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

CREATE TABLE employee (
    id              integer GENERATED ALWAYS AS IDENTITY,
    nik             text NOT NULL,
    name            text NOT NULL,
    role            employee_role NOT NULL DEFAULT 'reporter',
    store_id        integer NOT NULL,
    division_id     integer,
    department_id   integer,
    pin_hash        text,                            -- Argon2id over an HMAC; NULL until the first sign-in
    session_version integer NOT NULL DEFAULT 1,      -- a change ends all sessions of this person
    is_frozen       boolean NOT NULL DEFAULT false,
    language        text NOT NULL DEFAULT 'id',
    theme           text NOT NULL DEFAULT 'auto',
    email           text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',
    version         integer NOT NULL DEFAULT 1,
    has_keys        boolean NOT NULL DEFAULT true,   -- single keys act on pages (WCAG 2.1.4 asks for a switch)
    default_view_id integer,                         -- the saved view with which the list of a handler opens
    notice_ways     jsonb NOT NULL DEFAULT '{}',     -- topic: 'page', 'mail', 'both', 'none'; others as is usual
    has_digest      boolean NOT NULL DEFAULT false,  -- "Ringkasan pagi": one mail a day instead of single ones
    starts_with_report boolean NOT NULL DEFAULT false,  -- signing in leads to the form of a report, not to the list
    state           text GENERATED ALWAYS AS (
        CASE WHEN is_frozen THEN 'frozen' WHEN pin_hash IS NULL THEN 'without_pin' ELSE 'active' END) STORED,
    CONSTRAINT employee_pk PRIMARY KEY (id),
    CONSTRAINT employee_nik_once UNIQUE (nik),
    CONSTRAINT employee_nik_form CHECK (nik ~ '^[0-9A-Z]{4,20}$'),
    CONSTRAINT employee_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT employee_store_exists FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT employee_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT employee_department_of_division
        FOREIGN KEY (department_id, division_id) REFERENCES department (id, division_id),
    CONSTRAINT employee_handler_has_division CHECK (role <> 'handler' OR division_id IS NOT NULL),
    CONSTRAINT employee_only_handlers_are_pic CHECK (department_id IS NULL OR role = 'handler'),
    CONSTRAINT employee_pin_is_argon2id CHECK (pin_hash LIKE '$argon2id$%'),
    CONSTRAINT employee_language_known CHECK (language IN ('id', 'en')),
    CONSTRAINT employee_theme_known CHECK (theme IN ('auto', 'light', 'dark')),
    CONSTRAINT employee_email_form
        CHECK (email = '' OR (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 200)),
    CONSTRAINT employee_phone_form CHECK (phone = '' OR phone ~ '^[+(0-9][0-9A-Za-z +()./-]{2,39}$')
);
-- For the list of employees by name, with each filter.
CREATE INDEX employee_name ON employee (name, id);
CREATE INDEX employee_store ON employee (store_id, name, id);
CREATE INDEX employee_role ON employee (role, name, id);
CREATE INDEX employee_state ON employee (state, name, id);
CREATE INDEX employee_pic ON employee (department_id, name) WHERE department_id IS NOT NULL;

-- One activation code a person, stored as an HMAC. The row is deleted when the code is used.
CREATE TABLE activation (
    employee_id integer NOT NULL,
    code_hmac   text NOT NULL,
    expires_at  timestamptz NOT NULL,
    sheet_id    bigint,         -- the activation_sheet of the code, which may be deleted; NULL: shown on a page
    CONSTRAINT activation_pk PRIMARY KEY (employee_id),
    CONSTRAINT activation_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);

-- Open sessions. A session cookie is valid while its row exists, is in use and not too old.
CREATE TABLE session (
    id              uuid NOT NULL,
    employee_id     integer NOT NULL,
    session_version integer NOT NULL,       -- the session has ended if the employee has another
    started_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,   -- last use, accurate to ten minutes
    has_weak_pin    boolean NOT NULL,       -- the person must choose another PIN first
    address         text NOT NULL,
    browser         text NOT NULL,
    CONSTRAINT session_pk PRIMARY KEY (id),
    CONSTRAINT session_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX session_of_employee ON session (employee_id, started_at);

-- The last sign-in of each person, shown at the next one. Kept after the session has ended.
CREATE TABLE last_sign_in (
    employee_id integer NOT NULL,
    at          timestamptz NOT NULL,
    address     text NOT NULL,
    browser     text NOT NULL,
    CONSTRAINT last_sign_in_pk PRIMARY KEY (employee_id),
    CONSTRAINT last_sign_in_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);

-- Failed sign-ins by key: a NIK, a NIK in a known browser, or an address. Unlogged: losing them in a crash is harmless.
CREATE UNLOGGED TABLE throttle (
    key           text NOT NULL,
    failures      integer NOT NULL,
    started_at    timestamptz NOT NULL,     -- start of the window in which failures are counted
    blocked_until timestamptz NOT NULL,
    CONSTRAINT throttle_pk PRIMARY KEY (key)
);

-- A row for each wrong PIN in the company. A counter would be one row whose lock all failures wait for.
CREATE UNLOGGED TABLE wrong_pin (
    at timestamptz NOT NULL
);
CREATE INDEX wrong_pin_at ON wrong_pin (at);

-- Forms that could not be processed because the session had ended. Visible to their author only.
CREATE TABLE draft (
    id          uuid NOT NULL,
    employee_id integer NOT NULL,
    path        text NOT NULL,
    fields      text NOT NULL,          -- JSON as text, since jsonb cannot store every character
    created_at  timestamptz NOT NULL,
    CONSTRAINT draft_pk PRIMARY KEY (id),
    CONSTRAINT draft_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX draft_age ON draft (created_at);
CREATE INDEX draft_of_employee ON draft (employee_id, created_at);
-- What somebody is typing into the form of a report: one draft a person, until it is sent or discarded.
CREATE TABLE report_draft (
    employee_id integer NOT NULL,
    token       uuid NOT NULL,          -- of the form; the problem made of it has the same
    fields      text NOT NULL,          -- JSON as text, as of draft
    saved_at    timestamptz NOT NULL,
    CONSTRAINT report_draft_pk PRIMARY KEY (employee_id),
    CONSTRAINT report_draft_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT report_draft_length CHECK (octet_length(fields) <= 100000)
);
CREATE INDEX report_draft_age ON report_draft (saved_at);

-- ---------------------------------------------------------------- goods
CREATE TABLE category (
    id          integer GENERATED ALWAYS AS IDENTITY,
    name        text NOT NULL,
    is_active   boolean NOT NULL DEFAULT true,
    priority    problem_priority,       -- usual priority and division of problems of this category
    division_id integer,
    version     integer NOT NULL DEFAULT 1,
    CONSTRAINT category_pk PRIMARY KEY (id),
    CONSTRAINT category_name_once UNIQUE (name),
    CONSTRAINT category_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT category_division_exists FOREIGN KEY (division_id) REFERENCES division (id)
);

-- Texts that handlers of a division, and of its sub-divisions, put into a field at a touch. Words in braces stand for
-- what a problem says (sih/domain/ready_texts.py).
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

-- Kata toko: what people in shops write, and what it means, besides sih/domain/shop_words.txt.
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

CREATE TABLE asset_kind (
    id        integer GENERATED ALWAYS AS IDENTITY,
    name      text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version   integer NOT NULL DEFAULT 1,
    CONSTRAINT asset_kind_pk PRIMARY KEY (id),
    CONSTRAINT asset_kind_name_once UNIQUE (name),
    CONSTRAINT asset_kind_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

-- Kendala yang biasa: what is often reported of goods of a kind; the form of a report offers it.
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

CREATE TABLE asset (
    id         integer GENERATED ALWAYS AS IDENTITY,
    label      text NOT NULL,
    kind_id    integer NOT NULL,
    store_id   integer NOT NULL,
    serial     text NOT NULL DEFAULT '',
    is_retired boolean NOT NULL DEFAULT false,
    bought_on  date,
    version    integer NOT NULL DEFAULT 1,
    CONSTRAINT asset_pk PRIMARY KEY (id),
    CONSTRAINT asset_label_once UNIQUE (label),
    CONSTRAINT asset_of_kind UNIQUE (id, kind_id),
    CONSTRAINT asset_label_length CHECK (length(label) BETWEEN 1 AND 40),
    CONSTRAINT asset_serial_length CHECK (length(serial) <= 60),
    CONSTRAINT asset_kind_exists FOREIGN KEY (kind_id) REFERENCES asset_kind (id),
    CONSTRAINT asset_store_exists FOREIGN KEY (store_id) REFERENCES store (id)
);
CREATE INDEX asset_store ON asset (store_id, kind_id, label);

-- ---------------------------------------------------------------- problems
-- The holder is where a problem waits: a division, and possibly a PIC of it. While a problem is escalated, the giver is
-- the previous holder, who gets it back when it is returned.
CREATE TABLE problem (
    id                 bigint GENERATED ALWAYS AS IDENTITY,
    token              uuid NOT NULL,           -- of the form: sending a form twice creates one problem
    reported_at        timestamptz NOT NULL,
    store_id           integer NOT NULL,
    reporter_id        integer NOT NULL,
    asset_kind_id      integer NOT NULL,
    asset_id           integer,                 -- NULL: an asset without label
    status             problem_status NOT NULL,
    priority           problem_priority,        -- priority, category and diagnosis are the identification
    category_id        integer,
    holder_division_id integer NOT NULL,
    holder_employee_id integer,
    held_since         timestamptz NOT NULL,    -- when it came to its holder
    giver_division_id  integer,
    giver_employee_id  integer,
    closed_at          timestamptz,
    confirmed_at       timestamptz,             -- the reporter said "Beres"
    is_withdrawn       boolean NOT NULL DEFAULT false,  -- closed by its reporter while it was new
    last_event_id      bigint NOT NULL,         -- the last move; every action form sends it
    title              text NOT NULL,
    description        text NOT NULL,           -- '': the title is one of the usual troubles and says it all
    diagnosis          text,
    solution           text,
    asked_event_id     bigint,                  -- the open question to the reporter ("Menunggu pelapor")
    CONSTRAINT problem_pk PRIMARY KEY (id),
    CONSTRAINT problem_token_once UNIQUE (token),
    CONSTRAINT problem_store_exists FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT problem_reporter_exists FOREIGN KEY (reporter_id) REFERENCES employee (id),
    CONSTRAINT problem_asset_kind_exists FOREIGN KEY (asset_kind_id) REFERENCES asset_kind (id),
    CONSTRAINT problem_asset_of_kind FOREIGN KEY (asset_id, asset_kind_id) REFERENCES asset (id, kind_id),
    CONSTRAINT problem_category_exists FOREIGN KEY (category_id) REFERENCES category (id),
    CONSTRAINT problem_holder_division_exists FOREIGN KEY (holder_division_id) REFERENCES division (id),
    CONSTRAINT problem_holder_employee_exists FOREIGN KEY (holder_employee_id) REFERENCES employee (id),
    CONSTRAINT problem_giver_division_exists FOREIGN KEY (giver_division_id) REFERENCES division (id),
    CONSTRAINT problem_giver_employee_exists FOREIGN KEY (giver_employee_id) REFERENCES employee (id),
    CONSTRAINT problem_title_length CHECK (length(title) BETWEEN 1 AND 150),
    CONSTRAINT problem_description_length CHECK (length(description) <= 5000),
    CONSTRAINT problem_diagnosis_length CHECK (length(diagnosis) BETWEEN 1 AND 5000),
    CONSTRAINT problem_solution_length CHECK (length(solution) BETWEEN 1 AND 5000),
    CONSTRAINT problem_identified_once_opened CHECK (
        CASE WHEN status = 'new' OR is_withdrawn THEN num_nonnulls(priority, category_id, diagnosis) = 0
             ELSE num_nonnulls(priority, category_id, diagnosis) = 3 END),
    CONSTRAINT problem_new_waits_at_no_person
        CHECK ((status <> 'new' AND NOT is_withdrawn) OR holder_employee_id IS NULL),
    CONSTRAINT problem_giver_while_escalated CHECK (
        (status = 'escalated') = (giver_division_id IS NOT NULL)
        AND (giver_division_id IS NOT NULL OR giver_employee_id IS NULL)),
    CONSTRAINT problem_solved_when_closed CHECK (
        (status = 'closed') = (closed_at IS NOT NULL)
        AND (status <> 'closed' OR (solution IS NULL) = is_withdrawn)),
    CONSTRAINT problem_withdrawn_is_closed CHECK (NOT is_withdrawn OR status = 'closed'),
    CONSTRAINT problem_confirmed_only_closed
        CHECK (confirmed_at IS NULL OR (status = 'closed' AND NOT is_withdrawn)),
    CONSTRAINT problem_asked_while_handled CHECK (asked_event_id IS NULL OR status IN ('in_progress', 'escalated'))
);
-- For the list, newest first, with each filter and each pair of filters. A year is a range of reported_at. Division and
-- priority together use problem_holder and skip other priorities.
CREATE INDEX problem_newest ON problem (reported_at, id);
CREATE INDEX problem_status ON problem (status, reported_at, id);
CREATE INDEX problem_holder ON problem (holder_division_id, reported_at, id);
CREATE INDEX problem_priority ON problem (priority, reported_at, id);
CREATE INDEX problem_status_holder ON problem (status, holder_division_id, reported_at, id);
CREATE INDEX problem_status_priority ON problem (status, priority, reported_at, id);
CREATE INDEX problem_store ON problem (store_id, reported_at, id);
CREATE INDEX problem_asset ON problem (asset_id, reported_at, id) WHERE asset_id IS NOT NULL;
CREATE INDEX problem_reporter ON problem (reporter_id, reported_at, id);
CREATE INDEX problem_category ON problem (category_id, reported_at, id);
CREATE INDEX problem_asset_kind ON problem (asset_kind_id, reported_at, id);
CREATE INDEX problem_pic ON problem (holder_employee_id, reported_at, id) WHERE holder_employee_id IS NOT NULL;
-- Open problems of a PIC, and of a division without a PIC ("Menunggu saya", and the load beside names).
CREATE INDEX problem_waits_at_pic ON problem (holder_employee_id, reported_at, id)
    WHERE status <> 'closed' AND holder_employee_id IS NOT NULL;
CREATE INDEX problem_waits_at_division ON problem (holder_division_id, reported_at, id)
    WHERE status <> 'closed' AND holder_employee_id IS NULL;
-- For the problems that wait longest at a division. The condition is on closed_at: with one on status, the planner
-- would use this index for the list too, where it is slower.
CREATE INDEX problem_waits_longest ON problem (holder_division_id, held_since, id) WHERE closed_at IS NULL;
-- Open problems of a store, and of a kind of good, newest first: what a new report may repeat (sih/dao/likeness.py).
CREATE INDEX problem_open_of_store ON problem (store_id, reported_at, id) WHERE closed_at IS NULL;
CREATE INDEX problem_open_of_kind ON problem (asset_kind_id, reported_at, id) WHERE closed_at IS NULL;
-- For the orders of the list: open problems by priority and waiting time.
CREATE INDEX problem_waits ON problem (priority, held_since, id) WHERE closed_at IS NULL;
-- The same for new problems: PostgreSQL takes no order from an index behind "priority IS NULL".
CREATE INDEX problem_waits_new ON problem (held_since, id) WHERE closed_at IS NULL AND priority IS NULL;
-- "Menunggu pelapor".
CREATE INDEX problem_asked ON problem (reported_at, id) WHERE asked_event_id IS NOT NULL;
-- Each move leaves a dead row and a dead entry in every index. With the default of 0.2, a million problems would be
-- vacuumed only after 200,000 moves.
ALTER TABLE problem SET (autovacuum_vacuum_scale_factor = 0.01);

-- Riwayat. Append-only (see the triggers below), ordered by (at, id).
CREATE TABLE event (
    id                bigint GENERATED BY DEFAULT AS IDENTITY,
    problem_id        bigint NOT NULL,
    kind              event_kind NOT NULL,
    at                timestamptz NOT NULL,
    actor_id          integer NOT NULL,
    previous_event_id bigint,               -- the move before; NULL for reports and events that move nothing
    status_before     problem_status,
    status_after      problem_status NOT NULL,
    from_division_id  integer,
    from_employee_id  integer,
    to_division_id    integer NOT NULL,
    to_employee_id    integer,
    priority          problem_priority,     -- priority and category after this event
    category_id       integer,
    note              text,                 -- diagnosis, solution, reason, comment or question
    token             uuid,                 -- of the form of a comment or question: sending it twice adds one
    correction        jsonb,                -- what a correction changed: {"title": [old, new], "good": [...]}, as texts
    -- Columns for the recap; NULL for events that move nothing.
    recorded_at        timestamptz,         -- later than `at` if the month of `at` had ended, or if dated back
    reported_at        timestamptz,
    held_since         timestamptz,         -- when it had come to its holder before this event
    store_id           integer,
    asset_kind_id      integer,
    from_asset_kind_id integer,             -- before a correction; NULL for all other events
    from_department_id integer,             -- the PIC's department when the problem came to the PIC
    to_department_id   integer,
    CONSTRAINT event_pk PRIMARY KEY (id),
    CONSTRAINT event_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT event_actor_exists FOREIGN KEY (actor_id) REFERENCES employee (id),
    CONSTRAINT event_from_division_exists FOREIGN KEY (from_division_id) REFERENCES division (id),
    CONSTRAINT event_from_employee_exists FOREIGN KEY (from_employee_id) REFERENCES employee (id),
    CONSTRAINT event_to_division_exists FOREIGN KEY (to_division_id) REFERENCES division (id),
    CONSTRAINT event_to_employee_exists FOREIGN KEY (to_employee_id) REFERENCES employee (id),
    CONSTRAINT event_category_exists FOREIGN KEY (category_id) REFERENCES category (id),
    CONSTRAINT event_store_exists FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT event_asset_kind_exists FOREIGN KEY (asset_kind_id) REFERENCES asset_kind (id),
    CONSTRAINT event_from_asset_kind_exists FOREIGN KEY (from_asset_kind_id) REFERENCES asset_kind (id),
    CONSTRAINT event_from_department_exists FOREIGN KEY (from_department_id) REFERENCES department (id),
    CONSTRAINT event_to_department_exists FOREIGN KEY (to_department_id) REFERENCES department (id),
    CONSTRAINT event_stands_where CHECK (
        num_nulls(recorded_at, reported_at, held_since, store_id, asset_kind_id)
        = CASE WHEN moves_nothing(kind) THEN 5 ELSE 0 END),
    CONSTRAINT event_follows_one_state UNIQUE (previous_event_id),
    CONSTRAINT event_token_once UNIQUE (token),
    CONSTRAINT event_escalates_elsewhere CHECK (
        kind <> 'escalated' OR (from_division_id, from_employee_id) IS DISTINCT FROM (to_division_id, to_employee_id)),
    CONSTRAINT event_note_length CHECK (length(note) BETWEEN 1 AND 5000),
    CONSTRAINT event_note_where_asked
        CHECK ((kind IN ('reported', 'accepted', 'confirmed', 'corrected', 'unasked')) = (note IS NULL)),
    CONSTRAINT event_corrects_something CHECK (
        num_nonnulls(correction, from_asset_kind_id) = CASE WHEN kind = 'corrected' THEN 2 ELSE 0 END
        AND correction <> '{}'),
    CONSTRAINT event_corrects_texts_while_new CHECK (
        status_before = 'new' OR NOT correction ?| '{title,description}'::text[]),
    -- All allowed transitions. IS TRUE, because a CHECK accepts NULL, which a NULL status_before would give.
    CONSTRAINT event_is_an_arrow CHECK ((
        (kind = 'reported'  AND status_before IS NULL          AND status_after = 'new') OR
        (kind = 'opened'    AND status_before = 'new'          AND status_after = 'in_progress') OR
        (kind = 'closed'    AND status_before = 'in_progress'  AND status_after = 'closed') OR
        (kind = 'escalated' AND status_before = 'in_progress'  AND status_after = 'escalated') OR
        (kind = 'accepted'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'returned'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'reopened'  AND status_before = 'closed'       AND status_after = 'in_progress') OR
        (kind IN ('commented', 'noted') AND status_before = status_after) OR
        (kind = 'confirmed' AND status_before = 'closed'       AND status_after = 'closed') OR
        (kind = 'corrected' AND status_before = status_after   AND status_after <> 'closed') OR
        (kind = 'withdrawn' AND status_before = 'new'          AND status_after = 'closed') OR
        (kind = 'asked'     AND status_before = status_after   AND status_after IN ('in_progress', 'escalated')) OR
        (kind = 'unasked'   AND status_before = status_after   AND status_after IN ('in_progress', 'escalated'))
        ) IS TRUE),
    CONSTRAINT event_states_form_a_chain CHECK (
        (previous_event_id IS NULL) = (kind = 'reported' OR moves_nothing(kind)))
);
CREATE INDEX event_history ON event (problem_id, at, id);
-- For the lists behind the figures of the recap.
CREATE INDEX event_flow ON event (kind, at, id) WHERE kind IN ('reported', 'opened', 'escalated', 'closed', 'reopened');
CREATE INDEX event_corrected ON event (problem_id, id) WHERE kind = 'corrected';
CREATE INDEX event_late ON event (recorded_at) WHERE recorded_at > at;
CREATE INDEX event_from_pic ON event (from_employee_id, at, id) WHERE from_employee_id IS NOT NULL;
-- For the limits: what a person has sent in the last minutes.
CREATE INDEX event_sent ON event (actor_id, kind, at) WHERE kind IN ('reported', 'commented', 'asked', 'noted');
ALTER TABLE problem ADD CONSTRAINT problem_last_event_exists
    FOREIGN KEY (last_event_id) REFERENCES event (id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Who is named with @ in a remark or a note. Append-only, as its event.
CREATE TABLE mention (
    event_id    bigint NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT mention_pk PRIMARY KEY (event_id, employee_id),
    CONSTRAINT mention_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT mention_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE TRIGGER mention_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mention
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- questions
-- "Tanya pelapor": each question to a reporter with its begin and end. The open one of a problem is also its
-- asked_event_id, which decides between people who ask, answer and close at the same time.
CREATE TYPE question_ending AS ENUM (
    'answered',     -- by a comment of the reporter
    'unasked',      -- "Tidak perlu lagi"
    'closed'        -- with the problem
);
CREATE TABLE question (
    asked_event_id bigint NOT NULL,
    problem_id     bigint NOT NULL,             -- of the event
    asked_at       timestamptz NOT NULL,        -- of the event
    ended_event_id bigint,
    ended_at       timestamptz,
    ending         question_ending,
    reminded_at    timestamptz,                 -- when somebody was told that there is no answer yet
    CONSTRAINT question_pk PRIMARY KEY (asked_event_id),
    CONSTRAINT question_asked_event_exists FOREIGN KEY (asked_event_id) REFERENCES event (id),
    CONSTRAINT question_ended_event_exists FOREIGN KEY (ended_event_id) REFERENCES event (id),
    CONSTRAINT question_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id),
    CONSTRAINT question_ended_event_once UNIQUE (ended_event_id),
    CONSTRAINT question_ends_as_a_whole CHECK (num_nulls(ended_event_id, ended_at, ending) IN (0, 3)),
    CONSTRAINT question_ends_after_it_began CHECK (ended_event_id > asked_event_id AND ended_at >= asked_at),
    CONSTRAINT question_reminded_after_it_began CHECK (reminded_at >= asked_at)
);
CREATE UNIQUE INDEX question_one_open ON question (problem_id) WHERE ended_event_id IS NULL;
CREATE INDEX question_unanswered ON question (asked_at) WHERE ended_event_id IS NULL AND reminded_at IS NULL;
ALTER TABLE problem ADD CONSTRAINT problem_asked_exists
    FOREIGN KEY (asked_event_id) REFERENCES question (asked_event_id);

-- Ends a question by an event of the statement that calls it, which has taken the question off its problem. It reads
-- with a new snapshot (it is VOLATILE): the question may be younger than that of the statement. Without a question it
-- does nothing (it is STRICT).
CREATE FUNCTION end_question(ended bigint, by_event bigint, event_at timestamptz, how question_ending) RETURNS bigint
LANGUAGE plpgsql STRICT AS $$
BEGIN
    UPDATE question q SET ended_event_id = by_event, ended_at = greatest(event_at, q.asked_at), ending = how
    WHERE q.asked_event_id = ended;
    RETURN ended;
END $$;

-- ---------------------------------------------------------------- saved views
-- Named filters of the list: of one person, or of a division, whose handlers and those of its sub-divisions see them.
CREATE TABLE saved_view (
    id          integer GENERATED ALWAYS AS IDENTITY,
    employee_id integer,
    division_id integer,
    name        text NOT NULL,
    filters     text NOT NULL,                  -- a query string of the list, without its position
    version     integer NOT NULL DEFAULT 1,     -- number of the change; a form sends the version that its page showed
    CONSTRAINT saved_view_pk PRIMARY KEY (id),
    CONSTRAINT saved_view_one_owner CHECK (num_nonnulls(employee_id, division_id) = 1),
    CONSTRAINT saved_view_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT saved_view_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT saved_view_name_once UNIQUE NULLS NOT DISTINCT (employee_id, division_id, name),
    CONSTRAINT saved_view_name_length CHECK (length(name) BETWEEN 1 AND 40),
    CONSTRAINT saved_view_filters_length CHECK (length(filters) BETWEEN 1 AND 2000)
);
CREATE INDEX saved_view_of_division ON saved_view (division_id) WHERE division_id IS NOT NULL;
ALTER TABLE employee ADD CONSTRAINT employee_default_view_exists
    FOREIGN KEY (default_view_id) REFERENCES saved_view (id) ON DELETE SET NULL;
CREATE INDEX employee_default_view ON employee (default_view_id) WHERE default_view_id IS NOT NULL;
-- Whether this person or division may have another view. Locks the owner until the end of the transaction and then
-- counts with a new snapshot (it is VOLATILE), so that it sees what concurrent requests have committed.
CREATE FUNCTION saved_view_fits(person integer, division integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sih.saved_views'), coalesce(person, -division));
    RETURN (SELECT count(*) < most FROM saved_view v WHERE v.employee_id = person OR v.division_id = division);
END $$;

-- ---------------------------------------------------------------- presence
-- Who has a form of a problem open: of each person the one opened last. A row older than a minute means nothing.
-- Unlogged: losing it in a crash is harmless. Without a foreign key to problem, whose rows it would lock.
CREATE UNLOGGED TABLE presence (
    employee_id integer NOT NULL,
    problem_id  bigint NOT NULL,
    seen_at     timestamptz NOT NULL,
    CONSTRAINT presence_pk PRIMARY KEY (employee_id),
    CONSTRAINT presence_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX presence_of_problem ON presence (problem_id);

-- ---------------------------------------------------------------- notices
-- Who follows a problem, and what somebody hears of it: a row for each event and recipient, written with the event
-- (sih/dao/notices.py). What waits for a division without a PIC is no notice but counted ("Menunggu saya").
CREATE TABLE follow (
    problem_id  bigint NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT follow_pk PRIMARY KEY (problem_id, employee_id),
    CONSTRAINT follow_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id),
    CONSTRAINT follow_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE TABLE notice (
    employee_id integer NOT NULL,
    event_id    bigint NOT NULL,
    problem_id  bigint NOT NULL,                -- of the event; without a foreign key, which would lock its row
    at          timestamptz NOT NULL,           -- of the event, or of the reminder; a notice is kept for 90 days
    read_at     timestamptz,
    reminder_id bigint,                         -- set: the question of the event has no answer yet; an id as of events
    place       bigint GENERATED ALWAYS AS (coalesce(reminder_id, event_id)) STORED,    -- among a person's notices
    CONSTRAINT notice_pk PRIMARY KEY (employee_id, place),
    CONSTRAINT notice_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT notice_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT notice_read_after_event CHECK (read_at >= at)
);
CREATE INDEX notice_unread ON notice (employee_id, problem_id) WHERE read_at IS NULL;
CREATE INDEX notice_age ON notice (at);

-- What the header of every page counts, up to 100 and 1000. In functions, of which a connection keeps the plans:
-- planning takes longer than counting.
-- The unread notices of problems and events that this person may see (sih/dao/visibility.py: IS_VISIBLE, IS_READ).
CREATE FUNCTION unread_notices(person employee) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM notice n
        WHERE n.employee_id = person.id AND n.read_at IS NULL
          AND (person.role IN ('handler', 'supervisor')
               OR ((SELECT p.store_id = person.store_id OR p.reporter_id = person.id
                    FROM problem p WHERE p.id = n.problem_id)
                   AND (SELECT NOT is_internal(e.kind) FROM event e WHERE e.id = n.event_id)))
        LIMIT 100) AS unread);
END $$;
-- "Menunggu saya" (sih/dao/visibility.py: OF_WAITING).
CREATE FUNCTION waiting_problems(person employee) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF person.role <> 'handler' THEN
        RETURN 0;
    END IF;
    RETURN (SELECT least(count(*), 1000) FROM (
        (SELECT FROM problem p WHERE p.status <> 'closed' AND p.holder_employee_id = person.id LIMIT 1000)
        UNION ALL
        (SELECT FROM problem p
         WHERE p.status <> 'closed' AND p.holder_employee_id IS NULL AND p.holder_division_id = person.division_id
         LIMIT 1000)) AS waits);
END $$;

-- ---------------------------------------------------------------- search
-- Words are indexed with the month of their problem ("202611:printer"). A search can go month by month, newest first,
-- and stop after a page, so its cost does not depend on how often a word occurs.
--
-- A document has the words of the report, of its good and of the notes of its history, and the ids of its store and
-- reporter ("202611s77", "202611r1234"). Their names are not in it: a search finds the ids of the names of now first
-- (search_plan), so that renaming a store rewrites no document. Words of internal notes have another sign than ':'
-- ("202611;printer"), for which only searches of those ask who read notes.

-- The events whose note everybody may read who sees the problem.
CREATE FUNCTION is_searched(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('opened', 'closed', 'escalated', 'returned', 'reopened', 'commented', 'withdrawn', 'asked');
-- Each word of a text as its parts: hyphens join, and blanks and hyphens between numbers. "TM-T88V, 0812 3456" gives
-- {tm,t88v} and {0812,3456}.
CREATE FUNCTION parts_of_words(content text) RETURNS TABLE (parts text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT array_remove(string_to_array(word, '-'), '')
    FROM regexp_split_to_table(regexp_replace(translate(lower(content), '‐‑‒–−', '-----'),
                                              '\m([0-9]+)[[:space:]-]+(?=[0-9]+\M)', '\1-', 'g'), '[^[:alnum:]-]+') AS word
    WHERE word ~ '[^-]'
$$;
-- Every part is a word, also by its Indonesian stem, and so is what begins with each part, joined: tm, t88v, tmt88v.
-- More than eight parts are no number and no name, but a row of a pasted table, and are not joined.
CREATE FUNCTION indexed_words(month integer, sign text, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(ARRAY(
        SELECT DISTINCT month || sign || form
        FROM parts_of_words(content) AS w, unnest(w.parts) WITH ORDINALITY AS p (part, place),
             unnest(left(p.part, 60) || ts_lexize('indonesian_stem', left(p.part, 60))
                    || CASE WHEN cardinality(w.parts) <= 8
                            THEN left(array_to_string(w.parts[p.place:], ''), 60) END) AS form
        WHERE form IS NOT NULL));
END $$;
-- The document of a problem, made anew. '/' keeps texts apart: it joins no numbers.
CREATE FUNCTION search_document(of_problem bigint) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT indexed_words(month_of(p.reported_at), ':', concat_ws('/', p.id, p.title, p.description, k.name, a.label,
                                                                     a.serial, left(notes.content, 100000)))
               || indexed_words(month_of(p.reported_at), ';', left(notes.internal, 100000))
               || array_to_tsvector(ARRAY[month_of(p.reported_at) || 's' || p.store_id,
                                          month_of(p.reported_at) || 'r' || p.reporter_id])
        FROM problem p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id
        CROSS JOIN LATERAL (SELECT string_agg(e.note, '/' ORDER BY e.id) FILTER (WHERE is_searched(e.kind)) AS content,
                                   string_agg(e.note, '/' ORDER BY e.id) FILTER (WHERE is_internal(e.kind)) AS internal
                            FROM event e WHERE e.problem_id = p.id) AS notes
        WHERE p.id = of_problem);
END $$;

CREATE TABLE problem_search (
    problem_id bigint NOT NULL,
    words      tsvector NOT NULL,
    CONSTRAINT problem_search_pk PRIMARY KEY (problem_id),
    CONSTRAINT problem_search_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id)
);
CREATE INDEX problem_search_words ON problem_search USING gin (words) WITH (fastupdate = off);

CREATE FUNCTION index_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO problem_search (problem_id, words) SELECT a.id, search_document(a.id) FROM added a;
    PERFORM count_words(ARRAY(SELECT a.id FROM added a));
    RETURN NULL;
END $$;
CREATE TRIGGER problem_is_indexed AFTER INSERT ON problem
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION index_new_problems();
-- A document without the words of internal notes.
CREATE FUNCTION read_by_all(document tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(ARRAY(SELECT word FROM unnest(tsvector_to_array(document)) AS word WHERE word !~ '^[0-9]+;'));
-- A document grows to half a megabyte, and with internal notes to three quarters; PostgreSQL allows one. Notes take no
-- room from what everybody reads, so that they do not show in what is found. After a correction it is made anew, and
-- nothing finds what stood there before. The new words do not count for what was meant (word_count), since a word may be
-- corrected many times.
CREATE FUNCTION index_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.kind = 'corrected') THEN
        UPDATE problem_search s SET words = search_document(s.problem_id)
        WHERE s.problem_id IN (SELECT a.problem_id FROM added a WHERE a.kind = 'corrected');
    END IF;
    IF NOT EXISTS (SELECT FROM added a WHERE is_searched(a.kind) OR is_internal(a.kind)) THEN RETURN NULL; END IF;
    -- A move has locked its problem. A remark locks it, too, before its document: otherwise each could wait for the
    -- other.
    PERFORM 1 FROM problem p
    WHERE p.id IN (SELECT a.problem_id FROM added a WHERE moves_nothing(a.kind)) ORDER BY p.id FOR KEY SHARE;
    UPDATE problem_search s SET words = s.words || n.words
    FROM (SELECT a.problem_id, is_internal(a.kind) AS is_internal,
                 indexed_words(month_of(p.reported_at), CASE WHEN is_internal(a.kind) THEN ';' ELSE ':' END,
                               string_agg(a.note, '/')) AS words
          FROM added a JOIN problem p ON p.id = a.problem_id
          WHERE is_searched(a.kind) OR is_internal(a.kind)
          GROUP BY a.problem_id, p.reported_at, is_internal(a.kind)) AS n
    WHERE s.problem_id = n.problem_id
      AND CASE WHEN n.is_internal THEN pg_column_size(s.words || '') < 250000
               ELSE pg_column_size(s.words || '') < 500000 OR pg_column_size(read_by_all(s.words)) < 500000 END
      AND s.words || n.words <> s.words;
    RETURN NULL;
END $$;
CREATE TRIGGER event_is_indexed AFTER INSERT ON event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION index_notes();

-- Whether a word must occur as it is: up to three digits, or one letter. Other words may go on.
CREATE FUNCTION is_whole(word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN length(word) = 1 OR word ~ '^[0-9]{2,3}$';
-- The words of a search, all of which must occur; `joined`: the word that this one is a part of, which may occur instead.
CREATE FUNCTION searched_words(words text) RETURNS TABLE (word text, joined text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT left(part, 60),
           CASE WHEN cardinality(w.parts) BETWEEN 2 AND 8 THEN left(array_to_string(w.parts, ''), 60) END
    FROM parts_of_words(words) AS w, unnest(w.parts) AS part
$$;
-- The condition for a word, to which search_month gives a month in place of '@': the beginning of a word, or a stem.
CREATE FUNCTION search_term(sign text, word text, joined text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws('|',
        (SELECT string_agg(format(CASE WHEN is_whole(form) THEN '''@%s%s''' ELSE '''@%s%s'':*' END, sign, form), '|')
         FROM unnest(ARRAY[word, joined]) AS form WHERE form IS NOT NULL),
        (SELECT string_agg(format('''@%s%s''', sign, stem), '|')
         FROM unnest(ts_lexize('indonesian_stem', word)) AS stem WHERE stem <> word))
$$;
-- The condition "or of a store, or a reporter, with all these words in its names"; NULL if these are more than `most`,
-- or if 5,000 entries of search_key do not tell.
CREATE FUNCTION search_names(of_noun text, words text[], most integer) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    longest text := (SELECT word FROM unnest(words) AS word ORDER BY is_whole(word), length(word) DESC LIMIT 1);
    from_key text := longest || CASE WHEN is_whole(longest) THEN ' ' ELSE '' END;
    to_key text := longest || CASE WHEN is_whole(longest) THEN '!' ELSE chr(1114111) END;
    patterns text[] := ARRAY(SELECT '% ' || word || CASE WHEN is_whole(word) THEN ' %' ELSE '%' END
                             FROM unnest(words) AS word WHERE word <> longest);
    enough integer := CASE WHEN patterns = '{}' THEN most + 1 ELSE 5000 END;
    entries integer;
    ids integer[];
BEGIN
    SELECT count(*), array_agg(DISTINCT k.row_id) FILTER (WHERE ' ' || k.key || ' ' LIKE ALL (patterns))
    INTO entries, ids
    FROM (SELECT s.key, s.row_id FROM search_key s
          WHERE s.noun = of_noun AND s.key >= from_key AND s.key < to_key LIMIT enough) AS k;
    IF entries = enough OR cardinality(ids) > most THEN RETURN NULL; END IF;
    RETURN coalesce((SELECT string_agg(format('|''@%s%s''', CASE of_noun WHEN 'store' THEN 's' ELSE 'r' END, id), '')
                     FROM unnest(ids) AS id), '');
END $$;
-- What a search asks of a document, as two conditions. The first is for the index: each word is in the document, or in
-- the names of its store or reporter, whose ids it has. Words that are in the names of too many have no ids; the second
-- condition has these words, and search_matches compares them with the names themselves. Several such words of people
-- ("budi santoso") have ids again if few people have all of them: then each is a name, or one is in the document.
-- Without such words the second is NULL, without others the first. All words share 200 ids of stores and 200 of people:
-- a condition is made for each month, and for each of the newest problems. `of_notes`: also the words of internal notes.
CREATE FUNCTION search_plan(words text, of_notes boolean DEFAULT false) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    most integer := (SELECT 200 / greatest(count(*), 1) FROM searched_words(words));
BEGIN
    RETURN (
        WITH asked AS MATERIALIZED (
            SELECT w.word, w.joined,
                   search_term(':', w.word, w.joined)
                       || CASE WHEN of_notes THEN '|' || search_term(';', w.word, w.joined) ELSE '' END AS term,
                   search_names('store', ARRAY[w.word], most)
                       || CASE WHEN w.joined IS NULL THEN ''
                               ELSE search_names('store', ARRAY[w.joined], most) END AS stores,
                   search_names('employee', ARRAY[w.word], most)
                       || CASE WHEN w.joined IS NULL THEN ''
                               ELSE search_names('employee', ARRAY[w.joined], most) END AS people
            FROM searched_words(words) AS w
        ), several AS (
            SELECT string_agg(a.term || a.stores, '|') || search_names('employee', array_agg(a.word), 200) AS term
            FROM asked a WHERE a.people IS NULL AND a.stores IS NOT NULL AND a.joined IS NULL HAVING count(*) > 1
            UNION ALL
            SELECT string_agg(a.term || a.people, '|') || search_names('store', array_agg(a.word), 200)
            FROM asked a WHERE a.stores IS NULL AND a.people IS NOT NULL AND a.joined IS NULL HAVING count(*) > 1
        ), indexed AS (
            SELECT a.term || a.stores || a.people AS term FROM asked a UNION ALL SELECT s.term FROM several s
        )
        SELECT ARRAY[(SELECT string_agg('(' || i.term || ')', '&') FROM indexed i),
                     (SELECT string_agg('(' || a.term || ')', '&') FROM asked a
                      WHERE a.stores IS NULL OR a.people IS NULL)]);
END $$;
CREATE FUNCTION search_month(condition text, month integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(condition, '@', month::text)::tsquery;
-- Whether the document of a problem fulfils both conditions of a search_plan.
CREATE FUNCTION search_matches(plan text[], document tsvector, month integer, of_store integer, of_reporter integer)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF plan[2] IS NULL THEN RETURN document @@ search_month(plan[1], month); END IF;
    RETURN coalesce(document @@ search_month(plan[1], month), true) AND (
        SELECT document || array_to_tsvector(ARRAY(
                   SELECT DISTINCT month || ':' || left(word, 60)
                   FROM unnest(words_in_order(concat_ws(' ', s.code, s.name, s.city, e.nik, e.name))) AS word))
               @@ search_month(plan[2], month)
        FROM store s, employee e WHERE s.id = of_store AND e.id = of_reporter);
END $$;

-- Words of titles and descriptions, to say what was probably meant by a word that finds nothing. They are counted up to
-- 20 problems: a word that fewer people wrote is not shown to others, and a common word is not written again.
CREATE TABLE word_count (
    word     text COLLATE "C" NOT NULL,
    problems smallint NOT NULL,
    CONSTRAINT word_count_pk PRIMARY KEY (word),
    CONSTRAINT word_count_up_to_20 CHECK (problems BETWEEN 1 AND 20)
);
-- Of the words that occur in 20 problems.
CREATE TABLE word_trigram (
    trigram text COLLATE "C" NOT NULL,
    word    text COLLATE "C" NOT NULL,
    CONSTRAINT word_trigram_pk PRIMARY KEY (trigram, word),
    CONSTRAINT word_trigram_word_exists FOREIGN KEY (word) REFERENCES word_count (word)
);
CREATE FUNCTION trigrams_of(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT substr('  ' || word || ' ', place, 3) FROM generate_series(1, length(word) + 1) AS place);
-- The words of a text that are counted: of three to thirty letters and digits, beginning with a letter.
CREATE FUNCTION countable_words(content text) RETURNS TABLE (word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT part FROM parts_of_words(content) AS w, unnest(w.parts) AS part
    WHERE part ~ '^[[:alpha:]][[:alnum:]]{2,29}$'
$$;
-- In the order of the words, so that two reports at once do not wait for each other.
CREATE FUNCTION count_words(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH found AS (
        SELECT w.word, least(count(*), 20) AS problems
        FROM problem p, countable_words(p.title || '/' || p.description) AS w
        WHERE p.id = ANY (ids) AND NOT EXISTS (SELECT FROM word_count c WHERE c.word = w.word AND c.problems = 20)
        GROUP BY w.word
    ), counted AS (
        INSERT INTO word_count AS c (word, problems) SELECT f.word, f.problems FROM found f ORDER BY f.word
        ON CONFLICT (word) DO UPDATE SET problems = least(c.problems + excluded.problems, 20)
        RETURNING c.word, c.problems
    )
    INSERT INTO word_trigram (trigram, word)
    SELECT trigram, c.word FROM counted c, unnest(trigrams_of(c.word)) AS trigram WHERE c.problems = 20
    ON CONFLICT DO NOTHING;
END $$;

-- ---------------------------------------------------------------- counts
-- The numbers of problems, kept for the tabs of the list. A change appends rows to tally_change and updates no shared
-- row; every 128th change folds these rows into tally. A count is the sum of both tables. store_id 0 stands for all
-- stores, division_id 0 for all divisions.
CREATE TABLE tally (
    store_id    integer NOT NULL,
    division_id integer NOT NULL,
    year        smallint NOT NULL,
    status      problem_status NOT NULL,
    amount      bigint NOT NULL,
    CONSTRAINT tally_pk PRIMARY KEY (store_id, division_id, year, status)
);
CREATE TABLE tally_change (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    store_id    integer NOT NULL,
    division_id integer NOT NULL,
    year        smallint NOT NULL,
    status      problem_status NOT NULL,
    amount      bigint NOT NULL,
    CONSTRAINT tally_change_pk PRIMARY KEY (id)
);

-- Folds tally_change into tally. Does nothing while another transaction does so.
CREATE FUNCTION fold_tally() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('sih.fold_tally')) THEN RETURN; END IF;
    WITH gone AS (DELETE FROM tally_change RETURNING store_id, division_id, year, status, amount)
    INSERT INTO tally (store_id, division_id, year, status, amount)
    SELECT coalesce(store_id, 0), coalesce(division_id, 0), year, status, sum(amount)
    FROM gone
    GROUP BY year, status, CUBE (store_id, division_id)
    HAVING sum(amount) <> 0
    ON CONFLICT ON CONSTRAINT tally_pk DO UPDATE SET amount = tally.amount + excluded.amount;
END $$;

CREATE FUNCTION count_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_change (store_id, division_id, year, status, amount)
    SELECT store_id, holder_division_id, month_of(reported_at) / 100, status, count(*) FROM added GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;
CREATE TRIGGER problem_is_counted AFTER INSERT ON problem
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_new_problems();

CREATE FUNCTION count_moved_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_change (store_id, division_id, year, status, amount)
    SELECT store_id, holder_division_id, month_of(reported_at) / 100, status, sum(amount)
    FROM (SELECT store_id, holder_division_id, reported_at, status, -1 AS amount FROM before
          UNION ALL SELECT store_id, holder_division_id, reported_at, status, 1 FROM after) AS move
    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER problem_is_recounted AFTER UPDATE ON problem
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_moved_problems();

CREATE FUNCTION fold_now_and_then() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added WHERE id % 128 = 0) THEN PERFORM fold_tally(); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_is_folded AFTER INSERT ON tally_change
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION fold_now_and_then();

-- Problems are never deleted, because history and counts refer to them.
CREATE TRIGGER problem_is_never_deleted BEFORE DELETE OR TRUNCATE ON problem
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- recap
-- The figures of months and years. Every move is added to a queue, which the background folds into the figures. A
-- figure is the sum of both, so it is always up to date. A period is yyyymm or yyyy.
CREATE TYPE recap_dimension AS ENUM (
    'all', 'division', 'department', 'pic', 'store', 'category', 'asset_kind', 'priority',
    'reported_on'   -- of open problems: the day of the report, in days since 2000-01-01
);
CREATE TYPE recap_measure AS ENUM (
    'to_open',      -- from the report to opening
    'held',         -- at one holder, until escalating, returning or closing
    'to_close'      -- from the report to closing
);
CREATE TABLE recap_pending (
    event_id bigint NOT NULL,
    CONSTRAINT recap_pending_pk PRIMARY KEY (event_id)
);
-- A flow counts the distinct problems with that event in the period. closed_escalated and closed_reopened are those of
-- `closed` that had been handed over, or reopened, before their last closing of the period. `open_change` is how many
-- more problems are open at the end of the period than at its beginning. `recorded` is 0 for what was recorded before
-- the end of the period, else the month in which it was recorded. value 0 is "none yet": category and priority before
-- the opening.
CREATE TABLE figure (
    period           integer NOT NULL,
    recorded         integer NOT NULL,
    dimension        recap_dimension NOT NULL,
    value            integer NOT NULL,
    reported         bigint NOT NULL,
    opened           bigint NOT NULL,
    escalated        bigint NOT NULL,
    closed           bigint NOT NULL,
    reopened         bigint NOT NULL,
    closed_escalated bigint NOT NULL,
    closed_reopened  bigint NOT NULL,
    open_change      bigint NOT NULL,
    weight           bigint GENERATED ALWAYS AS (reported + opened + escalated + closed + reopened) STORED,
    CONSTRAINT figure_pk PRIMARY KEY (dimension, value, period, recorded)
);
CREATE INDEX figure_weight ON figure (dimension, period, weight DESC, value) WHERE recorded = 0;
-- What was recorded after its period; few rows.
CREATE INDEX figure_late ON figure (dimension, recorded) WHERE recorded > 0;
-- As for problem: only the figures of the current month and year change, and each change leaves a dead entry in every
-- index, because figure_weight contains a changing column. No index of duration_bucket, duration_rank and tally does,
-- so their updates are mostly HOT and need no vacuum.
ALTER TABLE figure SET (autovacuum_vacuum_scale_factor = 0.01);
-- Histograms of durations. `bucket`: the rounded duration in minutes.
CREATE TABLE duration_bucket (
    period    integer NOT NULL,
    recorded  integer NOT NULL,
    dimension recap_dimension NOT NULL,
    value     integer NOT NULL,
    measure   recap_measure NOT NULL,
    bucket    integer NOT NULL,
    amount    bigint NOT NULL,
    CONSTRAINT duration_bucket_pk PRIMARY KEY (dimension, value, period, measure, recorded, bucket)
);
-- Median and 90th percentile by nearest rank, of the buckets with recorded = 0.
CREATE TABLE duration_rank (
    period    integer NOT NULL,
    dimension recap_dimension NOT NULL,
    value     integer NOT NULL,
    measure   recap_measure NOT NULL,
    amount    bigint NOT NULL,
    p50       integer NOT NULL,
    p90       integer NOT NULL,
    CONSTRAINT duration_rank_pk PRIMARY KEY (dimension, value, period, measure)
);
-- Ended months: nothing is recorded into them any more (see record_event). Ending a month is quick, and writers wait
-- for it; closing it takes longer and does not block them.
CREATE TABLE ended_month (
    month   integer NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT ended_month_pk PRIMARY KEY (month)
);
-- Closed months, with their figures and the problems that were open at the end.
CREATE TABLE closed_month (
    month     integer NOT NULL,
    ends_at   timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT closed_month_pk PRIMARY KEY (month),
    CONSTRAINT closed_month_has_ended FOREIGN KEY (month) REFERENCES ended_month (month)
);
CREATE TABLE closed_figure (
    month            integer NOT NULL,
    dimension        recap_dimension NOT NULL,
    value            integer NOT NULL,
    reported         bigint NOT NULL,
    opened           bigint NOT NULL,
    escalated        bigint NOT NULL,
    closed           bigint NOT NULL,
    reopened         bigint NOT NULL,
    closed_escalated bigint NOT NULL,
    closed_reopened  bigint NOT NULL,
    open_at_end      bigint NOT NULL,
    CONSTRAINT closed_figure_pk PRIMARY KEY (month, dimension, value),
    CONSTRAINT closed_figure_month_exists FOREIGN KEY (month) REFERENCES closed_month (month)
);
-- How many rows a closed month or year has in each dimension (every value with an event, or with anything open at the
-- end), and how many problems are open in them. Of a year deleted by an event that is recorded into it later.
CREATE TABLE recap_size (
    period      integer NOT NULL,
    dimension   recap_dimension NOT NULL,
    rows        bigint NOT NULL,
    open_at_end bigint NOT NULL,
    CONSTRAINT recap_size_pk PRIMARY KEY (period, dimension)
);
CREATE TABLE open_at_month_end (
    month      integer NOT NULL,
    problem_id bigint NOT NULL,
    event_id   bigint NOT NULL,     -- the last move before the end: holder, category, priority then
    CONSTRAINT open_at_month_end_pk PRIMARY KEY (month, problem_id),
    CONSTRAINT open_at_month_end_month_exists FOREIGN KEY (month) REFERENCES closed_month (month)
);
-- Machines whose clock differs from the server's, and by how much. Their workers close no month. `seen_at`: the last
-- check, by the server's clock.
CREATE TABLE wrong_clock (
    machine text NOT NULL,
    ahead   interval NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT wrong_clock_pk PRIMARY KEY (machine),
    CONSTRAINT wrong_clock_machine_length CHECK (length(machine) BETWEEN 1 AND 255)
);
-- The supervisors who have opened or dismissed the notice about a closed month.
CREATE TABLE recap_notice (
    month       integer NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT recap_notice_pk PRIMARY KEY (month, employee_id),
    CONSTRAINT recap_notice_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY '{ended_month,closed_month,closed_figure,open_at_month_end}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;

-- Moves wait while a month is being ended, and later ones are recorded after its end, so that a closed month does not
-- change because of a slow process.
CREATE FUNCTION record_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('sih.close_months'));
    NEW.recorded_at := greatest(NEW.recorded_at, (SELECT max(m.ends_at) FROM ended_month m));
    RETURN NEW;
END $$;
CREATE TRIGGER event_is_recorded BEFORE INSERT ON event FOR EACH ROW
    WHEN (NOT moves_nothing(NEW.kind)) EXECUTE FUNCTION record_event();
CREATE FUNCTION queue_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO recap_pending (event_id) SELECT a.id FROM added a WHERE NOT moves_nothing(a.kind);
    RETURN NULL;
END $$;
CREATE TRIGGER event_is_queued AFTER INSERT ON event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION queue_events();

-- The values of an event's problem in each dimension: before the event (`was`), after it (`becomes`), and the one at
-- which a figure counts the event (`counts`): the holder before the event; for a report the holder who received it.
-- 0: none yet. Only a correction changes the kind of the good.
CREATE FUNCTION event_dimensions(e event)
RETURNS TABLE (dimension recap_dimension, was integer, becomes integer, counts integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT c.dimension, c.was, c.becomes, c.counts
    FROM (SELECT CASE e.priority WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4
                 ELSE 0 END AS priority, coalesce(e.category_id, 0) AS category, (e.kind <> 'opened')::integer AS known,
                 (e.reported_at AT TIME ZONE 'Asia/Jakarta')::date - date '2000-01-01' AS day OFFSET 0) AS its
    CROSS JOIN LATERAL (VALUES
        ('all'::recap_dimension, 0, 0, 0),
        ('division', e.from_division_id, e.to_division_id, coalesce(e.from_division_id, e.to_division_id)),
        ('department', e.from_department_id, e.to_department_id, e.from_department_id),
        ('pic', e.from_employee_id, e.to_employee_id, e.from_employee_id),
        ('store', e.store_id, e.store_id, e.store_id),
        ('category', its.category * its.known, its.category, its.category),
        ('asset_kind', coalesce(e.from_asset_kind_id, e.asset_kind_id), e.asset_kind_id, e.asset_kind_id),
        ('priority', its.priority * its.known, its.priority, its.priority),
        ('reported_on', its.day, its.day, NULL)) AS c (dimension, was, becomes, counts)
$$;

-- What these events add to the figures. An event counts if no earlier event of its problem counts in the same row. This
-- depends only on stored events, which never change, so events may be added in any order, each once.
-- The first closing after a hand-over counts as closed_escalated. Every later closing of the problem is after it, too,
-- so the figure counts the problems whose last closing of the period is after a hand-over. closed_reopened likewise.
-- A correction of the kind takes the report, in the month of the report, from the old kind and adds it to the new one;
-- it takes nothing else that was counted.
CREATE FUNCTION recap_parts(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, dimension recap_dimension, value integer, reported bigint, opened bigint,
    escalated bigint, closed bigint, reopened bigint, closed_escalated bigint, closed_reopened bigint,
    open_change bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, CASE WHEN s.moves = 0 THEN p.flow_recorded ELSE p.recorded END, c.dimension, s.value,
           coalesce(sum(s.amount) FILTER (WHERE s.kind = 'reported'), 0)::bigint,
           count(*) FILTER (WHERE s.kind = 'opened'),
           count(*) FILTER (WHERE s.kind = 'escalated'), count(*) FILTER (WHERE s.kind = 'closed' AND s.after IS NULL),
           count(*) FILTER (WHERE s.kind = 'reopened'), count(*) FILTER (WHERE s.after = 'escalated'),
           count(*) FILTER (WHERE s.after = 'reopened'), sum(s.moves)
    FROM event e
    CROSS JOIN LATERAL (
        SELECT month_of(e.at) AS month, month_of(e.recorded_at) AS recorded,
               month_of(e.reported_at) AS reported, e.kind = 'corrected' AS corrects,
               coalesce(e.status_before <> 'closed', false) AS was_open, e.status_after <> 'closed' AS is_open,
               e.kind = 'closed' AND EXISTS (
                   SELECT FROM event f
                   WHERE f.problem_id = e.problem_id AND f.kind = 'escalated' AND f.id < e.id) AS was_escalated,
               e.kind = 'closed' AND EXISTS (
                   SELECT FROM event f
                   WHERE f.problem_id = e.problem_id AND f.kind = 'reopened' AND f.id < e.id) AS was_reopened,
               e.kind IN ('escalated', 'closed', 'reopened') AND EXISTS (
                   SELECT FROM event f
                   WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id) AS is_again
        OFFSET 0) AS m
    CROSS JOIN LATERAL event_dimensions(e) AS c
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN e.kind IN ('reported', 'opened', 'escalated', 'closed', 'reopened') THEN c.counts END, e.kind,
         NULL::event_kind, 0, 1, m.month),
        (CASE WHEN m.was_escalated THEN c.counts END, e.kind, 'escalated', 0, 1, m.month),
        (CASE WHEN m.was_reopened THEN c.counts END, e.kind, 'reopened', 0, 1, m.month),
        (CASE WHEN m.corrects THEN c.was END, 'reported', NULL, 0, -1, m.reported),
        (CASE WHEN m.corrects THEN c.becomes END, 'reported', NULL, 0, 1, m.reported),
        (CASE WHEN m.was_open THEN c.was END, NULL, NULL, -1, 0, m.month),
        (CASE WHEN m.is_open THEN c.becomes END, NULL, NULL, 1, 0, m.month)
    ) AS s (value, kind, after, moves, amount, month)
    CROSS JOIN LATERAL (VALUES
        (s.month, 1, CASE WHEN m.recorded > s.month THEN m.recorded ELSE 0 END,
         CASE WHEN m.recorded > s.month THEN m.recorded ELSE 0 END),
        (s.month / 100, 100, 0, CASE WHEN m.recorded / 100 > s.month / 100 THEN m.recorded ELSE 0 END)
    ) AS p (period, width, flow_recorded, recorded)
    WHERE e.id = ANY (ids) AND s.value IS NOT NULL
      AND NOT ((s.moves <> 0 OR m.corrects) AND m.was_open AND m.is_open AND c.was IS NOT DISTINCT FROM c.becomes)
      AND NOT (s.moves = 0 AND m.is_again AND EXISTS (
            SELECT FROM event f CROSS JOIN LATERAL event_dimensions(f) AS fc
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND month_of(f.at) / p.width = p.period AND fc.dimension = c.dimension AND fc.counts = s.value
              AND (s.after IS NULL OR EXISTS (
                    SELECT FROM event b WHERE b.problem_id = f.problem_id AND b.kind = s.after AND b.id < f.id))))
    GROUP BY 1, 2, 3, 4
    HAVING count(s.kind) > 0 OR sum(s.moves) <> 0
$$;

-- The bucket of a duration, rounded half up: to a minute up to 2 hours, to 10 minutes up to 2 days, then to an hour.
CREATE FUNCTION bucket_of(duration interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(seconds / 60 / width)::integer * width
    FROM (SELECT seconds, CASE WHEN seconds < 7200 THEN 1 WHEN seconds < 172800 THEN 10 ELSE 60 END AS width
          FROM (SELECT extract(epoch FROM duration) AS seconds) AS exact) AS its
$$;
CREATE FUNCTION recap_durations(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, dimension recap_dimension, value integer, measure recap_measure, bucket integer,
    amount bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, p.recorded, c.dimension, c.counts, s.measure, s.bucket, count(*)
    FROM event e
    CROSS JOIN LATERAL (SELECT month_of(e.at) AS month, month_of(e.recorded_at) AS recorded OFFSET 0) AS m
    CROSS JOIN LATERAL (
        SELECT t.measure, bucket_of(e.at - t.since) AS bucket
        FROM (VALUES ('to_open'::recap_measure, e.reported_at, e.kind = 'opened'),
                     ('held', e.held_since, e.kind IN ('escalated', 'returned', 'closed')),
                     ('to_close', e.reported_at, e.kind = 'closed')) AS t (measure, since, ends)
        WHERE t.ends OFFSET 0) AS s
    CROSS JOIN LATERAL (VALUES (m.month, CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END),
                               (m.month / 100, 0)) AS p (period, recorded)
    CROSS JOIN LATERAL event_dimensions(e) AS c
    WHERE e.id = ANY (ids) AND e.kind IN ('opened', 'escalated', 'returned', 'closed') AND c.counts IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
$$;

CREATE TYPE duration_group AS (period integer, dimension recap_dimension, value integer, measure recap_measure);
-- Median and 90th percentile of these groups by nearest rank; `ids` are events that are not in duration_bucket yet.
CREATE FUNCTION duration_ranks(groups duration_group[], ids bigint[] DEFAULT '{}') RETURNS TABLE (
    period integer, dimension recap_dimension, value integer, measure recap_measure, amount bigint, p50 integer,
    p90 integer
) LANGUAGE sql STABLE AS $$
    WITH bucketed AS (
        SELECT s.period, s.dimension, s.value, s.measure, s.bucket, s.amount
        FROM unnest(groups) AS g JOIN duration_bucket s USING (period, dimension, value, measure) WHERE s.recorded = 0
        UNION ALL
        SELECT s.period, s.dimension, s.value, s.measure, s.bucket, s.amount
        FROM unnest(groups) AS g JOIN recap_durations(ids) AS s USING (period, dimension, value, measure)
        WHERE s.recorded = 0
    ), ranked AS (
        SELECT b.*, sum(b.amount) OVER (of_group ORDER BY b.bucket) AS upto, sum(b.amount) OVER of_group AS total
        FROM bucketed b WINDOW of_group AS (PARTITION BY b.period, b.dimension, b.value, b.measure)
    )
    SELECT period, dimension, value, measure, max(total)::bigint,
           min(bucket) FILTER (WHERE upto >= ceil(total * 0.5)), min(bucket) FILTER (WHERE upto >= ceil(total * 0.9))
    FROM ranked GROUP BY period, dimension, value, measure
$$;

-- Adds these events to the figures, which must not count them yet.
CREATE FUNCTION count_events(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE touched duration_group[];
BEGIN
    INSERT INTO figure AS f (period, recorded, dimension, value, reported, opened, escalated, closed, reopened,
                             closed_escalated, closed_reopened, open_change)
    SELECT * FROM recap_parts(ids)
    ON CONFLICT ON CONSTRAINT figure_pk DO UPDATE
    SET reported = f.reported + excluded.reported, opened = f.opened + excluded.opened,
        escalated = f.escalated + excluded.escalated, closed = f.closed + excluded.closed,
        reopened = f.reopened + excluded.reopened, closed_escalated = f.closed_escalated + excluded.closed_escalated,
        closed_reopened = f.closed_reopened + excluded.closed_reopened,
        open_change = f.open_change + excluded.open_change;
    DELETE FROM recap_size s WHERE s.period IN (
        SELECT month_of(e.at) / 100 FROM event e WHERE e.id = ANY (ids) AND e.recorded_at > e.at
        UNION
        SELECT month_of(e.reported_at) / 100 FROM event e WHERE e.id = ANY (ids) AND e.kind = 'corrected');
    WITH counted AS (
        INSERT INTO duration_bucket AS s (period, recorded, dimension, value, measure, bucket, amount)
        SELECT * FROM recap_durations(ids)
        ON CONFLICT ON CONSTRAINT duration_bucket_pk DO UPDATE SET amount = s.amount + excluded.amount
        RETURNING s.period, s.recorded, s.dimension, s.value, s.measure)
    SELECT array_agg(DISTINCT (c.period, c.dimension, c.value, c.measure)::duration_group) INTO touched
    FROM counted c WHERE c.recorded = 0;
    INSERT INTO duration_rank AS r (period, dimension, value, measure, amount, p50, p90)
    SELECT * FROM duration_ranks(touched)
    ON CONFLICT ON CONSTRAINT duration_rank_pk DO UPDATE
    SET amount = excluded.amount, p50 = excluded.p50, p90 = excluded.p90;
END $$;
-- Folds up to `most` events of the queue, oldest first; returns their number. Returns 0 while another transaction does
-- so.
CREATE FUNCTION fold_recap(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('sih.fold_recap')) THEN RETURN 0; END IF;
    ids := ARRAY(SELECT q.event_id FROM recap_pending q ORDER BY q.event_id LIMIT most);
    PERFORM count_events(ids);
    DELETE FROM recap_pending q WHERE q.event_id = ANY (ids);
    RETURN cardinality(ids);
END $$;

-- ---------------------------------------------------------------- master data: audit, search, sheets
-- Every administrative change: who, when, old and new values. Triggers write it. The author is set in the same
-- transaction by set_config('sih.change', '{"at": ..., "source": ..., "actor_id": ..., "reason": ...}', true). Without
-- it a change fails, because `at` and `source` are NOT NULL.
CREATE TYPE audit_kind AS ENUM (
    'created', 'changed',
    'coded'         -- an activation code was issued; the code is not stored
);
CREATE TABLE audit (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL,
    source   text NOT NULL,             -- 'page', 'command', 'import 12', 'demo'
    actor_id integer,                   -- NULL: the command line
    noun     text NOT NULL,             -- the table
    row_id   integer NOT NULL,
    row_name text NOT NULL,             -- its name after the change
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
-- The columns of a row that the audit records: neither secrets nor personal or technical columns.
CREATE FUNCTION audited(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - '{id,version,state,level,parent_level}'::text[]
                 - '{pin_hash,session_version,language,theme,has_keys,default_view_id,notice_ways,has_digest}'::text[]
                 - '{starts_with_report}'::text[]
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

-- Refuses that an admin freezes or demotes himself, and that the last admin is lost, also by concurrent changes.
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

-- Search by prefixes of words. Each row has an entry for each of its words, rotated so that this word comes first
-- ("siti aminah", "aminah siti"). A search reads a range of one index and stops after a page; its other words are
-- compared with the rest of the same entry.
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
-- The word of a search that determines the range: the one that begins fewest keys, which are counted up to 1000; of
-- equals the longest. All words must occur. A name may have a thousand bearers, its store's code has few.
CREATE FUNCTION search_word(of_noun text, words text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT w.word
        FROM (SELECT DISTINCT word COLLATE "C" AS word, length(word) AS length FROM unnest(words_in_order(words)) AS word
              ORDER BY length DESC, word LIMIT 8) AS w
        CROSS JOIN LATERAL (
            SELECT count(*) FROM (
                SELECT FROM search_key k
                WHERE k.noun = of_noun AND k.key >= w.word AND k.key < w.word || chr(1114111) LIMIT 1000) AS begun
        ) AS counted (keys)
        ORDER BY counted.keys, w.length DESC, w.word LIMIT 1);
END $$;
-- Patterns for the other words of a search. The word of the range is left out: the planner assumes that each pattern
-- matches almost nothing, and would sort all matches instead of reading one page from the index.
CREATE FUNCTION search_patterns(words text, word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg('% ' || other || '%'), '{}') FROM unnest(words_in_order(words)) AS other
    WHERE other <> word
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

-- Each noun as lists, forms and files show it: all values as text, '' for none, references by the key of their row.
-- `key` identifies a row in files; `alias` is a shorter name, accepted if it is unique.
CREATE VIEW division_sheet AS
SELECT d.id, d.version, concat_ws(' > ', p.name, d.name) AS key, d.name AS alias,
       concat_ws(' > ', p.name, d.name) AS sort, CASE WHEN d.is_active THEN 'active' ELSE 'inactive' END AS state,
       d.name, coalesce(p.name, '') AS parent, CASE WHEN d.is_active THEN 'yes' ELSE 'no' END AS active, d.mailbox
FROM division d LEFT JOIN division p ON p.id = d.parent_id;
CREATE VIEW department_sheet AS
SELECT m.id, m.version, d.key || ' > ' || m.name AS key, m.name AS alias, d.key || ' > ' || m.name AS sort,
       CASE WHEN m.is_active THEN 'active' ELSE 'inactive' END AS state,
       m.name, d.key AS division, CASE WHEN m.is_active THEN 'yes' ELSE 'no' END AS active
FROM department m JOIN division_sheet d ON d.id = m.division_id;
CREATE VIEW store_sheet AS
SELECT s.id, s.version, s.code AS key, s.code AS alias, s.code AS sort,
       CASE WHEN s.is_active THEN 'active' ELSE 'inactive' END AS state,
       s.code, s.name, s.city, s.time_zone, s.phone, CASE WHEN s.is_active THEN 'yes' ELSE 'no' END AS active
FROM store s;
CREATE VIEW category_sheet AS
SELECT c.id, c.version, c.name AS key, c.name AS alias, c.name AS sort,
       CASE WHEN c.is_active THEN 'active' ELSE 'inactive' END AS state,
       c.name, coalesce(c.priority::text, '') AS priority, coalesce(d.key, '') AS division,
       CASE WHEN c.is_active THEN 'yes' ELSE 'no' END AS active
FROM category c LEFT JOIN division_sheet d ON d.id = c.division_id;
CREATE VIEW ready_text_sheet AS
SELECT t.id, t.version, d.key || ' > ' || t.name AS key, t.name AS alias, d.key || ' > ' || t.name AS sort,
       CASE WHEN t.is_active THEN 'active' ELSE 'inactive' END AS state,
       t.name, d.key AS division, t.purpose, t.words, CASE WHEN t.is_active THEN 'yes' ELSE 'no' END AS active
FROM ready_text t JOIN division_sheet d ON d.id = t.division_id;
CREATE VIEW slang_sheet AS
SELECT w.id, w.version, w.name AS key, w.name AS alias, w.name AS sort,
       CASE WHEN w.is_active THEN 'active' ELSE 'inactive' END AS state,
       w.name, w.meaning, CASE WHEN w.is_active THEN 'yes' ELSE 'no' END AS active
FROM slang w;
CREATE VIEW asset_kind_sheet AS
SELECT k.id, k.version, k.name AS key, k.name AS alias, k.name AS sort,
       CASE WHEN k.is_active THEN 'active' ELSE 'inactive' END AS state,
       k.name, CASE WHEN k.is_active THEN 'yes' ELSE 'no' END AS active
FROM asset_kind k;
CREATE VIEW trouble_sheet AS
SELECT t.id, t.version, k.name || ' > ' || t.name AS key, t.name AS alias, k.name || ' > ' || t.name AS sort,
       CASE WHEN t.is_active THEN 'active' ELSE 'inactive' END AS state,
       k.name AS kind, t.name, CASE WHEN t.is_active THEN 'yes' ELSE 'no' END AS active
FROM trouble t JOIN asset_kind k ON k.id = t.kind_id;
CREATE VIEW asset_sheet AS
SELECT a.id, a.version, a.label AS key, a.label AS alias, a.label AS sort,
       CASE WHEN a.is_retired THEN 'inactive' ELSE 'active' END AS state,
       a.label, k.name AS kind, a.serial, s.code AS store, s.name AS store_name,
       coalesce(a.bought_on::text, '') AS bought_on, CASE WHEN a.is_retired THEN 'no' ELSE 'yes' END AS active
FROM asset a JOIN asset_kind k ON k.id = a.kind_id JOIN store s ON s.id = a.store_id;
CREATE VIEW employee_sheet AS
SELECT e.id, e.version, e.nik AS key, e.nik AS alias, e.name AS sort, e.state,
       e.nik, e.name, e.role, s.code AS store, s.name AS store_name, coalesce(d.key, '') AS division,
       coalesce(m.key, '') AS department, e.email, e.phone,
       CASE WHEN e.is_frozen THEN 'no' ELSE 'yes' END AS active
FROM employee e
JOIN store s ON s.id = e.store_id
LEFT JOIN division_sheet d ON d.id = e.division_id
LEFT JOIN department_sheet m ON m.id = e.department_id;

-- ---------------------------------------------------------------- security events
-- Sign-ins, failed attempts, refusals, changes of secrets and accounts, downloads; for admins.
CREATE TYPE security_kind AS ENUM (
    'signed_in',
    'failed',                   -- a wrong PIN or code, an unknown NIK, a frozen account
    'throttled',                -- an attempt that was not checked, after too many failures
    'refused',                  -- 403
    'pin_changed', 'pins_reset',            -- by the person; all PINs, by the command line
    'code_issued', 'code_used',
    'session_ended',
    'frozen', 'unfrozen',
    'list_downloaded',
    'sheet_made', 'sheet_downloaded'        -- activation sheets
);
CREATE TABLE security_event (
    id          bigint GENERATED BY DEFAULT AS IDENTITY,
    kind        security_kind NOT NULL,
    at          timestamptz NOT NULL,
    employee_id integer,                -- the person concerned; NULL: unknown NIK, or no single person
    nik         text NOT NULL,          -- as typed; of an unknown one four characters only, since it may be a PIN
    actor_id    integer,                -- the signed-in person who acted; NULL: nobody signed in, or command line
    address     text NOT NULL,          -- '' from the command line
    browser     text NOT NULL,
    detail      text NOT NULL,          -- for example the downloaded list or the refused page
    amount      integer NOT NULL,       -- occurrences within one minute
    CONSTRAINT security_event_pk PRIMARY KEY (id),
    CONSTRAINT security_event_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT security_event_actor_exists FOREIGN KEY (actor_id) REFERENCES employee (id),
    CONSTRAINT security_event_unknown_nik_is_cut CHECK (employee_id IS NOT NULL OR length(nik) <= 4),
    CONSTRAINT security_event_text_length
        CHECK (length(nik) <= 50 AND length(address) <= 45 AND length(browser) <= 60 AND length(detail) <= 200),
    CONSTRAINT security_event_happened CHECK (amount > 0)
);
-- For the page, newest first, with each filter, and with kind and NIK or kind and address together.
CREATE INDEX security_event_newest ON security_event (at, id);
CREATE INDEX security_event_kind ON security_event (kind, at, id);
CREATE INDEX security_event_nik ON security_event (nik, at, id);
CREATE INDEX security_event_address ON security_event (address, at, id);
CREATE INDEX security_event_kind_nik ON security_event (kind, nik, at, id);
CREATE INDEX security_event_kind_address ON security_event (kind, address, at, id);

-- Counts of frequent events: one row for each minute and key, which becomes an event when the minute is over.
CREATE TABLE security_tally (
    minute      timestamptz NOT NULL,
    kind        security_kind NOT NULL,
    key         text NOT NULL,          -- as in `throttle`; for refusals 'employee:5'
    id          bigint NOT NULL DEFAULT nextval('security_event_id_seq'),      -- of the later event
    at          timestamptz NOT NULL,   -- this and the following columns: of the first occurrence
    employee_id integer,
    nik         text NOT NULL,
    actor_id    integer,
    address     text NOT NULL,
    browser     text NOT NULL,
    detail      text NOT NULL,
    amount      integer NOT NULL,
    CONSTRAINT security_tally_pk PRIMARY KEY (minute, kind, key),
    CONSTRAINT security_tally_unknown_nik_is_cut CHECK (employee_id IS NOT NULL OR length(nik) <= 4)
);

CREATE TRIGGER security_event_is_append_only BEFORE UPDATE OR TRUNCATE ON security_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- The only place in this file that reads the server's clock: with a time as a parameter, the application's role could
-- delete all events.
CREATE FUNCTION keep_security_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(g.at) FROM gone g) > clock_timestamp() - interval '90 days' THEN
        RAISE EXCEPTION 'security_event keeps 90 days: DELETE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER security_event_is_kept AFTER DELETE ON security_event
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_security_events();

-- Counts may only grow, and a deleted row becomes an event.
CREATE FUNCTION count_security_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount <= OLD.amount OR to_jsonb(NEW) - 'amount' <> to_jsonb(OLD) - 'amount' THEN
        RAISE EXCEPTION 'security_tally only counts: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER security_tally_only_counts BEFORE UPDATE ON security_tally
    FOR EACH ROW EXECUTE FUNCTION count_security_tally();
CREATE TRIGGER security_tally_is_not_emptied BEFORE TRUNCATE ON security_tally
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION settle_security_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO security_event (id, kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
    SELECT g.id, g.kind, g.at, g.employee_id, g.nik, g.actor_id, g.address, g.browser, g.detail, g.amount FROM gone g;
    RETURN NULL;
END $$;
CREATE TRIGGER security_tally_becomes_events AFTER DELETE ON security_tally
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION settle_security_tally();

-- Recorded by triggers, so that every way of freezing or issuing codes is covered: pages, imports, commands.
CREATE FUNCTION note_freezes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author jsonb := nullif(current_setting('sih.change', true), '')::jsonb;
BEGIN
    INSERT INTO security_event (kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
    SELECT CASE WHEN a.is_frozen THEN 'frozen' ELSE 'unfrozen' END::security_kind, (author->>'at')::timestamptz, a.id,
           a.nik, (author->>'actor_id')::integer, coalesce(author->>'address', ''), coalesce(author->>'browser', ''),
           author->>'source', 1
    FROM after a JOIN before b ON b.id = a.id
    WHERE a.is_frozen <> b.is_frozen;
    RETURN NULL;
END $$;
CREATE TRIGGER employee_freeze_is_noted AFTER UPDATE ON employee
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_freezes();
CREATE FUNCTION note_codes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author jsonb := nullif(current_setting('sih.change', true), '')::jsonb;
BEGIN
    INSERT INTO security_event (kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
    SELECT 'code_issued', (author->>'at')::timestamptz, e.id, e.nik, (author->>'actor_id')::integer,
           coalesce(author->>'address', ''), coalesce(author->>'browser', ''), author->>'source', 1
    FROM after a JOIN employee e ON e.id = a.employee_id;
    RETURN NULL;
END $$;
CREATE TRIGGER activation_is_noted AFTER INSERT ON activation
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_codes();
CREATE TRIGGER activation_is_noted_again AFTER UPDATE ON activation
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_codes();

-- ---------------------------------------------------------------- background work
-- The queue of jobs. A job is added in the transaction of the change that needs it, and claimed by a worker (flask
-- --app sih worker). When a worker dies, its lease expires and another worker starts the job again.
CREATE TYPE job_state AS ENUM (
    'waiting',      -- not before run_at                -> running
    'running',      -- by a worker, until leased_until   -> done, failed, waiting (to be retried)
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
    done         integer NOT NULL DEFAULT 0,    -- of `total` rows, for showing progress
    total        integer NOT NULL DEFAULT 0,
    error        text,
    employee_id  integer,                       -- the person who waits for it; NULL: nobody
    claims       integer NOT NULL DEFAULT 0,    -- number of claims; only the latest may change the job
    CONSTRAINT job_pk PRIMARY KEY (id),
    CONSTRAINT job_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT job_leased_while_running CHECK ((state = 'running') = (leased_until IS NOT NULL))
);
CREATE INDEX job_due ON job (run_at, id) WHERE state IN ('waiting', 'running');

-- ---------------------------------------------------------------- limits of what one person may send
-- Each function locks the person and then counts with a new snapshot (it is VOLATILE), so that it sees what concurrent
-- requests have committed. The lock lasts until the end of the transaction.
CREATE FUNCTION lock_limits(person integer) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('sih.limits'), person)
$$;
-- The time of the oldest of the last `most` events of this kind, if all are later than `since`: the limit is reached.
-- NULL if another event may be sent. Questions and internal notes count with comments.
CREATE FUNCTION limiting_event_at(person integer, sent event_kind, since timestamptz, most integer) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN NULL; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT e.at FROM event e
            WHERE e.actor_id = person AND e.kind IN ('reported', 'commented', 'asked', 'noted') AND e.at > since
              AND e.kind = ANY (CASE sent WHEN 'commented' THEN '{commented,asked,noted}' ELSE ARRAY[sent] END)
            ORDER BY e.at DESC OFFSET most - 1 LIMIT 1);
END $$;
CREATE FUNCTION jobs_fit(person integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 OR person IS NULL THEN RETURN true; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT count(*) < most FROM job j
            WHERE j.employee_id = person AND j.state IN ('waiting', 'running'));
END $$;
CREATE FUNCTION draft_fits(person integer, since timestamptz, most integer, size bigint, most_bytes bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN true; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT count(*) < most AND coalesce(sum(octet_length(d.fields)), 0) + size <= most_bytes
            FROM draft d WHERE d.employee_id = person AND d.created_at >= since);
END $$;

-- ---------------------------------------------------------------- blobs
-- Stored files, in parts of a megabyte, so that a slow download reads part by part without an open transaction. The
-- owner of a blob deletes it together with the reference.
CREATE TABLE blob (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    size       bigint NOT NULL,         -- bytes, of all parts together
    created_at timestamptz NOT NULL,
    CONSTRAINT blob_pk PRIMARY KEY (id)
);
CREATE TABLE blob_part (
    blob_id bigint NOT NULL,
    number  integer NOT NULL,           -- from 0
    content bytea NOT NULL,
    CONSTRAINT blob_part_pk PRIMARY KEY (blob_id, number),
    CONSTRAINT blob_part_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id) ON DELETE CASCADE
);

-- ---------------------------------------------------------------- photos and files
-- What is stored of a photo (made anew, JPEG) or a PDF, once for all who send the same.
CREATE TABLE file (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    hash              bytea NOT NULL,       -- SHA-256 of the content
    format            text NOT NULL,
    size              integer NOT NULL,     -- bytes
    width             integer,              -- pixels of a photo
    height            integer,
    blob_id           bigint NOT NULL,
    thumbnail_blob_id bigint,               -- of a photo
    CONSTRAINT file_pk PRIMARY KEY (id),
    CONSTRAINT file_hash_once UNIQUE (hash),
    CONSTRAINT file_hash_length CHECK (length(hash) = 32),
    CONSTRAINT file_format_known CHECK (format IN ('jpeg', 'pdf')),
    CONSTRAINT file_size_bounded CHECK (size BETWEEN 1 AND 5000000),
    CONSTRAINT file_photo_has_pixels CHECK (
        num_nonnulls(width, height, thumbnail_blob_id) = CASE format WHEN 'jpeg' THEN 3 ELSE 0 END),
    CONSTRAINT file_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id),
    CONSTRAINT file_thumbnail_exists FOREIGN KEY (thumbnail_blob_id) REFERENCES blob (id)
);
CREATE INDEX file_blob ON file (blob_id);
CREATE INDEX file_thumbnail ON file (thumbnail_blob_id) WHERE thumbnail_blob_id IS NOT NULL;

-- What somebody has uploaded and not sent yet; kept for a day.
CREATE TABLE upload (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    employee_id integer NOT NULL,
    file_id     bigint NOT NULL,
    name        text NOT NULL,
    at          timestamptz NOT NULL,
    CONSTRAINT upload_pk PRIMARY KEY (id),
    CONSTRAINT upload_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT upload_file_exists FOREIGN KEY (file_id) REFERENCES file (id),
    CONSTRAINT upload_name_length CHECK (length(name) BETWEEN 1 AND 100)
);
CREATE INDEX upload_of_employee ON upload (employee_id);
CREATE INDEX upload_of_file ON upload (file_id);
CREATE INDEX upload_age ON upload (at);
-- Whether this person may keep another file of `size` bytes beside what was uploaded and not sent.
CREATE FUNCTION upload_fits(person integer, size bigint, most_bytes bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_limits(person);
    RETURN (SELECT coalesce(sum(f.size), 0) + upload_fits.size <= most_bytes
            FROM upload u JOIN file f ON f.id = u.file_id WHERE u.employee_id = person);
END $$;

-- A photo or file of an event: of a report, a remark, a diagnosis or a solution. Whoever may read the event may see it.
-- It keeps the id of its upload, so that sending a form twice attaches a file once.
CREATE TABLE attachment (
    id          bigint NOT NULL,
    problem_id  bigint NOT NULL,            -- of the event; without a foreign key, which would lock its row
    event_id    bigint NOT NULL,
    file_id     bigint,                     -- NULL: removed (photos_kept_months)
    place       smallint NOT NULL,          -- among those of its event
    name        text NOT NULL,
    description text NOT NULL,              -- the alternative text; may be empty
    at          timestamptz NOT NULL,
    CONSTRAINT attachment_pk PRIMARY KEY (id),
    CONSTRAINT attachment_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT attachment_file_exists FOREIGN KEY (file_id) REFERENCES file (id),
    CONSTRAINT attachment_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT attachment_description_length CHECK (length(description) <= 200)
);
CREATE INDEX attachment_of_event ON attachment (event_id);
CREATE INDEX attachment_of_file ON attachment (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX attachment_age ON attachment (at) WHERE file_id IS NOT NULL;

-- ---------------------------------------------------------------- imports
-- Imported files, kept for a day, so that any process can read and write them.
CREATE TYPE import_state AS ENUM (
    'reading',      -- the dry run is being made        -> choosing, shown, refused
    'choosing',     -- several sheets could be the list -> reading, once an admin chose
    'shown',        -- and can be confirmed             -> writing
    'writing',      -- it was confirmed                 -> written; or shown again, where the outcome has changed
    'written',
    'refused'       -- the file cannot be read; `fault` says why
);
CREATE TABLE import (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    noun        text NOT NULL,
    file_name   text NOT NULL,
    blob_id     bigint NOT NULL,        -- the file
    is_complete boolean NOT NULL,       -- "Berkas ini daftar lengkap": absent rows are deactivated
    actor_id    integer,                -- NULL: the command line
    created_at  timestamptz NOT NULL,
    state       import_state NOT NULL DEFAULT 'reading',
    job_id      bigint,
    fault       jsonb,
    sheets      jsonb NOT NULL DEFAULT '[]',    -- of a workbook (Import of sih/masters/records.py)
    columns     text[] NOT NULL DEFAULT '{}',
    unused      text[] NOT NULL DEFAULT '{}',
    headings    text[] NOT NULL DEFAULT '{}',   -- as they stand in the file, from left to right
    counts      jsonb NOT NULL DEFAULT '{}',    -- rows by what becomes of them
    fingerprint text,                           -- of the dry run that was shown; what is written must have the same
    has_differed boolean NOT NULL DEFAULT false,
    same_people jsonb NOT NULL DEFAULT '{}',    -- {new NIK: NIK until now}: an admin said that it is one person
    CONSTRAINT import_pk PRIMARY KEY (id),
    CONSTRAINT import_actor_exists FOREIGN KEY (actor_id) REFERENCES employee (id),
    CONSTRAINT import_job_exists FOREIGN KEY (job_id) REFERENCES job (id),
    CONSTRAINT import_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id),
    CONSTRAINT import_shown_with_fingerprint CHECK (
        state NOT IN ('shown', 'writing', 'written') OR fingerprint IS NOT NULL),
    CONSTRAINT import_refused_with_fault CHECK ((state = 'refused') = (fault IS NOT NULL))
);
CREATE INDEX import_age ON import (created_at);
-- The rows of a file, and the resulting changes. Unlogged, because both can be made again from the file.
CREATE UNLOGGED TABLE import_row (
    import_id bigint NOT NULL,
    place     integer NOT NULL,         -- in the order of the file, from 1
    sheet     text NOT NULL DEFAULT '', -- its name; '' in a file without sheets
    number    integer NOT NULL,         -- as the spreadsheet shows it
    is_hidden boolean NOT NULL DEFAULT false,   -- by a filter or by hand, in the spreadsheet
    key       text NOT NULL,            -- '' where it has none
    facts     jsonb NOT NULL,           -- {column: text}, only the columns of the file
    inactive  text[] NOT NULL DEFAULT '{}',     -- columns that name something deactivated: nothing new may
    faults    jsonb NOT NULL DEFAULT '[]',      -- why it cannot be read: [{"text": ..., "facts": {...}}]
    is_tidied boolean NOT NULL DEFAULT false,   -- characters that nobody sees were removed
    non_row   text NOT NULL DEFAULT '',         -- what it is where it is none: 'total', ...; see sih/sheets/non_rows.py
    last      integer,                          -- of empty rows that follow each other, the number of the last
    cells     text[],                           -- its texts from left to right, where it is faulty or none
    CONSTRAINT import_row_pk PRIMARY KEY (import_id, place)
);
CREATE UNLOGGED TABLE import_change (
    import_id bigint NOT NULL,
    place     integer NOT NULL,         -- of its import_row; then those who are absent
    number    integer,                  -- of the row; NULL: absent from the file
    kind      text NOT NULL,            -- 'create', 'change', 'deactivate', 'fault', 'non_row'
    row_name  text NOT NULL,
    facts     jsonb NOT NULL,           -- the whole row as it is to be written; of a fault its reasons and key
    changes   jsonb NOT NULL,           -- {column: [from, to]}
    CONSTRAINT import_change_pk PRIMARY KEY (import_id, place),
    CONSTRAINT import_change_kind_known CHECK (kind IN ('create', 'change', 'deactivate', 'fault', 'non_row'))
);
CREATE INDEX import_change_kind ON import_change (import_id, kind, place);

-- ---------------------------------------------------------------- exports
-- Lists of problems as files, made in the background and kept for a day.
CREATE TABLE problem_export (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    employee_id integer NOT NULL,
    format      text NOT NULL,
    filters     jsonb NOT NULL,         -- the filters, as in the query string
    created_at  timestamptz NOT NULL,
    job_id      bigint,
    blob_id     bigint,                 -- the file; NULL: not made yet
    CONSTRAINT problem_export_pk PRIMARY KEY (id),
    CONSTRAINT problem_export_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT problem_export_job_exists FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE SET NULL,
    CONSTRAINT problem_export_blob_exists FOREIGN KEY (blob_id) REFERENCES blob (id),
    CONSTRAINT problem_export_format_known CHECK (format IN ('xlsx', 'csv'))
);
CREATE INDEX problem_export_age ON problem_export (created_at);

-- ---------------------------------------------------------------- activation sheets
-- PDFs of activation codes for many stores. Codes are not stored: they are computed from `salt` and pin_key, which is
-- not in the database, while the file is sent. After the row is deleted they cannot be computed again.
CREATE TABLE activation_sheet (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    employee_id integer,                -- only this person may download it; NULL: the command line
    salt        text NOT NULL,
    city        text,                   -- for the stores of this city
    stores      text[],                 -- for the stores with these codes; neither: for all
    replaces    boolean NOT NULL,       -- "Ganti kode yang masih berlaku"
    created_at  timestamptz NOT NULL,
    job_id      bigint,                 -- NULL: the command line
    ready_at    timestamptz,            -- when all codes were issued; the row is deleted an hour later
    amount      integer NOT NULL DEFAULT 0,     -- codes
    CONSTRAINT activation_sheet_pk PRIMARY KEY (id),
    CONSTRAINT activation_sheet_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT activation_sheet_job_exists FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE SET NULL,
    CONSTRAINT activation_sheet_one_scope CHECK (city IS NULL OR stores IS NULL)
);

-- ---------------------------------------------------------------- mail
-- The outbox. A mail is added in the transaction of the change that it reports; its unique `key` prevents duplicates.
-- `kind` determines who composes it (sih/background/mail.py) from `facts`, in the recipient's language, for a mailbox
-- in Indonesian. A worker claims it (leased_until), sends it outside any transaction, and marks it. A mail that the
-- server does not accept is tried again and given up after some days (sih/dao/outbox.py: KEPT); one that cannot be
-- composed is given up at once.
CREATE TABLE outbox (
    key         text NOT NULL,          -- for example 'recap 202610 12': kind, month, recipient
    kind        text NOT NULL,
    facts       jsonb NOT NULL,         -- for a recap {"month": 202610}
    employee_id integer,                -- the recipient, at the current address
    division_id integer,                -- or the mailbox of a division
    problem_id  bigint,                 -- of a mail about one; without a foreign key, which would lock its row
    created_at  timestamptz NOT NULL,
    run_at      timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 0,
    sent_at     timestamptz,
    error       text,                   -- why it was not sent; never words of a problem
    leased_until timestamptz,
    failed_at   timestamptz,            -- given up
    CONSTRAINT outbox_pk PRIMARY KEY (key),
    CONSTRAINT outbox_one_recipient CHECK (num_nonnulls(employee_id, division_id) = 1),
    CONSTRAINT outbox_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL),
    CONSTRAINT outbox_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT outbox_division_exists FOREIGN KEY (division_id) REFERENCES division (id)
);
CREATE INDEX outbox_due ON outbox (run_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_of_problem ON outbox (problem_id, created_at) WHERE problem_id IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox (created_at, key) WHERE sent_at IS NULL AND error IS NOT NULL;
CREATE INDEX outbox_tests ON outbox (employee_id, created_at) WHERE kind = 'test';
CREATE INDEX outbox_age ON outbox (created_at);

-- Events that wait to be told by mail, written with the event. The worker gathers them into mails of the outbox and
-- deletes them in the same statement, so each is in exactly one mail of a recipient. Nothing is written while
-- installation.sends_mail is false.
CREATE TABLE outbox_event (
    employee_id integer,                -- the recipient,
    division_id integer,                -- or the mailbox of a division
    event_id    bigint NOT NULL,
    problem_id  bigint NOT NULL,        -- of the event; without a foreign key, which would lock its row
    topics      text[] NOT NULL,        -- why (sih/domain/vocabulary.py: TOPICS); none for a mailbox
    due_at      timestamptz NOT NULL,   -- when a mail may go at the earliest
    CONSTRAINT outbox_event_once UNIQUE NULLS NOT DISTINCT (employee_id, division_id, event_id),
    CONSTRAINT outbox_event_one_recipient CHECK (num_nonnulls(employee_id, division_id) = 1),
    CONSTRAINT outbox_event_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT outbox_event_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT outbox_event_event_exists FOREIGN KEY (event_id) REFERENCES event (id)
);
CREATE INDEX outbox_event_due ON outbox_event (due_at);

-- The first 07:00 of this zone that is not before `at`.
CREATE FUNCTION next_morning(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date_trunc('day', (at AT TIME ZONE zone) + interval '17 hours' - interval '1 microsecond')
        + interval '7 hours') AT TIME ZONE zone;

-- Tells of an event: gives the people who hear of it in the page, and lets it wait for a mail to those who hear by mail
-- and to the mailbox of `division`, if any. Each person as chosen for the topics; never whoever acted, if anybody did,
-- and nobody who is frozen; the mailbox never of what its own handlers did. Functions, because a connection keeps their plans, and planning
-- takes longer than telling.
CREATE TYPE hearer AS (employee_id integer, topic text, usual_way text);
CREATE FUNCTION tell(event bigint, problem bigint, at timestamptz, actor integer, division integer, hearers hearer[])
RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT i.sends_mail FROM installation i) THEN
        INSERT INTO outbox_event (employee_id, event_id, problem_id, topics, due_at)
        SELECT p.id, event, problem, array_agg(DISTINCT h.topic),
               CASE WHEN p.has_digest
                    THEN next_morning(at + interval '1 minute', (SELECT s.time_zone FROM store s WHERE s.id = p.store_id))
                    ELSE at + interval '1 minute' END
        FROM unnest(hearers) AS h JOIN employee p ON p.id = h.employee_id
        WHERE p.id IS DISTINCT FROM actor AND NOT p.is_frozen AND p.email <> ''
          AND coalesce(p.notice_ways->>h.topic, h.usual_way) IN ('mail', 'both')
        GROUP BY p.id
        ON CONFLICT ON CONSTRAINT outbox_event_once DO NOTHING;
        INSERT INTO outbox_event (division_id, event_id, problem_id, topics, due_at)
        SELECT d.id, event, problem, '{}', at + interval '1 minute'
        FROM division d
        WHERE d.id = division AND d.is_active AND d.mailbox <> ''
          AND NOT EXISTS (SELECT FROM employee a WHERE a.id = actor AND a.role = 'handler' AND a.division_id = d.id);
    END IF;
    RETURN QUERY
        SELECT DISTINCT p.id FROM unnest(hearers) AS h JOIN employee p ON p.id = h.employee_id
        WHERE p.id IS DISTINCT FROM actor AND NOT p.is_frozen
          AND coalesce(p.notice_ways->>h.topic, h.usual_way) IN ('page', 'both');
END $$;
-- Whoever of this division moved the problem last.
CREATE FUNCTION last_mover(problem bigint, division integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT a.id FROM event o JOIN employee a ON a.id = o.actor_id
            WHERE o.problem_id = problem AND NOT moves_nothing(o.kind)
              AND a.role = 'handler' AND a.division_id = division
            ORDER BY o.at DESC, o.id DESC LIMIT 1);
END $$;
CREATE FUNCTION is_of_helpdesk(person integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM employee a JOIN division d ON d.id = a.division_id
                   WHERE a.id = person AND a.role = 'handler' AND d.is_helpdesk);
END $$;

-- ---------------------------------------------------------------- small master data
-- After how many hours since its report an open problem is marked as overdue, by priority; 'none': not opened yet.
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

-- One row: its version is renewed with each change of a division, department, category, ready text, shop word, kind of
-- assets, trouble or age limit, in the same transaction. Processes cache these rows as long as the version is the same (sih/dao/small_masters.py).
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
    FOREACH noun IN ARRAY '{division,department,category,ready_text,slang,asset_kind,trouble,age_limit}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_renews_version AFTER INSERT OR UPDATE ON %1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version()', noun);
    END LOOP;
END $$;

-- How long problems of a category took at a division in the last year. The worker reckons it once a day
-- (sih/dao/usual_durations.py); processes cache it as small master data.
CREATE TABLE usual_duration (
    category_id integer NOT NULL,
    division_id integer NOT NULL,       -- that closed them
    shortest    integer NOT NULL,       -- seconds at this division; the middle 80 % lie between both
    longest     integer NOT NULL,
    cases       integer NOT NULL,
    reckoned_at timestamptz NOT NULL,
    CONSTRAINT usual_duration_pk PRIMARY KEY (category_id, division_id),
    CONSTRAINT usual_duration_category_exists FOREIGN KEY (category_id) REFERENCES category (id),
    CONSTRAINT usual_duration_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT usual_duration_is_a_range CHECK (shortest <= longest)
);
CREATE TRIGGER usual_duration_renews_version AFTER INSERT OR DELETE ON usual_duration
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();

-- ---------------------------------------------------------------- this installation
-- One row: the version of the schema, whether the data are the demo company ("Data contoh"), an HMAC that identifies the
-- pin_key of the stored PINs, NULL until it is known, and whether the worker sends mail.
CREATE TABLE installation (
    is_only        boolean NOT NULL DEFAULT true,
    schema_version integer NOT NULL,
    has_demo_data  boolean NOT NULL DEFAULT false,
    pin_key_check  text,
    sends_mail     boolean NOT NULL DEFAULT false,
    CONSTRAINT installation_pk PRIMARY KEY (is_only),
    CONSTRAINT installation_is_one_row CHECK (is_only)
);
INSERT INTO installation (schema_version) VALUES (36);

-- Rows that every installation needs: the helpdesk, and a default category and kind of assets.
INSERT INTO division (name, is_helpdesk) VALUES ('Helpdesk', true);
INSERT INTO category (name) VALUES ('Lain-lain');
INSERT INTO asset_kind (name) VALUES ('Barang lain');

-- Last, so that the audit does not require an author for the rows above.
DO $$
DECLARE noun text;
BEGIN
    FOREACH noun IN ARRAY '{employee,store,division,department,category,ready_text,slang,asset_kind,trouble,asset}'::text[] LOOP
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
CREATE TRIGGER age_limit_change_is_audited AFTER UPDATE ON age_limit REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION audit_changed();
