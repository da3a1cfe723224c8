"""Menunggu saya: a handler's list opens with what waits at this person; a reporter's asks whether closed ones are
solved."""

from datetime import UTC, datetime

import pytest

from sih.domain import clock
from tests.problem_pages import address, buttons, numbers, pages, row, tabs

HANDLERS = ["hadi", "iwan", "gita", "pandu", "putri"]


def chosen_tab(page) -> str:
    return page.select_one("nav[aria-label=Status] [aria-current=true]").find(string=True, recursive=False).strip()


@pytest.fixture
def several(problem) -> dict[str, int]:
    """A problem in each state, the newest last."""
    return {state: problem(state) for state in ("new", "in_progress", "escalated", "escalated to pandu", "closed")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hadi", ["in_progress", "new"]),
        ("gita", ["escalated"]),
        ("pandu", ["escalated to pandu"]),
        ("putri", []),
        ("iwan", []),
    ],
)
def test_a_handlers_list_opens_with_what_waits_at_this_person(person, several, name, expected):
    page = person(name).get("/problems")
    assert numbers(page) == [several[state] for state in expected]
    assert chosen_tab(page) == "Menunggu saya" and tabs(page)["Menunggu saya"] == len(expected)


def test_the_list_after_signing_in_is_the_same(person, several):
    assert person("hadi").client.get("/").location == "/problems"


@pytest.mark.parametrize("name", ["rini", "susi", "adi"])
def test_others_land_as_ever(person, several, name):
    page = person(name).get("/problems")
    assert numbers(page) == list(several.values())[::-1]
    assert chosen_tab(page) == "Semua" and "Menunggu saya" not in tabs(page)
    assert numbers(person(name).get("/problems?waiting=1")) == numbers(page)


def test_its_tabs_have_numbers_and_lead_to_as_many(person, several):
    page = person("hadi").get("/problems")
    assert tabs(page) == {"Menunggu saya": 2, "Semua": 5, "Baru": 1, "Ditangani": 1, "Dialihkan": 2, "Selesai": 1}
    for link in page.select("nav[aria-label=Status] a"):
        there = person("hadi").get(link["href"])
        assert len(numbers(there)) == int(link.select_one(".count").text)
        assert chosen_tab(there) == link.find(string=True, recursive=False).strip()


def test_beyond_999_a_tab_says_so(person, problem, query):
    for _ in range(3):
        problem()
    query.execute("UPDATE tally_change SET amount = 333 WHERE status = 'new'")
    assert tabs_as_text(person("hadi").get("/problems"))["Baru"] == "999"
    query.execute("UPDATE tally_change SET amount = 334 WHERE status = 'new'")
    found = tabs_as_text(person("hadi").get("/problems"))
    assert (found["Semua"], found["Baru"], found["Menunggu saya"]) == ("999+", "999+", "3")
    assert tabs_as_text(person("susi").get("/problems"))["Semua"] == "1002"


def test_the_count_of_the_own_queue_stops_at_a_thousand(person, problem, query):
    number = problem("in_progress")
    query.execute(COPIES, {"id": number})
    assert tabs_as_text(person("hadi").get("/problems"))["Menunggu saya"] == "999+"
    hadi = {"id": person("hadi").employee.id}
    assert query.one("SELECT waiting_problems(e) AS amount FROM employee e WHERE e.id = %(id)s", hadi)["amount"] == 1000


COPIES = """
INSERT INTO problem (token, reported_at, store_id, reporter_id, asset_kind_id, status, priority, category_id,
                     holder_division_id, held_since, last_event_id, title, description, diagnosis)
SELECT gen_random_uuid(), reported_at, store_id, reporter_id, asset_kind_id, status, priority, category_id,
       holder_division_id, held_since, last_event_id, title, description, diagnosis
FROM problem, generate_series(1, 1100) WHERE id = %(id)s
"""


def tabs_as_text(page) -> dict[str, str]:
    links = page.select("nav[aria-label=Status] a")
    return {link.find(string=True, recursive=False).strip(): link.select_one(".count").text for link in links}


@pytest.mark.parametrize("name", ["q", "year", "priority", "store"])
def test_a_filter_chosen_there_applies_to_all(person, several, name):
    hadi = person("hadi")
    form = hadi.get("/problems").select_one("form.filters")
    carried = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    value = {"q": "printer", "year": clock.today().year, "priority": "high", "store": "T001"}[name]
    page = hadi.get("/problems?" + "&".join(f"{field}={text}" for field, text in {**carried, name: value}.items()))
    expected = [number for state, number in several.items() if name != "priority" or state != "new"]
    assert numbers(page) == expected[::-1] and chosen_tab(page) == "Semua"


