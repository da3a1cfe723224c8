"""Sesudah masuk: signing in leads to the list, or to the form of a report, as a person chose in the profile."""

import pytest

from tests.company import PIN
from tests.facts import amount

CHOSEN = "SELECT name FROM employee WHERE starts_with_report"


def signed_in(person, **fields) -> str:
    nobody = person(None)
    nobody.post("/login", nik="10000001", pin=PIN, **fields)
    return nobody.response.location


def test_signing_in_leads_where_one_chose(person, query):
    assert signed_in(person) == "/problems"
    rini = person("rini")
    page = rini.post("/start-pages", follow=True, start="report", next="/profile")
    assert page.select_one("button[name=start][aria-pressed=true]")["value"] == "report"
    assert [row["name"] for row in query.select(CHOSEN)] == ["Rini"]
    rini.get("/", 302)
    assert rini.response.location == "/problems/new"
    assert signed_in(person) == "/problems/new"


def test_a_page_that_was_asked_for_comes_first(person):
    person("rini").post("/start-pages", start="report")
    assert signed_in(person, next="/problems/1") == "/problems/1"


def test_it_is_taken_back(person):
    rini = person("rini")
    for start in ("report", "list", "list"):
        rini.post("/start-pages", start=start)
    assert signed_in(person) == "/problems"


@pytest.mark.parametrize("start", ["", "x", "LIST"])
def test_anything_else_changes_nothing(person, query, start):
    person("rini").post("/start-pages", 404, start=start)
    assert query.select(CHOSEN) == []


def test_it_leads_to_no_other_site_and_is_no_fact_of_master_data(person, query):
    rini = person("rini")
    rini.post("/start-pages", start="report", next="//evil.example")
    assert rini.response.location == "/profile" and amount(query, "audit WHERE kind = 'changed'") == 0


def test_in_english(person):
    assert "After signing in" in person("rini").speaks("en").get("/profile").main.text
