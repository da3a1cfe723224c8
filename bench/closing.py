"""The longest time that a write waits while a month is closed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock
from uuid import uuid4

from bench import load
from bench.postgres import Postgres
from bench.testbed import PLACES, me
from bench.write_cost import DESCRIPTION, TITLE
from sih.dao.problems import Problems
from sih.dao.query import BACKGROUND, Pool, Query
from sih.dao.recap.closing import FIRST_EVENT, SETTLED, Closing
from sih.domain import clock, periods
from sih.domain.periods import Period

CLIENTS, DAYS = 4, 27  # fewer than any month has


def wait(postgres: Postgres, rows: int) -> float:
    """Milliseconds, of a month with so many problems."""
    kept, name, over = _kept(postgres, rows), "sih_closing", threading.Event()
    postgres.copy(kept, name)
    pool = Pool(**postgres.admin | postgres.app, dbname=name, size=CLIENTS + 1)
    try:
        with ThreadPoolExecutor(CLIENTS) as clients:
            longest = [clients.submit(_write, pool, over) for _ in range(CLIENTS)]
            try:
                _close(pool)
            finally:
                over.set()
            return max(each.result() for each in longest) * 1000
    finally:
        pool.close()
        postgres.drop(name)


def _kept(postgres: Postgres, rows: int) -> str:
    """A database all of whose problems are of one month, which has ended and is not closed."""
    end = periods.of(clock.today()).starts_at

    def fill(name: str) -> None:
        with mock.patch.object(clock, "now", lambda: end - timedelta(seconds=1)):
            load.fill(postgres, name, rows, timedelta(days=DAYS))

    return load.keep(postgres, f"sih_month_{rows}", f"A month of {rows:,} problems", fill)


def _close(pool: Pool) -> None:
    query = Query(pool, BACKGROUND)
    month = Period(query.one(FIRST_EVENT)["month"])
    closed = Closing(query).close_months(month.ends_at + SETTLED)
    query.close()
    if closed != [month]:
        raise RuntimeError(f"{month.text} was to be closed, and {[each.text for each in closed]} were")


def _write(pool: Pool, over: threading.Event) -> float:
    """Reports one problem after another; gives how many seconds the longest took."""
    query, longest = Query(pool), 0.0
    who, places = me(query), query.one(PLACES)
    words = {"title": TITLE, "description": DESCRIPTION, "asset_id": None, "asset_kind_id": places["asset_kind_id"]}
    while not over.is_set():
        began = time.perf_counter()
        Problems(query).report(who, clock.now(), uuid4(), words)
        longest = max(longest, time.perf_counter() - began)
    query.close()
    return longest
