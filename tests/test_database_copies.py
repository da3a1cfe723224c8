"""Tests share copies of a database, and none sees the changes of another."""

import psycopg2
import pytest

from bench.databases import APP, opened
from sih.dao.query import Pool, Query
from tests.database_copies import SCHEMA_VERSION, Copies, content

CHANGES_OF_SCHEMA = [
    "ALTER TABLE category DISABLE TRIGGER ALL",
    "CREATE TABLE extra (id integer)",
    "DROP INDEX employee_name",
    "REVOKE INSERT ON category FROM {app}",
    "ALTER ROLE {app} IN DATABASE {name} SET lock_timeout = '1s'",
    "ALTER DATABASE {name} CONNECTION LIMIT 0",
    "ALTER TABLE category ALTER COLUMN name SET DEFAULT 'x'",
    "CREATE OR REPLACE FUNCTION month_of(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE RETURN 202601",
]


@pytest.fixture
def own(template, admin):
    copies = Copies(template, admin)
    yield copies
    copies.close()


@pytest.fixture
def stored(template, admin):
    """Gives all that a database holds: its rows, and where its sequences stand."""

    def read(name: str = template):
        connection = psycopg2.connect(**admin, dbname=name)
        try:
            found = content(connection)
            return {table: sorted(rows.splitlines()) for table, rows in found.rows.items()}, found.sequences
        finally:
            connection.close()

    return read


def change_everything(address: dict, admin: dict) -> None:
    """Rows gone, changed and added, in tables that refuse it too; and sequences that went on."""
    with opened(Pool(**{**admin, "dbname": address["dbname"]})) as query, query.transaction():
        query.execute("SET LOCAL session_replication_role = replica")
        query.execute("DELETE FROM audit; DELETE FROM category; UPDATE employee SET name = 'x', is_frozen = true")
    with opened(Pool(**address)) as query:
        query.execute("INSERT INTO category (name) VALUES ('Baru')")


def test_a_copy_is_like_its_template_again(own, admin, stored):
    names = set()
    for _ in range(3):
        with own.fresh() as address:
            names.add(address["dbname"])
            assert stored(address["dbname"]) == stored()
            change_everything(address, admin)
            assert stored(address["dbname"]) != stored()
    assert len(names) == 1


def test_a_connection_left_open_by_a_test_is_closed(own, stored):
    with own.fresh() as address:
        left = Query(Pool(**address))
        left.execute("BEGIN; LOCK TABLE employee; INSERT INTO category (name) VALUES ('Baru')")
    with own.fresh() as again:
        assert again == address and stored(again["dbname"]) == stored()


def test_a_copy_with_another_schema_is_not_used_again(own, admin):
    with own.fresh() as address, opened(Pool(**{**admin, "dbname": address["dbname"]})) as query:
        for statement in CHANGES_OF_SCHEMA:
            before = query.select(SCHEMA_VERSION)
            query.execute(statement.format(app=APP, name=address["dbname"]))
            assert query.select(SCHEMA_VERSION) != before, statement
    with own.fresh() as another:
        assert another["dbname"] != address["dbname"]


def test_a_copy_that_has_grown_is_not_used_again(own, admin):
    """The plan of a statement should not depend on what an earlier test has deleted."""
    with own.fresh() as address, opened(Pool(**{**admin, "dbname": address["dbname"]})) as query:
        query.execute("SET session_replication_role = replica")  # no audit of each
        query.execute("INSERT INTO category (name) SELECT repeat('x', 80) || n FROM generate_series(1, 20000) AS n")
    with own.fresh() as another:
        assert another["dbname"] != address["dbname"]


def test_a_copy_that_has_grown_is_not_filled_but_another_one(own, stored):
    def fill(query: Query) -> None:
        query.execute("INSERT INTO category (name) VALUES ('Baru')")

    with own.fresh(fill) as address:
        filled = stored(address["dbname"])
    own._free[-1]._size = -(10**12)
    with own.fresh(fill) as address:
        assert stored(address["dbname"]) == filled


def test_the_function_that_fills_a_copy_is_called_once(own, stored):
    calls = []

    def fill(query: Query) -> None:
        calls.append(query.execute("INSERT INTO category (name) VALUES ('Baru')"))

    with own.fresh(fill) as address:
        first = stored(address["dbname"])
    with own.fresh() as address:
        assert stored(address["dbname"]) == stored()
    with own.fresh(fill) as address:
        assert stored(address["dbname"]) == first != stored()
    assert len(calls) == 1
