"""The list by keyboard alone: keys move among rows and press their buttons, and never while somebody types."""

import re

import pytest
from playwright.sync_api import expect

from tests.facts import state

pytestmark = pytest.mark.parametrize("screen", ["desktop"])
LAPTOP = {"viewport": {"width": 1366, "height": 768}}
OPEN = "/problems?status=new"
USUAL = """
UPDATE category SET priority = 'high', division_id = (SELECT id FROM division WHERE name = 'Umum')
WHERE name = 'Perangkat keras'
"""


@pytest.fixture
def hadi(visitor, screen):
    return visitor(screen, "hadi", **LAPTOP)


def type_keys(visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def focused_row(visitor) -> str | None:
    return visitor.page.evaluate("document.activeElement.closest('tr')?.id ?? null")


def dialog(visitor):
    return visitor.page.get_by_role("dialog")


def test_j_k_and_arrows_move_among_the_rows(hadi, problem):
    rows = [f"p{problem()}" for _ in range(3)][::-1]
    hadi.go(OPEN)
    steps = [("j", 0), ("j", 1), ("k", 0), ("k", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("j", 2), ("ArrowUp", 1)]
    for key, at in steps:
        type_keys(hadi, key)
        assert focused_row(hadi) == rows[at], key


def test_enter_opens_the_problem_also_from_its_tick(hadi, problem):
    number = problem()
    for keys in (("j", "Enter"), ("j", "x", "Enter")):
        hadi.go(OPEN)
        type_keys(hadi, *keys)
        expect(hadi.page).to_have_url(re.compile(f"/problems/{number}$"))


@pytest.mark.parametrize(
    ("key", "before", "heading"),
    [("b", "new", "Buka Kendala"), ("a", "in_progress", "Penyelesaian"), ("c", "in_progress", "Tutup Kendala")],
)
def test_letters_press_the_buttons_of_the_row(hadi, problem, key, before, heading):
    problem(before), problem(before)
    hadi.go("/problems?mine=")
    type_keys(hadi, key)
    expect(dialog(hadi)).to_have_count(0)
    type_keys(hadi, "j", "j", key)
    expect(hadi.page.get_by_role("dialog", name=heading)).to_be_visible()


def test_t_accepts(visitor, screen, problem, query):
    gita, number = visitor(screen, "gita", **LAPTOP), problem("escalated")
    gita.go("/problems?status=escalated")
    type_keys(gita, "j", "t")
    gita.sees("diterima")
    assert state(query, number)[0] == "in_progress"


def test_x_ticks_slash_searches_and_question_mark_shows_all_keys(hadi, problem):
    number = problem()
    hadi.go(OPEN)
    type_keys(hadi, "j", "x")
    tick = hadi.row(number).get_by_role("checkbox")
    expect(tick).to_be_checked()
    type_keys(hadi, "x")
    expect(tick).not_to_be_checked()
    type_keys(hadi, "?")
    expect(hadi.page.get_by_role("dialog", name="Tombol keyboard")).to_contain_text("Kendala berikutnya")
    type_keys(hadi, "j", "b")
    hadi.escape()
    expect(dialog(hadi)).to_have_count(0)
    type_keys(hadi, "/")
    expect(hadi.page.get_by_label("Cari", exact=True)).to_be_focused()
    hadi.page.keyboard.type("jbtacx?/k")
    expect(hadi.page.get_by_label("Cari", exact=True)).to_have_value("jbtacx?/k")
    expect(dialog(hadi)).to_have_count(0)


def test_keys_with_a_modifier_belong_to_the_browser(hadi, problem):
    problem()
    hadi.go(OPEN)
    type_keys(hadi, "j", "Alt+b", "Meta+b", "Shift+B")
    expect(dialog(hadi)).to_have_count(0)
    hadi.page.get_by_label("Tahun").focus()
    type_keys(hadi, "b")
    expect(dialog(hadi)).to_have_count(0)


def test_switched_off_in_the_profile_only_ctrl_enter_remains(hadi, problem, query):
    number = problem()
    hadi.go("/profile").press("Mati")
    hadi.go(OPEN)
    type_keys(hadi, "j", "b", "?")
    assert focused_row(hadi) is None
    expect(dialog(hadi)).to_have_count(0)
    hadi.press("Buka Kendala", within=hadi.row(number))
    expect(dialog(hadi)).to_be_visible()
    hadi.fill(Kategori="Jaringan", Prioritas="Tinggi", Diagnosis="Rol aus.")
    type_keys(hadi, "Control+Enter")
    hadi.sees(f"Kendala #{number} dibuka.")
    assert state(query, number)[0] == "in_progress"


def test_letters_are_for_the_ticked_rows_while_there_are_any(hadi, problem):
    problem("escalated"), problem("in_progress"), problem("in_progress")
    hadi.go("/problems?all=1")
    type_keys(hadi, "j", "x", "j", "x", "k", "t", "b")
    expect(dialog(hadi)).to_have_count(0)
    type_keys(hadi, "c")
    expect(hadi.page.get_by_role("dialog", name="Tutup (2)")).to_be_visible()


def test_ctrl_enter_saves_in_any_form(hadi, query, problem):
    hadi.go("/problems/new").fill(Inventaris="Lainnya: AC", Judul="AC mati", Deskripsi="Panas.")
    type_keys(hadi, "Control+Enter")
    hadi.sees("menunggu di Helpdesk.")
    number = problem("in_progress")
    hadi.go(f"/problems/{number}")
    type_keys(hadi, "c")
    expect(dialog(hadi)).to_be_visible()
    hadi.fill(Solusi="Rol diganti.")
    type_keys(hadi, "Meta+Enter")
    hadi.sees(f"Kendala #{number} ditutup.")


def test_ctrl_enter_on_a_button_presses_that_of_its_row(visitor, screen, problem, query):
    gita, numbers = visitor(screen, "gita", **LAPTOP), [problem("escalated") for _ in range(2)]
    gita.go("/problems?status=escalated")
    gita.row(numbers[0]).get_by_role("button", name="Terima").focus()
    type_keys(gita, "Control+Enter")
    gita.sees(f"Kendala #{numbers[0]} diterima.")
    assert [state(query, number)[0] for number in numbers] == ["in_progress", "escalated"]


def test_problems_are_opened_one_after_the_other_by_keys_alone(hadi, query, problem):
    """After each save the next row is the current one."""
    numbers = [problem() for _ in range(3)]
    hadi.go(OPEN)
    type_keys(hadi, "j")
    for number in reversed(numbers):
        assert focused_row(hadi) == f"p{number}"
        type_keys(hadi, "b")
        expect(hadi.page.get_by_label("Diagnosis")).to_be_focused()
        for words in ("Rol aus.", "Jaringan", "Tinggi"):
            hadi.page.keyboard.type(words)
            type_keys(hadi, "Tab")
        type_keys(hadi, "Control+Enter")
        hadi.sees(f"Kendala #{number} dibuka.")
        expect(dialog(hadi)).to_have_count(0)
    assert {state(query, number)[0] for number in numbers} == {"in_progress"}


def test_ten_are_opened_and_handed_over_by_keys_alone_five_of_them_at_once(hadi, query, problem):
    query.execute(USUAL)
    numbers = [problem() for _ in range(10)]
    hadi.go(OPEN)
    type_keys(hadi, "j")
    for number in numbers[:4:-1]:
        assert focused_row(hadi) == f"p{number}"
        type_keys(hadi, "b")
        identify(hadi)
        hand_over(hadi)
        hadi.sees(f"Kendala #{number} dibuka dan dialihkan.")
        expect(dialog(hadi)).to_have_count(0)
    type_keys(hadi, "x", *("j", "x") * 4, "b")
    expect(hadi.page.get_by_role("dialog", name="Buka dan alihkan (5)")).to_be_visible()
    identify(hadi)
    hand_over(hadi)
    hadi.sees("5 kendala dibuka dan dialihkan.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}


def identify(visitor) -> None:
    expect(visitor.page.get_by_label("Diagnosis", exact=True)).to_be_focused()
    visitor.page.keyboard.type("Rol aus.")
    type_keys(visitor, "Tab")
    visitor.page.keyboard.type("Perangkat")
    expect(dialog(visitor).get_by_label("Prioritas")).to_have_value("high")


def hand_over(visitor) -> None:
    """From the field of the category: the button of the next step, and Ctrl+Enter in that."""
    button = visitor.page.get_by_role("button", name="Simpan dan alihkan")
    for _ in range(4):
        if not button.evaluate("button => button === document.activeElement"):
            type_keys(visitor, "Tab")
    type_keys(visitor, "Enter")
    expect(visitor.page.get_by_label("Alasan", exact=True)).to_have_value("Rol aus.")
    expect(visitor.page.get_by_label("Jenis penyelesaian")).to_be_focused()
    type_keys(visitor, "Control+Enter")
