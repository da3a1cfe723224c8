"""The database server's clock: what every process of an installation can agree on, however wrong its own machine is."""

from datetime import datetime, timedelta

from sih import clock
from sih.dao.query import Query

# The one statement of SIH that asks the server's clock. Not now(), which stands still inside a transaction.
SERVER_CLOCK = "SELECT clock_timestamp() AS at"
APART = timedelta(minutes=2)  # more than this, and the machine's clock is taken to be wrong


class Clocks:
    def __init__(self, query: Query) -> None:
        self._query = query

    def ahead(self) -> timedelta:
        """By how much this machine's clock is ahead of the server's, negative where it is behind; exactly zero where
        the answer lies between the question and its arrival, so a slow network is no difference."""
        asked = clock.machine()
        at = self._query.select_one(SERVER_CLOCK)["at"]
        arrived = clock.machine()
        return asked - at if at < asked else min(arrived - at, timedelta())

    def fault(self) -> timedelta | None:
        """By how much this machine's clock is wrong (see ahead()), or None where it is not."""
        ahead = self.ahead()
        return ahead if abs(ahead) > APART else None

    def on_server(self, at: datetime) -> datetime:
        """The moment that this machine calls `at`, as the server's clock tells it."""
        return at - self.ahead()
