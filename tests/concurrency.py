"""Runs functions concurrently, each on its own connection. A lock that all wait for makes them overlap for certain."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bench.databases import opened
from sih.dao.query import Pool

WAITING = "SELECT count(*) AS amount FROM pg_stat_activity WHERE datname = %(name)s AND wait_event_type = 'Lock'"
HOLD = "SELECT id FROM problem WHERE id = %(id)s FOR UPDATE"
HOLD_EMPLOYEE = "SELECT id FROM employee WHERE id = %(id)s FOR UPDATE"


def all_at_once(works: Iterable[Callable]) -> list:
    """Starts all of these together; returns their results."""
    works = list(works)
    barrier = Barrier(len(works), timeout=60)

    def run(work: Callable):
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [done.result() for done in [threads.submit(run, work) for work in works]]


def before_one_problem(address: dict, number: int, works: Iterable[Callable]) -> list:
    """Their results. A row lock on this problem holds them all until every one waits for it."""
    return _before_one(HOLD, address, number, works)


def before_one_employee(address: dict, number: int, works: Iterable[Callable]) -> list:
    """The same with a row lock on this employee."""
    return _before_one(HOLD_EMPLOYEE, address, number, works)


def _before_one(held: str, address: dict, number: int, works: Iterable[Callable]) -> list:
    works = list(works)

    def hold():
        with opened(Pool(**address)) as query, query.transaction():
            query.select(held, {"id": number})
            gate.wait()
            wait_for(address, len(works))

    def run(work: Callable):
        gate.wait()
        return work()

    gate = Barrier(len(works) + 1, timeout=60)
    with ThreadPoolExecutor(len(works) + 1) as threads:
        holding = threads.submit(hold)
        done = [threads.submit(run, work) for work in works]
        holding.result()
        return [each.result() for each in done]


def wait_for(address: dict, amount: int) -> None:
    """Waits until so many connections wait for a lock in this database."""
    with opened(Pool(**address)) as query:
        for _ in range(600):
            if query.one(WAITING, {"name": address["dbname"]})["amount"] == amount:
                return
            time.sleep(0.05)
    raise AssertionError(f"{amount} should have waited")
