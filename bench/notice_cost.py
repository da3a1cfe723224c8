"""How much notices slow down writes: problems that eight connections reopen and close in a second without the part of
the statement that tells whoever hears of it, over the same with it. `python -m bench.notice_cost` does this alone."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench import load, words
from bench.postgres import Postgres, started
from bench.testbed import me
from sih.dao import problems
from sih.dao.notices import notify
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.domain import clock

ROWS, CLIENTS, TURNS, SECONDS, EACH = 5_000, 8, 8, 3.0, 40
NOTE = ". ".join(words.sentences(8, 3, 5))
WITH_NOTICES = problems.MOVES
WITHOUT = {kind: sql.replace(notify(kind), "\n") for kind, sql in WITH_NOTICES.items()}
CLOSED = "SELECT p.id FROM problem p WHERE p.status = 'closed' ORDER BY hashint8(p.id) LIMIT %(amount)s"
SEEN = "SELECT p.id, p.last_event_id AS event, p.status FROM problem p WHERE p.id = ANY (%(ids)s) ORDER BY p.id"


def measure(postgres: Postgres) -> float:
    """The median rate without notices, divided by the median rate with them."""
    rates: tuple[list[float], list[float]] = ([], [])
    with _pool(postgres) as pool:
        query = Query(pool)
        ids = [row["id"] for row in query.select(CLOSED, {"amount": CLIENTS * EACH})]
        query.close()
        try:
            for turn in range(TURNS):
                for place in (0, 1) if turn % 2 else (1, 0):
                    problems.MOVES = (WITHOUT, WITH_NOTICES)[place]
                    rates[place].append(_rate(pool, ids))
        finally:
            problems.MOVES = WITH_NOTICES
    return statistics.median(rates[0]) / statistics.median(rates[1])


@contextmanager
def _pool(postgres: Postgres):
    name = "sih_notice_cost"
    postgres.copy(load.kept(postgres, ROWS), name)
    pool = Pool(**postgres.admin | postgres.app, dbname=name, size=CLIENTS)
    try:
        yield pool
    finally:
        pool.close()
        postgres.drop(name)


def _rate(pool: Pool, ids: list[int]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        moved = sum(clients.map(lambda place: _move(pool, ids[place::CLIENTS], began + SECONDS), range(CLIENTS)))
    return moved / (time.perf_counter() - began)


def _move(pool: Pool, ids: list[int], until: float) -> int:
    """Reopens the closed ones of these problems and closes the others, again and again; returns how many."""
    query, amount = Query(pool), 0
    who = me(query)
    while time.perf_counter() < until:
        for row in query.select(SEEN, {"ids": ids}):
            if row["status"] == "closed":
                Problems(query).reopen(row["id"], row["event"], who, clock.now(), NOTE)
            else:
                Problems(query).close(row["id"], row["event"], who, clock.now(), NOTE)
            amount += 1
            if time.perf_counter() > until:
                break
    query.close()
    return amount


def main() -> None:
    with started() as server:
        print(f"notice_write_cost {measure(server):.3f}")


if __name__ == "__main__":
    main()
