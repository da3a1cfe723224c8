"""How many clicks the handler's main job takes: each click and each change of a select that the page hears is one."""

import pytest
from playwright.sync_api import expect

from tests.facts import amount, state

LISTEN = """() => {
    window.clicks = 0;
    document.addEventListener("click", () => { window.clicks++; }, true);
    document.addEventListener("change", ({ target }) => { if (target.matches("select")) window.clicks++; }, true);
}"""
# Before "Simpan dan alihkan" the same walk took nine: Buka Kendala, Kategori, Prioritas, into Diagnosis, Simpan,
# Penyelesaian, Jenis penyelesaian, into Alasan, Penyelesaian >>.
BEFORE = 9
SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 360, "height": 740}}
USUAL = """
UPDATE category SET priority = 'high', division_id = (SELECT id FROM division WHERE name = 'Umum')
WHERE name = 'Perangkat keras'
"""

pytestmark = pytest.mark.parametrize("screen", ["desktop", "phone"])


@pytest.fixture
def hadi(visitor, screen, query):
    query.execute(USUAL)
    return visitor(screen, "hadi", viewport=SIZES[screen])


def type_into(hadi, label: str, words: str) -> None:
    """As a person does, who clicks into a field unless the cursor is there already."""
    field = hadi.page.get_by_label(label, exact=True)
    if not field.evaluate("field => field === document.activeElement"):
        field.click()
    hadi.page.keyboard.insert_text(words)


def test_ten_problems_are_opened_and_handed_over_with_less_than_half_of_the_clicks(hadi, problem, query):
    numbers = [problem() for _ in range(10)]
    hadi.go("/problems").page.evaluate(LISTEN)
    for number in numbers[::-1]:
        hadi.press("Buka Kendala", within=hadi.row(number))
        expect(hadi.page.get_by_role("dialog", name="Buka Kendala")).to_be_visible()
        type_into(hadi, "Diagnosis", "Rol aus.")
        hadi.fill(Kategori="Perangkat keras").press("Simpan dan alihkan")
        expect(hadi.page.get_by_role("dialog", name="Penyelesaian")).to_be_visible()
        hadi.press("Penyelesaian >>").sees(f"Kendala #{number} dibuka dan dialihkan.")
    clicks = hadi.page.evaluate("clicks")
    assert clicks == 40 and clicks <= 10 * BEFORE / 2
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}
    assert amount(query, "event WHERE note = 'Rol aus.'") == 20


def test_by_keyboard_alone_without_a_click_of_the_mouse(hadi, problem, query):
    numbers, keyboard = [problem() for _ in range(3)], hadi.page.keyboard
    hadi.go("/problems").row(numbers[-1]).get_by_role("button", name="Buka Kendala").focus()
    for number in numbers[::-1]:
        keyboard.press("Enter")
        expect(hadi.page.get_by_label("Diagnosis", exact=True)).to_be_focused()
        keyboard.type("Rol aus.")
        keyboard.press("Tab")
        keyboard.type("Perangkat")
        expect(hadi.page.get_by_role("dialog").get_by_label("Prioritas")).to_have_value("high")
        for _ in range(4):
            keyboard.press("Tab")
        expect(hadi.page.get_by_role("button", name="Simpan dan alihkan")).to_be_focused()
        keyboard.press("Enter")
        expect(hadi.page.get_by_label("Jenis penyelesaian")).to_be_focused()
        expect(hadi.page.get_by_label("Alasan", exact=True)).to_have_value("Rol aus.")
        hadi.page.get_by_role("button", name="Penyelesaian >>").focus()
        keyboard.press("Enter")
        hadi.sees(f"Kendala #{number} dibuka dan dialihkan.")
    assert {state(query, number) for number in numbers} == {("escalated", "Umum", None)}
