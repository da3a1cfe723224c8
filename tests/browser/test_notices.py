"""Bell, menu and the title of the tab count by themselves, a screen reader hears it once, and whoever sees a problem
has read its notices."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_changes import Asked
from tests.conftest import bring

SCREENS = pytest.mark.parametrize("screen", ["desktop", "phone"])
UNREAD = "SELECT n.problem_id AS id FROM notice n WHERE n.read_at IS NULL AND n.employee_id = %(id)s"
BELL, MENU, HEARD = "[data-number=unread]", "[data-number=waiting]", "[data-counts]"


@SCREENS
def test_a_hand_over_counts_in_the_other_browser(visitor, screen, problem, query, employees):
    number = problem("in_progress")
    page = visitor(screen, "pandu").page
    asked = Asked(page, "/problems")
    expect(page.locator(BELL)).to_have_text("")
    bring(query, employees, number, "to pandu")
    asked.until_asked()
    expect(page.locator(BELL)).to_have_text("1")
    expect(page.locator(MENU)).to_have_text("(1)")
    expect(page).to_have_title("(1) Daftar Kendala · SIH")
    expect(page.locator(HEARD)).to_have_text("1 kendala menunggu saya. 1 pemberitahuan belum dibaca")
    page.evaluate("document.querySelector('[data-counts]').textContent = ''")
    with page.expect_response("**/changes?*") as answer:
        asked.until_asked()
    answer.value.finished()
    page.evaluate("fetch('/healthz').then(() => 0)")  # the answer has been shown when it returns
    assert page.locator(HEARD).text_content() == ""


@SCREENS
def test_seeing_a_problem_reads_its_notices(visitor, screen, problem, query, employees):
    number, other = problem("escalated to pandu"), problem("escalated to pandu")
    page = visitor(screen, "pandu").page
    page.get_by_role("link", name="Pemberitahuan").click()
    expect(page).to_have_title("(2) Pemberitahuan · SIH")
    page.get_by_role("link", name=f"#{number} ").click()
    expect(page.locator(BELL)).to_have_text("1")
    unread = query.select(UNREAD, {"id": employees["pandu"].id})
    assert other in [row["id"] for row in unread] and number not in [row["id"] for row in unread]
    page.get_by_role("link", name="Pemberitahuan").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Tandai semua sudah dibaca").press("Enter")
    expect(page.locator(BELL)).to_have_text("")


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_buttons_read(visitor, screen, problem):
    number = problem("escalated to pandu")
    page = visitor(screen, "pandu").page
    page.goto(f"/problems/{number}")
    expect(page.locator(BELL)).to_have_text("1")
    page.get_by_role("link", name="Pemberitahuan").click()
    page.get_by_role("button", name=f"Tandai sudah dibaca: #{number}").click()
    expect(page.locator(BELL)).to_have_text("")
