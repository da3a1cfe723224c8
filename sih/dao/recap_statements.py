"""The statements of the recap: each adds to what is folded what still waits in the queue (sql/schema.sql, "recap")."""

FLOWS = ("reported", "opened", "escalated", "closed", "reopened")
FIGURES = (*FLOWS, "standing")
_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in FIGURES)
PENDING = "ARRAY(SELECT q.event_id FROM recap_pending q)"

# One value of one cut (of the whole company 0), period by period, and when each month was closed.
TOTALS = f"""
SELECT period, recorded, max(closed_at) AS closed_at, {_SUMS},
       (SELECT greatest(w.ahead, -w.ahead) FROM wrong_clock w ORDER BY 1 DESC LIMIT 1) AS wrong_clock
FROM (SELECT f.period, f.recorded, NULL::timestamptz AS closed_at, f.{", f.".join(FIGURES)}
      FROM figure f WHERE f.cut = %(cut)s AND f.value = %(value)s
      UNION ALL
      SELECT n.period, n.recorded, NULL, n.{", n.".join(FIGURES)}
      FROM recap_parts({PENDING}) AS n WHERE n.cut = %(cut)s AND n.value = %(value)s
      UNION ALL
      SELECT m.month, 0, m.closed_at, 0, 0, 0, 0, 0, 0 FROM closed_month m) AS known
GROUP BY period, recorded
"""
CLOSED = "SELECT m.month, m.closed_at FROM closed_month m ORDER BY m.month"

# One cut of one period: what has most events first. Of a short cut all values, of a long one what fits; with
# `is_whole` all there are.
_FLOW_SUMS = ", ".join(
    f"coalesce(sum(k.{name}) FILTER (WHERE k.period = %(period)s AND k.recorded = 0), 0)::bigint AS {name}"
    for name in FLOWS
)
_ROWS = f"""
WITH fresh AS MATERIALIZED (
    SELECT n.* FROM recap_parts({PENDING}) AS n WHERE n.cut = '{{cut}}' AND n.period = ANY (%(upto)s)
), chosen AS (
    (SELECT f.value FROM figure f WHERE f.cut = '{{cut}}' AND f.period = %(period)s AND f.recorded = 0
     ORDER BY f.weight DESC, f.value LIMIT %(limit)s)
    UNION SELECT n.value FROM fresh n
    UNION SELECT f.value FROM figure f WHERE %(is_whole)s AND f.cut = '{{cut}}' AND f.period = ANY (%(upto)s)
    UNION {{all}}
    UNION SELECT %(value)s::integer WHERE %(value)s IS NOT NULL
), summed AS (
    SELECT c.value, s.*, s.{" + s.".join(FLOWS)} AS weight
    FROM chosen c CROSS JOIN LATERAL (
        SELECT {_FLOW_SUMS},
               coalesce(sum(k.standing) FILTER (WHERE k.recorded <= %(bound)s), 0)::bigint AS standing
        FROM (SELECT f.period, f.recorded, f.{", f.".join(FIGURES)} FROM figure f
              WHERE f.cut = '{{cut}}' AND f.value = c.value AND f.period = ANY (%(upto)s)
              UNION ALL
              SELECT n.period, n.recorded, n.{", n.".join(FIGURES)} FROM fresh n WHERE n.value = c.value) AS k) AS s
    WHERE %(value)s IS NULL OR c.value = %(value)s
)
SELECT r.value, {{name}} AS name, r.{", r.".join(FIGURES)}
FROM summed r
WHERE r.weight > 0 OR r.standing <> 0
ORDER BY r.weight DESC, r.value LIMIT %(limit)s
"""
NOTHING = "SELECT NULL::integer WHERE false"
CUTS = {
    "all": (NOTHING, "NULL"),
    "division": ("SELECT d.id FROM division d", "(SELECT d.key FROM division_sheet d WHERE d.id = r.value)"),
    "department": ("SELECT m.id FROM department m", "(SELECT m.key FROM department_sheet m WHERE m.id = r.value)"),
    "pic": (NOTHING, "(SELECT e.name || ' (' || e.nik || ')' FROM employee e WHERE e.id = r.value)"),
    "store": (NOTHING, "(SELECT s.code || ' ' || s.name FROM store s WHERE s.id = r.value)"),
    "category": ("SELECT c.id FROM category c UNION SELECT 0", "(SELECT c.name FROM category c WHERE c.id = r.value)"),
    "asset_kind": ("SELECT k.id FROM asset_kind k", "(SELECT k.name FROM asset_kind k WHERE k.id = r.value)"),
    "priority": ("SELECT generate_series(0, 4)", "(enum_range(NULL::problem_priority))[r.value]::text"),
}
ROWS = {cut: _ROWS.format(cut=cut, all=values, name=name) for cut, (values, name) in CUTS.items()}
# The rows of every cut but the whole company, in one statement.
EVERY_ROWS = " UNION ALL ".join(
    f"SELECT '{cut}' AS cut, of_{cut}.* FROM ({rows}) AS of_{cut}" for cut, rows in ROWS.items() if cut != "all"
)

