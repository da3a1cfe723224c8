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

-- Where an event's problem stood, in each cut: before it, after it, and where a figure counts the event, which is at
-- the holder at whom it happened; of a report at the one who got it. 0 is what had none yet.
CREATE FUNCTION event_cuts(e event) RETURNS TABLE (cut recap_cut, was integer, becomes integer, counts integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT c.cut, c.was, c.becomes, c.counts
    FROM (SELECT CASE e.priority WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4
                 ELSE 0 END AS priority, coalesce(e.category_id, 0) AS category, (e.kind <> 'opened')::integer AS known,
                 (e.reported_at AT TIME ZONE 'Asia/Jakarta')::date - date '2000-01-01' AS day OFFSET 0) AS its
    CROSS JOIN LATERAL (VALUES
        ('all'::recap_cut, 0, 0, 0),
        ('division', e.from_division_id, e.to_division_id, coalesce(e.from_division_id, e.to_division_id)),
        ('department', e.from_department_id, e.to_department_id, e.from_department_id),
        ('pic', e.from_employee_id, e.to_employee_id, e.from_employee_id),
        ('store', e.store_id, e.store_id, e.store_id),
        ('category', its.category * its.known, its.category, its.category),
        ('asset_kind', e.asset_kind_id, e.asset_kind_id, e.asset_kind_id),
        ('priority', its.priority * its.known, its.priority, its.priority),
        ('reported_on', its.day, its.day, NULL)) AS c (cut, was, becomes, counts)
$$;

-- What these events add to the figures. An event counts where no earlier one of its problem counts already: that
-- depends on nothing that can still change, so they may be added in any order, once each.
CREATE FUNCTION recap_parts(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, cut recap_cut, value integer, reported bigint, opened bigint, escalated bigint,
    closed bigint, reopened bigint, standing bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, CASE WHEN s.moves = 0 THEN p.flow_recorded ELSE p.recorded END, c.cut, s.value,
           count(*) FILTER (WHERE s.kind = 'reported'), count(*) FILTER (WHERE s.kind = 'opened'),
           count(*) FILTER (WHERE s.kind = 'escalated'), count(*) FILTER (WHERE s.kind = 'closed'),
           count(*) FILTER (WHERE s.kind = 'reopened'), sum(s.moves)
    FROM event e
    CROSS JOIN LATERAL (
        SELECT month_of(e.at) AS month, month_of(e.recorded_at) AS recorded,
               coalesce(e.status_before <> 'closed', false) AS was_open, e.status_after <> 'closed' AS is_open,
               e.kind IN ('escalated', 'closed', 'reopened') AND EXISTS (
                   SELECT FROM event f
                   WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id) AS is_again
        OFFSET 0) AS m
    CROSS JOIN LATERAL event_cuts(e) AS c
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN e.kind IN ('reported', 'opened', 'escalated', 'closed', 'reopened') THEN c.counts END, e.kind, 0),
        (CASE WHEN m.was_open THEN c.was END, NULL, -1),
        (CASE WHEN m.is_open THEN c.becomes END, NULL, 1)) AS s (value, kind, moves)
    CROSS JOIN LATERAL (VALUES
        (m.month, 1, CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END,
         CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END),
        (m.month / 100, 100, 0, CASE WHEN m.recorded / 100 > m.month / 100 THEN m.recorded ELSE 0 END)
    ) AS p (period, width, flow_recorded, recorded)
    WHERE e.id = ANY (ids) AND s.value IS NOT NULL
      AND NOT (s.moves <> 0 AND m.was_open AND m.is_open AND c.was IS NOT DISTINCT FROM c.becomes)
      AND NOT (s.moves = 0 AND m.is_again AND EXISTS (
            SELECT FROM event f CROSS JOIN LATERAL event_cuts(f) AS fc
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND month_of(f.at) / p.width = p.period AND fc.cut = c.cut AND fc.counts = s.value))
    GROUP BY 1, 2, 3, 4
    HAVING count(s.kind) > 0 OR sum(s.moves) <> 0
$$;

-- A minute wide up to 2 hours, 10 minutes up to 2 days, an hour beyond.
CREATE FUNCTION bucket_of(span interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN m < 120 THEN m WHEN m < 2880 THEN m / 10 * 10 ELSE m / 60 * 60 END
    FROM (SELECT floor(extract(epoch FROM span) / 60)::integer AS m) AS minutes
$$;
CREATE FUNCTION recap_spans(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, cut recap_cut, value integer, measure recap_measure, bucket integer, amount bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, p.recorded, c.cut, c.counts, s.measure, s.bucket, count(*)
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
    CROSS JOIN LATERAL event_cuts(e) AS c
    WHERE e.id = ANY (ids) AND e.kind IN ('opened', 'escalated', 'returned', 'closed') AND c.counts IS NOT NULL
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
DECLARE touched span_group[];
BEGIN
    INSERT INTO figure AS f (period, recorded, cut, value, reported, opened, escalated, closed, reopened, standing)
    SELECT * FROM recap_parts(ids)
    ON CONFLICT ON CONSTRAINT figure_pk DO UPDATE
    SET reported = f.reported + excluded.reported, opened = f.opened + excluded.opened,
        escalated = f.escalated + excluded.escalated, closed = f.closed + excluded.closed,
        reopened = f.reopened + excluded.reopened, standing = f.standing + excluded.standing;
    WITH counted AS (
        INSERT INTO span AS s (period, recorded, cut, value, measure, bucket, amount)
        SELECT * FROM recap_spans(ids)
        ON CONFLICT ON CONSTRAINT span_pk DO UPDATE SET amount = s.amount + excluded.amount
        RETURNING s.period, s.recorded, s.cut, s.value, s.measure)
    SELECT array_agg(DISTINCT (c.period, c.cut, c.value, c.measure)::span_group) INTO touched
    FROM counted c WHERE c.recorded = 0;
    INSERT INTO span_rank AS r (period, cut, value, measure, amount, p50, p90)
    SELECT * FROM span_ranks(touched)
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

-- What waits longest at a division. Not by its status: the list would take this index for half of what it filters.
CREATE INDEX problem_waits_longest ON problem (holder_division_id, held_since, id) WHERE closed_at IS NULL;

-- What happened so far; the worker folds it.
INSERT INTO recap_pending (event_id) SELECT e.id FROM event e WHERE e.kind NOT IN ('commented', 'confirmed');

UPDATE installation SET schema_version = 4;
