"""The pages of the recap of a year and of a month, by each dimension: with five times as many problems as the list
has, and with a hundredth of that."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from bench import decade, serving
from bench.client import Request, get
from bench.company import PIN, SUPERVISOR
from bench.pages import Requests
from bench.postgres import Postgres
from bench.session import Session
from bench.testbed import Testbed
from sih.domain import clock, periods
from sih.domain.vocabulary import DIMENSIONS

TIMES, SHARE = 5, 100


def _page(dimension: str, of_year: bool) -> Requests:
    def requests(testbed: Testbed, amount: int) -> Iterator[Request]:
        month = periods.of(clock.today()).after(-1)
        chosen = f"year={month.year - 1}" if of_year else f"year={month.year}&month={month.month}"
        return cycle([get(f"/recaps?{chosen}&dimension={dimension}", testbed.session.cookie_line)])

    return requests


PAGES: dict[str, Requests] = {
    f"{name} {dimension}": _page(dimension, name == "recap_year")
    for name in ("recap_year", "recap_month")
    for dimension in DIMENSIONS
}


@contextmanager
def testbed(postgres: Postgres, rows: int) -> Iterator[Testbed]:
    """The recap of so many problems, and a supervisor signed in. It is only read, so no copy is needed."""
    name = decade.kept(postgres, rows)
    with serving.serving(serving.APP, postgres, name) as served, postgres.opened(name) as query:
        yield Testbed(rows, query, name, served, Session(served.port).sign_in(SUPERVISOR, PIN), None, {})
