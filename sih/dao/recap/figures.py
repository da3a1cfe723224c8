"""Rekap: the figures of a month or a year. Each statement adds the events that are still queued to the folded figures
(sql/schema.sql, "recap"). A flow is declared in two places: its column in sql/schema.sql, and FIGURES with its label in
sih/domain/vocabulary.py."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.periods import Period
from sih.domain.vocabulary import COUNTED, FLOWS, SHARES

FOLDED_AT_ONCE, PAGE_ROWS, ALL_ROWS = 2000, 50, 2_000_000
COLUMNS = (*FLOWS, *SHARES, "open_change")  # of the table figure


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in COLUMNS)


_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in COLUMNS)
PENDING = "ARRAY(SELECT q.event_id FROM recap_pending q)"

# One value of one dimension (0 of the whole company) by period, and when each month was closed.
TOTALS = f"""
SELECT period, recorded, max(closed_at) AS closed_at, {_SUMS},
       (SELECT greatest(w.ahead, -w.ahead) FROM wrong_clock w ORDER BY 1 DESC LIMIT 1) AS wrong_clock
FROM (SELECT f.period, f.recorded, NULL::timestamptz AS closed_at, {_of("f")}
      FROM figure f WHERE f.dimension = %(dimension)s AND f.value = %(value)s
      UNION ALL
      SELECT n.period, n.recorded, NULL, {_of("n")}
      FROM recap_parts({PENDING}) AS n WHERE n.dimension = %(dimension)s AND n.value = %(value)s
      UNION ALL
      SELECT m.month, 0, m.closed_at, {", ".join("0" for _ in COLUMNS)} FROM closed_month m) AS known
