"""Query and its pool (docs/paper.md, S3): bound parameters, one connection a request, whole transactions, errors."""

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


def test_one_row_none_or_a_fault(query):
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
def test_what_is_bound_is_text_and_nothing_else(query, text):
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


def test_a_failure_that_was_passed_over_is_no_success(query):
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


def test_a_mistake_in_a_statement_is_no_lost_database(query):
    with pytest.raises(Exception, match="does not exist") as found:
        query.select("SELECT nothing FROM nowhere")
    assert not isinstance(found.value, DatabaseGone | RuleViolated)
    assert amount(query, "category") > 0


def test_a_lost_database_is_said_and_found_again(pool, query):
    assert amount(query, "category") > 0
    query.close()
    with without_database(pool), pytest.raises(DatabaseGone):
        query.select("SELECT 1")
    query.close()
    assert amount(query, "category") > 0


def test_a_connection_that_died_while_it_was_free_is_replaced(pool, query, admin):
    lost = backend(query)
    query.close()
    with_admin(admin, f"SELECT pg_terminate_backend({lost}, 5000)")
    assert backend(query) != lost


def test_a_connection_that_dies_at_work_is_said_and_dropped(pool, query, admin):
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


def test_what_was_begun_is_rolled_back_when_it_is_given_back(pool, query):
    query.execute("BEGIN")
    query.execute(ADD, {"name": "Listrik"})
    query.close()
    assert query.select("SELECT 1 FROM category WHERE name = 'Listrik'") == []


def test_who_finds_no_free_connection_waits_and_is_then_told(database):
    pool = Pool(size=1, wait=0.1, **database)
    busy, late = Query(pool), Query(pool)
    backend(busy)
    with pytest.raises(DatabaseBusy, match="in use"):
        backend(late)
    busy.close()
    assert backend(late)
    late.close()
    pool.close()


def test_who_waits_gets_what_is_given_back(database):
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


def test_of_several_hosts_the_one_that_writes_is_taken(database):
    several = {**database, "host": f"{database['host']},{database['host']}", "port": f"1,{database['port']}"}
    with opened(Pool(**several)) as query:
        assert query.one_or_none("SELECT pg_is_in_recovery() AS reads_only") == {"reads_only": False}


def test_a_request_gives_its_connection_back_whatever_happens(app, database, person, problem, query):
    number = problem()
    person("hadi"), person("rini"), query.close()
    app.extensions["pool"] = Pool(size=1, wait=0.1, **database)
    for _ in range(3):
        person("hadi").get(f"/problems/{number}")
        person("hadi").get("/problems/999999", 404)
        person("rini").get(f"/problems/{number}/openings/new", 403)
