-- From schema 3 to 4: the recap, its closed months, exports and mail.

ALTER TABLE event
    ADD COLUMN recorded_at timestamptz, ADD COLUMN reported_at timestamptz, ADD COLUMN held_since timestamptz,
    ADD COLUMN store_id integer, ADD COLUMN asset_kind_id integer,
    ADD COLUMN from_department_id integer, ADD COLUMN to_department_id integer;
-- What happened so far is taken as recorded when it happened, and a PIC as always having been of this department.
ALTER TABLE event DISABLE TRIGGER event_is_append_only;
UPDATE event e
SET recorded_at = e.at, reported_at = p.reported_at, store_id = p.store_id, asset_kind_id = p.asset_kind_id,
    held_since = stay.since,
    from_department_id = (SELECT w.department_id FROM employee w WHERE w.id = e.from_employee_id),
    to_department_id = (SELECT w.department_id FROM employee w WHERE w.id = e.to_employee_id)
FROM problem p, (
    SELECT s.id, coalesce(max(s.at) FILTER (WHERE s.kind IN ('reported', 'escalated', 'returned', 'reopened'))
                              OVER (PARTITION BY s.problem_id ORDER BY s.at, s.id
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), s.at) AS since
    FROM event s WHERE s.kind NOT IN ('commented', 'confirmed')) AS stay
WHERE p.id = e.problem_id AND stay.id = e.id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE event ENABLE TRIGGER event_is_append_only;
ALTER TABLE event
    ADD CONSTRAINT event_store_exists FOREIGN KEY (store_id) REFERENCES store (id),
    ADD CONSTRAINT event_asset_kind_exists FOREIGN KEY (asset_kind_id) REFERENCES asset_kind (id),
    ADD CONSTRAINT event_from_department_exists FOREIGN KEY (from_department_id) REFERENCES department (id),
    ADD CONSTRAINT event_to_department_exists FOREIGN KEY (to_department_id) REFERENCES department (id),
    ADD CONSTRAINT event_stands_where CHECK (num_nulls(recorded_at, reported_at, held_since, store_id, asset_kind_id) = CASE WHEN kind IN ('commented', 'confirmed') THEN 5 ELSE 0 END);
-- What a figure of the recap counts.
CREATE INDEX event_flow ON event (kind, at, id) WHERE kind IN ('reported', 'opened', 'escalated', 'closed', 'reopened');
CREATE INDEX event_late ON event (recorded_at) WHERE recorded_at > at;
CREATE INDEX event_from_pic ON event (from_employee_id, at, id) WHERE from_employee_id IS NOT NULL;

