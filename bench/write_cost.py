"""How much keeping the recap's figures slows down writes: problems that eight connections report in a second without
the figures' two triggers, divided by the same with them while a worker folds."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from bench import load, words
from bench.postgres import Postgres
from bench.testbed import PLACES, me
from sih.background.worker import POLL, Worker
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.domain import clock

ROWS, CLIENTS, TURNS, SECONDS = 5_000, 8, 8, 3.0
TRIGGERS = ("event_is_recorded", "event_is_queued")
TITLE, DESCRIPTION = words.sentences(6, 1, 4)[0], ". ".join(words.sentences(8, 3, 5))


def measure(postgres: Postgres) -> float:
    """The median rate without the triggers, divided by the median rate with them."""
    kept = load.kept(postgres, ROWS)
    with ExitStack() as stack:
        sides = [stack.enter_context(_side(postgres, kept, is_kept)) for is_kept in (False, True)]
        rates: tuple[list[float], list[float]] = ([], [])
        for turn in range(TURNS):
            for place in (0, 1) if turn % 2 else (1, 0):
                rates[place].append(_rate(sides[place]))
    return statistics.median(rates[0]) / statistics.median(rates[1])


@contextmanager
def _side(postgres: Postgres, kept: str, is_kept: bool):
    name, over = f"sih_upkeep_{is_kept}".lower(), threading.Event()
    postgres.copy(kept, name)
    with postgres.opened(name) as query:
        for trigger in () if is_kept else TRIGGERS:
            query.execute(f"ALTER TABLE event DISABLE TRIGGER {trigger}")
    pool = Pool(**postgres.admin | postgres.app, dbname=name, size=CLIENTS + 1)
    folding = threading.Thread(target=_fold, args=(pool, over))
    folding.start()
    try:
        yield pool
    finally:
        over.set()
        folding.join()
        pool.close()
        postgres.drop(name)


def _fold(pool: Pool, over: threading.Event) -> None:
    """Folds the figures as the worker does between its jobs."""
    worker = Worker(pool)
    while not over.wait(0 if worker.fold() else POLL):
        pass


def _rate(pool: Pool) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        reported = sum(clients.map(lambda _: _report(pool, began + SECONDS), range(CLIENTS)))
    return reported / (time.perf_counter() - began)


def _report(pool: Pool, until: float) -> int:
    """Reports one problem after another; returns how many."""
    query, amount = Query(pool), 0
    who, places = me(query), query.one(PLACES)
    words = {"title": TITLE, "description": DESCRIPTION, "asset_id": None, "asset_kind_id": places["asset_kind_id"]}
    while time.perf_counter() < until:
        Problems(query).report(who, clock.now(), uuid4(), words)
        amount += 1
    query.close()
    return amount
