"""Every page fits from 320 px up: nothing is cut off, nothing scrolls sideways, touch targets are large enough."""

import pytest

from tests import pages
from tests.pages import PAGES

pytestmark = pytest.mark.shared_database  # nothing here is stored

WIDTHS = [320, 360, 768, 1280]
LONG = "Kabel-sangat-panjang-tanpa-spasi-" * 4
# Elements that reach out of the window, though not inside something that scrolls on purpose.
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(one =>
    one.checkVisibility() &&
    !one.closest("header nav, .wide, .nav-tabs, .chips, .visually-hidden, .visually-hidden-focusable, thead") &&
    one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 200))"""
# WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links within a sentence.
TOO_SMALL = """() => [...document.querySelectorAll("button, select, summary, input:not([type=hidden])")].filter(one => {
    const box = one.getBoundingClientRect();
    const isMeant = one.checkVisibility() && !one.closest(".form-check, .visually-hidden");
    return isMeant && (box.height < 24 || box.width < 24);
}).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def numbers(problem, query, employees) -> dict[str, int]:
    """With words that do not break by themselves."""
    return pages.numbers(problem, query, employees, title=LONG, description=LONG * 4)


@pytest.mark.parametrize("somebody", sorted({who or "" for who, _ in PAGES.values()}))
def test_every_page_fits(visitor, numbers, somebody):
    one = visitor("phone", somebody or None)
    for name, (who, path) in PAGES.items():
        if (who or "") != somebody:
            continue
        one.go(path.format(**numbers))
        for width in WIDTHS:
            one.page.set_viewport_size({"width": width, "height": 740})
            assert one.page.evaluate(TOO_WIDE) == [], (name, width)
            assert one.page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert one.page.evaluate(TOO_SMALL) == [], (name, width)


def test_a_dialog_fits(visitor, numbers):
    hadi = visitor("phone", "hadi").go("/problems")
    hadi.press("Penyelesaian", within=hadi.row(numbers["in_progress"])).choose_kind("Divisi IT")
    hadi.press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    for width in WIDTHS:
        hadi.page.set_viewport_size({"width": width, "height": 740})
        assert hadi.page.evaluate(TOO_WIDE) == []


def test_the_rows_of_the_list_are_cards_on_a_phone(visitor, numbers):
    hadi = visitor("phone", "hadi").go("/problems")
    assert hadi.page.evaluate("getComputedStyle(document.querySelector('.problems tbody tr')).display") == "block"
    box = hadi.row(numbers["new"]).get_by_role("button", name="Buka Kendala").bounding_box()
    assert box["height"] >= 44
