"""Beban Kerja: the figures agree with the events, and each links to as many problems."""

from datetime import UTC, datetime

import pytest

from sih.dao.problems import Problems
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.figure_lists import FigureLists
from sih.domain import clock, periods
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import Figure, Period
from tests import problem_pages
from tests.conftest import bring
from tests.load_pages import HISTORY, NOW, dimension_of, links, path_of

MONTHS = [Period(202501 + month) for month in range(12)]


@pytest.fixture
def page_of(query):
    return lambda name: path_of(query, name)


@pytest.fixture
def in_december(monkeypatch):
    """When the history is over."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.filled(by=HISTORY)
@pytest.mark.parametrize("name", ["Helpdesk", "IT", "Aplikasi", "Umum", "pandu", "putri"])
def test_the_figures_are_those_of_the_events(person, query, page_of, in_december, name):
    page = person("susi").get(page_of(name))
    dimension, value = dimension_of(page_of(name))
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.select(".trend tbody tr")]
    for month, row in zip(reversed(MONTHS), rows, strict=True):
        cells, ranks = RecapChecks(query).cells(month), RecapChecks(query).ranks(month)
        assert row[:2] == [str(cells.get((dimension, value, figure), 0)) for figure in ("open_at_end", "closed")], month
        assert (row[2] == "–") == ((dimension, value, "held") not in ranks)
    assert page.select_one("#open").text.strip() == rows[0][0]
    assert any(int(row[0]) for row in rows)


@pytest.mark.filled(by=HISTORY)
@pytest.mark.parametrize("name", ["Helpdesk", "Aplikasi", "pandu"])
def test_every_figure_leads_to_as_many_problems(person, page_of, in_december, name):
    found = person("susi").get(page_of(name)).select("main a[href*='figure=']")
    assert len(found) > 5
    for figure, address in {(link.text, link["href"]) for link in found}:
        assert person("susi").get(address).select_one("#total").text == figure


@pytest.mark.filled(by=HISTORY)
@pytest.mark.parametrize("name", ["Helpdesk", "Aplikasi", "pandu"])
def test_ages_and_longest_waiting_problems_match_the_list(person, query, page_of, in_december, name):
    dimension, value = dimension_of(page_of(name))
    figure = Figure("open_at_end", periods.of(NOW.astimezone(COMPANY_ZONE).date()), dimension, value)
    problems, _ = FigureLists(query).page(figure, NOW, size=500)
    page = person("susi").get(page_of(name))
    longest = sorted(problems, key=lambda problem: (problem.held_since, problem.id))[:10]
    assert [row["id"] for row in page.select(".rows tbody tr")] == [f"p{problem.id}" for problem in longest]
    ages = [int(row.td.text) for row in page.select_one("figure").select("tbody tr")]
    days = [(datetime(2025, 12, 11, tzinfo=COMPANY_ZONE) - problem.reported_at).days for problem in problems]
    assert ages == [sum(low <= day < high for day in days)
                    for low, high in ((0, 1), (1, 3), (3, 7), (7, 30), (30, 90), (90, 9999))]  # fmt: skip


def test_the_ages_end_at_midnight_in_jakarta(person, problem, page_of, moved_clock):
    day = datetime(2026, 3, 5, tzinfo=COMPANY_ZONE)
    for hours in (0, -0.01, -48, -48.01, -24 * 90):
        moved_clock(day, hours=hours), problem()
    moved_clock(day, hours=9)
    ages = person("hadi").get(page_of("Helpdesk")).select_one("figure").select("tbody td")
    assert [cell.text for cell in ages] == ["1", "2", "1", "0", "0", "1"]


def test_the_page_separates_problems_of_the_division_and_of_its_pics(person, problem, page_of):
    problem("at pandu"), problem("escalated to pandu")
    text = person("pandu").get(page_of("Aplikasi")).select_one("main").get_text(" ", strip=True)
    assert "0 menunggu di divisi, 2 pada PIC-nya" in text


def test_waiting_time_begins_when_the_problem_reached_the_holder(
    person, query, employees, problem, page_of, moved_clock
):
    moved_clock(datetime(2026, 3, 5, tzinfo=UTC))
    early, late = problem(), problem("at Umum")
    moved_clock(days=3)
    for verb in ("open", "to Umum"):
        bring(query, employees, early, verb)
    moved_clock(hours=5)
    rows = person("gita").get(page_of("Umum")).select(".rows tbody tr")
    assert [row["id"] for row in rows] == [f"p{late}", f"p{early}"]
    assert [row.select_one(".holder small").contents[0].strip() for row in rows] == ["3 hari", "5 jam"]


@pytest.mark.parametrize(
    ("name", "place"), [("gita", "Umum"), ("pandu", "Aplikasi"), ("pandu", "pandu"), ("susi", "Umum")]
)
def test_its_rows_and_buttons_are_those_of_the_list(person, problem, page_of, name, place):
    made = [problem("at Umum"), problem("escalated"), problem("at pandu"), problem("escalated to pandu")]
    somebody, path = person(name), page_of(place)
    page, listed = somebody.get(path), somebody.get("/problems")
    numbers = [number for number in made if problem_pages.row(page, number)]
    assert len(numbers) == 2
    for number in numbers:
        assert str(problem_pages.row(page, number)) == str(problem_pages.row(listed, number))
    forms = {form["id"] for form in page.select("main form[id]")}
    assert forms == ({"act", "do"} if name == "susi" else {"act", "do", "many"})
    assert page.select_one("form#act [name=next]")["value"] == path


def test_after_saving_the_page_of_the_load_stands_where_it_was(person, problem, query, page_of):
    number, gita, path = problem("at Umum"), person("gita"), page_of("Umum")
    button = problem_pages.row(gita.get(path), number).find("button", string="Tutup Kendala")
    form = gita.get(f"{button['formaction']}?next={path}")
    fields = {field["name"]: field["value"] for field in form.select("main form input[type=hidden]")}
    gita.act(number, "closures", **fields, solution="Sudah.")
    assert gita.response.location == f"{path}#p{number}" and problem_pages.row(gita.get(path), number) is None


def test_a_division_with_sub_divisions_lists_their_loads(person, problem, page_of):
    problem("at pandu")
    page = person("susi").get(page_of("IT"))
    assert links(page, "/loads/divisions/") == {"Aplikasi": page_of("Aplikasi"), "Jaringan": page_of("Jaringan")}
    assert [row.get_text(" ").split()[1] for row in page.select(".load")] == ["1", "0"]
    assert page.select("figure") == []


def test_a_parent_division_also_shows_its_own_problems(person, query, employees, problem, page_of):
    number, hadi = problem("in_progress"), employees["hadi"]
    seen = Problems(query).visible_to(hadi, number).last_event_id
    Problems(query).escalate(number, seen, hadi, clock.now(), "Perlu IT.", dimension_of(page_of("IT"))[1], None)
    page = person("susi").get(page_of("IT"))
    assert page.select_one("#open").text.strip() == "1" and len(page.select("figure")) == 3


@pytest.mark.parametrize("name", ["Umum", "putri"])
def test_a_holder_without_problems_has_no_figure_links(person, page_of, name):
    page = person("susi").get(page_of(name))
    assert "Tidak ada yang menunggu di sini." in page.text
    assert page.select("main a[href*='figure=']") == [] and len(page.select("figure")) == 3


def test_in_english(person, page_of):
    page = person("pandu").speaks("en").get(page_of("pandu"))
    assert page.h1.text == "Workload Pandu" and "up to 1 day" in page.text and "Waiting longest" in page.text
