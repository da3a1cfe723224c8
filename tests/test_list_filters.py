"""Daftar Kendala: the filters (docs/paper.md, R7), alone and in pairs, against plain Python. They live in the URL."""

import itertools
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from sih.dao.questions import Questions
from sih.domain import clock, policy
from tests.facts import id_of
from tests.problem_pages import numbers, tabs

FACTS = """
SELECT p.id, p.reported_at, p.status, p.priority, p.holder_division_id, p.holder_employee_id, p.reporter_id,
       s.code AS store, p.title, p.category_id, p.asset_kind_id, d.parent_id, r.nik AS reporter, h.nik AS pic,
       p.asked_event_id
FROM problem p
JOIN store s ON s.id = p.store_id
JOIN division d ON d.id = p.holder_division_id
JOIN employee r ON r.id = p.reporter_id
LEFT JOIN employee h ON h.id = p.holder_employee_id
ORDER BY p.reported_at DESC, p.id DESC
"""
STATES = ["new", "in_progress", "escalated", "at Umum", "escalated to pandu", "at pandu", "closed"]
# What each filter holds back, said once more without SQL.
KEEPS = {
    "year": lambda p, me, value: p["reported_at"].astimezone(clock.COMPANY_ZONE).year == int(value),
    "status": lambda p, me, value: p["status"] == value,
    "since": lambda p, me, value: day_of(p) >= value,
    "until": lambda p, me, value: day_of(p) <= value,
    "division": lambda p, me, value: int(value) in (p["holder_division_id"], p["parent_id"]),
    "category": lambda p, me, value: p["category_id"] == int(value),
    "kind": lambda p, me, value: p["asset_kind_id"] == int(value),
    "reporter": lambda p, me, value: not policy.sees_all(me) or p["reporter"] == value,
    "pic": lambda p, me, value: not policy.sees_all(me) or p["pic"] == value,
    "store": lambda p, me, value: p["store"] == value,
    "priority": lambda p, me, value: p["priority"] == value,
    "mine": lambda p, me, value: p["reporter_id"] == me.id,
    "asked": lambda p, me, value: p["asked_event_id"] is not None,
    "waiting": lambda p, me, value: me.role != "handler" or (p["status"] != "closed" and policy.holds(me, waits(p))),
    "q": lambda p, me, value: value in p["title"].lower(),
}


def day_of(problem: dict) -> str:
    """The day of its report in Jakarta, as in the URL."""
    return problem["reported_at"].astimezone(clock.COMPANY_ZONE).date().isoformat()


class waits:
    """As much of a problem as the policy asks to tell at whom it waits."""

    def __init__(self, facts: dict) -> None:
        self.__dict__.update(facts)


@pytest.fixture
def mixed(problem, query, employees, moved_clock) -> list[dict]:
    """Of two years, every state, both stores, with several priorities; the newest first."""
    for number, (year, state) in enumerate(itertools.product((2024, 2025), STATES)):
        moved_clock(datetime(year, 3, 1 + number, tzinfo=UTC))
        problem(state, by="rini", title=f"Mesin {number}")
        problem(state, by=("koko", "sari", "gita")[number % 3], title=f"Layar {number}")
    for one in query.select("SELECT id, last_event_id AS seen FROM problem WHERE status = 'in_progress'")[::2]:
        Questions(query).ask(one["id"], one["seen"], employees["hadi"], clock.now(), uuid4(), "Sejak kapan?")
    query.execute("UPDATE problem SET priority = 'low' WHERE id % 3 = 0 AND priority IS NOT NULL")
    query.execute("UPDATE problem SET category_id = 1 WHERE id % 4 = 0 AND priority IS NOT NULL")
    query.execute("UPDATE problem SET asset_kind_id = (SELECT id FROM asset_kind WHERE name = 'AC') WHERE id % 5 < 2")
    return query.select(FACTS)


def values(query) -> dict[str, str]:
    chosen = {"year": "2024", "status": "escalated", "store": "T002", "priority": "low", "mine": "1", "waiting": "1"}
    ids = {"division": ("division", "IT"), "category": ("category", "Jaringan"), "kind": ("asset_kind", "AC")}
    chosen |= {name: str(id_of(query, *row)) for name, row in ids.items()}
    chosen |= {"since": "2024-03-05", "until": "2025-03-12", "reporter": "10000001", "pic": "20000005"}
    return chosen | {"q": "mesin", "asked": "1"}


def expected(mixed: list[dict], me, chosen: dict[str, str]) -> list[int]:
    seen = [p for p in mixed if policy.sees_all(me) or p["store"] == me.store_code or p["reporter_id"] == me.id]
    if me.role == "handler" and not chosen:
        chosen = {"waiting": "1"}
    return [p["id"] for p in seen if all(KEEPS[name](p, me, value) for name, value in chosen.items())]


@pytest.mark.parametrize("name", ["rini", "hadi", "pandu", "susi"])
def test_each_filter_alone_and_in_pairs_lists_the_matching_problems(person, mixed, query, employees, name):
    chosen = values(query)
    for names in [(), *((one,) for one in chosen), *itertools.combinations(chosen, 2), tuple(chosen)]:
        filters = {one: chosen[one] for one in names}
        page = person(name).get("/problems?" + "&".join(f"{one}={value}" for one, value in filters.items()))
        assert numbers(page) == expected(mixed, employees[name], filters), names


def test_all_years_are_shown_until_one_is_chosen(person, mixed):
    page = person("hadi").get("/problems?all=1")
    assert [option.text for option in page.select("[name=year] option")] == ["Semua tahun", "2025", "2024"]
    assert page.select_one("[name=year] option[selected]") is None
    assert numbers(page) == [p["id"] for p in mixed]


def test_chosen_filters_stay_chosen_and_are_kept_by_the_tabs(person, mixed, query):
    place = "/problems?year=2024&division={division}&store=T001&priority=low&mine=1&q=mesin"
    place = place.format(division=id_of(query, "division", "Umum"))
    page = person("hadi").get(place)
    chosen = {option.find_parent("select")["name"]: option.text for option in page.select("form.filters [selected]")}
    assert chosen == {"year": "2024", "division": "Umum", "priority": "Rendah"}
    assert (page.select_one("[name=store]")["value"], page.select_one("[name=q]")["value"]) == ("T001", "mesin")
    assert "checked" in page.select_one("[name=mine]").attrs
    for tab in page.select("nav[aria-label=Status] a")[1:]:
        assert all(part in tab["href"] for part in place.partition("?")[2].split("&")), tab


def test_the_tab_chosen_stays_when_a_filter_changes(person, mixed):
    page = person("hadi").get("/problems?status=closed")
    assert page.select_one("form.filters [name=status]")["value"] == "closed"
    assert page.select_one("[aria-current=true]").text.split()[0] == "Selesai"
    assert list(tabs(page)) == ["Menunggu saya", "Semua", "Baru", "Ditangani", "Dialihkan", "Selesai"]
