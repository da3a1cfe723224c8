"""The database server's clock: what every process of an installation can agree on, however wrong its own machine is."""

import platform
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain import clock
from sih.domain.errors import WrongClock

# The one statement of SIH that asks the server's clock. Not now(), which stands still inside a transaction.
SERVER_CLOCK = "SELECT clock_timestamp() AS at"
# A machine that is right says so of itself, and drops what others have not said again for a while.
KEEP = """
INSERT INTO wrong_clock (machine, ahead, seen_at) VALUES (%(machine)s, %(ahead)s, %(at)s)
ON CONFLICT ON CONSTRAINT wrong_clock_pk DO UPDATE SET ahead = excluded.ahead, seen_at = excluded.seen_at
"""
FORGET = "DELETE FROM wrong_clock WHERE machine = %(machine)s OR seen_at < %(before)s"
FORGOTTEN_AFTER = timedelta(minutes=10)
APART = timedelta(minutes=2)  # more than this, and the machine's clock is taken to be wrong


class Clocks:
    def __init__(self, query: Query) -> None:
        self._query = query

    def ahead(self) -> timedelta:
        """By how much this machine's clock is ahead of the server's, negative where it is behind; exactly zero where
        the answer lies between the question and its arrival, so a slow network is no difference."""
        sent_at = clock.machine()
        at = self._query.one(SERVER_CLOCK)["at"]
        received_at = clock.machine()
        return sent_at - at if at < sent_at else min(received_at - at, timedelta())

    def fault(self) -> timedelta | None:
        """By how much this machine's clock is wrong (see ahead()), or None where it is not."""
        ahead = self.ahead()
        return ahead if abs(ahead) > APART else None

    def check(self) -> None:
        """Raises WrongClock, and leaves it to be seen in the recap, where this machine's clock is wrong."""
        ahead, machine = self.ahead(), platform.node()[:255] or "?"
        at = clock.machine() - ahead
        if abs(ahead) > APART:
            self._query.execute(KEEP, {"machine": machine, "ahead": ahead, "at": at})
            raise WrongClock(ahead)
        self._query.execute(FORGET, {"machine": machine, "before": at - FORGOTTEN_AFTER})

    def on_server(self, at: datetime) -> datetime:
        """The moment that this machine calls `at`, as the server's clock tells it."""
        return at - self.ahead()
