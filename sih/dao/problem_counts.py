"""How many problems there are, by store, division, year and status: kept as they change (sql/schema.sql, "counts"),
never counted for a page. The tables keep their names `tally` and `tally_change`."""

from collections import Counter
from dataclasses import dataclass, field

from sih.dao.query import Query
from sih.dao.visibility import REPORTED_ELSEWHERE, viewer
from sih.domain.records import Employee, Filters

# 0 is all stores, and all divisions. What was not folded yet is added on the way.
COUNTS = """
SELECT year, status, sum(amount)::bigint AS amount
FROM (SELECT t.year, t.status, t.amount FROM tally t
      WHERE t.store_id = coalesce(%(store_id)s, 0) AND t.division_id = coalesce(%(division_id)s, 0)
      UNION ALL
      SELECT c.year, c.status, c.amount FROM tally_change c
      WHERE (%(store_id)s IS NULL OR c.store_id = %(store_id)s)
        AND (%(division_id)s IS NULL OR c.division_id = %(division_id)s)) AS kept
GROUP BY year, status
"""

# A reporter sees the own store by its kept counts, and beside it only what this one person reported elsewhere.
COUNTS_FOR_REPORTER = f"""
SELECT year, status, sum(amount)::bigint AS amount
FROM (SELECT t.year, t.status, t.amount FROM tally t
      WHERE t.store_id = %(own_store_id)s
        AND (%(store_id)s IS NULL OR t.store_id = %(store_id)s)
        AND t.division_id = coalesce(%(division_id)s, 0)
      UNION ALL
      SELECT c.year, c.status, c.amount FROM tally_change c
      WHERE c.store_id = %(own_store_id)s
        AND (%(store_id)s IS NULL OR c.store_id = %(store_id)s)
        AND (%(division_id)s IS NULL OR c.division_id = %(division_id)s)
      UNION ALL
      SELECT month_of(p.reported_at) / 100, p.status, 1 FROM problem p
      WHERE {REPORTED_ELSEWHERE}
        AND (%(store_id)s IS NULL OR p.store_id = %(store_id)s)
        AND (%(division_id)s IS NULL OR p.holder_division_id = %(division_id)s)) AS kept
GROUP BY year, status
"""

FOLD = "SELECT fold_tally()"


@dataclass
class Counts:
    """Amounts by status, and the years in which there is anything."""

    by_status: Counter = field(default_factory=Counter)
    years: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


class ProblemCounts:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, employee: Employee, filters: Filters) -> Counts:
        """Counts of what this person may see, under the filters whose counts are kept: store, division, year."""
        params = viewer(employee) | {"store_id": filters.store_id, "division_id": filters.division_id}
        counts = Counts()
        for row in self._query.select(COUNTS if params["sees_all"] else COUNTS_FOR_REPORTER, params):
            counts.years.add(row["year"])
            if filters.year in (None, row["year"]):
                counts.by_status[row["status"]] += row["amount"]
        return counts

    def fold(self) -> None:
        """Folds what has changed into the kept counts; changes do so by themselves every so often."""
        self._query.execute(FOLD)
