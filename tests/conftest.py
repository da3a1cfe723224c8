"""The fixtures of all tests: a database for each, the application on it, and the people of the company."""

import os
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

import settings as settings_module
from bench import databases
from sih import create_app
from sih.dao.audits import signed
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.domain import clock, pins
from tests import company, postgres
from tests.database_copies import Copies
from tests.people import Person

PIN_KEY = "a key for the PINs of the tests"


@pytest.fixture(scope="session")
def admin():
    """An administrator's address of the PostgreSQL that these tests run on."""
    address, server = postgres.start()
    yield address
    if server:
        server.stop()


@pytest.fixture(scope="session")
def worker() -> str:
    return f"sih_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


@pytest.fixture(scope="session")
def template(admin, worker):
    """A database with the schema and the company; every test gets a copy of it."""
    databases.prepare(admin, worker)
    with databases.opened(Pool(**admin, dbname=worker)) as query, signed(query, clock.now(), None, "test"):
        company.fill(query, pins.hash_pin(company.PIN, PIN_KEY))
    yield worker
    databases.with_admin(admin, f"DROP DATABASE {worker} WITH (FORCE)")
    databases.with_admin(admin, f"DROP ROLE {worker}_owner")


@pytest.fixture(scope="session")
def copies(admin, template):
    copies = Copies(template, admin)
    yield copies
    copies.close()


@pytest.fixture(scope="module")
def shared_database(copies):
    with copies.fresh() as address:
        yield address


@pytest.fixture
def database(request, copies):
    """The address of a fresh copy, as the application's role. A module may say that one copy is enough for it; a test
    or a module may name a function that fills it first, once for all that name the same."""
    if request.node.get_closest_marker("shared_database"):
        yield request.getfixturevalue("shared_database")
    else:
        filled = request.node.get_closest_marker("filled")
        with copies.fresh(filled and filled.kwargs["by"]) as address:
            yield address


@pytest.fixture
def pool(database):
    pool = Pool(wait=20, **database)
    yield pool
    pool.close()


@pytest.fixture
def query(pool):
    query = Query(pool)
    yield query
    query.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """Those of a real server, so that nothing embedded is started; the pool is replaced by each test's own."""
    facts = dict.fromkeys(("db_user_postgres", "db_password_postgres", "db_sid_postgres"), "unused")
    facts |= {"db_host_postgres": "localhost", "secret_key": "a key for tests alone", "pin_key": PIN_KEY}
    return settings_module.read(
        {**facts, "bootstrap_serve_local": "1", "instance_path": str(tmp_path_factory.mktemp("i"))}
    )


@pytest.fixture(scope="session")
def bare_app(settings):
    return create_app(settings)


@pytest.fixture
def app(bare_app, pool):
    bare_app.extensions["pool"] = pool
    return bare_app


@pytest.fixture
def employees(query) -> dict:
    """The records of everybody, by name."""
    return company.people(query)


@pytest.fixture
def person(app, employees):
    """person("rini") has signed in; person(None) has not."""
    known = {}

    def who(name: str | None) -> Person:
        if name not in known:
            known[name] = Person(app, employees[name] if name else None)
        return known[name]

    return who


@pytest.fixture
def moved_clock(monkeypatch):
    """moved_clock(at) sets the time, moved_clock(days=1) moves it on; everything that asks gets this time."""
    at = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def move(to: datetime | None = None, **by) -> datetime:
        at[0] = (to or at[0]) + timedelta(**by)
        return at[0]

    return move


@pytest.fixture
def problem(query, employees):
    """problem() is reported by Rini; problem("closed") is brought as far as that. Gives its number."""
    problems, people = Problems(query), employees

    def make(state: str = "new", by: str = "rini", **words) -> int:
        now, asset_kind = clock.now(), query.one("SELECT id FROM asset_kind WHERE name = 'Printer'")["id"]
        words = {"title": "Printer macet", "description": "Kertas tersangkut.", "asset_kind_id": asset_kind} | words
        number = problems.report(people[by], now, uuid4(), {"asset_id": None, **words})
        for verb in STEPS[state]:
            bring(query, people, number, verb)
        return number

    return make


STEPS = {
    "new": (),
    "in_progress": ("open",),
    "escalated": ("open", "to Umum"),
    "at Umum": ("open", "to Umum", "accept"),
    "escalated to pandu": ("open", "to pandu"),
    "at pandu": ("open", "to pandu", "accept"),
    "closed": ("open", "close"),
    "withdrawn": ("withdraw",),
}


def bring(query, people, number: int, verb: str) -> None:
    """One step, taken by Hadi of the helpdesk; a report is withdrawn by whoever reported it."""
    problems, hadi, now = Problems(query), people["hadi"], clock.now()
    found = problems.visible_to(hadi, number)
    seen = found.last_event_id
    if verb == "open":
        category = query.one("SELECT id FROM category WHERE name = 'Jaringan'")["id"]
        facts = {"category_id": category, "priority": "high", "diagnosis": "Rol aus."}
        problems.open(number, seen, hadi, now, facts)
    elif verb == "close":
        problems.close(number, seen, hadi, now, "Rol diganti.")
    elif verb == "withdraw":
        [reporter] = [one for one in people.values() if one.id == found.reporter_id]
        problems.withdraw(number, seen, reporter, now, "Ternyata belum dicolok.")
    elif verb == "accept":
        problems.accept(number, seen, hadi, now)
    elif verb == "to Umum":
        problems.escalate(number, seen, hadi, now, "Perlu teknisi.", people["gita"].division_id, None)
    elif verb == "to pandu":
        problems.escalate(number, seen, hadi, now, "Perlu PIC.", people["pandu"].division_id, people["pandu"].id)