-- ---------------------------------------------------------------- recap
-- What a month or a year counts. Every event that moves a problem is queued, in a row of its own; in the background the
-- queue is folded into the figures. A figure is the sum of both, so it is true at once. A period is yyyymm, or yyyy.
CREATE TYPE recap_cut AS ENUM (
    'all', 'division', 'department', 'pic', 'store', 'category', 'asset_kind', 'priority',
    'reported_on'   -- of what is open: the day of its report, in days since 2000-01-01
);
CREATE TYPE recap_measure AS ENUM (
    'to_open',      -- from the report to opening
    'held',         -- at one holder, ended by handing over, returning or closing
    'to_close'      -- from the report to closing
);
CREATE TABLE recap_pending (
    event_id bigint NOT NULL,
    CONSTRAINT recap_pending_pk PRIMARY KEY (event_id)
);
-- A flow counts the distinct problems with that event in the period; `standing` is by how many more are open at its end
-- than at its beginning. `recorded` is 0 where it was recorded before the end of the period, else the month in which it
-- was. value 0 is "none yet", of category and priority before the opening.
CREATE TABLE figure (
    period    integer NOT NULL,
    recorded  integer NOT NULL,
    cut       recap_cut NOT NULL,
    value     integer NOT NULL,
    reported  bigint NOT NULL,
    opened    bigint NOT NULL,
    escalated bigint NOT NULL,
    closed    bigint NOT NULL,
    reopened  bigint NOT NULL,
    standing  bigint NOT NULL,
    weight    bigint GENERATED ALWAYS AS (reported + opened + escalated + closed + reopened) STORED,
    CONSTRAINT figure_pk PRIMARY KEY (cut, value, period, recorded)
);
CREATE INDEX figure_weight ON figure (cut, period, weight DESC, value) WHERE recorded = 0;
-- Durations as counts in buckets, named by where they begin, in minutes.
CREATE TABLE span (
    period   integer NOT NULL,
    recorded integer NOT NULL,
    cut      recap_cut NOT NULL,
    value    integer NOT NULL,
    measure  recap_measure NOT NULL,
    bucket   integer NOT NULL,
    amount   bigint NOT NULL,
    CONSTRAINT span_pk PRIMARY KEY (cut, value, period, measure, recorded, bucket)
);
-- Median and 90th percentile by nearest rank over the buckets that were recorded in time.
CREATE TABLE span_rank (
    period  integer NOT NULL,
    cut     recap_cut NOT NULL,
    value   integer NOT NULL,
    measure recap_measure NOT NULL,
    amount  bigint NOT NULL,
    p50     integer NOT NULL,
    p90     integer NOT NULL,
    CONSTRAINT span_rank_pk PRIMARY KEY (cut, value, period, measure)
);
-- A closed month: its figures as they stood, and which problems were open at its end. Nothing is recorded into it any
-- more (see record_event).
CREATE TABLE closed_month (
    month     integer NOT NULL,
    ends_at   timestamptz NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT closed_month_pk PRIMARY KEY (month)
);
CREATE TABLE closed_figure (
    month     integer NOT NULL,
    cut       recap_cut NOT NULL,
    value     integer NOT NULL,
    reported  bigint NOT NULL,
    opened    bigint NOT NULL,
    escalated bigint NOT NULL,
    closed    bigint NOT NULL,
    reopened  bigint NOT NULL,
    standing  bigint NOT NULL,      -- open at the end
    CONSTRAINT closed_figure_pk PRIMARY KEY (month, cut, value),
    CONSTRAINT closed_figure_month_exists FOREIGN KEY (month) REFERENCES closed_month (month)
);
CREATE TABLE standing (
    month      integer NOT NULL,
    problem_id bigint NOT NULL,
    event_id   bigint NOT NULL,     -- the last one before the end: how it stood
    CONSTRAINT standing_pk PRIMARY KEY (month, problem_id),
    CONSTRAINT standing_month_exists FOREIGN KEY (month) REFERENCES closed_month (month)
);
-- Which supervisor has seen, or put away, the news that a month is closed.
CREATE TABLE recap_notice (
    month       integer NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT recap_notice_pk PRIMARY KEY (month, employee_id),
    CONSTRAINT recap_notice_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY '{closed_month,closed_figure,standing}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END $$;

CREATE FUNCTION month_of(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(year FROM at AT TIME ZONE 'Asia/Jakarta') * 100
        + extract(month FROM at AT TIME ZONE 'Asia/Jakarta'))::integer;

-- What is written while a month is being closed waits, and what comes after that is recorded after it: so a closed month
-- stays what it is, whichever process was slow.
CREATE FUNCTION record_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('sih.close_months'));
    NEW.recorded_at := greatest(NEW.recorded_at, (SELECT max(m.ends_at) FROM closed_month m));
    RETURN NEW;
END $$;
CREATE TRIGGER event_is_recorded BEFORE INSERT ON event FOR EACH ROW
    WHEN (NEW.kind NOT IN ('commented', 'confirmed')) EXECUTE FUNCTION record_event();
CREATE FUNCTION queue_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO recap_pending (event_id) SELECT a.id FROM added a WHERE a.kind NOT IN ('commented', 'confirmed');
    RETURN NULL;
