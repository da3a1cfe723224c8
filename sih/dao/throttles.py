"""Limits of failed attempts, counted in the database for all processes together (docs/architecture.md, Safety)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.errors import Throttled


@dataclass(frozen=True)
class Limit:
    """The first failures within `window` have no effect. From the `free`th on, each blocks the key: for `first`, then
    for twice as long each time, up to `longest`."""

    free: int
    window: timedelta
    first: timedelta
    longest: timedelta


PERSON = Limit(free=5, window=timedelta(days=1), first=timedelta(seconds=30), longest=timedelta(minutes=15))
ADDRESS = Limit(free=30, window=timedelta(minutes=10), first=timedelta(minutes=10), longest=timedelta(minutes=10))
# Names that one address may look up without signing in: enough for an office, too few to list the whole staff.
NAMES = Limit(free=100, window=timedelta(minutes=10), first=timedelta(minutes=10), longest=timedelta(minutes=10))
# During the alarm: one attempt in 30 seconds from each address, for browsers in which nobody has signed in.
SPACED = Limit(free=1, window=timedelta(seconds=30), first=timedelta(seconds=30), longest=timedelta(seconds=30))
ALARM_WINDOW = timedelta(minutes=10)

# One statement counts the attempt before the PIN is checked, so that concurrent guesses are all counted. A key that is
# not blocked has blocked_until -infinity, so that neither overtaking requests nor a clock that is behind block it.
ATTEMPT = """
INSERT INTO throttle AS t (key, failures, started_at, blocked_until)
VALUES (%(key)s, 1, %(now)s, CASE WHEN %(free)s > 1 THEN '-infinity' ELSE %(now)s + %(first)s END)
ON CONFLICT ON CONSTRAINT throttle_pk DO UPDATE
SET (failures, started_at, blocked_until) = (
    SELECT n.failures, CASE WHEN n.failures = 1 THEN %(now)s ELSE t.started_at END,
           CASE WHEN n.failures < %(free)s THEN '-infinity'
                ELSE %(now)s + least(%(longest)s, %(first)s * power(2, least(n.failures - %(free)s, 20))) END
    FROM (SELECT CASE WHEN t.started_at < %(window_start)s THEN 1 ELSE t.failures + 1 END AS failures) AS n)
WHERE t.blocked_until <= %(now)s
"""

BLOCKED = "SELECT blocked_until FROM throttle WHERE key = %(key)s AND blocked_until > %(now)s"
MARK = """
INSERT INTO throttle AS t (key, failures, started_at, blocked_until) VALUES (%(key)s, 1, %(now)s, '-infinity')
ON CONFLICT ON CONSTRAINT throttle_pk DO NOTHING
"""
FORGET = "DELETE FROM throttle WHERE key = %(key)s"
TAKE_BACK = """
UPDATE throttle SET failures = failures - 1, blocked_until = '-infinity'
WHERE key = %(key)s AND failures > 0
"""
ADD_WRONG_PIN = "INSERT INTO wrong_pin (at) VALUES (%(now)s)"
# Counts at most one more than the limit; 0: no alarm.
IS_ALARMED = """(%(alarm_limit)s > 0 AND (
    SELECT count(*) FROM (
        SELECT FROM wrong_pin w WHERE w.at > %(alarm_since)s AND w.at <= %(now)s LIMIT %(alarm_limit)s + 1) AS recent
) > %(alarm_limit)s)"""
ALARM = f"SELECT {IS_ALARMED} AS is_on"
SWEEP_WRONG_PINS = "DELETE FROM wrong_pin WHERE at < %(before)s"
SWEEP = "DELETE FROM throttle WHERE started_at < %(before)s AND blocked_until < %(before)s"


def alarm_params(now: datetime, limit: int) -> dict:
    """The parameters of IS_ALARMED."""
    return {"now": now, "alarm_since": now - ALARM_WINDOW, "alarm_limit": limit}


class Throttles:
    def __init__(self, query: Query) -> None:
        self._query = query

    def attempt(self, key: str, limit: Limit, now: datetime) -> None:
        """Counts a failed attempt; take_back() or forget() correct it after a success. Raises Throttled, without
        counting, while the key is blocked."""
        attempt = {"key": key, "now": now, "window_start": now - limit.window}
        wait = {"free": limit.free, "first": limit.first, "longest": limit.longest}
        if self._query.execute(ATTEMPT, {**attempt, **wait}) == 0:
            self.refuse_if_blocked(key, now)

    def refuse_if_blocked(self, key: str, now: datetime) -> None:
        """Raises Throttled with the remaining seconds, if the key is blocked."""
        row = self._query.one_or_none(BLOCKED, {"key": key, "now": now})
        if row:
            raise Throttled(math.ceil((row["blocked_until"] - now).total_seconds()), key)

    def mark(self, key: str, now: datetime) -> None:
        """Adds a row for this key, if there is none, until it is forgotten or swept."""
        self._query.execute(MARK, {"key": key, "now": now})

    def forget(self, key: str) -> bool:
        """Deletes the count of this key after a success. Returns False if there was none."""
        return self._query.execute(FORGET, {"key": key}) > 0

    def take_back(self, key: str) -> None:
        """Subtracts an attempt that succeeded, and unblocks the key."""
        self._query.execute(TAKE_BACK, {"key": key})

    def sweep(self, now: datetime) -> None:
        """Deletes counts that began more than a week ago and no longer block."""
        self._query.execute(SWEEP, {"before": now - timedelta(days=7)})

    def add_wrong_pin(self, now: datetime) -> None:
        """Records a wrong PIN, whoever entered it, for the alarm."""
        self._query.execute(ADD_WRONG_PIN, {"now": now})

    def alarm(self, now: datetime, limit: int) -> bool:
        """Whether more than `limit` wrong PINs were entered in the whole company within ALARM_WINDOW; 0: never."""
        return self._query.one(ALARM, alarm_params(now, limit))["is_on"]

    def sweep_wrong_pins(self, now: datetime) -> None:
        """Deletes wrong PINs older than ALARM_WINDOW."""
        self._query.execute(SWEEP_WRONG_PINS, {"before": now - ALARM_WINDOW})
