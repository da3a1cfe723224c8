"""The dialogs over the list: keyboard use, no answer from the server, double clicks, and the list's scroll position."""

import re

import pytest
from playwright.sync_api import expect

from sih.domain import clock
from tests.browser.visitors import CLOSED
from tests.facts import amount, state

pytestmark = pytest.mark.parametrize("screen", ["desktop", "phone"])
SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 360, "height": 740}}


@pytest.fixture
def hadi(visitor, screen):
    return visitor(screen, "hadi")


def test_a_dialog_opens_over_the_list_with_the_first_field_focused(hadi, problem):
    number = problem()
    hadi.go("/problems").press("Buka Kendala", within=hadi.row(number))
    expect(hadi.page.get_by_role("dialog", name="Buka Kendala")).to_be_visible()
    expect(hadi.page.get_by_label("Diagnosis")).to_be_focused()
    assert hadi.page.url.endswith("/problems")


def test_escape_and_batal_close_a_dialog_without_storing(hadi, problem, query):
    number = problem()
    for close in (lambda: hadi.escape(), lambda: hadi.page.get_by_text("Batal").click()):
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
    for _ in range(2):  # past the photos
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
    hadi.page.get_by_role("button", name="Simpan", exact=True).dblclick()
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
    hadi.go("/problems?all=1").page.get_by_role("link", name="Selesai").click()
    expect(hadi.page.locator("tr[id]")).to_have_count(1)
    hadi.page.go_back()
    expect(hadi.page.locator("tr[id]")).to_have_count(2)


def test_a_filter_applies_at_once_and_makes_a_short_address(hadi, problem):
    problem(), problem("closed")
    year = clock.today().year
    hadi.go("/problems?status=closed").unfold().fill(Tahun=str(year))
    expect(hadi.page).to_have_url(re.compile(rf"/problems\?status=closed&year={year}$"))
    expect(hadi.page.locator("tr[id]")).to_have_count(1)


def test_a_filter_applies_at_once_after_a_dialog_too(hadi, problem):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number)).fill(Solusi="Beres.").press("Simpan")
    year = clock.today().year
    hadi.sees(f"Kendala #{number} ditutup.").unfold().fill(Tahun=str(year))
    expect(hadi.page).to_have_url(re.compile(rf"/problems\?year={year}$"))


def test_filters_that_fold_away_wait_for_the_button(hadi, problem):
    problem("in_progress"), problem("closed")
    hadi.go("/problems").unfold().fill(Prioritas="Tinggi", Kategori="Jaringan")
    hadi.page.get_by_label("Toko").press_sequentially("kelapa")
    expect(hadi.page.locator("#filter-store-suggestions option")).to_have_attribute("value", "T001")
    assert hadi.page.url.endswith("/problems")
    hadi.press("Terapkan")
    expect(hadi.page).to_have_url(re.compile(r"/problems\?priority=high&category=\d+&store=kelapa$"))
    expect(hadi.page.locator(".chips a")).to_have_count(3)
    expect(hadi.page.locator("tr[id]")).to_have_count(2)
    hadi.page.get_by_role("link", name="Hapus filter Toko").click()
    expect(hadi.page.locator(".chips a")).to_have_count(2)
    expect(hadi.page.get_by_text("Filter (2)").filter(visible=True)).to_have_count(1)


def test_a_dialog_opens_at_its_top_with_what_is_decided_on(hadi, problem, query, screen):
    query.execute("UPDATE store SET phone = '021-5550142' WHERE code = 'T001'")
    number = problem(description="Mati sejak pagi.\n" * 100, title="M" * 120)
    hadi.page.set_viewport_size(SIZES[screen])
    hadi.go("/problems").press("Buka Kendala", within=hadi.row(number))
    dialog = hadi.page.get_by_role("dialog", name="Buka Kendala")
    expect(dialog.get_by_label("Diagnosis", exact=True)).to_be_focused()
    expect(dialog.get_by_role("link", name="021-5550142")).to_have_attribute("href", "tel:0215550142")
    assert dialog.evaluate("dialog => [dialog.scrollTop, dialog.scrollWidth <= dialog.clientWidth]") == [0, True]
    assert dialog.get_by_role("region", name="Deskripsi").bounding_box()["height"] <= 150
    expect(dialog.get_by_text("Dilaporkan")).to_be_visible()
    if screen == "desktop":
        bottom = dialog.get_by_role("button", name="Batal").or_(dialog.get_by_text("Batal")).bounding_box()
        assert bottom["y"] + bottom["height"] < 768


