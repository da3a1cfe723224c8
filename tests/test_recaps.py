"""Rekap: the page of a month and of a year, for supervisors; every figure leads to as many problems as it says."""

import re
from datetime import UTC, datetime
from fractions import Fraction
from urllib.parse import parse_qs, urlsplit

import pytest

from sih.dao.recap.closing import Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.vocabulary import DIMENSIONS
from sih.recap.wording import percent
from tests.histories import History, lives

NOW = datetime(2025, 3, 10, tzinfo=UTC)
NOVEMBER = "/recaps?year=2024&month=12"

pytestmark = pytest.mark.filled(by=lives(50, seed=3))


@pytest.fixture
def susi(person, monkeypatch):
    """A supervisor of a company that has a history, on a day in March 2025."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return person("susi")


def figures(page) -> list:
    return page.select("main a[href*='figure=']")


def test_the_recap_opens_with_the_current_month_by_division(susi):
    page = susi.get("/recaps")
    assert page.h1.text == "Rekap Maret 2025"
    assert page.select_one("[name=month] [selected]").text == "Maret"
    assert page.select_one(".nav-tabs [aria-current]").text == "Divisi"


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("period", ["year=2024", "year=2024&month=12", "year=2024&month=2"])
def test_every_figure_is_a_link_to_as_many_problems(susi, period, dimension):
    links = figures(susi.get(f"/recaps?{period}&dimension={dimension}"))
    assert len(links) > 10
    amounts = {link["href"]: link.text for link in links if "figure=closed_" not in link["href"]}
    for address, text in amounts.items():
        page = susi.get(address)
        assert page.select_one("#total").text == text, address
        assert len(page.select("tbody tr")) == min(int(text), 50), address
    shares = {link["href"]: link.text for link in links if link["href"] not in amounts}
    for address, text in shares.items():
        page, closed = susi.get(address), amounts[re.sub("closed_[a-z]+", "closed", address)]
        found = int(page.select_one("#total").text)
        assert text == percent(Fraction(found, int(closed))) and len(page.select("tbody tr")) == min(found, 50), address
    assert shares or period != "year=2024"


def test_the_list_leads_back_to_its_recap(susi):
    address = figures(susi.get(f"{NOVEMBER}&dimension=store"))[-1]["href"]
    back = susi.get(address).find("a", string="Kembali ke rekap")["href"]
    assert parse_qs(urlsplit(back).query) == {"year": ["2024"], "month": ["12"], "dimension": ["store"]}


def test_a_year_says_that_its_months_need_not_add_up(susi):
    assert "jumlah bulan-bulannya bisa lebih besar" in susi.get("/recaps?year=2024").text
    assert "jumlah bulan-bulannya" not in susi.get(NOVEMBER).text


def test_the_page_says_whether_the_month_is_closed(susi, query):
    assert "Masih berjalan" in susi.get("/recaps").text
    Closing(query).close_months(NOW)
    assert "Ditutup dan disimpan" in susi.get(NOVEMBER).text


def test_an_ended_month_shows_the_same_before_and_after_it_is_closed(susi, query):
    Recaps(query).fold_all()
    before = [link.text for link in figures(susi.get(NOVEMBER))]
    Closing(query).close_months(NOW)
    assert [link.text for link in figures(susi.get(NOVEMBER))] == before


def test_corrections_after_the_closing_are_shown_beside_the_figures(susi, query, employees):
    Closing(query).close_months(NOW)
    History(query, employees, 8).play(20)
    assert "Koreksi" in susi.get(NOVEMBER).select_one("main .alert").text


def test_the_recap_compares_with_last_month_and_last_year(susi):
    heads = [head.text for head in susi.get("/recaps?year=2025&month=2").select_one("table.recap").select("thead th")]
    assert heads == ["Ringkasan", "Februari 2025", "Januari 2025", "Perubahan", "Februari 2024", "Perubahan"]
    moves = [span.text for span in susi.get("/recaps?year=2025&month=2").select("[class^=moved]")]
    assert moves and all(re.match("[▲▼] (naik|turun|lebih)", move) for move in moves)


def test_from_month_to_month(susi):
    page = susi.get("/recaps?year=2025&month=1")
    assert susi.get(page.select_one("main [rel=prev]")["href"]).h1.text == "Rekap Desember 2024"
    assert susi.get(page.select_one("main [rel=next]")["href"]).h1.text == "Rekap Februari 2025"
    assert susi.get("/recaps?year=2025&month=3").select("main [rel=next]") == []


def test_every_chart_has_a_table_of_its_figures(susi):
    pictures = susi.get("/recaps").select("figure")
    assert len(pictures) == 4
    for picture in pictures:
        assert picture.svg["aria-label"] and picture.select("details td")


@pytest.mark.parametrize("dimension", ["division", "store"])
def test_every_duration_of_a_recap_is_in_hours(susi, query, dimension):
    Recaps(query).fold_all()
    for table in susi.get(f"/recaps?year=2025&dimension={dimension}").select("table.recap"):
        cells = [cell.get_text(" ", strip=True) for cell in table.select("td:has(> small)")]
        assert "(jam)" in table.text and cells
        assert [cell for cell in cells if not re.fullmatch(r"[<\d.]+,\d / [<\d.]+,\d", cell)] == []


@pytest.mark.parametrize(
    "query_string", ["?year=x", "?year=2026", "?year=2025&month=13", "?year=2025&month=9", "?dimension=x"]
)
def test_an_invalid_period_shows_the_current_month(susi, query_string):
    assert susi.get(f"/recaps{query_string}").h1.text == "Rekap Maret 2025"


@pytest.mark.parametrize(
    "query_string",
    ["figure=x&period=2024", "figure=closed", "figure=closed&period=2024&dimension=x",
     "figure=closed&period=2024&value=x", "figure=closed&period=2024&dimension=age",
     "figure=open_at_end&period=2024&dimension=age&value=6",
     "figure=closed&period=2024&dimension=store&value=99999999999"],
)  # fmt: skip
def test_an_invalid_figure_is_named_and_the_list_unfiltered(susi, query_string):
    page = susi.get(f"/problems?{query_string}")
    assert "Rekap" in page.select_one("main .alert").text and page.select("#year")


def test_an_address_of_an_earlier_version_leads_to_todays_page(susi):
    susi.get("/problems?figure=standing&period=2024-12&cut=priority&value=2", 302)
    today = parse_qs(urlsplit(susi.response.location).query)
    figure = {"figure": ["open_at_end"], "period": ["2024-12"], "dimension": ["priority"], "value": ["2"]}
    assert today == figure and susi.get(susi.response.location).select("#total")
    assert susi.get(f"{NOVEMBER}&cut=store").select_one(".nav-tabs [aria-current]").text == "Toko"


def test_a_figure_opens_no_problem_to_a_reporter(susi, person):
    address = figures(susi.get("/recaps?year=2024"))[0]["href"]
    page = person("rini").get(address)
    assert page.select("#total") == [] and "Rekap" in page.select_one("main .alert").text


@pytest.mark.filled(by=None)
def test_a_company_without_problems_has_a_recap(person):
    assert figures(person("susi").get("/recaps")) == []
