"""A problem's page in a browser: history in view, the way back, the number, long titles, and the first wrong field."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import STEPS

SCREENS = pytest.mark.parametrize("screen", ["desktop", "phone"])
LONG = "Printerkasirmacettanpaspasi" * 4


@pytest.mark.parametrize("state", STEPS)
def test_the_history_is_in_view_without_scrolling(visitor, problem, state):
    number = problem(state, title=LONG, description="Baris log yang panjang sekali.\n" * 150)
    hadi = visitor("desktop", "hadi", viewport={"width": 1366, "height": 768}).go(f"/problems/{number}")
    first = hadi.page.locator(".history > li").first
    expect(hadi.page.get_by_role("heading", name="Riwayat")).to_be_in_viewport(ratio=1)
    expect(first).to_be_in_viewport(ratio=1)


@SCREENS
def test_back_to_the_list_leads_to_it_as_it_was(visitor, problem, screen):
    numbers = [problem("in_progress") for _ in range(55)]
    hadi = visitor(screen, "hadi").go("/problems?status=in_progress&priority=high")
    hadi.page.get_by_role("link", name="Berikutnya").click()
    expect(hadi.row(numbers[0])).to_be_visible()
    address = hadi.page.url
    hadi.row(numbers[1]).get_by_role("link").click()
    hadi.press("Tutup Kendala").press("Simpan").sees_alert("Harap isi form dengan benar!")
    hadi.fill(Solusi="Rol diganti.").press("Simpan").sees(f"Kendala #{numbers[1]} ditutup.")
    hadi.page.reload()
    hadi.page.get_by_role("link", name="Kembali ke daftar").click()
    expect(hadi.page).to_have_url(f"{address}#p{numbers[1]}")


def test_without_scripts_back_leads_to_the_list_as_it_was(visitor, problem):
    number = problem("in_progress")
    hadi = visitor("without scripts", "hadi").go("/problems?status=in_progress&priority=high")
    hadi.row(number).get_by_role("link").click()
    hadi.page.get_by_role("link", name="Kembali ke daftar").click()
    expect(hadi.page).to_have_url(re.compile(rf"/problems\?status=in_progress&priority=high#p{number}$"))


@SCREENS
@pytest.mark.parametrize("has_clipboard", [True, False])
def test_the_number_can_be_copied(visitor, problem, screen, has_clipboard):
    number = problem()
    hadi = visitor(screen, "hadi", permissions=["clipboard-read", "clipboard-write"]).go(f"/problems/{number}")
    hadi.page.evaluate("navigator.clipboard.writeText('before')")
    hadi.page.evaluate("navigator.clipboard.readText().then(text => { window.read = text; })")
    if not has_clipboard:  # as over plain HTTP
        hadi.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    hadi.press("Salin nomor").sees("Nomor tersalin")
    hadi.page.evaluate("delete navigator.clipboard")
    assert hadi.page.evaluate("navigator.clipboard.readText()") == f"#{number}"


@SCREENS
def test_a_title_without_a_blank_wraps_in_a_dialog(visitor, problem, screen):
    number = problem("in_progress", title=LONG)
    hadi = visitor(screen, "hadi").go(f"/problems/{number}").press("Tutup Kendala")
    dialog = hadi.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize("screen", ["phone"])
@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_title_without_a_blank_wraps_where_somebody_was_faster(visitor, person, problem, screen, is_ticked):
    number = problem("in_progress", title=LONG)
    hadi = visitor(screen, "hadi").go("/problems")
    if is_ticked:
        hadi.row(number).get_by_role("checkbox").check()
        hadi.press("Tutup (1)").fill(Solusi="Sudah.")
    else:
        hadi.press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Sudah.")
    person("hana").act(number, "closures", solution="Beres.")
    hadi.press("Simpan")
    dialog = hadi.page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize("screen", ["desktop", "phone", "without scripts"])
def test_focus_goes_to_the_first_wrong_field_after_a_failed_report(visitor, screen):
    rini = visitor(screen, "rini").go("/problems/new").fill(Inventaris="Lainnya: AC").press("Kirim")
    rini.sees_alert("Harap isi form dengan benar!")
    expect(rini.page.get_by_label("Judul")).to_be_focused()