GROUP BY period, recorded
"""
CLOSED = "SELECT m.month, m.closed_at FROM closed_month m ORDER BY m.month"

# Open problems at the end of the period, by value: those at the end of the last closed month, and the changes since, in
# later months or recorded later. Cast to integers, since PostgreSQL sums bigint as numeric. The last closed month is a
# subquery, not a join, so that an index bounds the periods by it and the months before it are not read.
_STOCK = """
    SELECT k.value, sum(k.amount::integer) AS open_at_end
    FROM (SELECT c.value, c.open_at_end AS amount FROM closed_figure c
          WHERE c.dimension = '{dimension}' AND c.month = (SELECT known.month FROM known)
          UNION ALL
          SELECT f.value, f.open_change FROM figure f
          WHERE f.dimension = '{dimension}' AND f.recorded = 0
            AND f.period > (SELECT greatest(known.month, 10000) FROM known) AND f.period <= %(bound)s
          UNION ALL
          SELECT f.value, f.open_change FROM figure f
          WHERE f.dimension = '{dimension}' AND f.recorded > 0
            AND f.recorded > (SELECT known.month FROM known) AND f.recorded <= %(bound)s
            AND f.period BETWEEN 10000 AND %(bound)s
          UNION ALL
          SELECT n.value, n.open_change FROM fresh n
          WHERE n.period BETWEEN 10000 AND %(bound)s AND n.recorded <= %(bound)s) AS k
    GROUP BY k.value HAVING sum(k.amount::integer) <> 0"""

# The rows of one dimension in one period: those with most events first, then those with only a backlog, the largest
# first. All rows are counted only if they do not fit; for a closed period recap_size has that number.
_FLOW_SUMS = ", ".join(
    f"coalesce(sum(k.{name}) FILTER (WHERE k.period = %(period)s AND k.recorded = 0), 0)::bigint AS {name}"
    for name in (*FLOWS, *SHARES)
)
_ROWS = f"""
WITH fresh AS MATERIALIZED (
    SELECT n.*, n.{" + n.".join(FLOWS)} AS weight FROM recap_parts({PENDING}) AS n
    WHERE n.dimension = '{{dimension}}' AND (n.period = ANY (%(upto)s) OR n.period BETWEEN 10000 AND %(bound)s)
), known AS MATERIALIZED (
    SELECT coalesce(max(m.month), 0) AS month FROM closed_month m WHERE m.month <= %(bound)s
), stock AS MATERIALIZED ({_STOCK}
), busiest AS MATERIALIZED (
    SELECT f.value FROM figure f
    WHERE %(value)s IS NULL AND f.dimension = '{{dimension}}' AND f.period = %(period)s AND f.recorded = 0
      AND f.weight > 0
    ORDER BY f.weight DESC, f.value LIMIT %(limit)s
), chosen AS (
    SELECT b.value FROM busiest b
    UNION SELECT n.value FROM fresh n
    UNION (SELECT s.value FROM stock s
           WHERE %(value)s IS NULL AND (SELECT count(*) FROM busiest) < %(limit)s
           ORDER BY s.open_at_end DESC, s.value LIMIT 2 * %(limit)s)
    UNION SELECT %(value)s::integer WHERE %(value)s IS NOT NULL
), summed AS (
    SELECT c.value, s.*, s.{" + s.".join(FLOWS)} AS weight
    FROM chosen c CROSS JOIN LATERAL (
        SELECT {_FLOW_SUMS},
               coalesce(sum(k.open_change) FILTER (WHERE k.recorded <= %(bound)s), 0)::bigint AS open_at_end
        FROM (SELECT f.period, f.recorded, {_of("f")} FROM figure f
              WHERE f.dimension = '{{dimension}}' AND f.value = c.value AND f.period = ANY (%(upto)s)
              UNION ALL
              SELECT n.period, n.recorded, {_of("n")} FROM fresh n
              WHERE n.value = c.value AND n.period = ANY (%(upto)s)) AS k) AS s
    WHERE %(value)s IS NULL OR c.value = %(value)s
), listed AS MATERIALIZED (
    SELECT r.* FROM summed r
    WHERE r.weight > 0 OR r.open_at_end <> 0
    ORDER BY r.weight DESC, CASE r.weight WHEN 0 THEN r.open_at_end END DESC, r.value LIMIT %(limit)s
), size AS (
    SELECT z.* FROM (
    SELECT z.rows, z.open_at_end FROM recap_size z
    WHERE (z.period, z.dimension) = (%(period)s, '{{dimension}}')
      AND NOT EXISTS (SELECT FROM fresh n WHERE n.period = %(period)s)
    UNION ALL
    SELECT count(*), sum(every.open_at_end)::bigint
    FROM (SELECT k.value, sum(k.open_at_end::integer) AS open_at_end
          FROM (SELECT f.value, 0 AS open_at_end FROM figure f
                WHERE f.dimension = '{{dimension}}' AND f.period = %(period)s AND f.recorded = 0 AND f.weight > 0
                UNION ALL
                SELECT n.value, 0 FROM fresh n WHERE n.period = %(period)s AND n.recorded = 0 AND n.weight > 0
                UNION ALL
                SELECT s.value, s.open_at_end FROM stock s) AS k
          GROUP BY k.value) AS every
    LIMIT 1) AS z
    WHERE (SELECT count(*) FROM listed) = %(limit)s
)
SELECT r.value, {{name}} AS name, r.{", r.".join(COUNTED)}, z.rows AS all_rows, z.open_at_end AS all_open
FROM listed r LEFT JOIN size z ON true
ORDER BY r.weight DESC, CASE r.weight WHEN 0 THEN r.open_at_end END DESC, r.value
"""
DIMENSIONS = {
    "all": "NULL",
    "division": "(SELECT d.key FROM division_sheet d WHERE d.id = r.value)",
    "department": "(SELECT m.key FROM department_sheet m WHERE m.id = r.value)",
    "pic": "(SELECT e.name || ' (' || e.nik || ')' FROM employee e WHERE e.id = r.value)",
    "store": "(SELECT s.code || ' ' || s.name FROM store s WHERE s.id = r.value)",
    "category": "(SELECT c.name FROM category c WHERE c.id = r.value)",
    "asset_kind": "(SELECT k.name FROM asset_kind k WHERE k.id = r.value)",
    "priority": "(enum_range(NULL::problem_priority))[r.value]::text",
}
ROWS = {dimension: _ROWS.format(dimension=dimension, name=name) for dimension, name in DIMENSIONS.items()}
# The rows of every dimension except the whole company, in one statement.
EVERY_ROWS = " UNION ALL ".join(
    f"SELECT '{dimension}' AS dimension, of_{dimension}.* FROM ({rows}) AS of_{dimension}"
    for dimension, rows in ROWS.items()
    if dimension != "all"
)

# Median and 90th percentile: as folded or, if an event of the group is still queued, computed over both.
RANKS = f"""
WITH wanted AS (
    SELECT a.period, a.dimension::recap_dimension AS dimension, a.value
    FROM unnest(%(periods)s::integer[], %(dimensions)s::text[], %(values)s::integer[]) AS a (period, dimension, value)
), fresh AS MATERIALIZED (
    SELECT DISTINCT n.period, n.dimension, n.value, n.measure
    FROM recap_durations({PENDING}) AS n JOIN wanted USING (period, dimension, value) WHERE n.recorded = 0
)
SELECT r.period, r.dimension, r.value, r.measure, r.amount, r.p50, r.p90
FROM wanted a JOIN duration_rank r USING (period, dimension, value)
WHERE NOT EXISTS (SELECT FROM fresh f WHERE (f.period, f.dimension, f.value, f.measure)
                                          = (r.period, r.dimension, r.value, r.measure))
