"""Measures pages. Both sides of a comparison are measured in turns, so that other load of the machine affects both."""

import math
import statistics
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import cycle, islice

from bench import serving
from bench.client import Connection, Request, at_once, get, one_by_one
from bench.pages import Requests
from bench.postgres import Postgres
from bench.testbed import Testbed

SEQUENTIAL, TURN, WARM_UP, COUNTED = 200, 10, 24, 3
SETS, SET_SECONDS, SET_REQUESTS = 5, 1.0, 200  # at once; each set on connections of its own
FLOOR_TURNS, FLOOR_SECONDS = 6, 2.0
NEWEST_SESSION = "SELECT o.id FROM session o ORDER BY o.started_at DESC LIMIT 1"


@dataclass(frozen=True)
class Figures:
    """Of one page: milliseconds and answers a second at the large size; growth is the p50 over that of the small."""

    queries: int | None
    bytes: int
    p50: float
    p95: float
    growth: float
    rps: float


@dataclass(frozen=True)
class Floor:
    """Answers a second of the list, of the bare view and of the flat list (bench/floor.py)."""

    ours: float
    bare: float
    flat: float

    @property
    def of_bare(self) -> float:
        return self.ours / self.bare

    @property
    def of_flat(self) -> float:
        return self.ours / self.flat


def page(requests: Requests, small: Testbed, large: Testbed, postgres: Postgres) -> Figures:
    sides = (small, large)
    streams = [
        requests(side, WARM_UP + SEQUENTIAL + (SETS * SET_REQUESTS + COUNTED if side is large else 0)) for side in sides
    ]
    for side, ready in zip(sides, streams, strict=True):
        at_once(side.port, islice(ready, WARM_UP), 10)
    took = _in_turns(sides, streams)
    queries, size = _counted(large, islice(streams[1], COUNTED), postgres)
    rps = _at_once(large, streams[1])
    p50 = [statistics.median(times) for times in took]
    return Figures(queries, size, p50[1], percentile(took[1], 0.95), p50[1] / p50[0], rps)


def floor(list_page: Requests, large: Testbed, postgres: Postgres) -> Floor:
    session = large.query.one(NEWEST_SESSION)["id"]
    with serving.serving(serving.FLOOR, postgres, large.database) as served:
        sides = [
            (large.port, list_page(large, 0)),
            (served.port, cycle([get("/")])),
            (served.port, cycle([get(f"/flat?session={session}")])),
        ]
        rates = [[] for _ in sides]
        for port, requests in sides:
            at_once(port, islice(requests, WARM_UP), 10)
        for _ in range(FLOOR_TURNS):
            for (port, requests), found in zip(sides, rates, strict=True):
                found.append(at_once(port, requests, FLOOR_SECONDS))
    return Floor(*map(statistics.median, rates))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _at_once(large: Testbed, requests: Iterator[Request]) -> float:
    """The median over several sets of connections: all those of a set may fall to one process, which is then alone."""
    return statistics.median(at_once(large.port, islice(requests, SET_REQUESTS), SET_SECONDS) for _ in range(SETS))


def _in_turns(sides: tuple[Testbed, Testbed], requests: list[Iterator[Request]]) -> tuple[list[float], list[float]]:
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(SEQUENTIAL // TURN):
        for place in (0, 1) if turn % 2 else (1, 0):
            took[place].extend(one_by_one(sides[place].port, get("/healthz"), islice(requests[place], TURN)))
    return took


def _counted(large: Testbed, requests: Iterator[Request], postgres: Postgres) -> tuple[int | None, int]:
    """The statements of one of these requests, and the bytes of its page. The fewest: now and then the server's worker
    asks for something too."""
    connection, found, answer = Connection(large.port), [], b""
    for request in requests:
        with postgres.counting(large.database) if postgres.can_count else nullcontext() as count:
            answer = connection.ask(request)
            found.append(count.so_far() if count else None)
    connection.close()
    return min(found) if postgres.can_count else None, len(answer.partition(b"\r\n\r\n")[2])
