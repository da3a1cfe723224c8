"""Daftar Kendala: open problems by waiting time and by urgency, by keyset, with each filter and for everybody."""

from datetime import UTC, datetime

import pytest

from sih.dao.problem_lists import PAGE_SIZE
from sih.domain import policy
from sih.domain.vocabulary import URGENCY
from tests.problem_pages import address, notes, numbers, pages, tabs

STATES = ["new", "in_progress", "escalated", "at Umum", "escalated to pandu", "at pandu", "closed"]
FACTS = """
SELECT p.id, p.status, p.priority, p.held_since, p.holder_division_id, p.holder_employee_id, p.reporter_id,
       s.code AS store
FROM problem p JOIN store s ON s.id = p.store_id
"""
KEYS = {
    "oldest": lambda p: (p.held_since, p.id),
    "urgent": lambda p: (URGENCY.index(p.priority), p.held_since, p.id),
}


class Facts:
    def __init__(self, facts: dict) -> None:
        self.__dict__.update(facts)


@pytest.fixture
def mixed(problem, query, moved_clock) -> list[Facts]:
    """Each state with each priority; some came to their holder at the same moment, and much later than reported."""
    moved_clock(datetime(2025, 3, 1, tzinfo=UTC))
    for number, state in enumerate(STATES * 5):
        moved_clock(days=number % 3 == 0)
        problem(state, by=("rini", "koko", "sari")[number % 3])
    query.execute("UPDATE problem SET held_since = held_since + (37 * id %% 11) * interval '1 day'", {})
    for place, priority in enumerate(URGENCY[:-1]):
        query.execute("UPDATE problem SET priority = %(priority)s WHERE priority IS NOT NULL AND id %% 4 = %(place)s",
                      {"priority": priority, "place": place})  # fmt: skip
    return [Facts(row) for row in query.select(FACTS)]


def seen(mixed: list[Facts], me, order: str) -> list[Facts]:
    return sorted(
        (p for p in mixed if p.status != "closed"
         and (policy.sees_all(me) or p.store == me.store_code or p.reporter_id == me.id)),
        key=KEYS[order],
    )  # fmt: skip


@pytest.mark.parametrize("order", KEYS)
@pytest.mark.parametrize("name", ["rini", "sari", "hadi", "pandu", "susi", "adi"])
def test_open_problems_in_order_for_everybody(person, mixed, employees, name, order):
    me = employees[name]
    expected = seen(mixed, me, order)
    assert numbers(person(name).get(f"/problems?all=1&order={order}")) == [p.id for p in expected]
    own = [p.id for p in expected if policy.holds(me, p)]
    if policy.is_handler(me):
        assert numbers(person(name).get(f"/problems?order={order}")) == own
        assert numbers(person(name).get(f"/problems?waiting=1&order={order}")) == own


@pytest.mark.parametrize("order", KEYS)
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_with_each_filter(person, mixed, query, employees, name, order):
    expected = seen(mixed, employees[name], order)
    division = expected[0].holder_division_id
    keeps = {
        "status=escalated": lambda p: p.status == "escalated",
        "priority=low": lambda p: p.priority == "low",
        f"division={division}": lambda p: p.holder_division_id == division,
        "store=T001": lambda p: p.store == "T001",
        "mine=1": lambda p: p.reporter_id == employees[name].id,
        "year=2025": lambda p: True,
        "until=2025-03-04": lambda p: p.id in reported_until_4_march,
        "q=macet": lambda p: True,
    }
    rows = query.select("SELECT id FROM problem WHERE reported_at < '2025-03-05 00:00+07'")
    reported_until_4_march = {row["id"] for row in rows}
    assert 0 < len(reported_until_4_march) < len(mixed)
    for asked, keep in keeps.items():
        page = person(name).get(f"/problems?{asked}&order={order}")
        assert numbers(page) == [p.id for p in expected if keep(p)], asked


@pytest.mark.parametrize("order", KEYS)
@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_every_open_problem_stands_on_one_page(person, problem, query, moved_clock, employees, name, order):
    for number in range(2 * PAGE_SIZE + 7):
        moved_clock(seconds=number % 3 == 0)
        problem("in_progress" if number % 4 else "new")
    query.execute("UPDATE problem SET priority = 'low' WHERE priority IS NOT NULL AND id % 3 = 0")
    expected = [p.id for p in seen([Facts(row) for row in query.select(FACTS)], employees[name], order)]
    found = pages(person(name), f"/problems?all=1&order={order}")
    assert [len(page) for page in found] == [PAGE_SIZE, PAGE_SIZE, 7] and sum(found, []) == expected


def test_a_problem_that_moves_on_meanwhile_moves_no_other(person, problem, query):
    made = [problem("in_progress") for _ in range(PAGE_SIZE + 3)]
    susi = person("susi")
    place = address(susi.get("/problems?order=oldest"), "Berikutnya")
    person("hadi").act(made[0], "closures", solution="Beres.")
    assert numbers(susi.get(place)) == made[PAGE_SIZE:]
    assert address(susi.get(place), "Halaman pertama") == "/problems?order=oldest"


@pytest.mark.parametrize("after", ["1-1", "urgent-0-1-1", "oldest-9-1-1", "oldest-0-1", "oldest-0-x-1", "%00"])
def test_a_cursor_of_another_order_is_named_and_ignored(person, problem, after):
    number = problem()
    page = person("susi").get(f"/problems?order=oldest&after={after}")
    assert notes(page) == ["Filter Halaman tidak dikenal dan diabaikan."] and numbers(page) == [number]


@pytest.mark.parametrize("order", ["reported_at", "OLDEST", "1; DROP TABLE problem", "%00"])
def test_an_unknown_order_is_named_and_ignored(person, problem, order):
    made = [problem(), problem()]
    page = person("susi").get(f"/problems?order={order}")
    assert notes(page) == ["Filter Urutan tidak dikenal dan diabaikan."] and numbers(page) == made[::-1]


def test_closed_problems_wait_nowhere(person, problem):
    number, susi = problem("closed"), person("susi")
    page = susi.get("/problems?order=urgent")
    assert numbers(page) == [] and tabs(page) == {"Semua": 0, "Baru": 0, "Ditangani": 0, "Dialihkan": 0, "Selesai": 1}
    closed = susi.get(page.find("nav", {"aria-label": "Status"}).select("a")[-1]["href"])
    assert numbers(closed) == [number] and not closed.select("form.filters [name=order]")
    page = susi.get("/problems?status=closed&order=oldest")
    assert notes(page) == ["Filter Urutan tidak dikenal dan diabaikan."] and numbers(page) == [number]


def test_the_order_is_chosen_in_the_form_and_kept_by_the_tabs(person, problem):
    problem("in_progress")
    page = person("hadi").get("/problems?all=1&order=urgent&priority=high")
    options = page.select("form.filters [name=order] option")
    assert [option.text for option in options] == ["Terbaru", "Paling lama menunggu", "Paling mendesak"]
    assert page.select_one("[name=order] [selected]").text == "Paling mendesak"
    links = page.select("nav[aria-label=Status] a")
    assert all("order=urgent" in link["href"] for link in links[:-1]) and "order" not in links[-1]["href"]


def test_in_english(person):
    page = person("susi").speaks("en").get("/problems")
    assert [option.text for option in page.select("[name=order] option")] == [
        "Newest", "Waiting longest", "Most urgent"]  # fmt: skip
