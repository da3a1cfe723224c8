"""The number of SQL statements of a page: one for the person and three more, for any number of problems."""

import pytest

from sih.dao.query import Query
from sih.domain import clock
from tests.load_pages import path_of


@pytest.fixture
def statements(monkeypatch) -> list[str]:
    """Every statement that is run, from now on."""
    run, texts = Query._run, []

    def noted(self, cursor, sql, params):
        texts.append(sql)
        return run(self, cursor, sql, params)

    monkeypatch.setattr(Query, "_run", noted)
    return texts


FILTERS = ["", "?status=new", "?year=2026&store=T001", "?q=printer", "?mine=1&priority=high", "?waiting=1"]


@pytest.mark.parametrize("query_string", FILTERS)
@pytest.mark.parametrize("name", ["rini", "hadi", "gita", "pandu", "susi", "adi"])
def test_the_list_runs_at_most_four_statements(person, problem, statements, name, query_string):
    for _ in range(20):
        problem(), problem("escalated to pandu")
    somebody = person(name)
    statements.clear()
    somebody.get(f"/problems{query_string}")
    assert len(statements) <= 4, statements


@pytest.mark.parametrize("name", ["rini", "hadi", "pandu", "susi"])
def test_a_problem_with_a_long_history(person, problem, statements, name):
    number = problem("at pandu")
    for count in range(10):
        person("hana").act(number, "comments", remark=f"Komentar {count}")
    somebody = person(name)
    statements.clear()
    somebody.get(f"/problems/{number}")
    assert len(statements) <= 4, statements


@pytest.mark.parametrize("name", ["rini", "pandu", "adi"])
def test_the_own_profile(person, statements, name):
    somebody = person(name)
    statements.clear()
    somebody.get("/profile")
    assert len(statements) <= 4, statements


@pytest.mark.parametrize("name", ["Aplikasi", "IT", "pandu"])
def test_a_load(person, query, problem, statements, name):
    for _ in range(20):
        problem("at pandu")
    path, susi = path_of(query, name), person("susi")
    statements.clear()
    susi.get(path)
    assert len(statements) <= 6, statements


@pytest.mark.parametrize("name", ["hadi", "susi"])
def test_the_way_to_the_loads(person, statements, name):
    somebody = person(name)
    statements.clear()
    somebody.get("/loads")
    assert len(statements) == 2, statements


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "pdf"])
def test_a_recap_as_a_file(person, problem, statements, file_format):
    problem("closed"), problem("escalated to pandu")
    statements.clear()
    person("susi").get(f"/recap-files?period={clock.today().year}&format={file_format}")
    assert len(statements) <= 10, statements


def test_pages_without_data_run_no_statement(person, statements):
    person(None).get("/login")
    person(None).client.get("/healthz")
    assert statements == []
