"""A recap as XLSX, CSV and PDF: the figures of the page, as numbers that a spreadsheet reads."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pypdfium2
import pytest

from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from sih.domain.vocabulary import DIMENSIONS, FIGURES
from sih.recap import files
from tests.histories import lives

NOW = datetime(2025, 3, 10, tzinfo=UTC)
DECEMBER = "/recap-files?period=2024-12"

pytestmark = pytest.mark.filled(by=lives(50, seed=3))


@pytest.fixture
def susi(person, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return person("susi")


def test_a_spreadsheet_with_a_sheet_for_each_dimension(susi, query):
    susi.get(f"{DECEMBER}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(susi.response.data))
    assert book.sheetnames == ["Ringkasan", "Bulan", *DIMENSIONS.values()]
    assert isinstance(book["Ringkasan"]["B3"].value, datetime)
    for dimension, title in DIMENSIONS.items():
        rows = Recaps(query).rows(dimension, Period(202412), is_whole=True)
        head, *body = book[title].iter_rows(values_only=True)
        assert head[:2] == (title, "Dilaporkan") and book[title].freeze_panes == "B2"
        assert [row[1:7] for row in body] == [tuple(row[name] for name in FIGURES) for row in rows]
    months = list(book["Bulan"].iter_rows(min_row=2, values_only=True))
    assert [month[0] for month in months] == [datetime(2024, n, 1) for n in range(1, 13)]


@pytest.mark.parametrize("number", [2024, 202412, 202503])
def test_the_rows_of_every_dimension_are_those_of_each(susi, query, number):
    every = Recaps(query).rows_of_every_dimension(Period(number))
    for dimension in DIMENSIONS:
        assert every[dimension] == Recaps(query).rows(dimension, Period(number), is_whole=True)


def test_a_csv_with_every_dimension(susi, query):
    susi.get(f"{DECEMBER}&format=csv")
    head, *rows = csv.reader(io.StringIO(susi.response.data.decode("utf-8-sig")), delimiter=";")
    assert head == ["Menurut", "Nama", *files.HEADS] and {row[0] for row in rows} <= set(DIMENSIONS.values())
    stores = Recaps(query).rows("store", Period(202412), is_whole=True)
    assert [row[2] for row in rows if row[0] == "Toko"] == [str(row["reported"]) for row in stores]


RISKY = "=HYPERLINK(1)"


@pytest.fixture
def risky(query):
    """Whatever has a name has one that a spreadsheet would take for a formula."""
    for table in ("store", "division", "department", "category", "asset_kind", "employee"):
        query.execute(f"UPDATE {table} SET name = '{RISKY}' || id")


def test_no_name_becomes_a_formula_in_the_csv(susi, risky):
    susi.get(f"{DECEMBER}&format=csv")
    rows = list(csv.reader(io.StringIO(susi.response.data.decode("utf-8-sig")), delimiter=";"))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert len([row for row in rows if RISKY in row[1]]) > 5


def test_no_name_becomes_a_formula_in_the_spreadsheet(susi, risky):
    susi.get(f"{DECEMBER}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(susi.response.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert len([cell for cell in cells if RISKY in str(cell.value)]) > 5


@pytest.mark.parametrize("period", ["2024-12", "2024", "2025-03", "2001"])
def test_a_pdf_of_at_most_two_pages(susi, period):
    susi.get(f"/recap-files?period={period}&format=pdf")
    content = susi.response.data
    assert content.startswith(b"%PDF") and content.count(b"/Type /Page\n") in (1, 2)


def test_the_pdf_says_how_each_figure_moved_as_the_page_does(susi):
    page = susi.get("/recaps?year=2025&month=1")
    moves = [found.text[2:] for found in page.select(".moved-good, .moved-bad")]
    rows = [row.get_text(" ") for row in page.select(".compared tbody tr")]
    susi.get("/recap-files?period=2025-01&format=pdf")
    printed = pypdfium2.PdfDocument(susi.response.data)[0].get_textpage().get_text_bounded()
    assert len(moves) > 6 and [move for move in moves if move not in printed] == []
    # Figures and shares row by row; a time has two rows there.
    assert [row for row in rows[:8] if _bare(row) not in _bare(printed)] == []


def _bare(text: str) -> str:
    for away in ("pada akhir periode", "▲", "▼", "="):
        text = text.replace(away, "")
    return "".join(text.split())


@pytest.mark.parametrize("asked", ["", "?period=2024-12", "?period=x&format=pdf", "?period=2026&format=pdf"])
def test_an_invalid_recap_is_not_found(susi, asked):
    susi.get(f"/recap-files{asked}", 404)
