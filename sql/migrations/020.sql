-- From schema 19 to 20: durations are rounded half up, no longer down. All histograms are counted again from the
-- events.

-- Waits until the worker has folded what it is folding; meanwhile it folds nothing, and the queue keeps what is new.
SELECT pg_advisory_xact_lock(hashtext('sih.fold_recap'));

-- The bucket of a duration, rounded half up: to a minute up to 2 hours, to 10 minutes up to 2 days, then to an hour.
CREATE OR REPLACE FUNCTION bucket_of(duration interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(seconds / 60 / width)::integer * width
    FROM (SELECT seconds, CASE WHEN seconds < 7200 THEN 1 WHEN seconds < 172800 THEN 10 ELSE 60 END AS width
          FROM (SELECT extract(epoch FROM duration) AS seconds) AS exact) AS its
$$;

DELETE FROM duration_bucket;
DO $$
DECLARE start bigint;
BEGIN
    FOR start IN SELECT generate_series(min(e.id), max(e.id), 100000) FROM event e LOOP
        INSERT INTO duration_bucket AS s (period, recorded, dimension, value, measure, bucket, amount)
        SELECT * FROM recap_durations(ARRAY(
            SELECT e.id FROM event e
            WHERE e.id >= start AND e.id < start + 100000 AND e.kind IN ('opened', 'escalated', 'returned', 'closed')
              AND NOT EXISTS (SELECT FROM recap_pending q WHERE q.event_id = e.id)))
        ON CONFLICT ON CONSTRAINT duration_bucket_pk DO UPDATE SET amount = s.amount + excluded.amount;
    END LOOP;
END $$;
DELETE FROM duration_rank;
INSERT INTO duration_rank (period, dimension, value, measure, amount, p50, p90)
SELECT r.period, r.dimension, r.value, r.measure, r.amount, r.p50, r.p90
FROM duration_ranks(ARRAY(
    SELECT DISTINCT (b.period, b.dimension, b.value, b.measure)::duration_group
    FROM duration_bucket b WHERE b.recorded = 0)) AS r;

UPDATE installation SET schema_version = 20;