def test_all_problems_stay_chosen_when_their_last_filter_goes(person, several):
    hadi = person("hadi")
    page = hadi.get("/problems?priority=high")
    page = hadi.get(page.select_one(".chips a")["href"])
    assert len(numbers(page)) == 5 and chosen_tab(page) == "Semua"
    form = page.select_one("form.filters")
    assert form.select_one("[name=all]")["value"] == "1" and not form.select("[name=waiting]")


def test_an_order_is_no_filter(person, several):
    page = person("hadi").get("/problems?order=urgent")
    assert numbers(page) == [several["in_progress"], several["new"]] and chosen_tab(page) == "Menunggu saya"
    assert "order=urgent" in page.select_one("nav[aria-label=Status] a")["href"]


def test_its_pages_go_on_in_it(person, problem):
    made = [problem() for _ in range(51)]
    assert pages(person("hadi")) == [made[:0:-1], made[:1]]


def test_an_empty_queue_leads_to_all(person, several):
    page = person("iwan").get("/problems")
    assert "Tidak ada kendala yang menunggu Anda." in page.main.text
    assert len(numbers(person("iwan").get(address(page, "Semua kendala")))) == 5


def box(page):
    return page.select_one("section[aria-labelledby=unconfirmed]")


def test_a_reporter_is_asked_whether_closed_problems_are_solved(person, problem, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    number = problem("closed", title="Printer kasir mati")
    problem("in_progress"), problem("closed", by="koko")
    question = box(person("rini").get("/problems"))
    assert question.h2.text == "Selesai, sudah beres?"
    assert "Printer kasir mati" in question.text and "Jawab sampai 8 Jan 2026 16.00." in question.text
    assert buttons(question) == ["Beres", "Buka Lagi"] and len(question.select("li")) == 1
    assert question.select_one("a")["href"] == f"/problems/{number}"


def test_its_buttons_answer(person, problem, query):
    solved, unsolved = problem("closed"), problem("closed")
    rini = person("rini")
    confirm = box(rini.get("/problems")).find("button", string="Beres")
    rini.post(confirm["formaction"], seen=confirm["value"])
    assert len(box(rini.get("/problems")).select("li")) == 1
    rini.act(unsolved, "reopenings", reason="Masih mati.")
    assert box(rini.get("/problems")) is None and row(rini.get("/problems"), solved)


def test_only_two_are_above_the_list_and_the_others_folded_away(person, problem):
    numbers = [problem("closed") for _ in range(5)]
    question = box(person("rini").get("/problems"))
    folded = question.details.extract()
    assert folded.summary.text == "3 lainnya"
    assert [f"#{number}" for number in numbers] == [
        item.span.contents[0].strip() for part in (question, folded) for item in part.select("li")
    ]


def test_after_three_days_nobody_is_asked(person, problem, moved_clock):
    moved_clock()
    problem("closed")
    moved_clock(days=3, seconds=-1)
    assert box(person("rini").get("/problems"))
    moved_clock(seconds=1)
    assert box(person("rini").get("/problems")) is None


@pytest.mark.parametrize("name", ["koko", "sari", "hadi", "susi"])
def test_others_are_not_asked(person, problem, name):
    problem("closed")
    assert box(person(name).get("/problems")) is None


@pytest.mark.parametrize("asked", ["?status=new", "?q=printer", "?after=1-1"])
def test_only_the_list_without_filters_asks(person, problem, asked):
    problem("closed")
    assert box(person("rini").get(f"/problems{asked}")) is None


def test_at_most_five_are_asked_about_those_first_that_end_first(person, problem, moved_clock):
    moved_clock()
    made = []
    for hours in range(7):
        moved_clock(hours=hours)
        made.append(problem("closed"))
    links = box(person("rini").get("/problems")).select("a")
    assert [link["href"] for link in links] == [f"/problems/{number}" for number in made[:5]]


def test_in_english(person, problem):
    problem("closed")
    assert box(person("rini").speaks("en").get("/problems")).h2.text == "Closed: is it solved?"
    page = person("hadi").speaks("en").get("/problems")
    assert chosen_tab(page) == "Waiting for me"