UNION ALL
SELECT s.period, s.dimension, s.value, s.measure, s.amount, s.p50, s.p90
FROM duration_ranks(ARRAY(SELECT (f.period, f.dimension, f.value, f.measure)::duration_group FROM fresh f),
                    {PENDING}) AS s
"""

# Open problems at the end of a period, by division and by day of report.
OPEN_AT_END = f"""
SELECT dimension, value, (SELECT d.key FROM division_sheet d WHERE dimension = 'division' AND d.id = value) AS name,
       sum(open_change)::bigint AS open_at_end
FROM (SELECT f.dimension, f.value, f.open_change, f.recorded FROM figure f
      WHERE f.dimension IN ('division', 'reported_on') AND f.period = ANY (%(upto)s)
      UNION ALL
      SELECT n.dimension, n.value, n.open_change, n.recorded FROM recap_parts({PENDING}) AS n
      WHERE n.dimension IN ('division', 'reported_on') AND n.period = ANY (%(upto)s)) AS known
WHERE recorded <= %(bound)s
GROUP BY dimension, value HAVING sum(open_change) <> 0
ORDER BY dimension, open_at_end DESC, value
"""

FOLD = "SELECT fold_recap(%(most)s) AS amount"

DIVISION_NAME = "SELECT d.key AS name FROM division_sheet d WHERE d.id = %(id)s"

DISMISS = """
INSERT INTO recap_notice (month, employee_id) VALUES (%(month)s, %(employee_id)s)
ON CONFLICT ON CONSTRAINT recap_notice_pk DO NOTHING
"""


@dataclass
class Totals:
    """By the number of the period: its figures as recorded in time (`figures`), and the change of each figure by what
    was recorded later (`corrections`)."""

    figures: dict[int, dict[str, int]] = field(default_factory=dict)
    corrections: dict[int, dict[str, int]] = field(default_factory=dict)
    years: list[int] = field(default_factory=list)
    closed: dict[int, datetime] = field(default_factory=dict)  # closing time by number of the month
    wrong_clock: timedelta | None = None  # error of a worker's clock, which closes no months because of it


class Recaps:
    def __init__(self, query: Query) -> None:
        self._query = query

    def totals(self, wanted: list[Period], dimension: str = "all", value: int = 0) -> Totals:
        """The figures of these periods, named as in COUNTED, for the whole company or one value of a dimension."""
        rows = self._query.select(TOTALS, {"dimension": dimension, "value": value})
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
        self, dimension: str, period: Period, value: int | None = None, limit: int = PAGE_ROWS, is_whole: bool = False
    ) -> list[dict]:
        """The rows of this dimension that have an event in the period or open problems at its end: value, name and the
        figures of COUNTED. At most `limit` rows, those with most events first, then those with the largest backlog; all
        rows if `is_whole`; only that of `value` if it is given. If `limit` rows are returned, `all_rows` is the number
        of all rows, and `all_open` the number of open problems in them; else both are None."""
        params = stock(period) | {"period": period.number, "value": value}
        return self._query.select(ROWS[dimension], params | {"limit": ALL_ROWS if is_whole else limit})

    def rows_of_every_dimension(self, period: Period) -> dict[str, list[dict]]:
        """All rows of each dimension, as rows() returns them."""
        params = stock(period) | {"period": period.number, "value": None, "limit": ALL_ROWS}
        found = defaultdict(list)
        for row in self._query.select(EVERY_ROWS, params):
            found[row.pop("dimension")].append(row)
        for rows in found.values():  # UNION does not guarantee an order
            rows.sort(key=_place)
        return found

    def ranks(self, groups: list[tuple[int, str, int]]) -> dict[tuple[int, str, int], dict[str, dict]]:
        """For each (period, dimension, value): {measure: {"p50" and "p90" in minutes, "amount"}}."""
        periods, dimensions, values = ([group[place] for group in groups] for place in range(3))
        found = defaultdict(dict)
        for row in self._query.select(RANKS, {"periods": periods, "dimensions": dimensions, "values": values}):
            found[row["period"], row["dimension"], row["value"]][row["measure"]] = row
        return found

    def open_at_end(self, period: Period) -> dict[str, list[dict]]:
        """Open problems at the end of the period: rows of value, name and `open_at_end`, by "division" and by
        "reported_on"."""
        found = defaultdict(list)
        for row in self._query.select(OPEN_AT_END, stock(period)):
            found[row["dimension"]].append(row)
        return found

    def division_name(self, division_id: int) -> str | None:
        """The name as in the rows of the divisions; None if no division has this id."""
        row = self._query.one_or_none(DIVISION_NAME, {"id": division_id})
        return row["name"] if row else None

    def dismiss_notice(self, employee_id: int, month: Period) -> None:
        """Records that this employee opened or dismissed the notice of this closed month; a second call changes
        nothing."""
        self._query.execute(DISMISS, {"month": month.number, "employee_id": employee_id})

    def closed(self) -> dict[int, datetime]:
        """When each closed month was closed."""
        return {row["month"]: row["closed_at"] for row in self._query.select(CLOSED)}

    def fold(self) -> int:
        """Folds the oldest events of the queue; returns how many."""
        return self._query.one(FOLD, {"most": FOLDED_AT_ONCE})["amount"]

    def fold_all(self) -> None:
        """Folds the events queued now. Events added meanwhile may stay queued, so that it ends while others write."""
        while self.fold() == FOLDED_AT_ONCE:
            pass


def stock(period: Period) -> dict:
    """The parameters of the statements about open problems at the end of this period: `upto`, the periods whose changes
    add up to the number, and `bound`, the last month in which a change was recorded in time."""
    return {"upto": period.upto, "bound": period.months[-1].number}


def _place(row: dict) -> tuple[int, int, int]:
    """The sort key that matches the order of _ROWS."""
    weight = sum(row[name] for name in FLOWS)
    return -weight, 0 if weight else -row["open_at_end"], row["value"]


def _sums(by_period: dict[int, list[dict]], period: Period, is_late: bool) -> dict[str, int]:
    own = [row for row in by_period[period.number] if (row["recorded"] > 0) == is_late]
    sums = {name: sum(row[name] for row in own) for name in (*FLOWS, *SHARES)}
    bound = stock(period)["bound"]
    changes = [row for number in period.upto for row in by_period[number] if (row["recorded"] > bound) == is_late]
    return sums | {"open_at_end": sum(row["open_change"] for row in changes)}
