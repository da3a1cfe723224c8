"""Many problems at once: ticks, their bar, one dialog for all, and what was left out; by mouse, touch and keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_clicks import LISTEN, SIZES, type_into
from tests.facts import amount, state

USUAL = """
UPDATE category SET priority = 'high', division_id = (SELECT id FROM division WHERE name = 'Umum')
WHERE name = 'Perangkat keras'
"""
SCREENS = ["desktop", "phone"]


@pytest.fixture
def hadi(visitor, screen, query):
    query.execute(USUAL)
    return visitor(screen, "hadi", **({"viewport": SIZES[screen]} if screen in SIZES else {}))


def tick(hadi, *numbers: int) -> None:
    for number in numbers:
        hadi.row(number).get_by_role("checkbox").check()


def bar(hadi) -> list[str]:
    """The buttons of the bar that one can see."""
    return [button.strip() for button in hadi.page.locator("#many button:visible").all_inner_texts()]


def ticked(hadi) -> list[int]:
    return [int(value.split("-")[0]) for value in hadi.page.locator("td.tick :checked").evaluate_all(
        "boxes => boxes.map((box) => box.value)")]  # fmt: skip


def test_five_are_opened_and_handed_over_at_once(hadi, problem, query, screen):
    numbers, other = [problem() for _ in range(5)], problem()
    hadi.go("/problems?all=1")
    tick(hadi, *numbers)
    hadi.press("Buka dan alihkan (5)" if hadi.scripts else "Buka dan alihkan")
    hadi.fill(Diagnosis="Server mati.", Kategori="Perangkat keras", Prioritas="Kritis").press("Simpan dan alihkan")
    expect(hadi.page.get_by_label("Alasan", exact=True)).to_have_value("Server mati.")
    expect(hadi.page.get_by_label("Jenis penyelesaian")).to_contain_text("Divisi Umum")
    hadi.press("Penyelesaian >>").sees("5 kendala dibuka dan dialihkan.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}
    assert state(query, other)[0] == "new" and ticked(hadi) == []
    expect(hadi.row(numbers[0])).to_contain_text("Dialihkan")


@pytest.mark.parametrize("screen", SCREENS)
def test_ten_at_once_take_at_most_25_clicks(hadi, problem, query):
    numbers = [problem() for _ in range(10)]
    hadi.go("/problems?all=1").page.evaluate(LISTEN)
    for number in numbers:
        hadi.row(number).get_by_role("checkbox").click()
    hadi.press("Buka dan alihkan (10)")
    expect(hadi.page.get_by_role("dialog", name="Buka dan alihkan (10)")).to_be_visible()
    type_into(hadi, "Diagnosis", "Server mati.")
    hadi.fill(Kategori="Perangkat keras").press("Simpan dan alihkan")
    expect(hadi.page.get_by_label("Alasan", exact=True)).to_have_value("Server mati.")
    hadi.press("Penyelesaian >>").sees("10 kendala dibuka dan dialihkan.")
    assert hadi.page.evaluate("clicks") == 14
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_bar_follows_the_ticks(hadi, problem):
    new, mine, others = problem(), problem("in_progress"), problem("escalated")
    hadi.go("/problems?all=1")
    expect(hadi.page.locator("#many")).to_be_hidden()
    tick(hadi, new)
    assert bar(hadi) == ["Buka dan alihkan (1)"]
    tick(hadi, mine, others)
    assert bar(hadi) == ["Buka dan alihkan (1)", "Terima (1)", "Alihkan (1)", "Tutup (1)"]
    expect(hadi.page.locator("#many")).to_contain_text("3 dicentang")
    everything = hadi.page.locator("[data-tick-all]:visible").last
    expect(everything).to_be_checked()
    everything.click()
    expect(hadi.page.locator("#many")).to_be_hidden()
    assert ticked(hadi) == []


@pytest.mark.parametrize("screen", ["desktop"])
def test_on_a_slow_line_the_button_of_the_bar_says_that_it_works(hadi, problem):
    numbers, held = [problem("in_progress") for _ in range(2)], []
    hadi.page.route("**/bulk-actions/new**", lambda route: held.append(route))
    hadi.go("/problems?all=1")
    tick(hadi, numbers[0])
    button = hadi.page.locator("#many [data-noun=closures]")
    button.click()
    expect(button).to_have_text("Membuka…")
    tick(hadi, numbers[1])
    held.pop().continue_()
    expect(hadi.page.get_by_role("dialog", name="Tutup (1)")).to_be_visible()
    hadi.page.keyboard.press("Escape")
    expect(button).to_have_text("Tutup (2)")


@pytest.mark.parametrize("screen", SCREENS)
def test_the_whole_page_is_ticked_at_once(hadi, problem, query, screen):
    numbers = [problem("escalated") for _ in range(4)]
    hadi.go("/problems?all=1")
    if screen == "phone":
        tick(hadi, numbers[0])
    hadi.page.locator("[data-tick-all]:visible").last.click()
    hadi.press("Terima (4)")
    expect(hadi.page.get_by_role("dialog")).to_contain_text(f"#{numbers[3]}")
    hadi.press("Terima (4)", within=hadi.page.get_by_role("dialog")).sees("4 kendala diterima.")
    assert {state(query, number)[0] for number in numbers} == {"in_progress"}


@pytest.mark.parametrize("screen", SCREENS)
def test_what_moved_on_is_listed_and_stays_ticked(hadi, person, problem, query):
    numbers = [problem("in_progress") for _ in range(3)]
    hadi.go("/problems?all=1")
    tick(hadi, *numbers)
    hadi.press("Tutup (3)").fill(Solusi="Server dinyalakan lagi.")
    person("hana").act(numbers[1], "closures", solution="Sudah.")
    person("hana").act(numbers[1], "reopenings", reason="Belum.")
    hadi.press("Simpan").sees("2 kendala ditutup. Yang berikut tidak ikut dan tetap dicentang:")
    hadi.sees("Sudah berubah: Dibuka lagi oleh Hana")
    expect(hadi.row(numbers[0])).to_contain_text("Selesai")
    hadi.page.get_by_role("dialog").get_by_text("Kembali ke daftar").click()
    expect(hadi.page.locator("main")).to_be_focused()
    assert ticked(hadi) == [numbers[1]] and bar(hadi) == ["Alihkan (1)", "Tutup (1)"]
    hadi.press("Tutup (1)")
    expect(hadi.page.get_by_label("Solusi")).to_have_value("Server dinyalakan lagi.")
    hadi.press("Simpan").sees("1 kendala ditutup.")
    assert amount(query, "problem WHERE status = 'closed'") == 3


@pytest.mark.parametrize("screen", ["desktop"])
def test_what_had_moved_on_before_the_dialog_opened_stays_ticked_too(hadi, person, problem, query):
    numbers = [problem("in_progress") for _ in range(2)]
    hadi.go("/problems?all=1")
    tick(hadi, *numbers)
    person("hana").act(numbers[1], "closures", solution="Sudah.")
    person("hana").act(numbers[1], "reopenings", reason="Belum.")
    hadi.press("Tutup (2)").fill(Solusi="Server dinyalakan lagi.").sees("Sudah berubah: Dibuka lagi oleh Hana")
    hadi.press("Simpan").sees("1 kendala ditutup.")
    assert ticked(hadi) == [numbers[1]] and bar(hadi) == ["Alihkan (1)", "Tutup (1)"]


@pytest.mark.parametrize("screen", SCREENS)
def test_what_was_typed_is_there_again_after_escape(hadi, problem, query):
    number = problem("in_progress")
    hadi.go("/problems?all=1")
    tick(hadi, number)
    hadi.press("Tutup (1)").fill(Solusi="Server dinyalakan lagi.").escape()
    expect(hadi.page.get_by_role("dialog")).to_have_count(0)
    assert ticked(hadi) == [number]
    hadi.press("Tutup (1)")
    expect(hadi.page.get_by_label("Solusi")).to_have_value("Server dinyalakan lagi.")
    hadi.press("Simpan").sees("1 kendala ditutup.")


@pytest.mark.parametrize("screen", ["desktop"])
def test_without_an_answer_what_is_left_out_stays(hadi, person, problem):
    number = problem("in_progress")
    hadi.go("/problems?all=1")
    tick(hadi, number)
    hadi.press("Tutup (1)").fill(Solusi="Server dinyalakan lagi.")
    person("hana").act(number, "closures", solution="Sudah.")
    hadi.press("Simpan").sees("tidak ikut dan tetap dicentang")
    hadi.page.context.set_offline(True)
    hadi.press("Tutup", within=hadi.page.get_by_role("dialog")).sees("Tidak ada jawaban dari server.")
    hadi.page.context.set_offline(False)
    hadi.sees("tidak ikut dan tetap dicentang")


@pytest.mark.parametrize("screen", ["desktop"])
def test_by_keyboard_alone(hadi, problem, query):
    numbers, keyboard = [problem("in_progress") for _ in range(5)], hadi.page.keyboard
    hadi.go("/problems?all=1").row(numbers[-1]).get_by_role("checkbox").focus()
    for number in numbers[::-1]:
        expect(hadi.row(number).get_by_role("checkbox")).to_be_focused()
        keyboard.press("Space")
        for _ in range(4):  # the problem, Tutup Kendala, Penyelesaian, the next tick
            keyboard.press("Tab")
    close = hadi.page.get_by_role("button", name="Tutup (5)")
    for _ in range(4):
        if not close.evaluate("button => button === document.activeElement"):
            keyboard.press("Tab")
    expect(close).to_be_focused()
    keyboard.press("Enter")
    expect(hadi.page.get_by_label("Solusi")).to_be_focused()
    keyboard.type("Server dinyalakan lagi.")
    keyboard.press("Tab")
    keyboard.press("Enter")
    hadi.sees("5 kendala ditutup.")
    assert {state(query, number)[0] for number in numbers} == {"closed"}


@pytest.mark.parametrize("screen", SCREENS)
def test_from_the_load_of_the_own_division(hadi, problem, query, employees):
    number = problem("in_progress")
    hadi.go(f"/loads/divisions/{employees['hadi'].division_id}")
    tick(hadi, number)
    hadi.press("Tutup (1)").fill(Solusi="Sudah.").press("Simpan").sees("1 kendala ditutup.")
    assert state(query, number)[0] == "closed" and "/loads/divisions/" in hadi.page.url
