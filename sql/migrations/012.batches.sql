-- From schema 11 to 12, first part: the shares of past closings, a period at a time: the months, each with its part of
-- the year, and then what is left of the years.
WITH next AS MATERIALIZED (
    SELECT coalesce(min(f.period) FILTER (WHERE f.period >= 10000), min(f.period)) AS period
    FROM figure f WHERE f.closed_escalated IS NULL
), month AS MATERIALIZED (
    SELECT make_timestamp(n.period / 100, n.period % 100, 1, 0, 0, 0) AS starts_at FROM next n WHERE n.period >= 10000
), part AS MATERIALIZED (
    SELECT p.period, p.recorded, p.dimension, p.value, p.closed_escalated, p.closed_reopened
    FROM month m, recap_parts(ARRAY(
        SELECT e.id FROM event e
        WHERE e.kind = 'closed' AND e.at >= m.starts_at AT TIME ZONE 'Asia/Jakarta'
          AND e.at < (m.starts_at + interval '1 month') AT TIME ZONE 'Asia/Jakarta'
          AND NOT EXISTS (SELECT FROM recap_pending q WHERE q.event_id = e.id))) AS p
), stored AS (
    UPDATE closed_figure c SET closed_escalated = s.closed_escalated, closed_reopened = s.closed_reopened
    FROM (SELECT g.month, g.dimension, g.value, coalesce(p.closed_escalated, 0) AS closed_escalated,
                 coalesce(p.closed_reopened, 0) AS closed_reopened
          FROM next n JOIN closed_figure g ON g.month = n.period
          LEFT JOIN part p ON (p.period, p.recorded, p.dimension, p.value) = (g.month, 0, g.dimension, g.value)) AS s
    WHERE (c.month, c.dimension, c.value) = (s.month, s.dimension, s.value)
)
UPDATE figure f SET closed_escalated = s.closed_escalated, closed_reopened = s.closed_reopened
FROM (SELECT g.period, g.recorded, g.dimension, g.value,
             coalesce(g.closed_escalated, 0) + coalesce(p.closed_escalated, 0) AS closed_escalated,
             coalesce(g.closed_reopened, 0) + coalesce(p.closed_reopened, 0) AS closed_reopened
      FROM next n
      JOIN figure g ON g.period IN (n.period, n.period / 100)
      LEFT JOIN part p ON (p.period, p.recorded, p.dimension, p.value) = (g.period, g.recorded, g.dimension, g.value)
      WHERE p.period IS NOT NULL OR (g.period = n.period AND g.closed_escalated IS NULL)) AS s
WHERE (f.period, f.recorded, f.dimension, f.value) = (s.period, s.recorded, s.dimension, s.value)
