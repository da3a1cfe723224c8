"""A problem's page (docs/paper.md, R11): who sees it, its holder and waiting time, its actions, escaped text."""

import re
from datetime import UTC, datetime

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.vocabulary import VERBS
from tests import form_data
from tests.conftest import STEPS
from tests.facts import id_of
from tests.people import checked
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
    assert [p.text for p in page.select("p.preserve")] == [HOSTILE] * 5
    assert HOSTILE in page.title.text and hadi.get("/problems?all=1").select_one(f"#p{number} bdi").text == HOSTILE


def test_lines_tabs_and_blanks_are_kept(person, query):
    table = "\t\tA   B\n\n  dua\t2"
    page = person("rini").post("/problems", follow=True, **form_data.report(query, description=f"\n \n{table} \n\n"))
    assert page.select_one("p.preserve").text == table


ADDRESSES = [
    ("https://sih.co.id/a?b=1&c=2", "https://sih.co.id/a?b=1&c=2"),
    ("(lihat http://10.0.0.5:8080/x).", "http://10.0.0.5:8080/x"),
    ("HTTPS://sih.co.id/Wiki_(IT), lalu", "HTTPS://sih.co.id/Wiki_(IT)"),
    ('"https://sih.co.id"><script>', "https://sih.co.id"),
    ("javascript:alert(1)", None),
    ("ftp://sih.co.id data:text/html,x www.sih.co.id http:// xhttp://a", None),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_web_addresses_are_links_that_open_apart(person, problem, text, address):
    paragraph = person("rini").get(f"/problems/{problem(description=text)}").select_one("p.preserve")
    links = [(link["href"], link.text, link["rel"], link["target"]) for link in paragraph.select("a")]
    assert links == ([(address, address, ["noopener"], "_blank")] if address else [])
    assert paragraph.text == text and not paragraph.select("script")


def test_the_way_back_leads_to_the_list_as_it_was(person, problem):
    number, hadi = problem(), person("hadi")
    for place, came_from in {
        "/problems?status=new&q=printer": "http://localhost/problems?status=new&q=printer",
        "/problems": "http://elsewhere.example/problems?status=new",
    }.items():
        page = checked(hadi.client.get(f"/problems/{number}", headers={"Referer": came_from}).text)
        assert page.find("a", string=re.compile("Kembali ke daftar"))["href"] == f"{place}#p{number}"


@pytest.mark.parametrize(("name", "days", "says"), [
    ("rini", 2, False), ("rini", 3, True), ("koko", 3, False), ("hadi", 3, False), ("susi", 3, False),
])  # fmt: skip
def test_after_three_days_the_reporter_reads_why_the_buttons_are_gone(person, problem, moved_clock, name, days, says):
    moved_clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    number = problem("closed")
    moved_clock(days=days)
    page = person(name).get(f"/problems/{number}")
    words = "hanya ada sampai 3 hari sesudah kendala ditutup, yaitu sampai 8 Jan 2026 16.00"
    assert (words in " ".join(page.main.text.split())) is says
    assert ("Beres" in buttons(page.main)) is (name == "rini" and not says)


def test_whoever_said_beres_needs_no_reason(person, problem, query, moved_clock):
    number = problem("closed")
    query.execute("UPDATE problem SET confirmed_at = closed_at")
    moved_clock(days=4)
    assert "Tombol “Beres”" not in person("rini").get(f"/problems/{number}").text
