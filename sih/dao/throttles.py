"""Failed attempts, counted in the database so that every process counts the same (design: safety)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.errors import Throttled


@dataclass(frozen=True)
class Limit:
    """`free` failures within `window` cost nothing; each from then on waits `first`, doubling up to `longest`."""

    free: int
    window: timedelta
    first: timedelta
    longest: timedelta


PERSON = Limit(free=5, window=timedelta(days=1), first=timedelta(seconds=30), longest=timedelta(minutes=15))
ADDRESS = Limit(free=30, window=timedelta(minutes=10), first=timedelta(minutes=10), longest=timedelta(minutes=10))

# Counted before the PIN is looked at, in one statement: a hundred guesses sent at once are still a hundred. What does
# not wait is blocked until -infinity, so that a request which another overtook, or a clock behind, need not wait.
ATTEMPT = """
INSERT INTO throttle AS t (key, failures, started_at, blocked_until)
VALUES (%(key)s, 1, %(now)s, '-infinity')
ON CONFLICT ON CONSTRAINT throttle_pk DO UPDATE
SET failures = CASE WHEN t.started_at < %(window_start)s AND t.blocked_until <= %(now)s THEN 1 ELSE t.failures + 1 END,
    started_at = CASE WHEN t.started_at < %(window_start)s AND t.blocked_until <= %(now)s THEN %(now)s
                      ELSE t.started_at END,
    blocked_until = CASE
        WHEN t.started_at < %(window_start)s AND t.blocked_until <= %(now)s THEN '-infinity'
        WHEN t.failures + 1 < %(free)s THEN '-infinity'
        ELSE %(now)s + least(%(longest)s, %(first)s * power(2, least(t.failures + 1 - %(free)s, 20))) END
WHERE t.blocked_until <= %(now)s
"""

BLOCKED = "SELECT blocked_until FROM throttle WHERE key = %(key)s AND blocked_until > %(now)s"
FORGET = "DELETE FROM throttle WHERE key = %(key)s"
TAKE_BACK = """
UPDATE throttle SET failures = failures - 1, blocked_until = '-infinity'
WHERE key = %(key)s AND failures > 0
"""
SWEEP = "DELETE FROM throttle WHERE started_at < %(before)s AND blocked_until < %(before)s"


class Throttles:
    def __init__(self, query: Query) -> None:
        self._query = query

    def attempt(self, key: str, limit: Limit, now: datetime) -> None:
        """Counts an attempt as failed. Raises Throttled, and counts nothing, while the key has to wait."""
        params = {"key": key, "now": now, "window_start": now - limit.window, "free": limit.free}
        params |= {"first": limit.first, "longest": limit.longest}
        if self._query.execute(ATTEMPT, params) == 0:
            self.refuse_if_blocked(key, now)

    def refuse_if_blocked(self, key: str, now: datetime) -> None:
        """Raises Throttled with the seconds that are left."""
        row = self._query.select_one(BLOCKED, {"key": key, "now": now})
        if row:
            raise Throttled(math.ceil((row["blocked_until"] - now).total_seconds()))

    def forget(self, key: str) -> None:
        """The attempt succeeded: the count of this key begins anew."""
        self._query.execute(FORGET, {"key": key})

    def take_back(self, key: str) -> None:
        """The attempt succeeded: it was none of the failures of this key."""
        self._query.execute(TAKE_BACK, {"key": key})

    def sweep(self, now: datetime) -> None:
        """Drops what has not been touched for a week."""
        self._query.execute(SWEEP, {"before": now - timedelta(days=7)})