END $$;
CREATE TRIGGER event_is_queued AFTER INSERT ON event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION queue_events();

-- Where something stands, in each cut.
CREATE FUNCTION recap_cuts(
    division integer, department integer, pic integer, store integer, category integer, asset_kind integer,
    priority problem_priority, reported_at timestamptz
) RETURNS TABLE (cut recap_cut, value integer) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT c.cut, c.value
    FROM (VALUES ('all'::recap_cut, 0), ('division', division), ('department', department), ('pic', pic),
                 ('store', store), ('category', coalesce(category, 0)), ('asset_kind', asset_kind),
                 ('priority', coalesce(array_position(enum_range(NULL::problem_priority), priority), 0)),
                 ('reported_on', (reported_at AT TIME ZONE 'Asia/Jakarta')::date - date '2000-01-01')) AS c (cut, value)
    WHERE c.value IS NOT NULL
$$;
-- Who gets an event: the holder at whom it happened; of a report the one who got it.
CREATE FUNCTION flow_cuts(e event) RETURNS TABLE (cut recap_cut, value integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT c.cut, c.value
    FROM recap_cuts(coalesce(e.from_division_id, e.to_division_id), e.from_department_id, e.from_employee_id,
                    e.store_id, e.category_id, e.asset_kind_id, e.priority, NULL) AS c
$$;

-- What these events add to the figures. An event counts where no earlier one of its problem counts already: that
-- depends on nothing that can still change, so they may be added in any order, once each.
CREATE FUNCTION recap_parts(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, cut recap_cut, value integer, reported bigint, opened bigint, escalated bigint,
    closed bigint, reopened bigint, standing bigint
) LANGUAGE sql STABLE AS $$
    WITH moved AS MATERIALIZED (
        SELECT e AS event, month_of(e.at) AS month, month_of(e.recorded_at) AS recorded FROM event e WHERE e.id = ANY (ids)
    ), part AS (
        SELECT p.period, p.recorded, c.cut, c.value, (m.event).kind::text AS kind, 1 AS amount
        FROM moved m
        CROSS JOIN LATERAL (VALUES (m.month, CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END, 1),
                                   (m.month / 100, 0, 100)) AS p (period, recorded, width)
        CROSS JOIN LATERAL flow_cuts(m.event) AS c
        WHERE (m.event).kind IN ('reported', 'opened', 'escalated', 'closed', 'reopened')
          AND NOT EXISTS (SELECT FROM event f
                          WHERE (m.event).kind NOT IN ('reported', 'opened') AND f.problem_id = (m.event).problem_id
                            AND f.kind = (m.event).kind AND f.id < (m.event).id AND month_of(f.at) / p.width = p.period
                            AND (c.cut, c.value) IN (SELECT fc.cut, fc.value FROM flow_cuts(f) AS fc))
        UNION ALL
        SELECT p.period, p.recorded, c.cut, c.value, 'standing', s.amount
        FROM moved m
        CROSS JOIN LATERAL (VALUES
            (m.month, CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END),
            (m.month / 100, CASE WHEN m.recorded / 100 > m.month / 100 THEN m.recorded ELSE 0 END)) AS p (period, recorded)
        CROSS JOIN LATERAL (
            SELECT c.cut, c.value, -1 AS amount
            FROM recap_cuts((m.event).from_division_id, (m.event).from_department_id, (m.event).from_employee_id,
                            (m.event).store_id,
                            CASE WHEN (m.event).kind <> 'opened' THEN (m.event).category_id END, (m.event).asset_kind_id,
                            CASE WHEN (m.event).kind <> 'opened' THEN (m.event).priority END,
                            (m.event).reported_at) AS c
            WHERE (m.event).status_before <> 'closed'
            UNION ALL
            SELECT c.cut, c.value, 1
            FROM recap_cuts((m.event).to_division_id, (m.event).to_department_id, (m.event).to_employee_id,
                            (m.event).store_id, (m.event).category_id, (m.event).asset_kind_id, (m.event).priority,
                            (m.event).reported_at) AS c
            WHERE (m.event).status_after <> 'closed') AS s
        CROSS JOIN LATERAL (SELECT s.cut, s.value) AS c
    )
    SELECT period, recorded, cut, value,
           count(*) FILTER (WHERE kind = 'reported'), count(*) FILTER (WHERE kind = 'opened'),
           count(*) FILTER (WHERE kind = 'escalated'), count(*) FILTER (WHERE kind = 'closed'),
           count(*) FILTER (WHERE kind = 'reopened'), coalesce(sum(amount) FILTER (WHERE kind = 'standing'), 0)::bigint
    FROM part
    GROUP BY period, recorded, cut, value
    HAVING count(*) FILTER (WHERE kind <> 'standing') > 0 OR sum(amount) <> 0
$$;

-- A minute wide up to 2 hours, 10 minutes up to 2 days, an hour beyond.
CREATE FUNCTION bucket_of(span interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN m < 120 THEN m WHEN m < 2880 THEN m / 10 * 10 ELSE m / 60 * 60 END
    FROM (SELECT floor(extract(epoch FROM span) / 60)::integer AS m) AS minutes
$$;
CREATE FUNCTION recap_spans(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, cut recap_cut, value integer, measure recap_measure, bucket integer, amount bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, p.recorded, c.cut, c.value, s.measure, bucket_of(e.at - s.since), count(*)
    FROM event e
    CROSS JOIN LATERAL (VALUES ('to_open'::recap_measure, e.reported_at, e.kind = 'opened'),
                               ('held', e.held_since, e.kind IN ('escalated', 'returned', 'closed')),
                               ('to_close', e.reported_at, e.kind = 'closed')) AS s (measure, since, ends)
    CROSS JOIN LATERAL (VALUES
        (month_of(e.at), CASE WHEN month_of(e.recorded_at) > month_of(e.at) THEN month_of(e.recorded_at) ELSE 0 END),
        (month_of(e.at) / 100, 0)) AS p (period, recorded)
    CROSS JOIN LATERAL flow_cuts(e) AS c
    WHERE e.id = ANY (ids) AND s.ends
    GROUP BY 1, 2, 3, 4, 5, 6
$$;

CREATE TYPE span_group AS (period integer, cut recap_cut, value integer, measure recap_measure);
-- Median and 90th percentile of these groups by nearest rank; `ids` are events that are not in span yet.
CREATE FUNCTION span_ranks(groups span_group[], ids bigint[] DEFAULT '{}') RETURNS TABLE (
    period integer, cut recap_cut, value integer, measure recap_measure, amount bigint, p50 integer, p90 integer
) LANGUAGE sql STABLE AS $$
    WITH bucketed AS (
        SELECT s.period, s.cut, s.value, s.measure, s.bucket, s.amount
        FROM unnest(groups) AS g JOIN span s USING (period, cut, value, measure) WHERE s.recorded = 0
        UNION ALL
        SELECT s.period, s.cut, s.value, s.measure, s.bucket, s.amount
        FROM unnest(groups) AS g JOIN recap_spans(ids) AS s USING (period, cut, value, measure) WHERE s.recorded = 0
    ), ranked AS (
        SELECT b.*, sum(b.amount) OVER (PARTITION BY b.period, b.cut, b.value, b.measure ORDER BY b.bucket) AS upto,
               sum(b.amount) OVER (PARTITION BY b.period, b.cut, b.value, b.measure) AS total
        FROM bucketed b
    )
    SELECT period, cut, value, measure, max(total)::bigint,
           min(bucket) FILTER (WHERE upto >= ceil(total * 0.5)), min(bucket) FILTER (WHERE upto >= ceil(total * 0.9))
    FROM ranked GROUP BY period, cut, value, measure
$$;

-- Adds these events to the figures, which must not count them yet.
CREATE FUNCTION count_events(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure AS f (period, recorded, cut, value, reported, opened, escalated, closed, reopened, standing)
    SELECT * FROM recap_parts(ids)
    ON CONFLICT ON CONSTRAINT figure_pk DO UPDATE
    SET reported = f.reported + excluded.reported, opened = f.opened + excluded.opened,
        escalated = f.escalated + excluded.escalated, closed = f.closed + excluded.closed,
        reopened = f.reopened + excluded.reopened, standing = f.standing + excluded.standing;
    INSERT INTO span AS s (period, recorded, cut, value, measure, bucket, amount)
    SELECT * FROM recap_spans(ids)
    ON CONFLICT ON CONSTRAINT span_pk DO UPDATE SET amount = s.amount + excluded.amount;
    INSERT INTO span_rank AS r (period, cut, value, measure, amount, p50, p90)
    SELECT * FROM span_ranks(ARRAY(SELECT DISTINCT (t.period, t.cut, t.value, t.measure)::span_group
                                   FROM recap_spans(ids) AS t WHERE t.recorded = 0))
    ON CONFLICT ON CONSTRAINT span_rank_pk DO UPDATE
    SET amount = excluded.amount, p50 = excluded.p50, p90 = excluded.p90;
END $$;
-- Folds so many of the queue, oldest first; gives how many. One folder at a time: another one finds nothing to do.
CREATE FUNCTION fold_recap(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('sih.fold_recap')) THEN RETURN 0; END IF;
    ids := ARRAY(SELECT q.event_id FROM recap_pending q ORDER BY q.event_id LIMIT most);
    PERFORM count_events(ids);
    DELETE FROM recap_pending q WHERE q.event_id = ANY (ids);
    RETURN cardinality(ids);
END $$;

-- ---------------------------------------------------------------- exports
-- A list of problems as a file, made in the background and kept for a day, in parts of a megabyte: a slow download
-- reads them one by one and holds no transaction open.
CREATE TABLE problem_export (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    employee_id integer NOT NULL,
    format      text NOT NULL,
    asked       jsonb NOT NULL,         -- the filters as they stood in the address
    created_at  timestamptz NOT NULL,
    job_id      bigint,
    is_ready    boolean NOT NULL DEFAULT false,
    CONSTRAINT problem_export_pk PRIMARY KEY (id),
    CONSTRAINT problem_export_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT problem_export_job_exists FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE SET NULL,
    CONSTRAINT problem_export_format_known CHECK (format IN ('xlsx', 'csv'))
);
CREATE INDEX problem_export_age ON problem_export (created_at);
CREATE TABLE problem_export_part (
    export_id bigint NOT NULL,
    number    integer NOT NULL,
    content   bytea NOT NULL,
    CONSTRAINT problem_export_part_pk PRIMARY KEY (export_id, number),
    CONSTRAINT problem_export_part_export_exists FOREIGN KEY (export_id) REFERENCES problem_export (id) ON DELETE CASCADE
);

-- ---------------------------------------------------------------- mail
-- What is to be told by mail, written in the transaction of what it tells; `key` makes it one, whoever writes it.
-- A mail that could not be sent is tried again until it is a week old.
CREATE TABLE outbox (
    key         text NOT NULL,          -- 'recap 202610 12': what, and to whom
    employee_id integer NOT NULL,
    month       integer NOT NULL,
    created_at  timestamptz NOT NULL,
    run_at      timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 0,
    sent_at     timestamptz,
    error       text,
    CONSTRAINT outbox_pk PRIMARY KEY (key),
    CONSTRAINT outbox_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX outbox_due ON outbox (run_at) WHERE sent_at IS NULL;

-- What waits longest at a division.
CREATE INDEX problem_waits_longest ON problem (holder_division_id, held_since, id) WHERE status <> 'closed';

-- What happened so far; the worker folds it.
INSERT INTO recap_pending (event_id) SELECT e.id FROM event e WHERE e.kind NOT IN ('commented', 'confirmed');

UPDATE installation SET schema_version = 4;
