-- From schema 23 to 24, second part: the conditions of the first part are validated; search and recap know corrections.
ALTER TABLE problem
    VALIDATE CONSTRAINT problem_identified_once_opened,
    VALIDATE CONSTRAINT problem_new_waits_at_no_person,
    VALIDATE CONSTRAINT problem_solved_when_closed,
    VALIDATE CONSTRAINT problem_withdrawn_is_closed,
    VALIDATE CONSTRAINT problem_confirmed_only_closed;
ALTER TABLE event
    VALIDATE CONSTRAINT event_from_asset_kind_exists,
    VALIDATE CONSTRAINT event_note_where_asked,
    VALIDATE CONSTRAINT event_corrects_something,
    VALIDATE CONSTRAINT event_corrects_texts_while_new,
    VALIDATE CONSTRAINT event_is_an_arrow;
CREATE INDEX event_corrected ON event (problem_id, id) WHERE kind = 'corrected';

CREATE OR REPLACE FUNCTION is_searched(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('opened', 'closed', 'escalated', 'returned', 'reopened', 'commented', 'withdrawn');

CREATE OR REPLACE FUNCTION index_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.kind = 'corrected') THEN
        UPDATE problem_search s SET words = search_document(s.problem_id)
        WHERE s.problem_id IN (SELECT a.problem_id FROM added a WHERE a.kind = 'corrected');
    END IF;
    IF NOT EXISTS (SELECT FROM added a WHERE a.note IS NOT NULL AND is_searched(a.kind)) THEN RETURN NULL; END IF;
    -- A move has locked its problem. A remark locks it, too, before its document: otherwise each could wait for the
    -- other.
    PERFORM 1 FROM problem p
    WHERE p.id IN (SELECT a.problem_id FROM added a WHERE moves_nothing(a.kind)) ORDER BY p.id FOR KEY SHARE;
    UPDATE problem_search s SET words = s.words || n.words
    FROM (SELECT a.problem_id, indexed_words(month_of(p.reported_at), string_agg(a.note, '/')) AS words
          FROM added a JOIN problem p ON p.id = a.problem_id
          WHERE is_searched(a.kind) GROUP BY a.problem_id, p.reported_at) AS n
    WHERE s.problem_id = n.problem_id AND pg_column_size(s.words || '') < 500000 AND s.words || n.words <> s.words;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION event_dimensions(e event)
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

CREATE OR REPLACE FUNCTION recap_parts(ids bigint[]) RETURNS TABLE (
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

CREATE OR REPLACE FUNCTION count_events(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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

UPDATE installation SET schema_version = 24;
