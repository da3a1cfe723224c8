"""A problem's page (docs/paper.md, R11): who sees it, its holder and waiting time, its actions, escaped text."""

from datetime import UTC, datetime

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.vocabulary import VERBS
from tests import form_data
from tests.conftest import STEPS
from tests.facts import id_of
from tests.problem_pages import buttons, facts

HOSTILE = "<script>alert(1)</script> & <b>'\"\u202e {{ 7*7 }} %s"


@pytest.mark.parametrize("state", ["new", "in_progress", "escalated to pandu", "closed"])
@pytest.mark.parametrize(
    ("name", "status"),
    [("rini", 200), ("koko", 200), ("sari", 404), ("hadi", 200), ("gita", 200), ("susi", 200), ("adi", 200)],
)
def test_the_store_the_reporter_and_handlers_see_it(person, problem, state, name, status):
    person(name).get(f"/problems/{problem(state)}", status)


def test_the_reporter_still_sees_it_after_moving(person, problem, query):
    number = problem()
    query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Rini'")
    person("rini").get(f"/problems/{number}")


def test_an_admin_of_another_store_does_not_see_it(person, problem):
    person("adi").get(f"/problems/{problem(by='sari')}", 404)


@pytest.mark.parametrize(
    ("state", "holder"),
    [("new", "Helpdesk"), ("escalated", "Umum"), ("at Umum", "Umum"), ("at pandu", "Pandu (Aplikasi)")],
)
def test_the_page_shows_the_holder_and_since_when(person, problem, moved_clock, state, holder):
    moved_clock(datetime(2026, 8, 17, 3, 0, tzinfo=UTC))
    number = problem(state)
    moved_clock(days=2)
    assert facts(person("rini").get(f"/problems/{number}"))["Menunggu di"] == f"{holder}, sejak 17 Agu 2026 10.00"


def test_an_escalated_problem_shows_who_escalated_it(person, problem):
    assert facts(person("rini").get(f"/problems/{problem('escalated')}"))["Dialihkan oleh"] == "Helpdesk"


def test_the_good_is_named_with_label_and_serial(person, query):
    asset = query.one("SELECT id FROM asset WHERE label = 'T001-PRN-01'")["id"]
    page = person("rini").post("/problems", follow=True, **form_data.report(query, good=f"asset:{asset}"))
    assert facts(page)["Inventaris"] == "Printer T001-PRN-01 (SN1)"


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "gita", "iwan", "pandu", "putri", "susi", "adi"])
def test_the_buttons_are_the_actions_that_the_policy_allows(person, problem, query, employees, name):
    for state in STEPS:
        number = problem(state)
        found = Problems(query).visible_to(employees[name], number)
        allowed = [VERBS[verb] for verb in policy.actions(employees[name], found, clock.now())]
        assert buttons(person(name).get(f"/problems/{number}").main) == allowed, state


@pytest.mark.parametrize(("name", "may"), [("rini", True), ("koko", True), ("hadi", True), ("susi", False)])
def test_whoever_may_comment_finds_the_field(person, problem, name, may):
    assert bool(person(name).get(f"/problems/{problem()}").select_one("[name=remark]")) is may


def test_text_is_escaped(person, problem, query):
    number = problem(title=HOSTILE, description=HOSTILE)
    hadi, umum = person("hadi"), id_of(query, "division", "Umum")
    hadi.act(number, "openings", **form_data.opening(query, diagnosis=HOSTILE))
    hadi.act(number, "comments", remark=HOSTILE)
    hadi.act(number, "escalations", kind=f"division:{umum}", reason=HOSTILE)
    person("gita").act(number, "acceptances")
    person("gita").act(number, "closures", solution=HOSTILE)
    page = hadi.get(f"/problems/{number}")
    assert page.h1.bdi.text == HOSTILE and not page.select("main script, main b")
    assert [p.text for p in page.select("p.preserve")] == [HOSTILE] * 7
    assert HOSTILE in page.title.text and hadi.get("/problems").select_one(f"#p{number} bdi").text == HOSTILE


def test_line_breaks_are_kept(person, problem):
    number = problem(description="Satu\n\n  dua")
    page = person("rini").get(f"/problems/{number}")
    assert page.select_one("p.preserve").text == "Satu\n\n  dua"
