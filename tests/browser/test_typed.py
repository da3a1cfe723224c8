"""What is typed into a dialog stays in this tab until it is sent, discarded or the person signs out."""

import pytest
from playwright.sync_api import expect

from tests.facts import amount, state

pytestmark = pytest.mark.parametrize("screen", ["desktop", "phone"])
SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 360, "height": 740}}
KEPT = "Object.keys(sessionStorage).filter((name) => name.startsWith('typed'))"


@pytest.fixture
def hadi(visitor, screen):
    return visitor(screen, "hadi", viewport=SIZES[screen])


@pytest.fixture
def at_opening(hadi, problem):
    """Hadi in the dialog of a new problem, with something in each field; and the number of the problem."""
    number = problem()
    reopen(hadi, number)
    hadi.fill(Diagnosis="Rol aus.", Kategori="Jaringan", Prioritas="Rendah")
    return hadi, number


def reopen(hadi, number: int, path: str = "/problems") -> None:
    if path:
        hadi.go(path)
    hadi.press("Buka Kendala", within=hadi.row(number))
    expect(hadi.page.get_by_role("dialog", name="Buka Kendala")).to_be_visible()


def typed(hadi) -> list[str]:
    dialog = hadi.page.get_by_role("dialog")
    texts = [dialog.get_by_label("Diagnosis", exact=True).input_value()]
    return texts + [
        dialog.get_by_label(name).locator("option:checked").inner_text() for name in ("Kategori", "Prioritas")
    ]


CLOSINGS = {
    "Escape": lambda page: page.keyboard.press("Escape"),
    "Batal": lambda page: page.get_by_text("Batal").click(),
    "back": lambda page: page.go_back(),
    "outside": lambda page: page.mouse.click(3, 3),
}


@pytest.mark.parametrize("closing", CLOSINGS)
def test_closing_keeps_what_was_typed_and_the_list(at_opening, query, closing):
    hadi, number = at_opening
    CLOSINGS[closing](hadi.page)
    expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    expect(hadi.row(number)).to_be_visible()
    assert hadi.page.url.endswith("/problems")
    reopen(hadi, number, "")
    assert typed(hadi) == ["Rol aus.", "Jaringan", "Rendah"]
    assert state(query, number)[0] == "new"


def test_a_selection_that_ends_outside_closes_nothing(at_opening, screen):
    hadi, _ = at_opening
    field = hadi.page.get_by_label("Diagnosis", exact=True).bounding_box()
    hadi.page.mouse.move(field["x"] + 20, field["y"] + 20)
    hadi.page.mouse.down()
    hadi.page.mouse.move(2, field["y"] + 20)
    hadi.page.mouse.up()
    expect(hadi.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("leaving", ["language", "theme", "reload"])
def test_language_theme_and_a_reload_keep_what_was_typed(at_opening, leaving):
    hadi, number = at_opening
    hadi.escape()
    if leaving == "reload":
        hadi.page.reload()
    elif leaving == "theme":
        hadi.page.evaluate("document.querySelector('form[action=\"/theme\"] button').click()")
        hadi.page.reload()
    else:
        with hadi.page.expect_navigation():
            hadi.page.evaluate(f"document.querySelector('form[action=\"/{leaving}\"] button').click()")
    hadi.row(number).locator("button[formaction$='/openings/new']").click()
    expect(hadi.page.locator("dialog #diagnosis")).to_have_value("Rol aus.")
    expect(hadi.page.locator("dialog #priority")).to_have_value("low")


def test_the_second_step_keeps_what_was_typed_too(at_opening):
    hadi, number = at_opening
    hadi.press("Simpan dan alihkan").choose_kind("Divisi IT").fill(
        **{"Divisi tujuan": "Aplikasi"}, Alasan="Ke aplikasi."
    )
    hadi.escape()
    reopen(hadi, number, "")
    assert typed(hadi) == ["Rol aus.", "Jaringan", "Rendah"]
    hadi.press("Simpan dan alihkan")
    expect(hadi.page.locator("select[name=division_id]:enabled option:checked")).to_have_text("Aplikasi")
    expect(hadi.page.get_by_label("Alasan", exact=True)).to_have_value("Ke aplikasi.")


def test_what_was_sent_is_forgotten(at_opening, query):
    hadi, number = at_opening
    assert len(hadi.page.evaluate(KEPT)) == 1
    hadi.press("Simpan").sees(f"Kendala #{number} dibuka.")
    assert hadi.page.evaluate(KEPT) == []


def test_what_was_refused_is_kept(at_opening):
    hadi, number = at_opening
    hadi.fill(Kategori="Pilih…").press("Simpan").sees_alert("Harap isi form dengan benar!")
    hadi.escape()
    reopen(hadi, number)
    assert typed(hadi) == ["Rol aus.", "Pilih…", "Rendah"]


def test_a_button_discards_what_was_typed(at_opening):
    hadi, number = at_opening
    hadi.press("Buang isian")
    expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    reopen(hadi, number, "")
    assert typed(hadi) == ["", "Pilih…", "Pilih…"]
    expect(hadi.page.get_by_role("button", name="Buang isian")).to_have_count(0)


def test_signing_out_forgets_and_another_person_finds_nothing(at_opening, employees):
    hadi, number = at_opening
    hadi.escape()
    hadi.press("Keluar")
    expect(hadi.page.get_by_label("NIK")).to_be_visible()
    assert hadi.page.evaluate(KEPT) == []
    hadi.page.evaluate("sessionStorage.setItem('typed 20000001 1/openings', '{\"diagnosis\": \"Rahasia.\"}')")
    hadi.sign_in(employees["hana"].nik)
    assert hadi.page.evaluate(KEPT) == []
    reopen(hadi, number)
    assert typed(hadi) == ["", "Pilih…", "Pilih…"]


def test_signing_out_in_another_tab_forgets_too(at_opening):
    hadi, _ = at_opening
    assert len(hadi.page.evaluate(KEPT)) == 1
    other = hadi.page.context.new_page()
    other.goto("/problems")
    other.locator("details.account > summary").click()
    other.get_by_role("button", name="Keluar").click()
    expect(other.get_by_label("NIK")).to_be_visible()
    hadi.page.wait_for_function(f"!{KEPT}.length")


def test_the_name_of_a_view_is_kept_too_until_it_is_saved(hadi, problem):
    problem()
    hadi.go("/problems?status=new&all=1").press("Simpan tampilan").fill(**{"Nama tampilan": "Baru masuk"})
    hadi.page.keyboard.press("Escape")
    hadi.press("Simpan tampilan")
    expect(hadi.page.get_by_label("Nama tampilan")).to_have_value("Baru masuk")
    hadi.press("Simpan").sees('Tampilan "Baru masuk" disimpan.')
    assert hadi.page.evaluate(KEPT) == []


def test_on_the_page_of_an_action_the_same_holds(hadi, problem, query):
    number = problem("in_progress")
    hadi.go(f"/problems/{number}/closures/new").fill(Solusi="Rol diganti.")
    hadi.page.reload()
    expect(hadi.page.get_by_label("Solusi")).to_have_value("Rol diganti.")
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    assert hadi.page.evaluate(KEPT) == []
    assert amount(query, "event WHERE kind = 'closed'") == 1