# Median and 90th percentile: as they were folded, or, where something waits, over both.
RANKS = f"""
WITH asked AS (
    SELECT a.period, a.cut::recap_cut AS cut, a.value
    FROM unnest(%(periods)s::integer[], %(cuts)s::text[], %(values)s::integer[]) AS a (period, cut, value)
), fresh AS MATERIALIZED (
    SELECT DISTINCT n.period, n.cut, n.value, n.measure
    FROM recap_spans({PENDING}) AS n JOIN asked USING (period, cut, value) WHERE n.recorded = 0
)
SELECT r.period, r.cut, r.value, r.measure, r.amount, r.p50, r.p90
FROM asked a JOIN span_rank r USING (period, cut, value)
WHERE NOT EXISTS (SELECT FROM fresh f WHERE (f.period, f.cut, f.value, f.measure)
                                          = (r.period, r.cut, r.value, r.measure))
UNION ALL
SELECT s.period, s.cut, s.value, s.measure, s.amount, s.p50, s.p90
FROM span_ranks(ARRAY(SELECT (f.period, f.cut, f.value, f.measure)::span_group FROM fresh f), {PENDING}) AS s
"""

# What is open at the end of a period, by division and by the day of its report.
STANDING = f"""
SELECT cut, value, (SELECT d.key FROM division_sheet d WHERE cut = 'division' AND d.id = value) AS name,
       sum(standing)::bigint AS standing
FROM (SELECT f.cut, f.value, f.standing, f.recorded FROM figure f
      WHERE f.cut IN ('division', 'reported_on') AND f.period = ANY (%(upto)s)
      UNION ALL
      SELECT n.cut, n.value, n.standing, n.recorded FROM recap_parts({PENDING}) AS n
      WHERE n.cut IN ('division', 'reported_on') AND n.period = ANY (%(upto)s)) AS known
WHERE recorded <= %(bound)s
GROUP BY cut, value HAVING sum(standing) <> 0
ORDER BY cut, standing DESC, value
"""

FOLD = "SELECT fold_recap(%(most)s) AS amount"

PUT_AWAY = """
INSERT INTO recap_notice (month, employee_id) VALUES (%(month)s, %(employee_id)s)
ON CONFLICT ON CONSTRAINT recap_notice_pk DO NOTHING
"""

# ---------------------------------------------------------------- closing
# Ending a month waits for whoever is writing, and whoever comes meanwhile waits behind it: so it gives up soon.
GIVE_UP_SOON = "SELECT set_config('lock_timeout', %(timeout)s, true)"
LOCK_WRITERS = "SELECT pg_advisory_xact_lock(hashtext('sih.close_months'))"
END = """
INSERT INTO ended_month (month, ends_at) VALUES (%(month)s, %(ends_at)s)
ON CONFLICT ON CONSTRAINT ended_month_pk DO NOTHING
"""
# Everything that was recorded into a month that has ended can be folded by now, and by nobody else.
LOCK_FOLDERS = "SELECT pg_advisory_xact_lock(hashtext('sih.fold_recap'))"
CLOSE = """
INSERT INTO closed_month (month, ends_at, closed_at) VALUES (%(month)s, %(ends_at)s, %(now)s)
ON CONFLICT ON CONSTRAINT closed_month_pk DO NOTHING
"""
FIRST_EVENT = """
SELECT min(month) AS month FROM (SELECT month_of(min(e.at)) AS month FROM event e WHERE e.kind = 'reported') AS first
"""
KEEP_FIGURES = """
INSERT INTO closed_figure (month, cut, value, reported, opened, escalated, closed, reopened, standing)
SELECT %(month)s, f.cut, f.value,
       coalesce(sum(f.reported) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0),
       coalesce(sum(f.opened) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0),
       coalesce(sum(f.escalated) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0),
       coalesce(sum(f.closed) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0),
       coalesce(sum(f.reopened) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0),
       coalesce(sum(f.standing) FILTER (WHERE f.recorded <= %(month)s), 0)
FROM figure f
WHERE f.period = ANY (%(upto)s) AND f.cut <> 'reported_on'
GROUP BY f.cut, f.value
HAVING bool_or(f.period = %(month)s AND f.recorded = 0 AND f.weight > 0)
       OR coalesce(sum(f.standing) FILTER (WHERE f.recorded <= %(month)s), 0) <> 0
"""
# How what was open at the end stood. Who could be: what was at the end of the last month that was closed (not later
# than `before`), and what was reported or reopened since, or recorded since.
OPEN_AT = """
SELECT open.*
FROM (SELECT max(m.month) AS month, coalesce(max(m.ends_at), '-infinity') AS ends_at
      FROM closed_month m WHERE m.month <= %(before)s) AS known
CROSS JOIN LATERAL (
    SELECT s.problem_id FROM standing s WHERE s.month = known.month
    UNION
    SELECT e.problem_id FROM event e
    WHERE e.kind IN ('reported', 'reopened') AND e.at < %(ends_at)s AND e.at >= known.ends_at
    UNION
    SELECT e.problem_id FROM event e WHERE e.recorded_at > e.at AND e.recorded_at >= known.ends_at) AS candidate
CROSS JOIN LATERAL (
    SELECT e.* FROM event e
    WHERE e.problem_id = candidate.problem_id AND e.at < %(ends_at)s AND e.recorded_at < %(ends_at)s
      AND NOT moves_nothing(e.kind)
    ORDER BY e.at DESC, e.id DESC LIMIT 1) AS open
WHERE open.status_after <> 'closed'
"""
KEEP_STANDING = f"""
INSERT INTO standing (month, problem_id, event_id) SELECT %(month)s, o.problem_id, o.id FROM ({OPEN_AT}) AS o
"""
