"""The database server's clock, the common reference of all machines of an installation."""

import platform
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain import clock
from sih.domain.errors import WrongClock

# The only statement that reads the server's clock. clock_timestamp(), since now() is constant within a transaction.
SERVER_CLOCK = "SELECT clock_timestamp() AS at"
# A machine with a right clock deletes its own row, and rows that were not renewed for FORGOTTEN_AFTER.
KEEP = """
INSERT INTO wrong_clock (machine, ahead, seen_at) VALUES (%(machine)s, %(ahead)s, %(at)s)
ON CONFLICT ON CONSTRAINT wrong_clock_pk DO UPDATE SET ahead = excluded.ahead, seen_at = excluded.seen_at
"""
FORGET = "DELETE FROM wrong_clock WHERE machine = %(machine)s OR seen_at < %(before)s"
FORGOTTEN_AFTER = timedelta(minutes=10)
APART = timedelta(minutes=2)  # a larger difference counts as a wrong clock


class Clocks:
    def __init__(self, query: Query) -> None:
        self._query = query

    def ahead(self) -> timedelta:
        """How far this machine's clock is ahead of the server's; negative if it is behind. Zero if the server's time
        lies between sending and receiving, so that a slow network makes no difference."""
        sent_at = clock.machine()
        at = self._query.one(SERVER_CLOCK)["at"]
        received_at = clock.machine()
        return sent_at - at if at < sent_at else min(received_at - at, timedelta())

    def fault(self) -> timedelta | None:
        """The value of ahead() if this machine's clock is wrong, else None."""
        ahead = self.ahead()
        return ahead if abs(ahead) > APART else None

    def check(self) -> None:
        """Raises WrongClock if this machine's clock is wrong, after recording it for the recap's page."""
        ahead, machine = self.ahead(), platform.node()[:255] or "?"
        at = clock.machine() - ahead
        if abs(ahead) > APART:
            self._query.execute(KEEP, {"machine": machine, "ahead": ahead, "at": at})
            raise WrongClock(ahead)
        self._query.execute(FORGET, {"machine": machine, "before": at - FORGOTTEN_AFTER})

    def on_server(self, at: datetime) -> datetime:
        """Converts a time of this machine's clock into the server's."""
        return at - self.ahead()
