"""axe finds no accessibility fault on any page or dialog, at both sizes, in both themes, and with error messages."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import pages
from tests.company import PIN
from tests.pages import PAGES

# Each test makes its own problems.
pytestmark = [pytest.mark.shared_database, pytest.mark.parametrize("screen", ["desktop", "phone"])]
SHORT = ("sign in", "list", "detail, closed")
AS_A_WHOLE = [name for name in PAGES if name not in SHORT]


@pytest.fixture(params=["light", "dark"])
def theme(request) -> str:
    return request.param


@pytest.fixture
def numbers(problem, query, employees) -> dict[str, int]:
    return pages.numbers(problem, query, employees)


def findings(visitor) -> list[str]:
    found = Axe().run(visitor.page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def look(visitor, screen: str, theme: str, name: str, numbers: dict[str, int]) -> list[str]:
    somebody, path = PAGES[name]
    return findings(visitor(screen, somebody, color_scheme=theme).go(path.format(**numbers)))


@pytest.mark.parametrize("name", SHORT)
def test_axe_finds_nothing_on_the_everyday_pages(visitor, screen, theme, name, numbers):
    assert look(visitor, screen, theme, name, numbers) == []


@pytest.mark.long
@pytest.mark.parametrize("name", AS_A_WHOLE)
def test_axe_finds_nothing_on_any_other_page(visitor, screen, theme, name, numbers):
    assert look(visitor, screen, theme, name, numbers) == []


def test_axe_finds_nothing_in_a_dialog_with_errors(visitor, screen, theme, numbers):
    hadi = visitor(screen, "hadi", color_scheme=theme).go("/problems")
    hadi.press("Penyelesaian", within=hadi.row(numbers["in_progress"])).choose_kind("Divisi IT")
    hadi.press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    assert findings(hadi) == []
    hadi.choose_kind("Departemen").fill(Departemen="Kasir", Alasan="Perlu PIC.").press("Penyelesaian >>")
    hadi.press("Simpan").sees_alert("Harap isi form kosong!")
    assert findings(hadi) == []


def test_axe_finds_nothing_about_ticked_rows_and_what_is_left_out(visitor, screen, theme, numbers):
    hadi, number = visitor(screen, "hadi", color_scheme=theme).go("/problems"), numbers["in_progress"]
    hadi.row(number).get_by_role("checkbox").check()
    hadi.sees("1 dicentang")
    assert findings(hadi) == []
    hadi.press("Tutup (1)").fill(Solusi="Sudah.")
    assert findings(hadi) == []
    with hadi.page.expect_response("**/bulk-actions"):
        hadi.page.evaluate("document.querySelector('dialog [name=picked]').value += '0'")
        hadi.press("Simpan")
    hadi.sees("tetap dicentang")
    assert findings(hadi) == []


def test_axe_finds_nothing_in_both_steps_of_opening_and_handing_over_and_beside_the_row(
    visitor, screen, theme, numbers
):
    hadi = visitor(screen, "hadi", color_scheme=theme).go("/problems")
    hadi.press("Buka Kendala", within=hadi.row(numbers["new"])).sees("Langkah terakhir")
    hadi.fill(Diagnosis="Rol aus.", Kategori="Jaringan", Prioritas="Rendah")
    assert findings(hadi) == []
    hadi.press("Simpan dan alihkan").sees("« Kembali ke identifikasi")
    assert findings(hadi) == []
    hadi.choose_kind("Divisi Umum").press("Penyelesaian >>").sees("dibuka dan dialihkan.")
    assert findings(hadi) == []


def test_axe_finds_nothing_about_a_conflict_and_in_the_dialogs_without_a_problem(visitor, screen, theme, numbers):
    hadi, number = visitor(screen, "hadi", color_scheme=theme), numbers["in_progress"]
    hadi.go("/problems?status=in_progress")
    hadi.press("Simpan tampilan").sees("Nama tampilan")
    assert findings(hadi) == []
    hadi.page.keyboard.press("Escape")
    hadi.page.keyboard.press("?")
    hadi.sees("Kendala berikutnya")
    assert findings(hadi) == []
    hadi.page.keyboard.press("Escape")
    hadi.press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Sudah.")
    with hadi.page.expect_response("**/closures"):
        hadi.page.evaluate("document.querySelector('dialog [name=seen]').value = 1")
        hadi.press("Simpan")
    hadi.sees("Yang Anda isi, belum disimpan:")
    assert findings(hadi) == []


def test_axe_finds_nothing_beside_a_refused_pin(visitor, screen, theme):
    koko = visitor(screen, "koko", color_scheme=theme).go("/pin/new")
    koko.page.fill("[name=pin]", PIN)
    koko.page.fill("[name=new_pin]", "123456")
    koko.page.fill("[name=repeated_pin]", "123456")
    koko.press("Simpan").sees("PIN ini angka yang berurutan. Pilih yang lain.")
    assert findings(koko) == []


def test_axe_finds_nothing_with_the_account_menu_open(visitor, screen, theme):
    hadi = visitor(screen, "hadi", color_scheme=theme)
    hadi.page.locator("summary").first.click()
    hadi.sees("Ganti PIN")
    assert findings(hadi) == []
