"""The number of SQL statements of a page, which does not depend on the number of problems."""

import pytest

from sih.dao.query import Query
from sih.dao.saved_views import SavedViews
from sih.domain import clock
from tests import form_data
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
FILTERS += ["?order=urgent&division=2", "?store=kelapa&reporter=rini&pic=pandu", "?category=1&kind=1&since=2024-01-01"]


@pytest.mark.parametrize("query_string", FILTERS)
@pytest.mark.parametrize("name", ["rini", "hadi", "gita", "pandu", "susi", "adi"])
def test_the_list_runs_at_most_five_statements(person, problem, statements, name, query_string):
    for _ in range(20):
        problem(), problem("escalated to pandu")
    somebody = person(name)
    statements.clear()
    somebody.get(f"/problems{query_string}")
    assert len(statements) <= 5, statements


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_a_search_without_a_hit_runs_one_statement_more(person, problem, statements, name):
    for _ in range(20):
        problem()
    somebody = person(name)
    statements.clear()
    assert somebody.get("/problems?q=pritner").main.find("a", string="printer")
    assert len(statements) <= 5, statements


@pytest.mark.parametrize("name", ["rini", "hadi", "susi", "adi"])
def test_the_list_with_saved_views_runs_at_most_five_statements(person, query, employees, statements, name):
    for number in range(5):
        SavedViews(query, employees[name]).create(f"Tampilan {number}", "priority=high&store=T001")
    query.execute("UPDATE employee SET default_view_id = (SELECT max(v.id) FROM saved_view v)")
    query.execute("UPDATE division SET is_active = false WHERE name = 'Umum'")  # a division that the list asks for
    somebody = person(name)
    somebody.get("/problems")
    statements.clear()
    somebody.get("/problems")
    assert len(statements) <= 5, statements


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


@pytest.mark.parametrize(("verb", "state"), [("close", "in_progress"), ("open_and_escalate", "new")])
@pytest.mark.parametrize("moves_on", [False, True])
def test_fifty_at_once_run_as_many_statements_as_one(person, problem, query, statements, verb, state, moves_on):
    """Whether some have moved on or not; BEGIN and COMMIT are counted."""
    hadi, fields = person("hadi"), {**form_data.opening(query), **form_data.escalation(query, "Umum"), "solution": "x"}
    fields |= hadi.tokens | {"verb": verb}
    run = []
    for amount in (1, 50):
        picked = [f"{number}-{hadi.seen(number)}" for number in [problem(state) for _ in range(amount)]]
        if moves_on:
            picked[0] = f"{picked[0]}0"
        statements.clear()
        hadi.client.post("/bulk-actions", data={**fields, "picked": picked})
        run.append(len(statements))
    assert run[1] - run[0] <= 5 and run[1] <= 12, statements


def test_pages_without_data_run_no_statement(person, statements):
    person(None).get("/login")
    person(None).client.get("/healthz")
    assert statements == []
