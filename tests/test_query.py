"""Query and its pool (docs/paper.md, S3): bound parameters, one connection per request, atomic transactions, errors."""

import threading

import pytest

from bench.databases import opened, with_admin
from sih.dao.query import Pool, Query
from sih.domain.errors import DatabaseBusy, DatabaseGone, RuleViolated
from sih.domain.records import Choice
from tests.facts import amount, without_database

ADD = "INSERT INTO category (name) VALUES (%(name)s)"


def backend(query: Query) -> int:
    return query.one("SELECT pg_backend_pid() AS pid")["pid"]


def test_rows_are_dicts_or_records(query):
    rows = query.select("SELECT id, name FROM category WHERE name = %(name)s", {"name": "Jaringan"})
    assert rows == [{"id": rows[0]["id"], "name": "Jaringan"}]
    assert query.select("SELECT 1 AS id, 'AC' AS name", None, Choice) == [Choice(1, "AC")]
    for columns in ("'AC' AS name, 1 AS id", "1 AS id, 'AC' AS title", "1 AS id, 'AC' AS name, 0 AS load"):
        with pytest.raises(TypeError, match="the fields of Choice are not the columns"):
            query.select(f"SELECT {columns} WHERE false", None, Choice)


def test_one_demands_a_row_and_one_or_none_allows_none(query):
    assert query.one_or_none("SELECT 1 AS one") == query.one("SELECT 1 AS one") == {"one": 1}
    assert query.one_or_none("SELECT 1 AS one WHERE false") is None
    for ask, statement in (
        (query.one, "SELECT 1 AS one WHERE false"),
        (query.one, "SELECT id FROM category"),
        (query.one_or_none, "SELECT id FROM category"),
    ):
        with pytest.raises(ValueError, match="one row"):
            ask(statement)


@pytest.mark.parametrize("text", ["'; DROP TABLE category; --", "%s %(x)s %%", '"', "\\'", "\u202e\U0001f600"])
def test_bound_parameters_are_never_sql(query, text):
    assert query.execute(ADD, {"name": text}) == 1
    assert query.one("SELECT name FROM category WHERE name = %(name)s", {"name": text})["name"] == text


def test_a_transaction_is_whole_or_nothing(query):
    before = amount(query, "category")
    with pytest.raises(ZeroDivisionError), query.transaction():
        query.execute(ADD, {"name": "Listrik"})
        raise ZeroDivisionError
    assert amount(query, "category") == before
    with query.transaction():
        query.execute(ADD, {"name": "Listrik"})
    assert amount(query, "category") == before + 1


def test_an_inner_transaction_belongs_to_the_outer(query):
    before = amount(query, "category")
    with pytest.raises(ZeroDivisionError), query.transaction():
        with query.transaction():
            query.execute(ADD, {"name": "Listrik"})
        raise ZeroDivisionError
    assert amount(query, "category") == before


def test_a_swallowed_error_fails_the_transaction(query):
    before = amount(query, "category")
    with pytest.raises(RuntimeError, match="passed over"), query.transaction():
        query.execute(ADD, {"name": "Listrik"})
        with pytest.raises(RuleViolated):
            query.execute(ADD, {"name": "Listrik"})
    assert amount(query, "category") == before


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("INSERT INTO category (name) VALUES ('Jaringan')", "category_name_once"),
        ("INSERT INTO category (name) VALUES ('')", "category_name_length"),
        ("INSERT INTO department (division_id, name) VALUES (999, 'Gudang')", "department_division_exists"),
    ],
)
def test_a_rule_that_is_violated_is_named(query, statement, constraint):
    with pytest.raises(RuleViolated) as found:
        query.execute(statement)
    assert found.value.constraint == constraint
    assert amount(query, "category") > 0, "The connection is usable after it."


def test_an_sql_error_is_not_a_lost_database(query):
    with pytest.raises(Exception, match="does not exist") as found:
        query.select("SELECT nothing FROM nowhere")
    assert not isinstance(found.value, DatabaseGone | RuleViolated)
    assert amount(query, "category") > 0


def test_a_lost_database_raises_and_is_reconnected(pool, query):
    assert amount(query, "category") > 0
    query.close()
    with without_database(pool), pytest.raises(DatabaseGone):
        query.select("SELECT 1")
    query.close()
    assert amount(query, "category") > 0


def test_a_connection_that_died_in_the_pool_is_replaced(pool, query, admin):
    lost = backend(query)
    query.close()
    with_admin(admin, f"SELECT pg_terminate_backend({lost}, 5000)")
    assert backend(query) != lost


def test_a_connection_that_dies_in_use_raises_and_is_dropped(pool, query, admin):
    with pytest.raises(DatabaseGone), query.transaction():
        with_admin(admin, f"SELECT pg_terminate_backend({backend(query)}, 5000)")
        query.select("SELECT 1")
    query.close()
    assert query.one_or_none("SELECT 1 AS one") == {"one": 1}


def test_one_query_is_one_connection_until_it_is_closed(pool, query):
    first, other = backend(query), Query(pool)
    assert backend(query) == first != backend(other)
    other.close()
    query.close()
    query.close()
    assert backend(Query(pool)) != backend(Query(pool)), "What was given back twice is lent once."


def test_an_open_transaction_is_rolled_back_on_return_to_the_pool(pool, query):
    query.execute("BEGIN")
    query.execute(ADD, {"name": "Listrik"})
    query.close()
    assert query.select("SELECT 1 FROM category WHERE name = 'Listrik'") == []


def test_an_empty_pool_raises_after_the_wait(database):
    pool = Pool(size=1, wait=0.1, **database)
    busy, late = Query(pool), Query(pool)
    backend(busy)
    with pytest.raises(DatabaseBusy, match="in use"):
        backend(late)
    busy.close()
    assert backend(late)
    late.close()
    pool.close()


def test_a_waiting_thread_gets_the_returned_connection(database):
    pool, found = Pool(size=1, wait=20, **database), []
    busy, late = Query(pool), Query(pool)
    first = backend(busy)
    waiting = threading.Thread(target=lambda: found.append(backend(late)))
    waiting.start()
    busy.close()
    waiting.join()
    late.close()
    assert found == [first]
    pool.close()


def test_the_writable_one_of_several_hosts_is_chosen(database):
    several = {**database, "host": f"{database['host']},{database['host']}", "port": f"1,{database['port']}"}
    with opened(Pool(**several)) as query:
        assert query.one_or_none("SELECT pg_is_in_recovery() AS reads_only") == {"reads_only": False}


def test_a_request_always_returns_its_connection_to_the_pool(app, database, person, problem, query):
    number = problem()
    person("hadi"), person("rini"), query.close()
    app.extensions["pool"] = Pool(size=1, wait=0.1, **database)
    for _ in range(3):
        person("hadi").get(f"/problems/{number}")
        person("hadi").get("/problems/999999", 404)
        person("rini").get(f"/problems/{number}/openings/new", 403)
