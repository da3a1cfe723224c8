-- From schema 28 to 29: mails of notices, what each person chose of them, and the mailbox of a division.

ALTER TABLE installation ADD COLUMN sends_mail boolean NOT NULL DEFAULT false;

ALTER TABLE employee ADD COLUMN notice_ways jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN has_digest boolean NOT NULL DEFAULT false;
CREATE OR REPLACE FUNCTION audited(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - '{id,version,state,level,parent_level}'::text[]
                 - '{pin_hash,session_version,language,theme,has_keys,default_view_id,notice_ways,has_digest}'::text[]
$$;

ALTER TABLE division ADD COLUMN mailbox text NOT NULL DEFAULT '',
    ADD CONSTRAINT division_mailbox_form
        CHECK (mailbox = '' OR (mailbox ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(mailbox) <= 200));
CREATE OR REPLACE VIEW division_sheet AS
SELECT d.id, d.version, concat_ws(' > ', p.name, d.name) AS key, d.name AS alias,
       concat_ws(' > ', p.name, d.name) AS sort, CASE WHEN d.is_active THEN 'active' ELSE 'inactive' END AS state,
       d.name, coalesce(p.name, '') AS parent, CASE WHEN d.is_active THEN 'yes' ELSE 'no' END AS active, d.mailbox
FROM division d LEFT JOIN division p ON p.id = d.parent_id;

-- An address in the row itself, which nothing wrote, becomes a division's.
ALTER TABLE outbox DROP COLUMN mailbox,
    ADD COLUMN division_id integer,
    ADD COLUMN problem_id bigint,
    ADD CONSTRAINT outbox_one_recipient CHECK (num_nonnulls(employee_id, division_id) = 1),
    ADD CONSTRAINT outbox_division_exists FOREIGN KEY (division_id) REFERENCES division (id);
CREATE INDEX outbox_of_problem ON outbox (problem_id, created_at) WHERE problem_id IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox (created_at, key) WHERE sent_at IS NULL AND error IS NOT NULL;
CREATE INDEX outbox_tests ON outbox (employee_id, created_at) WHERE kind = 'test';
CREATE INDEX outbox_age ON outbox (created_at);

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
-- and to the mailbox of `division`, if any. Each person as chosen for the topics; never whoever acted, and nobody who is
-- frozen; the mailbox never of what its own handlers did. Functions, because a connection keeps their plans, and planning
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

UPDATE installation SET schema_version = 29;
