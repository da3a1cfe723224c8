"""The rows of the list on a desktop and a phone: how many one sees, the link over the row, and the account menu."""

import re

import pytest
from playwright.sync_api import expect

from sih.domain import clock
from tests.histories import lives

DESKTOP = {"viewport": {"width": 1366, "height": 768}}
PHONE_SIZE = {"viewport": {"width": 360, "height": 740}}
PHONE = pytest.mark.parametrize("screen", ["phone"])
LONG = "Printer-kasir-macet-tanpa-spasi-" * 4
STATUSES = ["", "new", "in_progress", "escalated", "closed"]
# Above the fold: rows that are wholly in the window.
ABOVE_THE_FOLD = """() => [...document.querySelectorAll("tr[id^=p]")]
    .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""
FIRST_ROW = "() => document.querySelector('tr[id^=p]').getBoundingClientRect().top"
# Texts of a row that take more than one line, by their first rectangles.
WRAPPED = """() => [...document.querySelectorAll(
    ".rows td > span, .rows td > bdi, .rows td > small, .rows time, .rows button")]
    .filter(one => one.getBoundingClientRect().height > 34 ||
        (one.matches("time, .date") && one.scrollWidth > one.clientWidth && one.clientWidth))
    .map(one => one.outerHTML)"""


@pytest.fixture
def many(problem, person):
    """Twelve problems of each state, none of which waits for an answer above the list of its reporter."""
    numbers = {state: [problem(state) for _ in range(12)] for state in ("new", "in_progress", "escalated", "closed")}
    for number in numbers["closed"]:
        person("rini").act(number, "confirmations")
    return numbers


@pytest.mark.parametrize("name", ["hadi", "susi", "rini"])
def test_ten_rows_of_48_px_are_above_the_fold(visitor, many, name):
    one = visitor("desktop", name, **DESKTOP)
    for status in STATUSES:
        one.go(f"/problems?status={status}")
        assert one.page.evaluate(ABOVE_THE_FOLD) >= 10, status
        heights = one.page.locator("tr[id^=p]").evaluate_all("rows => rows.map(row => row.offsetHeight)")
        assert set(heights) == {48}, status
        assert one.page.evaluate(WRAPPED) == []


def test_rows_stay_48_px_high_with_long_words(visitor, problem, query):
    query.execute("UPDATE store SET name = repeat('Kelapa Gading ', 7) WHERE code = 'T001'")
    problem("in_progress", title=LONG), problem("escalated to pandu", title=LONG)
    hadi = visitor("desktop", "hadi", **DESKTOP).go("/problems?all=1")
    assert hadi.page.locator("tr[id^=p]").evaluate_all("rows => rows.map(row => row.offsetHeight)") == [48, 48]
    for button in hadi.page.locator(".rows button").all():
        assert button.evaluate("one => one.scrollWidth <= one.clientWidth + 1 && one.offsetHeight < 40")


@pytest.mark.parametrize(("width", "used"), [(1366, 1366), (1600, 1600), (1920, 1600)])
def test_the_list_is_as_wide_as_the_window_up_to_1600_px(visitor, problem, width, used):
    problem()
    hadi = visitor("desktop", "hadi", viewport={"width": width, "height": 768}).go("/problems")
    assert hadi.page.locator("main").bounding_box()["width"] == used
    assert hadi.page.locator(".rows").bounding_box()["width"] >= used - 30


@PHONE
def test_on_a_phone_the_first_problem_starts_above_240_px(visitor, many, screen):
    for name in ("hadi", "susi", "rini"):
        one = visitor(screen, name).go("/problems")
        assert one.page.evaluate(FIRST_ROW) < 240, name


@pytest.mark.parametrize("screen", ["phone", "without scripts"])
def test_on_a_phone_the_filters_are_folded(visitor, problem, screen):
    problem("in_progress")
    hadi = visitor(screen, "hadi", **PHONE_SIZE)
    hadi.go(f"/problems?priority=high&year={clock.today().year}")
    expect(hadi.page.get_by_role("search")).to_be_hidden()
    hadi.page.get_by_text("Filter (2)").filter(visible=True).first.click()
    expect(hadi.page.get_by_role("search")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_click_anywhere_on_a_row_opens_the_problem(visitor, problem, screen):
    number = problem("in_progress")
    hadi = visitor(screen, "hadi")
    for part in (".number", ".store", ".holder", ".reported"):
        box = hadi.go("/problems").row(number).locator(part).bounding_box()
        hadi.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(hadi.page).to_have_url(re.compile(rf"/problems/{number}$"))
    assert hadi.go("/problems").row(number).get_by_role("link").count() == 1


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_ticks_and_buttons_are_above_the_link(visitor, problem, screen):
    number = problem("in_progress")
    hadi = visitor(screen, "hadi").go("/problems")
    hadi.page.get_by_role("checkbox", name=f"Pilih #{number}").check()
    hadi.press("Tutup Kendala", within=hadi.row(number))
    expect(hadi.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_kritis_and_tinggi_are_marked_by_more_than_colour(visitor, problem, query, theme):
    critical, high, low = (problem("in_progress") for _ in range(3))
    for number, priority in ((critical, "critical"), (low, "low")):
        query.execute(
            "UPDATE problem SET priority = %(priority)s WHERE id = %(id)s", {"priority": priority, "id": number}
        )
    hadi = visitor("desktop", "hadi", color_scheme=theme).go("/problems")
    mark = "one => getComputedStyle(one, '::before').content + one.textContent"
    marks = [hadi.row(number).locator("[class^=priority]").evaluate(mark) for number in (critical, high, low)]
    assert marks == ['"▲▲ "Kritis', '"▲ "Tinggi', "noneRendah"]
    bar = "row => getComputedStyle(row.cells[0]).boxShadow !== 'none'"
    assert [hadi.row(number).evaluate(bar) for number in (critical, high, low)] == [True, True, False]


@pytest.mark.filled(by=lives(60, seed=3))
@pytest.mark.parametrize("screen", ["desktop"])
def test_no_column_of_the_supervisors_list_is_empty(susi):
    for status in STATUSES:
        susi.go(f"/problems?status={status}")
        heads = susi.page.locator(".rows thead th").all_inner_texts()
        assert heads == ["Nomor", "Kendala", "Toko", "Menunggu di", "Dilaporkan"]
        assert (
            susi.page.locator(".rows tbody td").evaluate_all("all => all.filter(one => !one.innerText.trim()).length")
            == 0
        )


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_language_loses_no_typed_form(visitor, screen):
    hadi = (
        visitor(screen, "hadi")
        .go("/problems/new")
        .fill(Inventaris="Lainnya: AC", Judul="AC mati", Deskripsi="Pa\tnas.")
    )
    hadi.prefer("English")
    expect(hadi.page.locator("html")).to_have_attribute("lang", "en")
    expect(hadi.page.get_by_label("Title", exact=True)).to_have_value("AC mati")
    expect(hadi.page.get_by_label("Description", exact=True)).to_have_value("Pa\tnas.")
    expect(hadi.page.get_by_label("Asset", exact=True).locator("option:checked")).to_have_text("Other: AC")
    assert hadi.page.evaluate("sessionStorage.getItem('sih-typed')") is None


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_language_loses_nothing_after_a_failed_report(visitor, screen):
    hadi = visitor(screen, "hadi").go("/problems/new").fill(Judul="AC mati").press("Kirim")
    hadi.sees_alert("Harap isi form dengan benar!").prefer("English")
    expect(hadi.page.get_by_label("Title", exact=True)).to_have_value("AC mati")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_theme_changes_without_a_new_page(visitor, query, screen):
    rini = visitor(screen, "rini").go("/problems/new").fill(Judul="AC mati")
    with rini.page.expect_response("**/theme"):
        rini.prefer("Gelap")
    expect(rini.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(rini.page.get_by_label("Judul")).to_have_value("AC mati")
    rini.go("/problems")
    expect(rini.page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_escape_closes_the_account_menu(visitor, screen):
    hadi = visitor(screen, "hadi")
    hadi.page.locator("details.account > summary").click()
    hadi.page.get_by_role("link", name="Profil").focus()
    hadi.page.keyboard.press("Escape")
    expect(hadi.page.get_by_role("link", name="Profil")).to_be_hidden()
    expect(hadi.page.locator("details.account > summary")).to_be_focused()


def test_forced_colours_show_the_active_tab(visitor, problem):
    problem("closed")
    hadi = visitor("desktop", "hadi", forced_colors="active").go("/problems?status=closed")
    look = "one => getComputedStyle(one).backgroundColor"
    tabs = hadi.page.get_by_role("navigation", name="Status").get_by_role("link")
    colours = {tab.inner_text().split()[0]: tab.evaluate(look) for tab in tabs.all()}
    active = colours.pop("Selesai")
    assert active not in colours.values()
