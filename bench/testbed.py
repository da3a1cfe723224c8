"""A test bed of one size: its database, its server, and a session of a helpdesk handler."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bench import load, serving
from bench.company import NIK, PIN
from bench.postgres import Postgres
from bench.session import Session
from sih.dao.employees import Employees
from sih.dao.query import Query
from sih.domain.records import Employee

PAGE_100 = """
SELECT id, reported_at FROM problem ORDER BY reported_at DESC, id DESC OFFSET 4949 LIMIT 1
"""
# Spread over the ten years, so that no database page is read twice.
SPREAD = "SELECT id FROM problem WHERE id %% (%(rows)s / %(amount)s) = 1 ORDER BY hashint8(id) LIMIT %(amount)s"
ME = "SELECT e.id AS employee_id, e.session_version FROM employee e WHERE e.nik = %(nik)s"
PLACES = """
SELECT (SELECT c.id FROM category c ORDER BY c.id DESC LIMIT 1) AS category_id,
       (SELECT k.id FROM asset_kind k ORDER BY k.id DESC LIMIT 1) AS asset_kind_id,
       (SELECT d.id FROM division d WHERE d.name = 'Bagian 5') AS division_id,
       (SELECT extract(year FROM max(p.reported_at))::integer - 5 FROM problem p) AS year
"""


@dataclass(frozen=True)
class Testbed:
    rows: int
    query: Query  # an administrator's, for what is prepared
    database: str
    serving: serving.Serving
    session: Session
    me: Employee
    places: dict[str, int]

    @property
    def port(self) -> int:
        return self.serving.port

    def page_100(self) -> tuple[datetime, int]:
        row = self.query.one(PAGE_100)
        return row["reported_at"], row["id"]

    def numbers(self, amount: int) -> list[int]:
        return [row["id"] for row in self.query.select(SPREAD, {"rows": self.rows, "amount": amount})]


def me(query: Query) -> Employee:
    """The handler who requests the measured pages."""
    return Employees(query).active(**query.one(ME, {"nik": NIK}))


@contextmanager
def testbed(postgres: Postgres, rows: int) -> Iterator[Testbed]:
    kept = load.kept(postgres, rows)
    database = f"{kept}_run"
    with postgres.unguarded():
        postgres.copy(kept, database)
    try:
        with serving.serving(serving.APP, postgres, database) as served, postgres.opened(database) as query:
            session = Session(served.port).sign_in(NIK, PIN)
            places = query.one(PLACES)
            yield Testbed(rows, query, database, served, session, me(query), places)
    finally:
        postgres.drop(database)
