"""The dialogs over the list: keyboard use, no answer from the server, double clicks, and the list's scroll position."""

import re

import pytest
from playwright.sync_api import expect

from sih.domain import clock
from tests.facts import amount, state

pytestmark = pytest.mark.parametrize("screen", ["desktop", "phone"])


@pytest.fixture
def hadi(visitor, screen):
    return visitor(screen, "hadi")


def test_a_dialog_opens_over_the_list_with_the_first_field_focused(hadi, problem):
    number = problem()
    hadi.go("/problems").press("Buka Kendala", within=hadi.row(number))
    expect(hadi.page.get_by_role("dialog", name="Buka Kendala")).to_be_visible()
    expect(hadi.page.get_by_label("Kategori")).to_be_focused()
    assert hadi.page.url.endswith("/problems")


def test_escape_and_batal_close_a_dialog_without_storing(hadi, problem, query):
    number = problem()
    for close in (lambda: hadi.page.keyboard.press("Escape"), lambda: hadi.page.get_by_text("Batal").click()):
        hadi.go("/problems").press("Buka Kendala", within=hadi.row(number)).fill(Diagnosis="Rol aus.")
        close()
        expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    assert state(query, number)[0] == "new"


def test_a_dialog_works_with_the_keyboard_alone(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems").row(number).get_by_role("button", name="Tutup Kendala").focus()
    hadi.page.keyboard.press("Enter")
    expect(hadi.page.get_by_label("Solusi")).to_be_focused()
    hadi.page.keyboard.type("Rol diganti.")
    hadi.page.keyboard.press("Tab")
    hadi.page.keyboard.press("Enter")
    hadi.sees(f"Kendala #{number} ditutup.")
    assert state(query, number)[0] == "closed"


def test_after_saving_the_list_keeps_its_scroll_position(hadi, problem):
    numbers = [problem("in_progress") for _ in range(60)]
    hadi.go("/problems?status=in_progress").page.get_by_role("link", name="Berikutnya").click()
    expect(hadi.row(numbers[0])).to_be_visible()
    hadi.row(numbers[2]).scroll_into_view_if_needed()
    address, scrolled = hadi.page.url, hadi.page.evaluate("scrollY")
    hadi.press("Tutup Kendala", within=hadi.row(numbers[1])).fill(Solusi="Beres.").press("Simpan")
    hadi.sees(f"Kendala #{numbers[1]} ditutup.")
    expect(hadi.row(numbers[1])).to_have_count(0)
    assert hadi.page.url == address
    assert abs(hadi.page.evaluate("scrollY") - scrolled) < 200


def test_without_an_answer_the_dialog_keeps_the_typed_text(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Rol diganti.")
    hadi.page.context.set_offline(True)
    hadi.press("Simpan").sees("Tidak ada jawaban dari server.")
    expect(hadi.page.get_by_label("Solusi")).to_have_value("Rol diganti.")
    hadi.page.context.set_offline(False)
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    assert amount(query, "event WHERE kind = 'closed'") == 1


def test_a_double_click_acts_once(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Rol diganti.")
    hadi.page.get_by_role("button", name="Simpan").dblclick()
    hadi.sees(f"Kendala #{number} ditutup.")
    assert amount(query, "event WHERE kind = 'closed'") == 1


def test_a_double_click_reports_once(hadi, query):
    hadi.go("/problems/new").fill(Inventaris="Lainnya: AC", Judul="AC mati", Deskripsi="Panas.")
    hadi.page.get_by_role("button", name="Kirim").dblclick()
    hadi.sees("menunggu di Helpdesk.")
    assert amount(query, "problem") == 1


def test_an_edited_resubmission_after_going_back_asks_which_text_counts(hadi, query):
    hadi.go("/problems/new").fill(Inventaris="Lainnya: AC", Judul="AC mati", Deskripsi="Panas.").press("Kirim")
    hadi.sees("menunggu di Helpdesk.").page.go_back()
    expect(hadi.page.get_by_label("Deskripsi")).to_have_value("Panas.")
    hadi.fill(Judul="AC berisik").press("Kirim")
    hadi.sees("Sudah terkirim sebagai #").press("Kirim sebagai kendala baru").sees("menunggu di Helpdesk.")
    assert amount(query, "problem") == 2


def test_the_back_button_undoes_a_filter(hadi, problem):
    problem(), problem("closed")
    hadi.go("/problems").page.get_by_role("link", name="Selesai").click()
    expect(hadi.page.locator("tr[id]")).to_have_count(1)
    hadi.page.go_back()
    expect(hadi.page.locator("tr[id]")).to_have_count(2)


def test_a_filter_applies_at_once_and_makes_a_short_address(hadi, problem):
    problem(), problem("closed")
    year = clock.today().year
    hadi.go("/problems?status=closed").fill(Tahun=str(year))
    expect(hadi.page).to_have_url(re.compile(rf"/problems\?status=closed&year={year}$"))
    expect(hadi.page.locator("tr[id]")).to_have_count(1)


def test_a_filter_applies_at_once_after_a_dialog_too(hadi, problem):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Beres.").press("Simpan")
    hadi.sees(f"Kendala #{number} ditutup.").page.get_by_label("Laporan saya").check()
    expect(hadi.page).to_have_url(re.compile(r"/problems\?mine=1$"))
