"""The numbers of problems by store, division, year and status. They are kept up to date with each change
(sql/schema.sql, "counts") in the tables `tally` and `tally_change`, and never counted for a page."""

from collections import Counter
from dataclasses import dataclass, field

from sih.dao.query import Query
from sih.dao.visibility import REPORTED_ELSEWHERE, viewer
from sih.domain.records import Employee, Filters

# Id 0 stands for all stores or divisions. Changes that are not folded yet are added.
_DIVISIONS = "coalesce(%(division_ids)s::integer[], '{0}')"
COUNTS = f"""
SELECT year, status, sum(amount)::bigint AS amount
FROM (SELECT t.year, t.status, t.amount FROM tally t
      WHERE t.store_id = coalesce(%(store_id)s, 0) AND t.division_id = ANY ({_DIVISIONS})
      UNION ALL
      SELECT c.year, c.status, c.amount FROM tally_change c
      WHERE (%(store_id)s IS NULL OR c.store_id = %(store_id)s)
        AND (%(division_ids)s IS NULL OR c.division_id = ANY (%(division_ids)s))) AS kept
GROUP BY year, status
"""

# For a reporter: the kept counts of the own store, plus the own reports at other stores, which are few.
COUNTS_FOR_REPORTER = f"""
SELECT year, status, sum(amount)::bigint AS amount
FROM (SELECT t.year, t.status, t.amount FROM tally t
      WHERE t.store_id = %(own_store_id)s
        AND (%(store_id)s IS NULL OR t.store_id = %(store_id)s)
        AND t.division_id = ANY ({_DIVISIONS})
      UNION ALL
      SELECT c.year, c.status, c.amount FROM tally_change c
      WHERE c.store_id = %(own_store_id)s
        AND (%(store_id)s IS NULL OR c.store_id = %(store_id)s)
        AND (%(division_ids)s IS NULL OR c.division_id = ANY (%(division_ids)s))
      UNION ALL
      SELECT month_of(p.reported_at) / 100, p.status, 1 FROM problem p
      WHERE {REPORTED_ELSEWHERE}
        AND (%(store_id)s IS NULL OR p.store_id = %(store_id)s)
        AND (%(division_ids)s IS NULL OR p.holder_division_id = ANY (%(division_ids)s))) AS kept
GROUP BY year, status
"""

FOLD = "SELECT fold_tally()"


@dataclass
class Counts:
    """Numbers of problems by status, and the years that have any."""

    by_status: Counter = field(default_factory=Counter)
    years: set[int] = field(default_factory=set)

    def listed(self, filters: Filters) -> int:
        """The number of problems under these filters, without their status: open ones only in the orders of these."""
        return sum(self.by_status.values()) - (self.by_status["closed"] if filters.order else 0)


class ProblemCounts:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, employee: Employee, filters: Filters) -> Counts:
        """The counts of problems that this person may see, under the filters store, division and year."""
        params = viewer(employee) | {
            "store_id": filters.store_id,
            "division_ids": list(filters.division_ids) or None,
        }
        counts = Counts()
        for row in self._query.select(COUNTS if params["sees_all"] else COUNTS_FOR_REPORTER, params):
            counts.years.add(row["year"])
            if filters.year in (None, row["year"]):
                counts.by_status[row["status"]] += row["amount"]
        return counts

    def fold(self) -> None:
        """Folds `tally_change` into `tally`. Every 128th change does this by itself."""
        self._query.execute(FOLD)
