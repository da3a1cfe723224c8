"""The PostgreSQL of the tests: the embedded one, or, where SIH_TEST_PG names it, a server of its own."""

import os
from pathlib import Path

from sih import embedded
from sih.dao.query import Pool, Query
from sih.dao.schema import Schema, owner_of

FOLDER = Path(__file__).resolve().parent.parent / "instance" / "tests"
APP, APP_PASSWORD = "sih_test_app", "only-for-tests"
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}
# Of what a test writes by itself into the master data; the application signs its own changes (sih/dao/audits.py).
AUTHOR = '{"at": "2026-01-01T00:00:00Z", "source": "test"}'


def start() -> tuple[dict, object]:
    """An administrator's address, and what to stop at the end (or None)."""
    if named := os.environ.get("SIH_TEST_PG"):
        return dict(pair.split("=", 1) for pair in named.split()), None
    server = embedded.start(FOLDER, settings=QUICK)
    place = {"host": server.host, "port": server.port, "sslmode": "disable"}
    return {**place, "user": server.admin_user, "password": server.admin_password}, server


def prepare(admin: dict, database: str) -> None:
    """Makes this database anew as init-db makes one: with an owner, the application's role and its rights."""
    with_admin(admin, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    gate = Query(Pool(**admin, dbname="postgres", timeout=300.0))
    Schema(gate).lock()
    try:
        Schema(gate).create_roles_and_database(database, APP, APP_PASSWORD)
    finally:
        Schema(gate).unlock()
        gate.close()
    with_admin(admin, f"ALTER ROLE {APP} SET sih.change = '{AUTHOR}'")
    with opened(Pool(**admin, dbname=database, timeout=300.0)) as query:
        Schema(query).create(owner_of(database), APP)


def with_admin(admin: dict, statement: str) -> None:
    with opened(Pool(**admin, dbname="postgres", timeout=300.0)) as query:  # a database is copied by a busy machine
        query.execute(statement)


class opened:
    """A Query of a pool that is closed with it."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._query = pool, Query(pool)

    def __enter__(self) -> Query:
        return self._query

    def __exit__(self, *_) -> None:
        self._query.close()
        self._pool.close()
