"""A supervisor downloads the recap and the list; each file is read back."""

import csv
import io
from datetime import datetime

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import expect

from sih.background.problem_exports import COLUMNS
from sih.background.worker import Worker
from sih.domain.vocabulary import DIMENSIONS, FIGURES
from tests.histories import lives

pytestmark = pytest.mark.filled(by=lives(30, seed=3, closes=False))
EACH = pytest.mark.parametrize("screen", ["desktop", "phone"])
EVERYWHERE = pytest.mark.parametrize("screen", ["desktop", "phone", "without scripts"])


def downloaded(one, name: str, role: str = "link") -> tuple[str, bytes]:
    """The name and the content of the file that this link or button gives to the browser."""
    with one.page.expect_download() as found:
        one.page.get_by_role(role, name=name, exact=True).click()
    return found.value.suggested_filename, found.value.path().read_bytes()


@EVERYWHERE
def test_the_spreadsheet_has_numbers_and_dates(susi):
    susi.go("/recaps?year=2024&month=12")
    reported = susi.page.get_by_role("region", name="Ringkasan").locator("tbody td").first.inner_text()
    name, content = downloaded(susi, "XLSX")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert name == "rekap-2024-12.xlsx" and book.sheetnames == ["Ringkasan", "Bulan", *DIMENSIONS.values()]
    assert all(sheet.freeze_panes == "B2" for sheet in book.worksheets[1:])
    december = list(book["Bulan"].iter_rows(min_row=13, max_row=13, values_only=True))[0]
    assert december[:2] == (datetime(2024, 12, 1), int(reported))
    *stores, total = list(book["Toko"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert total == ("Seluruhnya", int(reported)) and sum(row[1] for row in stores) == int(reported)


@EACH
def test_the_csv_holds_every_dimension(susi):
    name, content = downloaded(susi.go("/recaps?year=2024"), "CSV")
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert name == "rekap-2024.csv" and head[:3] == ["Menurut", "Nama", "Dilaporkan"]
    counted = [row for row in rows if row[0] in DIMENSIONS.values()]
    assert {row[0] for row in counted} == set(DIMENSIONS.values()) and all(row[2].isdecimal() for row in counted)


@EACH
def test_the_pdf_has_the_month_and_its_figures_on_two_pages(susi):
    susi.go("/recaps?year=2024&month=12")
    amounts = susi.page.get_by_role("region", name="Ringkasan").locator("tbody tr td:nth-child(2)").all_inner_texts()
    name, content = downloaded(susi, "PDF")
    paper = pypdfium2.PdfDocument(content)
    text = paper[0].get_textpage().get_text_range()
    assert name == "rekap-2024-12.pdf" and len(paper) in (1, 2) and "Rekap Desember 2024" in text
    assert all(
        f"{word} {amount}" in text for word, amount in zip(FIGURES.values(), amounts[: len(FIGURES)], strict=True)
    )


@pytest.mark.parametrize(("screen", "file_format"), [("desktop", "XLSX"), ("phone", "CSV"), ("without scripts", "CSV")])
def test_the_filtered_list_is_exported(susi, pool, file_format):
    susi.go("/problems?status=closed&year=2024")
    total = int(susi.page.locator(".nav-tabs [aria-current] .count").inner_text())
    susi.press(file_format)
    expect(susi.page.get_by_role("progressbar")).to_be_visible()
    while Worker(pool).step():
        pass
    if not susi.scripts:
        susi.page.get_by_role("link", name="Perbarui").click()
    susi.sees(f"Berkas siap: {total} kendala.")  # by itself: js/poll.js
    name, content = downloaded(susi, "Unduh berkas")
    head, *rows = rows_of(content, file_format)
    assert name.endswith(file_format.lower()) and head == list(COLUMNS) and len(rows) == total
    status, reported_at = COLUMNS.index("Status"), COLUMNS.index("Dilaporkan (WIB)")
    assert {row[status] for row in rows} == {"Selesai", "Selesai · ditarik"}
    assert {moment(row[reported_at]).year for row in rows} == {2024}
    susi.page.get_by_role("link", name="Kembali ke daftar").click()
    expect(susi.page.get_by_label("Tahun")).to_have_value("2024")


def rows_of(content: bytes, file_format: str) -> list[list]:
    if file_format == "CSV":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.freeze_panes == "B2"
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def moment(cell) -> datetime:
    return cell if isinstance(cell, datetime) else datetime.strptime(cell, "%d/%m/%Y %H:%M")
