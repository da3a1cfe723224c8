-- From schema 11 to 12, second part: the shares are counted, and folding goes on.

-- Months in which nothing moved.
UPDATE closed_figure SET closed_escalated = 0, closed_reopened = 0 WHERE closed_escalated IS NULL;
ALTER TABLE closed_figure ENABLE TRIGGER closed_figure_is_append_only;
ALTER TABLE closed_figure ALTER COLUMN closed_escalated SET NOT NULL, ALTER COLUMN closed_reopened SET NOT NULL;
ALTER TABLE figure ALTER COLUMN closed_escalated SET NOT NULL, ALTER COLUMN closed_reopened SET NOT NULL;

INSERT INTO recap_size (period, dimension, rows, open_at_end)
SELECT f.month, f.dimension, count(*), sum(f.open_at_end) FROM closed_figure f GROUP BY 1, 2;

DROP FUNCTION fold_recap(integer);
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

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 12;
