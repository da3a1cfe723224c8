"""How long problems of a category usually take at a division: the middle 80 % of the last year, reckoned by the worker
once a day. Every process has the ranges with small master data (dao/small_masters.py)."""

from datetime import datetime, timedelta

from sih.dao.query import Query

REMEMBERED, REPEATED = timedelta(days=365), timedelta(days=1)
FEWEST_CASES = 20

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('sih.usual_durations')) AS is_mine"

IS_DUE = """
SELECT NOT EXISTS (SELECT FROM usual_duration u WHERE u.reckoned_at > %(before)s) AS is_due
"""

FORGET = "DELETE FROM usual_duration"

# From coming to the division that closed it, or from its last reopening, until it was closed.
RECKON = """
INSERT INTO usual_duration (category_id, division_id, shortest, longest, cases, reckoned_at)
SELECT p.category_id, p.holder_division_id,
       percentile_cont(0.1) WITHIN GROUP (ORDER BY extract(epoch FROM p.closed_at - p.held_since))::integer,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM p.closed_at - p.held_since))::integer,
       count(*)::integer, %(now)s
FROM problem p
WHERE p.status = 'closed' AND NOT p.is_withdrawn AND p.closed_at > %(since)s AND p.closed_at <= %(now)s
GROUP BY p.category_id, p.holder_division_id
HAVING count(*) >= %(fewest)s
"""


class UsualDurations:
    def __init__(self, query: Query) -> None:
        self._query = query

    def reckon(self, now: datetime) -> bool:
        """Reckons the ranges anew. Returns False if another worker does so, or somebody did within a day."""
        with self._query.transaction():
            if not self._query.one(LOCK)["is_mine"]:
                return False
            if not self._query.one(IS_DUE, {"before": now - REPEATED})["is_due"]:
                return False
            self._query.execute(FORGET)
            params = {"now": now, "since": now - REMEMBERED, "fewest": FEWEST_CASES}
            return self._query.execute(RECKON, params) > 0
