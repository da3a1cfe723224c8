-- From schema 9 to 10: the recap's words (dimension, duration, open_change, open_at_end, open_at_month_end), and the
-- columns for its shares, which step 012 fills.

DROP FUNCTION count_events(bigint[]);
DROP FUNCTION span_ranks(span_group[], bigint[]);
DROP FUNCTION recap_spans(bigint[]);
DROP FUNCTION bucket_of(interval);
DROP FUNCTION recap_parts(bigint[]);
DROP FUNCTION event_cuts(event);

ALTER TYPE recap_cut RENAME TO recap_dimension;
ALTER TYPE span_group RENAME TO duration_group;
ALTER TYPE duration_group RENAME ATTRIBUTE cut TO dimension;
ALTER TABLE span RENAME TO duration_bucket;
ALTER TABLE duration_bucket RENAME COLUMN cut TO dimension;
ALTER TABLE duration_bucket RENAME CONSTRAINT span_pk TO duration_bucket_pk;
ALTER TABLE span_rank RENAME TO duration_rank;
ALTER TABLE duration_rank RENAME COLUMN cut TO dimension;
ALTER TABLE duration_rank RENAME CONSTRAINT span_rank_pk TO duration_rank_pk;
ALTER TABLE figure RENAME COLUMN cut TO dimension;
ALTER TABLE figure RENAME COLUMN standing TO open_change;
ALTER TABLE closed_figure RENAME COLUMN cut TO dimension;
ALTER TABLE closed_figure RENAME COLUMN standing TO open_at_end;
ALTER TABLE problem_export RENAME COLUMN asked TO filters;
ALTER TABLE standing RENAME TO open_at_month_end;
ALTER TABLE open_at_month_end RENAME CONSTRAINT standing_pk TO open_at_month_end_pk;
ALTER TABLE open_at_month_end RENAME CONSTRAINT standing_month_exists TO open_at_month_end_month_exists;
ALTER TRIGGER standing_is_append_only ON open_at_month_end RENAME TO open_at_month_end_is_append_only;
-- PostgreSQL 18 names each NOT NULL after its table and column.
DO $$
DECLARE old record;
BEGIN
    FOR old IN
        SELECT c.relname, n.conname, c.relname || '_' || a.attname || '_not_null' AS new_name
        FROM pg_constraint n
        JOIN pg_class c ON c.oid = n.conrelid
        JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = n.conkey[1]
        WHERE n.contype = 'n' AND n.conrelid = ANY (
            '{figure,closed_figure,duration_bucket,duration_rank,open_at_month_end,problem_export}'::regclass[])
    LOOP
        CONTINUE WHEN old.conname = old.new_name;
        EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', old.relname, old.conname, old.new_name);
    END LOOP;
END $$;

-- Of closings: how many problems had been handed over, or reopened, before. NULL until step 012 has counted it.
ALTER TABLE figure ADD COLUMN closed_escalated bigint, ADD COLUMN closed_reopened bigint;
ALTER TABLE closed_figure ADD COLUMN closed_escalated bigint, ADD COLUMN closed_reopened bigint;
ALTER TABLE closed_figure DISABLE TRIGGER closed_figure_is_append_only;

-- What was recorded after its period; few rows.
CREATE INDEX figure_late ON figure (dimension, recorded) WHERE recorded > 0;
-- How many rows a closed month or year has in each dimension (every value with an event, or with anything open at the
-- end), and how many problems are open in them. Of a year deleted by an event that is recorded into it later.
CREATE TABLE recap_size (
    period      integer NOT NULL,
    dimension   recap_dimension NOT NULL,
    rows        bigint NOT NULL,
    open_at_end bigint NOT NULL,
    CONSTRAINT recap_size_pk PRIMARY KEY (period, dimension)
);

-- The values of an event's problem in each dimension: before the event (`was`), after it (`becomes`), and the one at
-- which a figure counts the event (`counts`): the holder at whom it happened; of a report the holder who received it.
-- 0 is "none yet".
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
        ('asset_kind', e.asset_kind_id, e.asset_kind_id, e.asset_kind_id),
        ('priority', its.priority * its.known, its.priority, its.priority),
        ('reported_on', its.day, its.day, NULL)) AS c (dimension, was, becomes, counts)
