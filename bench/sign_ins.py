"""Sign-ins at a store's opening hour, and the response time of the list meanwhile."""

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.client import Request, at_once, get, one_by_one, post
from bench.company import PIN, PIN_KEY
from bench.measure import percentile
from bench.session import Session, hidden
from bench.testbed import Testbed
from sih.dao.audits import signed
from sih.domain import clock, pins

CLIENTS, SECONDS, PEOPLE, TURN = 80, 10.0, 4_000, 20
CROWD = """
INSERT INTO employee (nik, name, role, store_id, pin_hash)
SELECT (910000000 + n)::text, 'Karyawan ' || n, 'reporter', 1, %(pin_hash)s FROM generate_series(1, %(people)s) AS n
"""


@dataclass(frozen=True)
class SignIns:
    rps: float  # sign-ins a second, whole ones
    list_p95: float  # ms, while nobody signs in
    list_p95_during: float

    @property
    def slowdown(self) -> float:
        return self.list_p95_during / self.list_p95


def measure(large: Testbed) -> SignIns:
    """Eighty at once for ten seconds: more than two processes can do, so there is always a queue."""
    with signed(large.query, clock.now(), None, "bench"):
        large.query.execute(CROWD, {"people": PEOPLE, "pin_hash": pins.hash_pin(PIN, PIN_KEY)})
    before = _lists(large)
    with ThreadPoolExecutor(1) as threads:
        crowd = threads.submit(at_once, large.port, _sign_ins(large), SECONDS, CLIENTS)
        during = []
        while not crowd.done():
            during += _lists(large, 1)
    return SignIns(crowd.result(), percentile(before, 0.95), percentile(during, 0.95))


def _lists(large: Testbed, turns: int = 10) -> list[float]:
    requests = itertools.repeat(get("/problems", large.session.cookie_line), turns * TURN)
    return one_by_one(large.port, get("/healthz"), requests)


def _sign_ins(large: Testbed) -> Iterator[Request]:
    """Each of a person and from an address of its own, as a proxy tells it."""
    visitor = Session(large.port)
    token = hidden(visitor.page("/login"), "csrf_token")
    for number in range(1, PEOPLE + 1):
        fields = {"csrf_token": token, "nik": str(910000000 + number), "pin": PIN}
        request = post("/login", visitor.cookie_line, fields)
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        yield Request(re.sub(rb"\r\n", b"\r\nX-Forwarded-For: %s\r\n" % address.encode(), request.data, count=1), 303)
