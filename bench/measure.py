"""The measuring. What is compared is measured in turns, so that whatever else the machine does meets both sides."""

import math
import statistics
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice

from bench import serving
from bench.client import Connection, Request, at_once, get, one_by_one
from bench.pages import Requests
from bench.postgres import Postgres
from bench.stand import Stand

SEQUENTIAL, TURN, WARM_UP, COUNTED = 200, 10, 24, 3
SECONDS, LIMIT = 3.0, 500  # of the requests at once; how many of them, where each needs a fresh problem
FLOOR_TURNS, FLOOR_SECONDS = 6, 2.0


@dataclass(frozen=True)
class Figures:
    """Of one page: milliseconds and answers a second at the large size; growth is the p50 over that of the small."""

    queries: int | None
    bytes: int
    p50: float
    p95: float
    growth: float
    rps: float


def page(requests: Requests, small: Stand, large: Stand, postgres: Postgres) -> Figures:
    sides = (small, large)
    asked = [requests(side, WARM_UP + SEQUENTIAL + (LIMIT + COUNTED if side is large else 0)) for side in sides]
    for side, ready in zip(sides, asked, strict=True):
        at_once(side.port, islice(ready, WARM_UP), 10)
    took = _in_turns(sides, asked)
    queries, size = _counted(large, islice(asked[1], COUNTED), postgres)
    rps = at_once(large.port, asked[1], SECONDS)
    p50 = [statistics.median(times) for times in took]
    return Figures(queries, size, p50[1], percentile(took[1], 0.95), p50[1] / p50[0], rps)


def floor(list_page: Requests, large: Stand, postgres: Postgres) -> tuple[float, float]:
    """Answers a second of the list, and of the bare view."""
    asked, bare = list_page(large, 0), get("/")
    rates: tuple[list[float], list[float]] = ([], [])
    with serving.serving(serving.FLOOR, postgres, large.database) as served:
        at_once(served.port, iter([bare] * WARM_UP), 10)
        for _ in range(FLOOR_TURNS):
            rates[0].append(at_once(large.port, asked, FLOOR_SECONDS))
            rates[1].append(at_once(served.port, iter([bare] * 100_000), FLOOR_SECONDS))
    return statistics.median(rates[0]), statistics.median(rates[1])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _in_turns(sides: tuple[Stand, Stand], asked: list[Iterator[Request]]) -> tuple[list[float], list[float]]:
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(SEQUENTIAL // TURN):
        for place in (0, 1) if turn % 2 else (1, 0):
            took[place].extend(one_by_one(sides[place].port, get("/healthz"), islice(asked[place], TURN)))
    return took


def _counted(large: Stand, requests: Iterator[Request], postgres: Postgres) -> tuple[int | None, int]:
    """The statements of one of these requests, and the bytes of its page. The fewest: now and then the server's worker
    asks for something too."""
    connection, found, answer = Connection(large.port), [], b""
    for request in requests:
        with postgres.counting(large.database) if postgres.can_count else nullcontext() as count:
            answer = connection.ask(request)
            found.append(count.so_far() if count else None)
    connection.close()
    return min(found) if postgres.can_count else None, len(answer.partition(b"\r\n\r\n")[2])