def test_after_saving_the_row_changes_in_place_and_the_next_button_has_the_focus(hadi, problem):
    first, second, third = problem(), problem(), problem()
    hadi.go("/problems")
    hadi.row(third).evaluate("row => { row.dataset.same = '1'; }")
    opening(hadi, second).press("Simpan")
    message = hadi.page.locator("tr.said")
    expect(message).to_have_text(f"Kendala #{second} dibuka.")
    expect(message).to_be_in_viewport()
    expect(hadi.row(second)).to_contain_text("Ditangani")
    expect(hadi.row(first).get_by_role("button", name="Buka Kendala")).to_be_focused()
    assert hadi.row(third).get_attribute("data-same") == "1"
    assert hadi.page.locator("tr[id], tr.said").evaluate_all("rows => rows.map((row) => row.id)") == [
        f"p{third}", f"p{second}", "", f"p{first}",
    ]  # fmt: skip
    opening(hadi, first).press("Simpan").sees(f"Kendala #{first} dibuka.")
    expect(message).to_have_count(1)
    expect(hadi.row(first).get_by_role("button", name="Tutup Kendala")).to_be_focused()


def test_a_row_that_left_the_list_gives_its_place_to_the_message(hadi, problem):
    first, second = problem(), problem()
    hadi.go("/problems?status=new")
    opening(hadi, second).press("Simpan").sees(f"Kendala #{second} dibuka.")
    expect(hadi.row(second)).to_have_count(0)
    expect(hadi.row(first).get_by_role("button", name="Buka Kendala")).to_be_focused()
    expect(hadi.page.locator(".nav-tabs .active")).to_contain_text("1")
    opening(hadi, first).press("Simpan").sees(f"Kendala #{first} dibuka.")
    expect(hadi.page.locator("main .empty")).to_be_visible()


def test_the_message_of_a_problem_s_page_is_in_view(hadi, problem):
    number = problem("in_progress")
    hadi.go(f"/problems/{number}").press("Tutup Kendala").fill(Solusi="Rol diganti.").press("Simpan")
    expect(hadi.page.locator("main > [role=status]")).to_be_in_viewport()


def test_back_closes_the_dialog_and_once_more_leaves_the_list(hadi, problem):
    number = problem()
    hadi.go(f"/problems/{number}").go("/problems").press("Buka Kendala", within=hadi.row(number))
    expect(hadi.page.get_by_role("dialog")).to_be_visible()
    hadi.page.go_back()
    expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    assert hadi.page.url.endswith("/problems")
    hadi.page.go_back()
    expect(hadi.page).to_have_url(re.compile(rf"/problems/{number}$"))


def test_after_saving_back_leaves_the_list(hadi, problem):
    number = problem()
    hadi.go(f"/problems/{number}").go("/problems")
    opening(hadi, number).press("Simpan").sees(f"Kendala #{number} dibuka.")
    hadi.page.evaluate(CLOSED)
    hadi.page.go_back()
    expect(hadi.page).to_have_url(re.compile(rf"/problems/{number}$"))


def test_a_second_failure_stacks_no_messages(hadi, problem):
    number = problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number)).press("Simpan")
    hadi.sees_alert("Harap isi form dengan benar!").fill(Solusi="Rol diganti.")
    hadi.page.context.set_offline(True)
    for _ in range(2):
        hadi.press("Simpan").sees("Tidak ada jawaban dari server.")
    expect(hadi.page.get_by_role("alert")).to_have_count(1)
    hadi.page.context.set_offline(False)


def test_on_a_slow_line_the_button_says_that_it_works(hadi, problem):
    number, held = problem(), []
    hadi.page.route("**/openings**", lambda route: held.append(route))
    hadi.go("/problems")
    button = hadi.row(number).locator("button[formaction$='/openings/new']")
    button.click()
    expect(button).to_have_text("Membuka…")
    held.pop().continue_()
    hadi.fill(Diagnosis="Rol aus.", Kategori="Jaringan", Prioritas="Rendah").press("Simpan")
    expect(hadi.page.locator("dialog .btn-primary")).to_have_text("Menyimpan…")
    expect(hadi.page.locator("dialog .btn-primary")).to_have_attribute("aria-busy", "true")
    held.pop().continue_()
    hadi.sees(f"Kendala #{number} dibuka.")


def test_a_conflict_keeps_the_choices_and_can_be_closed(hadi, visitor, screen, problem):
    number = problem()
    hadi.go("/problems")
    opening(hadi, number)
    opening(visitor(screen, "hana").go("/problems"), number).press("Simpan").sees(f"Kendala #{number} dibuka.")
    hadi.press("Simpan").sees("Kendala ini sudah berubah")
    expect(hadi.page.get_by_role("dialog")).to_contain_text(re.compile("Kategori\\s*Jaringan\\s*Prioritas\\s*Rendah"))
    hadi.page.get_by_role("dialog").get_by_text("Tutup", exact=True).click()
    expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    assert hadi.page.url.endswith("/problems")


def opening(somebody, number: int):
    """Somebody in the filled dialog of Buka Kendala."""
    somebody.press("Buka Kendala", within=somebody.row(number))
    return somebody.fill(Diagnosis="Rol aus.", Kategori="Jaringan", Prioritas="Rendah")
