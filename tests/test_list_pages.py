"""Daftar Kendala: fifty a page by keyset. Nothing is shown twice or left out, whatever arrives meanwhile."""

import pytest

from sih.dao.problem_lists import PAGE_SIZE
from tests import form_data
from tests.problem_pages import address, numbers, pages

MANY = 2 * PAGE_SIZE + 7


@pytest.fixture
def many(problem, moved_clock):
    """More than two pages of Rini's and Sari's, three at a time at the same moment; the newest first."""
    moved_clock()
    made = []
    for number in range(MANY):
        moved_clock(seconds=number % 3 == 0)
        made.append(problem(by="sari" if number % 4 == 0 else "rini", title=f"Printer {number}"))
    return made[::-1]


@pytest.mark.parametrize("path", ["/problems", "/problems?q=printer", "/problems?status=new", "/problems?waiting=1"])
def test_every_problem_stands_on_one_page_newest_first(person, many, path):
    found = pages(person("hadi"), path)
    assert [len(page) for page in found] == [PAGE_SIZE, PAGE_SIZE, 7]
    assert sum(found, []) == many


def test_a_reporter_with_own_reports_elsewhere_turns_pages_too(person, many, query):
    query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Rini'")
    assert sum(pages(person("rini")), []) == many
    assert [len(page) for page in pages(person("rini"), "/problems?mine=1")] == [PAGE_SIZE, MANY - PAGE_SIZE - 27]


def test_what_arrives_meanwhile_moves_no_page(person, many, problem):
    hadi = person("hadi")
    place = address(hadi.get("/problems"), "Berikutnya")
    newest = problem()
    assert numbers(hadi.get(place)) == many[PAGE_SIZE : 2 * PAGE_SIZE]
    assert numbers(hadi.get("/problems"))[0] == newest


def test_what_changes_meanwhile_moves_no_page(person, many, query):
    hadi = person("hadi")
    place = address(hadi.get("/problems"), "Berikutnya")
    hadi.act(many[0], "openings", **form_data.opening(query))
    hadi.act(many[-1], "comments", remark="Masih mati.")
    assert numbers(hadi.get(place)) == many[PAGE_SIZE : 2 * PAGE_SIZE]


@pytest.mark.parametrize(("amount", "expected"), [(0, [0]), (1, [1]), (50, [50]), (51, [50, 1])])
def test_the_last_page_leads_no_further(person, problem, amount, expected):
    for _ in range(amount):
        problem()
    assert [len(page) for page in pages(person("rini"))] == expected


def test_a_later_page_leads_back_to_the_newest_and_keeps_its_filters(person, many):
    hadi = person("hadi")
    place = address(hadi.get("/problems?status=new&q=printer"), "Berikutnya")
    assert "status=new" in place and "q=printer" in place
    assert address(hadi.get(place), "Terbaru") == "/problems?q=printer&status=new"
    assert address(hadi.get("/problems"), "Terbaru") is None


def test_another_tab_begins_at_its_newest(person, many):
    hadi = person("hadi")
    page = hadi.get(address(hadi.get("/problems"), "Berikutnya"))
    assert [link["href"] for link in page.select("nav[aria-label=Status] a")][:3] == [
        "/problems?waiting=1",
        "/problems?all=1",
        "/problems?status=new",
    ]
    assert page.select_one("form.filters [name=after]") is None
