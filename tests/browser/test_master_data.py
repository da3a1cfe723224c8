"""The daily work of an admin in a browser: an import, a freeze, an activation code, a scanned label."""

import re
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect

from sih.background.worker import Worker
from tests.company import PIN

NEWCOMER = "INSERT INTO employee (nik, name, store_id) VALUES ('60000001', 'Baru', 1) RETURNING id"
EACH = pytest.mark.parametrize("screen", ["desktop", "phone"])
FAULTY = "NIK;Nama;Toko\n0050001;Baru Sekali;T002\n10000003;Sari;T999\n"
MENDED = FAULTY.replace("T999", "T002").replace("Sari", "Sari Baru")


@pytest.fixture
def bring(pool):
    """bring(visitor, text) uploads a file of employees and waits until its dry run is shown."""

    def bring(one, text: str) -> None:
        one.go("/imports/new?noun=employee")
        one.page.set_input_files("#file", {"name": "hr.csv", "mimeType": "text/csv", "buffer": text.encode()})
        one.press("Periksa berkas")
        expect(one.page.get_by_role("progressbar")).to_be_visible()
        Worker(pool).step()
        expect(one.page.get_by_text("Baris di berkas")).to_be_visible()  # by itself: js/poll.js

    return bring


@EACH
def test_a_list_with_errors_is_corrected_and_imported_again(visitor, pool, bring, screen):
    adi = visitor(screen, "adi")
    bring(adi, FAULTY)
    adi.sees_alert("Ada 1 baris yang salah. Belum ada yang disimpan.")
    adi.sees("Toko tidak dikenal: T999")
    expect(adi.page.get_by_role("button", name="Simpan semua")).to_have_count(0)
    bring(adi, MENDED)
    adi.sees("Baru Sekali").press("Simpan semua")
    expect(adi.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool).step()
    adi.sees("Selesai: semua tersimpan.")
    bring(adi, MENDED)
    adi.sees("Tidak ada yang perlu diubah: semuanya sudah sama.")


@EACH
def test_freezing_ends_the_session_of_a_signed_in_employee(visitor, screen, employees):
    adi, rini = visitor(screen, "adi"), visitor(screen, "rini").go("/problems")
    adi.go("/employees")
    adi.page.get_by_label("Cari", exact=True).fill("rini")
    adi.page.keyboard.press("Enter")
    adi.page.get_by_role("link", name=employees["rini"].nik).click()
    adi.page.get_by_role("link", name="Bekukan").click()
    adi.fill(Alasan="Sudah tidak bekerja.").press("Bekukan")
    adi.sees("Rini dibekukan.")
    rini.page.get_by_role("link", name="Lapor Kendala").first.click()
    expect(rini.page.get_by_label("NIK")).to_be_visible()
    rini.page.get_by_label("NIK").fill(employees["rini"].nik)
    rini.press("Lanjut").sees_alert("Maaf akun ini telah dinonaktifkan oleh admin!")


@EACH
def test_a_code_for_one_person_is_shown_once_and_used(visitor, screen, query):
    number = query.one(NEWCOMER)["id"]
    adi = visitor(screen, "adi").go(f"/employees/{number}/activation-codes/new")
    adi.press("Buat kode").sees("Kode hanya ditampilkan sekali.")
    code = adi.page.locator("[data-code]").inner_text()
    adi.page.emulate_media(media="print")
    expect(adi.page.locator("header")).to_be_hidden()
    expect(adi.page.locator("[data-code]")).to_be_visible()
    is_used(code, visitor(screen, None))


@EACH
def test_a_sheet_of_codes_is_made_and_one_is_used(visitor, screen, query, pool, settings):
    query.one_or_none(NEWCOMER)
    adi = visitor(screen, "adi").go("/stores/1/edit")
    adi.page.locator("a.btn", has_text="Lembar kode aktivasi").click()
    adi.press("Buat berkas")
    expect(adi.page.get_by_role("progressbar")).to_be_visible()
    Worker(pool, settings).step()
    with adi.page.expect_download() as download:
        adi.page.get_by_role("button", name="Unduh berkas").click()  # it appears by itself: js/poll.js
    text = pypdfium2.PdfDocument(download.value.path())[0].get_textpage().get_text_range()
    is_used(re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", text[text.index("60000001") :])[0], visitor(screen, None))


def is_used(code: str, newcomer) -> None:
    newcomer.go("/activations/new")
    newcomer.fill(**{"NIK": "60000001", "Kode aktivasi": code, "PIN baru": "640285", "Ulangi PIN baru": "640285"})
    newcomer.page.locator("main button").last.click()
    expect(newcomer.page.locator("header")).to_contain_text("60000001 Baru")


@EACH
def test_a_label_is_printed_scanned_and_leads_to_the_report(visitor, screen, site, employees):
    adi = visitor(screen, "adi").go("/stores/1/edit")
    link = adi.page.get_by_role("link", name="Label inventaris (PDF)").get_attribute("href")
    page = pypdfium2.PdfDocument(adi.page.context.request.get(f"{site}{link}").body())[0]
    [found] = zxingcpp.read_barcodes(page.render(scale=4).to_pil())
    place = urlsplit(found.text)
    phone = visitor(screen, None).go(f"{place.path}?{place.query}")
    phone.page.get_by_label("NIK").fill(employees["rini"].nik)
    phone.press("Lanjut").page.get_by_label("PIN").fill(PIN)
    phone.press("Masuk")
    expect(phone.page.get_by_label("Inventaris").locator("option:checked")).to_have_text("T001-PRN-01 (SN1)")


@EACH
def test_a_store_is_chosen_by_typing(visitor, screen):
    adi = visitor(screen, "adi").go("/employees/new")
    adi.page.get_by_label("Toko", exact=True).press_sequentially("pana")
    expect(adi.page.locator("#store-list option")).to_have_attribute("value", "T002")


def test_without_scripts_a_store_is_found_by_a_button(visitor):
    adi = visitor("without scripts", "adi").go("/employees/new")
    adi.page.get_by_label("Nama").fill("Budi")
    adi.page.get_by_label("Toko", exact=True).fill("pana")
    adi.page.get_by_role("button", name="Cari").click()
    adi.page.get_by_role("button", name="T002 Panakkukang").click()
    assert adi.page.get_by_label("Toko", exact=True).input_value() == "T002"
    assert adi.page.get_by_label("Nama").input_value() == "Budi"


@EACH
def test_fields_follow_the_role_that_is_chosen(visitor, screen):
    adi = visitor(screen, "adi").go("/employees/new")
    expect(adi.page.get_by_label("Divisi")).to_be_hidden()
    adi.fill(Peran="Penanggung", Divisi="Umum", NIK="50000001", Nama="Budi", Toko="T001")
    adi.fill(Peran="Pelapor")
    expect(adi.page.get_by_label("Departemen")).to_be_hidden()
    adi.press("Simpan").sees("Karyawan tersimpan:")
    adi.page.get_by_role("link", name="Buat kode aktivasi").click()
    adi.sees("50000001 Budi")
