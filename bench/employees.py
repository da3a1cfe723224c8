"""Employees at two sizes, for the admin's pages of employees and the import of all of them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from urllib.parse import urlencode

from bench import databases, serving
from bench.client import Request, get
from bench.company import PIN, PIN_KEY
from bench.pages import Requests
from bench.postgres import Postgres
from bench.session import Session
from bench.testbed import Testbed
from sih.dao.audits import signed
from sih.domain import clock, pins

SMALL, LARGE = 1_000, int(os.environ.get("EMPLOYEE_ROWS", "150000"))
STORES, NIK = 20_000, "900000009"
PLACES = """
INSERT INTO store (code, name, city, time_zone)
SELECT 'T' || lpad(n::text, 5, '0'), 'Toko Nomor ' || n, 'Kota ' || n %% 400, 'Asia/Jakarta'
FROM generate_series(1, %(stores)s) AS n
"""
# Every tenth is a Siti, so that her page is full at both sizes; the other names are as many as there are in a town.
PEOPLE = """
INSERT INTO employee (nik, name, store_id)
SELECT (20000000 + n)::text,
       CASE WHEN n %% 10 = 0 THEN 'Siti' ELSE 'Nama' || n * 7919 %% 997 END || ' Tengah' || n * 31 %% 499
           || ' Akhir' || n * 17 %% 1999,
       1 + n %% %(stores)s
FROM generate_series(1, %(amount)s) AS n
"""
ADMIN = """
INSERT INTO employee (nik, name, role, store_id, pin_hash) VALUES (%(nik)s, 'Admin', 'admin', 1, %(pin_hash)s)
"""
# A frequent first name, a full one, one out of order, the beginning of a NIK, a whole one, and no hit: each answer is
# about as long at both sizes, so that what grows is the search and not the page.
SEARCHES = ("siti", "nama883 tengah62 akhir34", "akhir51 nama826", "2000050", "20000777", "tokek")


def _pages(path: str, **fixed) -> Requests:
    def requests(testbed: Testbed, amount: int) -> Iterator[Request]:
        addresses = [f"{path}?{urlencode(fixed | {'q': words})}" for words in SEARCHES]
        return cycle([get(one, testbed.session.cookie_line) for one in addresses])

    return requests


def _list(testbed: Testbed, amount: int) -> Iterator[Request]:
    return cycle([get("/employees", testbed.session.cookie_line)])


PAGES: dict[str, Requests] = {
    "employees": _list,
    "employee_search": _pages("/employees"),
    "employee_picker": _pages("/pickers", noun="employee"),
}


@contextmanager
def testbed(postgres: Postgres, amount: int) -> Iterator[Testbed]:
    """A company of so many people, and its admin signed in."""
    made = database(postgres, f"sih_people_{amount}", amount)
    with made as name, serving.serving(serving.APP, postgres, name) as served, postgres.opened(name) as query:
        yield Testbed(amount, query, name, served, Session(served.port).sign_in(NIK, PIN), None, {})


@contextmanager
def database(postgres: Postgres, name: str, amount: int) -> Iterator[str]:
    with postgres.unguarded():
        databases.prepare(postgres.admin, name)
        with postgres.opened(name) as query:
            with signed(query, clock.now(), None, "bench"):
                for statement in (PLACES, PEOPLE):
                    query.execute(statement, {"stores": STORES, "amount": amount})
                query.execute(ADMIN, {"nik": NIK, "pin_hash": pins.hash_pin(PIN, PIN_KEY)})
            query.execute("VACUUM ANALYZE")
    try:
        yield name
    finally:
        postgres.drop(name)


def import_of_all(postgres: Postgres) -> dict:
    """Seconds and MB of a process that brings in LARGE people from XLSX: dry run, agreement, writing."""
    with database(postgres, "sih_people_import", 0) as name:
        address = {**postgres.admin, **postgres.app, "dbname": name}
        result = subprocess.run(
            [sys.executable, "-m", "bench.importing", json.dumps(address), str(LARGE)],
            cwd=serving.ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return json.loads(result.stdout)
