"""Rekap: what a month or a year counts. Each statement adds to the folded figures what still waits in the queue
(sql/schema.sql, "recap"). A figure is named in two places: its column in sql/schema.sql, and FIGURES with its
word in sih/domain/vocabulary.py."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.periods import Period
from sih.domain.vocabulary import FIGURES, FLOWS

FOLDED_AT_ONCE, SHOWN, WHOLE = 2000, 50, 2_000_000


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in FIGURES)


_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in FIGURES)
PENDING = "ARRAY(SELECT q.event_id FROM recap_pending q)"

# One value of one cut (of the whole company 0), period by period, and when each month was closed.
TOTALS = f"""
SELECT period, recorded, max(closed_at) AS closed_at, {_SUMS},
       (SELECT greatest(w.ahead, -w.ahead) FROM wrong_clock w ORDER BY 1 DESC LIMIT 1) AS wrong_clock
FROM (SELECT f.period, f.recorded, NULL::timestamptz AS closed_at, {_of("f")}
      FROM figure f WHERE f.cut = %(cut)s AND f.value = %(value)s
      UNION ALL
      SELECT n.period, n.recorded, NULL, {_of("n")}
      FROM recap_parts({PENDING}) AS n WHERE n.cut = %(cut)s AND n.value = %(value)s
      UNION ALL
      SELECT m.month, 0, m.closed_at, {", ".join("0" for _ in FIGURES)} FROM closed_month m) AS known
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
        FROM (SELECT f.period, f.recorded, {_of("f")} FROM figure f
              WHERE f.cut = '{{cut}}' AND f.value = c.value AND f.period = ANY (%(upto)s)
              UNION ALL
              SELECT n.period, n.recorded, {_of("n")} FROM fresh n WHERE n.value = c.value) AS k) AS s
    WHERE %(value)s IS NULL OR c.value = %(value)s
)
SELECT r.value, {{name}} AS name, {_of("r")}
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


@dataclass
class Totals:
    """{period: figures}, what was recorded in time; and by how much the rest corrects them."""

    figures: dict[int, dict[str, int]] = field(default_factory=dict)
    corrections: dict[int, dict[str, int]] = field(default_factory=dict)
    years: list[int] = field(default_factory=list)
    closed: dict[int, datetime] = field(default_factory=dict)  # when, by month
    wrong_clock: timedelta | None = None  # of a worker that closes no month for that


class Recaps:
    def __init__(self, query: Query) -> None:
        self._query = query

    def totals(self, wanted: list[Period], cut: str = "all", value: int = 0) -> Totals:
        """The figures of these periods, of the whole company or of one row of a cut: the six names of FIGURES,
        `standing` being what is open at the end."""
        rows = self._query.select(TOTALS, {"cut": cut, "value": value})
        totals = Totals(years=sorted({row["period"] for row in rows if row["period"] < 10000}))
        totals.closed = {row["period"]: row["closed_at"] for row in rows if row["closed_at"]}
        totals.wrong_clock = rows[0]["wrong_clock"] if rows else None
        by_period = defaultdict(list)
        for row in rows:
            by_period[row["period"]].append(row)
        for period in wanted:
            totals.figures[period.number] = _sums(by_period, period, is_late=False)
            totals.corrections[period.number] = _sums(by_period, period, is_late=True)
        return totals

    def rows(
        self, cut: str, period: Period, value: int | None = None, limit: int = SHOWN, is_whole: bool = False
    ) -> list[dict]:
        """value, name and the six figures of each row of this cut; `is_whole`: every one that there is."""
        params = stock(period) | {"period": period.number, "value": value, "is_whole": is_whole}
        return self._query.select(ROWS[cut], params | {"limit": WHOLE if is_whole else limit})

    def rows_of_every_cut(self, period: Period) -> dict[str, list[dict]]:
        """By cut every row that there is, as rows() gives them."""
        params = stock(period) | {"period": period.number, "value": None, "is_whole": True, "limit": WHOLE}
        found = defaultdict(list)
        for row in self._query.select(EVERY_ROWS, params):
            found[row.pop("cut")].append(row)
        for rows in found.values():  # a union promises no order
            rows.sort(key=lambda row: (-sum(row[name] for name in FLOWS), row["value"]))
        return found

    def ranks(self, groups: list[tuple[int, str, int]]) -> dict[tuple[int, str, int], dict[str, dict]]:
        """Of these (period, cut, value): {measure: p50 and p90 in minutes, and amount}."""
        periods, cuts, values = ([group[place] for group in groups] for place in range(3))
        found = defaultdict(dict)
        for row in self._query.select(RANKS, {"periods": periods, "cuts": cuts, "values": values}):
            found[row["period"], row["cut"], row["value"]][row["measure"]] = row
        return found

    def standing(self, period: Period) -> dict[str, list[dict]]:
        """What is open at its end: value, name and `standing`, by "division" and by "reported_on"."""
        found = defaultdict(list)
        for row in self._query.select(STANDING, stock(period)):
            found[row["cut"]].append(row)
        return found

    def put_away(self, employee_id: int, month: Period) -> None:
        """The news of this month was opened, or dismissed; a second time to no effect."""
        self._query.execute(PUT_AWAY, {"month": month.number, "employee_id": employee_id})

    def closed(self) -> dict[int, datetime]:
        """When each closed month was closed."""
        return {row["month"]: row["closed_at"] for row in self._query.select(CLOSED)}

    def fold(self) -> int:
        """Folds the oldest of the queue; gives how many."""
        return self._query.one(FOLD, {"most": FOLDED_AT_ONCE})["amount"]

    def fold_all(self) -> None:
        """What waits now, and not what is added meanwhile: there is always somebody who writes."""
        while self.fold() == FOLDED_AT_ONCE:
            pass


def stock(period: Period) -> dict:
    """The parameters of what is open at the end of this period: the periods whose changes add up to it."""
    return {"upto": period.upto, "bound": period.months[-1].number}


def _sums(by_period: dict[int, list[dict]], period: Period, is_late: bool) -> dict[str, int]:
    own = [row for row in by_period[period.number] if (row["recorded"] > 0) == is_late]
    sums = {name: sum(row[name] for row in own) for name in FLOWS}
    bound = stock(period)["bound"]
    open_then = [row for number in period.upto for row in by_period[number] if (row["recorded"] > bound) == is_late]
    return sums | {"standing": sum(row["standing"] for row in open_then)}
