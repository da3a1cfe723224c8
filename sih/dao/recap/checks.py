"""Computes the recap a second time, from the events alone, to check the stored figures."""

from sih.dao.query import Query
from sih.domain.periods import Period
from sih.domain.vocabulary import COUNTED, FLOWS

_DIMENSIONS = """LATERAL (VALUES
    ('all', 0), ('division', {division}), ('department', {department}), ('pic', {pic}), ('store', e.store_id),
    ('category', coalesce(e.category_id, 0)), ('asset_kind', {asset_kind}),
    ('priority', CASE e.priority WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4
                                 ELSE 0 END)) AS c (dimension, value)"""
_WHERE_IT_HAPPENED = _DIMENSIONS.format(
    division="CASE WHEN e.kind = 'reported' THEN e.to_division_id ELSE e.from_division_id END",
    department="e.from_department_id",
    pic="e.from_employee_id",
    asset_kind="""CASE WHEN e.kind = 'reported' THEN coalesce((
        SELECT c.asset_kind_id FROM event c
        WHERE c.problem_id = e.problem_id AND c.kind = 'corrected' AND c.recorded_at < %(known)s
        ORDER BY c.at DESC, c.id DESC LIMIT 1), e.asset_kind_id) ELSE e.asset_kind_id END""",
)
_WHERE_IT_LED = _DIMENSIONS.format(
    division="e.to_division_id",
    department="e.to_department_id",
    pic="e.to_employee_id",
    asset_kind="e.asset_kind_id",
)
_IN_TIME = "e.at < %(until)s AND e.recorded_at < %(known)s AND NOT moves_nothing(e.kind)"
_KINDS = ", ".join(f"'{name}'" for name in FLOWS)

FLOWS_AGAIN = f"""
SELECT c.dimension, c.value, e.kind::text AS figure, count(DISTINCT e.problem_id) AS amount
FROM event e CROSS JOIN {_WHERE_IT_HAPPENED}
WHERE {_IN_TIME} AND e.at >= %(since)s AND c.value IS NOT NULL AND e.kind IN ({_KINDS})
GROUP BY 1, 2, 3
"""
SHARES_AGAIN = f"""
SELECT closing.dimension, closing.value, s.figure, count(*) AS amount
FROM (SELECT DISTINCT ON (c.dimension, c.value, e.problem_id) c.dimension, c.value, e.problem_id, e.id
      FROM event e CROSS JOIN {_WHERE_IT_HAPPENED}
      WHERE {_IN_TIME} AND e.at >= %(since)s AND c.value IS NOT NULL AND e.kind = 'closed'
      ORDER BY c.dimension, c.value, e.problem_id, e.at DESC, e.id DESC) AS closing
CROSS JOIN (VALUES ('closed_escalated', 'escalated'), ('closed_reopened', 'reopened')) AS s (figure, kind)
WHERE s.kind IN (SELECT b.kind::text FROM event b WHERE b.problem_id = closing.problem_id AND b.id < closing.id)
GROUP BY 1, 2, 3
"""
OPEN_AT_END_AGAIN = f"""
SELECT c.dimension, c.value, 'open_at_end' AS figure, count(*) AS amount
FROM (SELECT DISTINCT ON (e.problem_id) e.* FROM event e WHERE {_IN_TIME}
      ORDER BY e.problem_id, e.at DESC, e.id DESC) AS e
CROSS JOIN {_WHERE_IT_LED}
WHERE e.status_after <> 'closed' AND c.value IS NOT NULL
GROUP BY 1, 2
"""
RANKS_AGAIN = f"""
SELECT c.dimension, c.value, s.measure, count(*) AS amount,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY bucket) AS p50,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY bucket) AS p90
FROM event e
CROSS JOIN LATERAL (
    SELECT 'to_open' AS measure, floor(extract(epoch FROM e.at - e.reported_at))::bigint AS seconds
    WHERE e.kind = 'opened'
    UNION ALL SELECT 'to_close', floor(extract(epoch FROM e.at - e.reported_at))::bigint WHERE e.kind = 'closed'
    UNION ALL SELECT 'held', floor(extract(epoch FROM e.at - (
        SELECT max(b.at) FROM event b WHERE b.problem_id = e.problem_id AND b.id < e.id
                                        AND b.kind IN ('reported', 'escalated', 'returned', 'reopened'))))::bigint
    WHERE e.kind IN ('closed', 'escalated', 'returned')) AS s
CROSS JOIN LATERAL (
    SELECT (CASE WHEN seconds < 7200 THEN (seconds + 30) / 60 WHEN seconds < 172800 THEN (seconds + 300) / 600 * 10
                 ELSE (seconds + 1800) / 3600 * 60 END)::integer AS bucket) AS b
CROSS JOIN {_WHERE_IT_HAPPENED}
WHERE {_IN_TIME} AND e.at >= %(since)s AND c.value IS NOT NULL
GROUP BY 1, 2, 3
"""
STORED = f"SELECT f.dimension, f.value, f.{', f.'.join(COUNTED)} FROM closed_figure f WHERE f.month = %(month)s"

Cells = dict[tuple[str, int, str], int]


class RecapChecks:
    def __init__(self, query: Query) -> None:
        self._query = query

    def cells(self, period: Period) -> Cells:
        """{(dimension, value, figure): amount} of all figures that are not 0. Of a month only what was recorded before
        its end."""
        params = self._params(period)
        at_end = params | {"known": period.ends_at}
        rows = [row for sql in (FLOWS_AGAIN, SHARES_AGAIN) for row in self._query.select(sql, params)]
        rows += self._query.select(OPEN_AT_END_AGAIN, at_end)
        return {(row["dimension"], row["value"], row["figure"]): row["amount"] for row in rows}

    def ranks(self, period: Period) -> dict[tuple[str, int, str], tuple[int, int, int]]:
        """{(dimension, value, measure): (amount, median, 90th percentile)}."""
        rows = self._query.select(RANKS_AGAIN, self._params(period))
        return {(r["dimension"], r["value"], r["measure"]): (r["amount"], r["p50"], r["p90"]) for r in rows}

    def stored(self, month: Period) -> Cells:
        """The figures stored when this month was closed."""
        rows = self._query.select(STORED, {"month": month.number})
        return {(row["dimension"], row["value"], name): row[name] for row in rows for name in COUNTED if row[name]}

    def differences(self, month: Period) -> list[str]:
        """The differences between the stored month and its events, a line per figure: stored / computed again."""
        stored, again = self.stored(month), self.cells(month)
        different = sorted(key for key in stored.keys() | again.keys() if stored.get(key) != again.get(key))
        return [f"{' '.join(map(str, key))}: {stored.get(key, 0)} / {again.get(key, 0)}" for key in different]

    def _params(self, period: Period) -> dict:
        known = "infinity" if period.is_year else period.ends_at
        return {"since": period.starts_at, "until": period.ends_at, "known": known}
