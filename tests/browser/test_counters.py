"""While a text is typed, its field says how long it is and may be, in characters as the server counts them."""

import pytest
from playwright.sync_api import expect

MARKED = "e\u0301"  # é as two code points, one after NFC
EACH = pytest.mark.parametrize("screen", ["desktop", "phone"])


@EACH
def test_a_counter_counts_as_the_server_does(visitor, screen):
    rini = visitor(screen, "rini").go("/problems/new")
    title = rini.page.locator("[data-field=title]")
    title.locator("input").fill(f"  {MARKED}\U0001f600 ")
    expect(title.locator("[data-counter]")).to_have_text("2 dari 150 karakter")
    expect(title.get_by_role("status")).to_be_empty()
    title.locator("input").fill("\U0001f600" * 153)
    expect(title.locator("[data-counter] [aria-hidden]")).to_have_text("Kelebihan 3 karakter; paling banyak 150.")
    expect(title.get_by_role("status")).to_have_text("Kelebihan 3 karakter; paling banyak 150.")
    rini.press("Kirim")
    rini.sees("Paling banyak 150 karakter; ini kelebihan 3.")


@EACH
def test_a_counter_works_in_a_dialog_and_in_english(visitor, screen, problem):
    number = problem("in_progress")
    hadi = visitor(screen, "hadi").go("/problems").prefer("English")
    hadi.press("Close Problem", hadi.row(number))
    solution = hadi.page.locator("dialog [data-field=solution]")
    solution.locator("textarea").fill("x" * 4501)
    expect(solution.get_by_role("status")).to_have_text("4501 of 5000 characters")
