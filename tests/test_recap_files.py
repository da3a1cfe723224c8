"""A recap as XLSX, CSV and PDF: the figures of the page, as numbers that a spreadsheet reads."""

import csv
import io
import itertools
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import openpyxl
import pypdfium2
import pytest

from sih import sheets
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.recap.closing import Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from sih.domain.vocabulary import DIMENSIONS, FIGURES, MONTHS, PRIORITIES
from sih.recap import files
from sih.recap.wording import amount, hours, percent
from tests.histories import History, lives

NOW = datetime(2025, 3, 10, tzinfo=UTC)
DECEMBER = "/recap-files?period=2024-12"
PERIODS = {"2024-12": "year=2024&month=12", "2025-02": "year=2025&month=2", "2024": "year=2024"}

pytestmark = pytest.mark.filled(by=lives(50, seed=3))


@pytest.fixture
def susi(person, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return person("susi")


def workbook(susi, period: str) -> openpyxl.Workbook:
    susi.get(f"/recap-files?period={period}&format=xlsx")
    return openpyxl.load_workbook(io.BytesIO(susi.response.data))


def test_a_spreadsheet_with_a_sheet_for_each_dimension(susi):
    book = workbook(susi, "2024-12")
    assert book.sheetnames == ["Ringkasan", "Bulan", *DIMENSIONS.values()]
    assert book["Ringkasan"]["A1"].value == "Rekap Desember 2024"
    assert book["Ringkasan"]["B3"].value == datetime(2025, 3, 10, 7, 0)
    assert [row[0].value for row in book["Bulan"]["A2:A13"]] == [datetime(2024, n, 1) for n in range(1, 13)]


def text_of(cell) -> str:
    """What the page shows of what this cell holds."""
    if cell.value is None:
        return "–" if cell.number_format in ("[h]:mm", "0.0%") else ""
    match cell.number_format:
        case "[h]:mm":
            return hours(round(cell.value.total_seconds() / 60))
        case "#,##0":
            return amount(cell.value)
        case "0.0%":
            return percent(Fraction(str(cell.value)))
    way = "naik" if "naik" in cell.number_format and cell.value > 0 else "turun"
    if cell.number_format.startswith('"naik "'):
        unit = " poin" if "poin" in cell.number_format else ""
        number = f"{abs(cell.value):.1f}".replace(".", ",") if unit else amount(abs(cell.value))
        return f"{way} {number}{unit}" if cell.value else "sama"
    return str(cell.value)


def pair_of(median, most) -> str:
    """Both durations as one cell of the page has them."""
    return f"{text_of(median)} / {text_of(most)}" if median.value is not None else "–"


def page_rows(table) -> list[list[str]]:
    """The cells of a table of the page: without links beside a name, and the arrows before a change."""
    for links in table.select("th small.no-print"):
        links.decompose()
    rows = [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    return [[re.sub("^[▲▼=] ", "", text) for text in row] for row in rows]


def dimension_rows(sheet) -> list[list[str]]:
    """The rows of a sheet as the page shows them; those within its filter."""
    rows = sheet[sheet.auto_filter.ref][1:]
    return [
        [str(name.value), *map(text_of, figures[:8]), *(pair_of(*figures[place : place + 2]) for place in (8, 10, 12))]
        for name, *figures in rows
    ]


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("period", PERIODS)
def test_the_sheet_of_a_dimension_equals_the_page_cell_by_cell(susi, period, dimension):
    page = susi.get(f"/recaps?{PERIODS[period]}&dimension={dimension}").select_one("table.counted:not(.by-month)")
    rows = dimension_rows(workbook(susi, period)[DIMENSIONS[dimension]])
    assert rows == (page_rows(page) if page else []) and (rows or period != "2024")


@pytest.mark.parametrize("period", PERIODS)
def test_the_sheet_of_the_months_equals_the_page_cell_by_cell(susi, period):
    page = susi.get(f"/recaps?{PERIODS[period]}").select_one("table.by-month")
    sheet = workbook(susi, period)["Bulan"]
    rows = [
        [MONTHS["id"][month.value.month - 1], *map(text_of, figures[:6]), pair_of(*figures[-2:])]
        for month, *figures in sheet[sheet.auto_filter.ref][1:]
    ]
    assert rows == page_rows(page) and len(rows) >= 2


@pytest.mark.parametrize("period", PERIODS)
def test_the_first_sheet_equals_the_page_cell_by_cell(susi, period):
    page = susi.get(f"/recaps?{PERIODS[period]}")
    sheet = workbook(susi, period)["Ringkasan"]
    head, *rows = list(sheet.iter_rows(min_row=5, max_row=5 + 8 + 6))
    heads = [cell.text for cell in page.select("table.compared thead th")]
    assert [cell.value for cell in head if cell.value and "%" not in cell.value] == heads
    displayed = page_rows(page.select_one("table.compared"))
    for row, texts in zip(rows[:8], displayed[:8], strict=True):
        assert [row[0].value, *_beside(row)] == texts
    for median, most, texts in zip(rows[8::2], rows[9::2], displayed[8:], strict=True):
        assert median[0].value.startswith(texts[0].split(" median")[0])
        values = [pair_of(*both) for both in zip(median[1:], most[1:], strict=True)]
        changes = [median[place].value or "" for place in range(3, len(median), 3)]
        others = [text for both in zip(values[1::3], changes, strict=True) for text in both]
        assert [values[0], *others] == texts[1:]


def _beside(row) -> list[str]:
    """A figure's cells; the change and its per cent are one on the page."""
    texts = [text_of(row[1])]
    for before, by, part in zip(row[2::3], row[3::3], row[4::3], strict=True):
        share = f" ({amount(round(abs(part.value) * 100))}%)" if part.value is not None else ""
        texts += [text_of(before), text_of(by) + share]
    return texts


def test_the_first_sheet_has_the_ages_and_the_corrections_of_the_page(susi, query, employees):
    Closing(query).close_months(NOW)
    History(query, employees, 8).play(20)
    page = susi.get("/recaps?year=2024&month=12")
    sheet = workbook(susi, "2024-12")["Ringkasan"]
    cells = [(row[0].value, row[1].value) for row in sheet.iter_rows(max_col=2)]
    ages = page.select("figure")[3]
    for row in ages.select("details tbody tr"):
        assert (row.th.text, int(row.td.text)) in cells
    sentence = page.select_one("main .alert").get_text(" ").split(":", 1)[1]
    place = cells.index(("Koreksi, dicatat sesudah periode ini berakhir", "Kendala")) + 1
    found = [f"{name} {by:+}" for name, by in itertools.takewhile(lambda cell: cell[0], cells[place:])]
    assert ", ".join(found) == " ".join(sentence.split()).replace(" ,", ",")


def test_the_filter_holds_rows_and_below_it_stands_the_total(susi):
    book = workbook(susi, "2024")
    for sheet in book.worksheets[1:]:
        first, last = sheet.auto_filter.ref.split(":")
        total = sheet[int(re.sub("[A-Z]", "", last)) + 1]
        assert first == "A1" and total[0].value == "Seluruhnya"
        assert [cell.value for cell in total] == [cell.value for cell in total_of(book["Bulan"])]


def total_of(sheet):
    return next(row for row in sheet.iter_rows() if row[0].value == "Seluruhnya")


def notes_of(sheet) -> list[str]:
    return [row[0].value for row in sheet.iter_rows() if str(row[0].value).startswith("Jumlah baris tidak sama")]


def test_where_rows_do_not_add_up_a_note_says_why(susi):
    """Each sheet names exactly the figures whose rows add up to something else; the first sheet names them all."""
    book, all_notes = workbook(susi, "2024"), []
    for sheet in book.worksheets[1:]:
        rows, total = sheet[sheet.auto_filter.ref][1:], total_of(sheet)
        sums = {
            name: sum(row[place].value for row in rows) for place, name in enumerate(FIGURES.values(), 1)
            if not (sheet.title == "Bulan" and name == FIGURES["open_at_end"])
        }  # fmt: skip
        totals = dict(zip(FIGURES.values(), (cell.value for cell in total[1:7]), strict=True))
        wrong = [f"{name}: jumlah baris {sums[name]}, seluruhnya {totals[name]}" for name in sums
                 if sums[name] != totals[name]]  # fmt: skip
        notes = notes_of(sheet)
        assert len(notes) == bool(wrong) and all("; ".join(wrong) in note and "sebab" in note for note in notes)
        all_notes += [f"{sheet.title}: {note}" for note in notes]
    cells = [row[0].value for row in book["Ringkasan"].iter_rows()]
    assert {note.split(":")[0] for note in all_notes} >= {"Bulan", "Divisi", "PIC"} and set(all_notes) <= set(cells)
    for title in ("Toko", "Kategori", "Prioritas"):  # a corrected problem counts under both kinds of goods
        assert notes_of(book[title]) == []


def test_priorities_stand_in_their_order(susi):
    words = [row[0].value for row in workbook(susi, "2024")["Prioritas"]["A2:A6"]]
    assert words == [*PRIORITIES.values(), "Belum diidentifikasi"]
    page = susi.get("/recaps?year=2024&dimension=priority").select_one("table.counted:not(.by-month)")
    assert [row[0] for row in page_rows(page)] == words


def test_sheets_are_printed_across_with_their_heads_on_each_page(susi):
    for sheet in workbook(susi, "2024-12").worksheets:
        head = sheet[5 if sheet.title == "Ringkasan" else 1]
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.print_title_rows == f"${head[0].row}:${head[0].row}"
        assert all(cell.alignment.wrap_text for cell in head if cell.value)
        assert "&P" in sheet.oddFooter.right.text and "&N" in sheet.oddFooter.right.text


def test_a_file_takes_at_most_ten_statements(susi, monkeypatch):
    run, statements = Query._run, []
    monkeypatch.setattr(Query, "_run", lambda self, cursor, sql, params: statements.append(sql) or run(
        self, cursor, sql, params))  # fmt: skip
    for file_format in ("xlsx", "csv", "pdf"):
        statements.clear()
        susi.get(f"{DECEMBER}&format={file_format}")
        assert 0 < len(statements) <= 10, statements


@pytest.mark.parametrize("number", [2024, 202412, 202503])
def test_the_rows_of_every_dimension_are_those_of_each(susi, query, number):
    every = Recaps(query).rows_of_every_dimension(Period(number))
    for dimension in DIMENSIONS:
        assert every[dimension] == Recaps(query).rows(dimension, Period(number), is_whole=True)


def read_csv(susi, period: str) -> list[list[str]]:
    susi.get(f"/recap-files?period={period}&format=csv")
    return list(csv.reader(io.StringIO(susi.response.data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("period", PERIODS)
def test_the_csv_has_the_rows_of_the_spreadsheet_and_the_totals(susi, period):
    head, *rows = read_csv(susi, period)
    book = workbook(susi, period)
    assert head == files.csv_heads() and {len(row) for row in rows} == {len(head)}
    for title in DIMENSIONS.values():
        sheet = book[title]
        cells = [[_as_csv(cell) for cell in row] for row in sheet[sheet.auto_filter.ref][1:]]
        assert [row[1:] for row in rows if row[0] == title] == cells
    totals = {row[1]: row[2:8] for row in rows if row[0] == "Seluruhnya"}
    assert list(totals) == [cell.value for cell in book["Ringkasan"][5][1:] if cell.value and "Per" not in cell.value]
    assert list(totals.values())[0] == [_as_csv(book["Ringkasan"].cell(row, 2)) for row in range(6, 12)]
    assert len([row for row in rows if row[0] == "Bulan"]) == len(book["Bulan"][book["Bulan"].auto_filter.ref]) - 1
    assert [row[1] for row in rows if row[0] == "Catatan"][0].startswith(("sudah berakhir", "ditutup"))


def _as_csv(cell) -> str:
    if cell.number_format == "0.0%":
        return "" if cell.value is None else percent(Fraction(str(cell.value)))
    return sheets.hours_and_minutes(cell.value) if isinstance(cell.value, timedelta) else str(cell.value or
        ("" if cell.value is None else 0))  # fmt: skip


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


def pdf_of(susi, period: str) -> tuple[pypdfium2.PdfDocument, list[str]]:
    """The file, and the text of each page."""
    susi.get(f"/recap-files?period={period}&format=pdf")
    document = pypdfium2.PdfDocument(susi.response.data)
    return document, [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize("period", ["2024-12", "2024", "2025-03", "2001"])
def test_each_page_of_a_pdf_says_when_it_was_printed_and_which_it_is(susi, period):
    _, pages = pdf_of(susi, period)
    assert 1 <= len(pages) <= 3
    for number, text in enumerate(pages, 1):
        assert "Dicetak 10 Mar 2025 07.00 WIB" in text
        assert f"halaman {number} dari {len(pages)}" in text


def test_a_pdf_names_its_language(susi):
    susi.get(f"{DECEMBER}&format=pdf")
    assert b"/Lang (id" in susi.response.data


def test_the_pdf_says_how_each_figure_moved_as_the_page_does(susi):
    page = susi.get("/recaps?year=2025&month=1")
    moves = [found.text[2:] for found in page.select(".moved-good, .moved-bad")]
    rows = [row.get_text(" ") for row in page.select(".compared tbody tr")]
    text = pdf_of(susi, "2025-01")[1][0]
    assert len(moves) > 6 and [move for move in moves if move not in text] == []
    # Figures and shares row by row; a duration has two rows there.
    assert [row for row in rows[:8] if _bare(row) not in _bare(text)] == []


def _bare(text: str) -> str:
    for away in ("pada akhir periode", "▲", "▼", "="):
        text = text.replace(away, "")
    return "".join(text.split())


@pytest.mark.parametrize("period", ["2024-12", "2024"])
def test_the_pdf_has_the_figures_and_durations_of_each_division(susi, period):
    page = susi.get(f"/recaps?{PERIODS[period]}").select_one("table.counted:not(.by-month)")
    text = "".join("".join(pdf_of(susi, period)[1]).split())
    for name, *cells in page_rows(page):
        figures, durations = cells[:8], [part for cell in cells[8:] for part in (cell.split(" / ") if "/" in cell
                                                                              else ["–", "–"])]  # fmt: skip
        for numbers in (figures, durations):
            assert "".join([name, *numbers]).replace(" ", "") in text, (name, numbers)


@pytest.mark.parametrize(("period", "last"), [("2024-02", "Februari"), ("2025-03", "Maret"), ("2024", "Desember")])
def test_nothing_in_a_pdf_is_later_than_its_period(susi, period, last):
    text = " ".join(pdf_of(susi, period)[1])
    months = MONTHS["id"]
    rows = text[text.index("Bulan demi bulan") :]
    assert [month for month in months if month in rows] == list(months[: months.index(last) + 1])


def test_the_chart_says_what_its_twelve_divisions_leave_out(susi, query, employees, problem):
    hadi = employees["hadi"]
    query.execute("INSERT INTO division (name) SELECT 'Divisi ' || n FROM generate_series(10, 24) AS n")
    for division in query.select("SELECT id FROM division WHERE name LIKE 'Divisi %%'"):
        number = problem("in_progress")
        seen = Problems(query).visible_to(hadi, number).last_event_id
        Problems(query).escalate(number, seen, hadi, clock.now(), "x", division["id"], None)
    page = susi.get("/recaps?year=2025&month=3")
    picture = page.select("figure")[2]
    rows = [int(row.td.text) for row in picture.select("details tbody tr")]
    whole = int(page.select_one("table.compared tbody tr:nth-child(6) td").text)
    divisions = query.one("SELECT count(*) AS amount FROM division")["amount"]
    sentence = picture.p.text
    left = re.fullmatch(r"(\d+) divisi lain: (\d+) kendala", sentence)
    assert len(rows) == 12 and int(left[2]) == whole - sum(rows) > 0 and 0 < int(left[1]) <= divisions - 12
    assert sentence in pdf_of(susi, "2025-03")[1][0]
    assert "divisi lain" not in susi.get("/recaps?year=2024&month=12").text


@pytest.mark.parametrize("query_string", ["", "?period=2024-12", "?period=x&format=pdf", "?period=2026&format=pdf"])
def test_an_invalid_recap_is_not_found(susi, query_string):
    susi.get(f"/recap-files{query_string}", 404)
