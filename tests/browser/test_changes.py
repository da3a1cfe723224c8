"""A page of the list hears of changes by itself: at which pace, what it shows, and that no row moves."""

import pytest
from playwright.sync_api import expect

from sih.forms.problem_filters import cursor_at
from tests.conftest import bring

pytestmark = pytest.mark.parametrize("screen", ["desktop"])
LAPTOP = {"viewport": {"width": 1366, "height": 768}}
NEWS = "[data-changes] a"


class Asked:
    """The requests for changes of a page whose clock stands still between the steps of the test."""

    def __init__(self, page, path: str) -> None:
        self.page, self.amount = page, 0
        page.clock.install(time=0)
        page.on("request", self._count)
        page.goto(path)
        page.clock.pause_at(20)

    def _count(self, request) -> None:
        self.amount += "/changes?" in request.url

    def after(self, seconds: int) -> int:
        """The number of requests in this time."""
        before = self.amount
        self.page.clock.run_for(seconds * 1000)
        self.page.evaluate("fetch('/healthz').then(() => 0)")  # earlier requests have been counted when it returns
        return self.amount - before

    def until_asked(self) -> None:
        while not self.after(1):
            pass

    def touch(self) -> None:
        self.page.mouse.move(10, 10), self.page.mouse.move(20, 20)


def hide(page, is_hidden: bool) -> None:
    """As if another tab were chosen."""
    page.evaluate(
        """hidden => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
                       document.dispatchEvent(new Event("visibilitychange")); }""",
        is_hidden,
    )


@pytest.mark.parametrize(
    ("name", "path", "every"),
    [("hadi", "/problems?status=new", 30), ("rini", "/problems", 60), ("hadi", "/problems/1", 60)],
)
def test_the_pace(visitor, screen, problem, name, path, every):
    problem()
    asked = Asked(visitor(screen, name).page, path)
    asked.until_asked()
    for _ in range(2):
        assert [asked.after(every - 1), asked.after(1)] == [0, 1]


def test_it_asks_rarely_after_ten_minutes_untouched_and_never_while_hidden(visitor, screen, problem):
    problem()
    asked = Asked(visitor(screen, "hadi", **LAPTOP).page, "/problems?status=new")
    asked.until_asked()
    asked.touch()
    assert asked.after(570) == 19
    asked.after(30)
    asked.until_asked()
    assert [asked.after(299), asked.after(1), asked.after(299), asked.after(1)] == [0, 1, 0, 1]
    asked.after(40)
    asked.touch()
    assert asked.after(1) == 1
    hide(asked.page, True)
    assert asked.after(3600) == 0
    before = asked.amount
    hide(asked.page, False)
    asked.after(2)
    assert asked.amount - before == 1


def test_after_a_503_it_asks_only_when_retry_after_has_passed(visitor, screen, problem):
    problem()
    asked = Asked(visitor(screen, "hadi").page, "/problems?status=new")
    asked.page.route("**/changes?*", lambda route: route.fulfill(status=503, headers={"Retry-After": "100"}))
    asked.until_asked()
    asked.page.unroute("**/changes?*")
    assert [asked.after(98), asked.after(3)] == [0, 1]
    assert [asked.after(26), asked.after(4)] == [0, 1]


def test_new_problems_are_counted_and_no_row_moves(visitor, screen, problem):
    shown = problem()
    hadi = visitor(screen, "hadi", **LAPTOP)
    asked = Asked(hadi.page, "/problems?status=new")
    box = hadi.row(shown).bounding_box()
    first = problem()
    asked.after(31)
    expect(hadi.page.locator(NEWS)).to_have_text("1 kendala baru")
    problem(), problem()
    asked.after(31)
    expect(hadi.page.locator(NEWS)).to_have_text("3 kendala baru")
    assert hadi.row(shown).bounding_box() == box and hadi.row(first).count() == 0
    hadi.page.locator(NEWS).click()
    expect(hadi.row(first)).to_be_visible()
    expect(hadi.page.locator(NEWS)).to_have_count(0)


def test_from_a_later_page_it_leads_to_the_first(visitor, screen, problem, query):
    number = problem()
    reported = query.one("SELECT p.reported_at FROM problem p WHERE p.id = %(id)s", {"id": number})["reported_at"]
    hadi = visitor(screen, "hadi", **LAPTOP)
    asked = Asked(hadi.page, f"/problems?status=new&after={cursor_at(reported, number)}")
    expect(hadi.row(number)).to_have_count(0)
    problem()
    asked.after(31)
    hadi.page.locator(NEWS).click()
    expect(hadi.row(number)).to_be_visible()
    assert hadi.page.url.endswith("/problems?status=new")


def test_rows_that_a_colleague_changed_or_has_open_are_marked(visitor, screen, problem, query, employees):
    changed, opened, other = problem(), problem(), problem()
    hana, hadi = visitor(screen, "hana", **LAPTOP), visitor(screen, "hadi", **LAPTOP)
    asked = Asked(hana.page, "/problems?status=new")
    box = hana.row(other).bounding_box()
    bring(query, employees, changed, "open")
    hadi.go("/problems?status=new").press("Buka Kendala", within=hadi.row(opened))
    with hadi.page.expect_response(f"**/problems/{opened}/presences"):
        pass
    asked.after(31)
    expect(hana.row(changed)).to_contain_text("diubah Hadi")
    expect(hana.row(opened)).to_contain_text("Hadi sedang membukanya")
    assert hana.row(other).bounding_box() == box
    expect(hana.row(other).locator("[data-note-place]")).to_be_empty()
    hana.press("Buka Kendala", within=hana.row(opened))
    expect(hana.page.get_by_role("dialog")).to_be_visible()
    asked.after(2)
    expect(hana.page.get_by_role("dialog")).to_contain_text("Hadi sedang membukanya")
