"""Temporary databases: for measuring, for faults and for the tests."""

import os

from sih.dao.query import Pool, Query
from sih.dao.schema import Schema, owner_of

APP, APP_PASSWORD = "sih_test_app", "only-for-tests"
# Of what a test writes by itself into the master data; the application signs its own changes (sih/dao/audits.py).
AUTHOR = '{"at": "2026-01-01T00:00:00Z", "source": "test"}'


def named_server() -> dict | None:
    """An administrator's address of the server that SIH_TEST_PG names, as in "host=... user=..."."""
    named = os.environ.get("SIH_TEST_PG")
    return dict(pair.split("=", 1) for pair in named.split()) if named else None


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
    with_admin(admin, f"ALTER ROLE {APP} SET jit = off")  # as sih/dao/schema.py sets it in each database
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