$$;

-- What these events add to the figures. An event counts if no earlier event of its problem counts in the same row
-- already. That depends on nothing that can still change, so events may be added in any order, each once. The first
-- closing that follows a hand-over counts as closed_escalated. Every later closing of the problem follows it, too, so
-- this says whether the last closing of the period does. closed_reopened likewise.
CREATE FUNCTION recap_parts(ids bigint[]) RETURNS TABLE (
    period integer, recorded integer, dimension recap_dimension, value integer, reported bigint, opened bigint,
    escalated bigint, closed bigint, reopened bigint, closed_escalated bigint, closed_reopened bigint,
    open_change bigint
) LANGUAGE sql STABLE AS $$
    SELECT p.period, CASE WHEN s.moves = 0 THEN p.flow_recorded ELSE p.recorded END, c.dimension, s.value,
           count(*) FILTER (WHERE s.kind = 'reported'), count(*) FILTER (WHERE s.kind = 'opened'),
           count(*) FILTER (WHERE s.kind = 'escalated'), count(*) FILTER (WHERE s.kind = 'closed' AND s.after IS NULL),
           count(*) FILTER (WHERE s.kind = 'reopened'), count(*) FILTER (WHERE s.after = 'escalated'),
           count(*) FILTER (WHERE s.after = 'reopened'), sum(s.moves)
    FROM event e
    CROSS JOIN LATERAL (
        SELECT month_of(e.at) AS month, month_of(e.recorded_at) AS recorded,
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
         NULL::event_kind, 0),
        (CASE WHEN m.was_escalated THEN c.counts END, e.kind, 'escalated', 0),
        (CASE WHEN m.was_reopened THEN c.counts END, e.kind, 'reopened', 0),
        (CASE WHEN m.was_open THEN c.was END, NULL, NULL, -1),
        (CASE WHEN m.is_open THEN c.becomes END, NULL, NULL, 1)) AS s (value, kind, after, moves)
    CROSS JOIN LATERAL (VALUES
        (m.month, 1, CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END,
         CASE WHEN m.recorded > m.month THEN m.recorded ELSE 0 END),
        (m.month / 100, 100, 0, CASE WHEN m.recorded / 100 > m.month / 100 THEN m.recorded ELSE 0 END)
    ) AS p (period, width, flow_recorded, recorded)
    WHERE e.id = ANY (ids) AND s.value IS NOT NULL
      AND NOT (s.moves <> 0 AND m.was_open AND m.is_open AND c.was IS NOT DISTINCT FROM c.becomes)
      AND NOT (s.moves = 0 AND m.is_again AND EXISTS (
            SELECT FROM event f CROSS JOIN LATERAL event_dimensions(f) AS fc
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND month_of(f.at) / p.width = p.period AND fc.dimension = c.dimension AND fc.counts = s.value
              AND (s.after IS NULL OR EXISTS (
                    SELECT FROM event b WHERE b.problem_id = f.problem_id AND b.kind = s.after AND b.id < f.id))))
    GROUP BY 1, 2, 3, 4
    HAVING count(s.kind) > 0 OR sum(s.moves) <> 0
$$;

-- A minute wide up to 2 hours, 10 minutes up to 2 days, an hour beyond.
CREATE FUNCTION bucket_of(duration interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN m < 120 THEN m WHEN m < 2880 THEN m / 10 * 10 ELSE m / 60 * 60 END
    FROM (SELECT floor(extract(epoch FROM duration) / 60)::integer AS m) AS minutes
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
        SELECT month_of(e.at) / 100 FROM event e WHERE e.id = ANY (ids) AND e.recorded_at > e.at);
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

-- Nothing is folded until step 012 has counted the new columns for what is folded already.
CREATE OR REPLACE FUNCTION fold_recap(most integer) RETURNS integer LANGUAGE sql AS 'SELECT 0';

-- Exports that are still to be made, as their addresses name the list today.
UPDATE problem_export SET filters = filters - 'cut' || jsonb_build_object('dimension', filters -> 'cut')
WHERE filters ? 'cut';
UPDATE problem_export SET filters = filters || '{"figure": "open_at_end"}' WHERE filters ->> 'figure' = 'standing';

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 10;
