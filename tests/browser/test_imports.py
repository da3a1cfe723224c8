"""An import in a browser: two sheets with headings of two rows, a faulty row left out and mended."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from sih.background.worker import Worker
from tests.import_files import saved
from tests.list_files import workbook

SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 360, "height": 740}}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = [["No", "NIK", "Nama", "Penempatan", None], [None, None, None, "Kode Toko", "Divisi"]]


def two_sheets() -> bytes:
    book = workbook(
        Jawa=[*HEAD, [1, "0050001", "Jaka", "T001", None], [2, "0050002", "Salah", "T999", None]],
        Bali=[*HEAD, [1, "0050003", "Bagus", "T002", None]],
    )
    for sheet in book:
        for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
            sheet.merge_cells(cells)
    return saved(book)


def mended(content: bytes) -> bytes:
    """With the right store in place of the wrong one."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book.active.iter_rows():
        for cell in row:
            cell.value = "T001" if cell.value == "T999" else cell.value
    return saved(book)


def upload(one, content: bytes, pool) -> None:
    one.go("/imports/new?noun=employee")
    one.page.set_input_files("#file", {"name": "hr.xlsx", "mimeType": TYPE, "buffer": content})
    one.press("Periksa berkas")
    expect(one.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool).step()


@pytest.mark.parametrize("screen", list(SIZES))
def test_two_sheets_are_imported_and_the_faulty_row_is_left_out_and_mended(visitor, pool, query, screen):
    adi = visitor(screen, "adi", viewport=SIZES[screen])
    upload(adi, two_sheets(), pool)
    adi.sees("Beberapa lembar bisa menjadi daftar ini").sees("Jawa (2 baris)").press("Periksa lembar yang dicentang")
    expect(adi.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool).step()
    adi.sees("Toko tidak dikenal: T999")
    expect(adi.page.locator("main")).to_contain_text("Lembar: Jawa (2 baris), Bali (1 baris)")
    width = adi.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SIZES[screen]["width"]
    with adi.page.expect_download() as download:
        adi.page.get_by_role("link", name="Unduh baris yang salah (XLSX)").click()
    faulty = download.value.path().read_bytes()
    adi.page.get_by_label("Lewati 1 baris yang salah").check()
    adi.press("Simpan yang lain")
    expect(adi.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool).step()
    adi.sees("Selesai: semua tersimpan, kecuali 1 baris yang salah.")
    upload(adi, mended(faulty), pool)
    adi.sees("0050002 Salah").press("Simpan semua")
    expect(adi.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool).step()
    adi.sees("Selesai: semua tersimpan.")
    found = query.select("SELECT nik FROM employee WHERE nik LIKE '00500%%' ORDER BY nik")
    assert [row["nik"] for row in found] == ["0050001", "0050002", "0050003"]
