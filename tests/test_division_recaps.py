"""The recap of one division: a link for its handlers and for supervisors, and a file for whomever it is sent to."""

import io
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pypdfium2
import pytest

from sih.dao.query import Query
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from sih.domain.vocabulary import FIGURES
from sih.recap import build
from tests import problem_pages
from tests.histories import lives

NOW = datetime(2025, 3, 10, tzinfo=UTC)
AFTERWARDS = datetime(2025, 12, 10, tzinfo=UTC)  # when the last of the history is over
DIVISIONS = {"Helpdesk": {"hadi", "hana"}, "IT": set(), "Jaringan": {"iwan"}, "Aplikasi": {"pandu", "putri"},
             "Umum": {"gita"}}  # fmt: skip

pytestmark = pytest.mark.filled(by=lives(50, seed=3))


@pytest.fixture
def address(query, monkeypatch):
    """address("Umum") is the page of that division in December 2024, on a day in March 2025."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def of(division: str, period: str = "2024-12") -> str:
        number = query.one("SELECT id FROM division WHERE name = %(name)s", {"name": division})["id"]
        return f"/recaps/divisions/{number}?period={period}"

    return of


@pytest.mark.parametrize("division", DIVISIONS)
@pytest.mark.parametrize("file_format", ["", "&format=xlsx", "&format=pdf"])
def test_page_and_file_are_for_supervisors_and_the_handlers_of_that_division(
    person, employees, address, division, file_format
):
    """Everybody else, a handler of another division too, finds no such page."""
    for name in employees:
        may_see = name in DIVISIONS[division] | {"susi"}
        person(name).get(address(division) + file_format, 200 if may_see else 404)


def test_a_visitor_signs_in_first_and_gets_what_was_sent(person, address):
    nobody = person(None)
    nobody.get(address("Umum"), 302)
    assert parse_qs(urlsplit(nobody.response.location).query)["next"] == [address("Umum")]


def test_a_hidden_recap_looks_like_a_missing_one(person, address):
    iwan = person("iwan")
    hidden, none = iwan.get(address("Umum"), 404), iwan.get("/recaps/divisions/999999?period=2024-12", 404)
    assert hidden.select_one("main h1").text == none.select_one("main h1").text


@pytest.mark.parametrize("query_string", ["?period=x", "?period=2026", "?period=2025-13", "?period=2024-12&format=exe",
                                   "?period=2024-12&format=csv"])  # fmt: skip
def test_what_cannot_be_understood_is_not_found(person, address, query_string):
    person("susi").get(address("Umum").partition("?")[0] + query_string, 404)


@pytest.mark.parametrize("number", ["0", "999999", str(2**40), str(2**63 - 1), str(2**63), "x", "-1"])
def test_a_missing_division_is_not_found(person, address, number):
    person("susi").get(f"/recaps/divisions/{number}?period=2024-12", 404)


def test_without_a_period_it_is_this_month(person, address):
    page = person("gita").get(address("Umum").partition("?")[0])
    assert page.h1.text == "Rekap Maret 2025: Divisi Umum"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(person, address, method):
    susi = person("susi")
    assert susi.client.open(address("Umum"), method=method, data=susi.tokens).status_code == 405


@pytest.mark.parametrize("period", ["year=2024", "year=2024&month=12"])
def test_each_division_of_the_recap_leads_to_its_page_with_the_same_figures(person, address, period):
    susi = person("susi")
    rows = susi.get(f"/recaps?{period}").select("table.counted:not(.by-month) tbody tr")
    assert len(rows) >= 2
    for row in rows:
        name, cells = row.th.bdi.text, [cell.text.strip() for cell in row.select("td")[:6]]
        page = susi.get(row.find("a", string="Rekap")["href"])
        own = [line.select_one("td").text.strip() for line in page.select("table.compared tbody tr")[:6]]
        assert page.h1.bdi.text == name and own == cells
        susi.get(row.find("a", string="XLSX")["href"])
        assert susi.response.mimetype.endswith("sheet")


def test_other_dimensions_have_no_such_link(person, address):
    for dimension in ("pic", "store"):
        page = person("susi").get(f"/recaps?year=2024&dimension={dimension}")
        assert page.select("a[href*='/recaps/divisions/']") == []


@pytest.mark.parametrize("name", ["susi", "hadi"])
def test_every_figure_leads_to_as_many_problems(person, address, name):
    one = person(name)
    links = one.get(address("Helpdesk", "2024")).select("main a[href*='figure=']")
    assert len(links) > 10
    for place, text in {(link["href"], link.text) for link in links if "%" not in link.text}:
        assert one.get(place).select_one("#total").text == text, place


def test_from_month_to_month_and_back_to_the_recap(person, address):
    page = person("susi").get(address("Umum", "2025-01"))
    assert "Desember 2024" in person("susi").get(page.select_one("main [rel=prev]")["href"]).h1.text
    assert "Februari 2025" in person("susi").get(page.select_one("main [rel=next]")["href"]).h1.text
    assert person("susi").get(page.select_one("main nav a")["href"]).h1.text == "Rekap Januari 2025"
    handlers = person("gita").get(address("Umum", "2025-03"))
    assert handlers.select("main [rel=next], main a[href^='/recaps?']") == []


def test_the_load_of_a_division_leads_to_its_recap(person, address, query):
    number = query.one("SELECT id FROM division WHERE name = 'Umum'")["id"]
    link = person("gita").get(f"/loads/divisions/{number}").find("a", string="Rekap divisi ini")
    assert person("gita").get(link["href"]).h1.text == "Rekap Maret 2025: Divisi Umum"


def test_in_english(person, address):
    assert person("gita").speaks("en").get(address("Umum")).h1.text == "Recap December 2024: Division Umum"


def test_a_page_takes_four_statements_and_a_file_at_most_ten(person, address, monkeypatch):
    susi, run, statements = person("susi"), Query._run, []
    monkeypatch.setattr(Query, "_run", lambda self, cursor, sql, params: statements.append(sql) or run(
        self, cursor, sql, params))  # fmt: skip
    for end, most in (("", 4), ("&format=xlsx", 10), ("&format=pdf", 10)):
        statements.clear()
        susi.get(address("Helpdesk") + end)
        assert 0 < len(statements) - 1 <= most, statements  # one is this test's own, for the address


# ---------------------------------------------------------------- the file


def workbook(person, address: str) -> openpyxl.Workbook:
    person("susi").get(f"{address}&format=xlsx")
    return openpyxl.load_workbook(io.BytesIO(person("susi").response.data))


@pytest.mark.parametrize("period", ["2024-12", "2025-02", "2025-12"])
@pytest.mark.parametrize("division", ["Helpdesk", "Umum", "Aplikasi"])
def test_the_file_has_the_problems_that_its_figures_count(person, address, monkeypatch, division, period):
    """Whoever has no account can look up what the links of the page lead to; the marks add up to the figures."""
    monkeypatch.setattr(clock, "now", lambda: AFTERWARDS)
    book = workbook(person, address(division, period))
    head, *rows = book["Kendala"].iter_rows(values_only=True)
    page = person("susi").get(address(division, period))
    for place, (name, word) in enumerate(FIGURES.items()):
        numbers = {row[0] for row in rows if row[head.index(f"Dihitung: {word}")]}
        line = page.select("table.compared tbody tr")[place].td
        assert len(numbers) == int(line.text), name
        if numbers and len(numbers) <= 50:
            assert set(problem_pages.numbers(person("susi").get(line.a["href"]))) == numbers, name
    assert max(Counter(row[0] for row in rows).values(), default=1) == 1
    assert not rows or {"Deskripsi", "Diagnosis", "Solusi", "NIK pelapor"} < set(head)


def test_the_file_says_whose_figures_it_has_and_when_it_was_made(person, address):
    book = workbook(person, address("Jaringan"))
    cells = [(row[0].value, row[1].value) for row in book["Ringkasan"].iter_rows(max_col=2)]
    assert ("Divisi", "IT > Jaringan") in cells and ("Dibuat (WIB)", datetime(2025, 3, 10, 7, 0)) in cells
    assert cells[0][0] == "Rekap Desember 2024" and book.sheetnames == ["Ringkasan", "Bulan", "Kendala"]


def test_the_file_of_a_year_has_figures_alone(person, address):
    assert workbook(person, address("Umum", "2024")).sheetnames == ["Ringkasan", "Bulan"]


def test_a_file_of_too_many_problems_holds_the_newest_and_says_so(person, query, address, monkeypatch):
    whole = [row[0] for row in workbook(person, address("Helpdesk"))["Kendala"].iter_rows(min_row=2, values_only=True)]
    monkeypatch.setattr(build, "LISTED", 5)
    book = workbook(person, address("Helpdesk"))
    rows = [row[0] for row in book["Kendala"].iter_rows(min_row=2, values_only=True)]
    assert len(whole) > 5 and rows == whole[:5]
    notes = [str(row[0].value) for row in book["Ringkasan"].iter_rows()]
    assert [note for note in notes if note.startswith("Kendala: yang terbaru saja, 5")]


def test_the_pdf_of_a_division_says_whose_it_is(person, query, address):
    person("susi").get(address("Jaringan", "2024") + "&format=pdf")
    (page,) = pypdfium2.PdfDocument(person("susi").response.data)
    text = page.get_textpage().get_text_bounded()
    assert "Rekap 2024" in text and "Divisi IT > Jaringan" in text and "halaman 1 dari 1" in text
    number = query.one("SELECT id FROM division WHERE name = 'Jaringan'")["id"]
    (row,) = Recaps(query).rows("division", Period(2024), number)
    assert f"Dialihkan {row['escalated']}" in " ".join(text.split())


def test_a_file_that_left_is_a_security_event(person, query, address):
    person("gita").get(address("Umum") + "&format=xlsx")
    row = query.one("SELECT nik, detail FROM security_event WHERE kind = 'list_downloaded'")
    assert row["nik"] == "20000004" and row["detail"].startswith("rekap-2024-12-divisi-")
