"""Naming somebody with @ by the keyboard, and an internal note; at a desk, on a phone and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import findings
from tests.facts import events

DESK = {"viewport": {"width": 1366, "height": 768}}
BOTH = pytest.mark.parametrize("screen", ["desktop", "phone"])


@pytest.fixture
def hadi(visitor, screen, problem):
    """Hadi at a problem, and its number."""
    number = problem("in_progress")
    return visitor(screen, "hadi", **(DESK if screen == "desktop" else {})).go(f"/problems/{number}"), number


@BOTH
def test_a_note_that_names_somebody_by_the_keyboard(hadi, query):
    hadi, number = hadi
    keys, options = hadi.page.keyboard, hadi.page.get_by_role("option")
    remark, choice = hadi.page.get_by_label("Komentar"), hadi.page.get_by_label("Catatan internal")
    remark.focus()
    keys.type("Tolong @p")
    expect(options).to_have_text(["Pandu (20000005)Penanggung · Aplikasi", "Putri (20000006)Penanggung · Aplikasi"])
    expect(remark).to_have_attribute("aria-activedescendant", "named-20000005")
    assert findings(hadi) == []
    keys.press("ArrowDown")
    expect(remark).to_have_attribute("aria-activedescendant", "named-20000006")
    keys.press("Enter")
    expect(options).to_have_count(0)
    expect(remark).to_have_value("Tolong @20000006 Putri ")
    keys.type("cek.")
    keys.press("Tab")
    expect(choice).to_be_focused()
    keys.press("Space")
    expect(hadi.page.get_by_role("button", name="Simpan catatan internal")).to_be_visible()
    expect(hadi.page.get_by_role("button", name="Kirim komentar")).to_be_hidden()
    keys.press("Control+Enter")
    hadi.sees("Catatan internal tersimpan.").sees("Disebut: Putri (20000006).")
    assert [event["note"] for event in events(query, number, "noted")] == ["Tolong @20000006 Putri cek."]
    note = hadi.page.locator(".history .is-internal")
    assert note.evaluate("note => getComputedStyle(note).borderTopStyle") == "dashed"
    assert findings(hadi) == []


@BOTH
def test_escape_closes_the_suggestions_and_a_touch_chooses(hadi):
    hadi, _ = hadi
    remark, options = hadi.page.get_by_label("Komentar"), hadi.page.get_by_role("option")
    remark.focus()
    hadi.page.keyboard.type("@han")
    expect(options).to_have_count(1)
    hadi.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    hadi.page.keyboard.press("Enter")
    expect(remark).to_have_value("@han\n")
    hadi.page.keyboard.type("@rin")
    options.first.click()
    expect(remark).to_have_value("@han\n@10000001 Rini ")
    expect(remark).to_be_focused()


@pytest.mark.parametrize("screen", ["without scripts"])
def test_without_scripts_a_note_names_by_what_is_typed(hadi, query):
    hadi, number = hadi
    hadi.fill(Komentar="Tolong @hana").page.get_by_label("Catatan internal").check()
    hadi.press("Simpan catatan internal").sees("Disebut: Hana (20000002).")
    assert [event["note"] for event in events(query, number, "noted")] == ["Tolong @hana"]
