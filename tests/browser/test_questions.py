"""Tanya pelapor: asked in a dialog, answered above the reporter's list, on every screen, by keyboard, and with no fault
that axe finds."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import findings
from tests.conftest import bring
from tests.facts import events

WORDS = "Sejak kapan mati, dan apakah lampunya menyala?"
ENDINGS = "SELECT ending::text FROM question WHERE problem_id = %(id)s ORDER BY asked_event_id"
ABOVE = "section[aria-labelledby=questions]"
WIDE = {"viewport": {"width": 1366, "height": 768}}


@pytest.fixture
def come(visitor, screen):
    """come("rini") at this screen; that of a desktop is 1366 pixels wide."""
    return lambda name, **more: visitor(screen, name, **(more if screen == "phone" else WIDE | more))


def endings(query, number: int) -> list[str | None]:
    return [row["ending"] for row in query.select(ENDINGS, {"id": number})]


def asked(hadi, number: int) -> None:
    hadi.go(f"/problems/{number}").press("Tanya pelapor").fill(Pertanyaan=WORDS).press("Kirim")
    hadi.sees(f"Kendala #{number} menunggu jawaban pelapor.")


def test_a_question_is_asked_and_answered_above_the_list(come, problem, query):
    number, other = problem("in_progress"), problem("in_progress", title="Layar mati")
    hadi, rini = come("hadi"), come("rini")
    asked(hadi, number)
    expect(hadi.page.locator(".asked")).to_have_text("Menunggu pelapor")
    asked(hadi, other)
    rini.go("/problems")
    expect(rini.page.locator(ABOVE).get_by_role("listitem")).to_have_count(2)
    expect(rini.row(number).get_by_text("Menunggu pelapor")).to_be_visible()
    rini.page.get_by_role("button", name=f"Jawab #{number}").click()
    rini.sees("Hadi bertanya:").fill(Komentar="Sejak pagi.").press("Kirim").sees("Jawaban tersimpan.")
    expect(rini.page.locator(ABOVE).get_by_role("listitem")).to_have_count(1)
    expect(rini.row(number).get_by_text("Menunggu pelapor")).to_have_count(0)
    hadi.go(f"/problems/{number}").sees("Sejak pagi.")
    expect(hadi.page.locator(".asked")).to_have_count(0)
    assert endings(query, number) == ["answered"] and endings(query, other) == [None]


def test_it_is_answered_on_the_page_of_the_problem(come, problem, query):
    number = problem("at pandu")
    asked(come("pandu"), number)
    rini = come("rini").go(f"/problems/{number}")
    rini.page.get_by_role("link", name="Jawab", exact=True).click()
    remark = rini.page.get_by_label("Komentar")
    expect(remark).to_be_focused()
    remark.fill("Sejak pagi.")
    rini.press("Kirim komentar").sees("Jawaban tersimpan.")
    assert endings(query, number) == ["answered"]


def test_it_is_not_needed_any_more_and_closing_ends_it(come, problem, query):
    number, hadi = problem("in_progress"), come("hadi")
    asked(hadi, number)
    hadi.press("Tidak perlu lagi").sees(f"Kendala #{number} tidak lagi menunggu jawaban pelapor.")
    asked(hadi, number)
    hadi.press("Tutup Kendala").fill(Solusi="Rol diganti.").press("Simpan").sees("Rol diganti.")
    expect(hadi.page.locator(".asked")).to_have_count(0)
    assert endings(query, number) == ["unasked", "closed"]


def test_the_list_is_filtered_by_it(come, problem):
    number, other, hadi = problem("in_progress"), problem("in_progress"), come("hadi")
    asked(hadi, number)
    hadi.go("/problems").unfold()
    hadi.page.get_by_label("Menunggu pelapor").check()
    hadi.press("Terapkan")
    expect(hadi.row(other)).to_have_count(0)
    expect(hadi.row(number)).to_be_visible()
    hadi.page.get_by_role("link", name="Hapus filter Menunggu pelapor").click()
    expect(hadi.row(other)).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_by_keyboard_with_a_ready_text_and_a_double_click(come, problem, query, employees):
    number, hadi = problem("in_progress"), come("hadi")
    hadi.go(f"/problems/{number}").page.get_by_role("button", name="Tanya pelapor").focus()
    hadi.page.keyboard.press("Enter")
    expect(hadi.page.get_by_label("Pertanyaan")).to_be_focused()
    hadi.page.get_by_role("dialog").get_by_role("button", name="Salam").press("Enter")
    hadi.page.keyboard.press("Control+Enter")
    hadi.page.keyboard.press("Control+Enter")
    hadi.sees(f"Kendala #{number} menunggu jawaban pelapor.")
    assert [event["note"] for event in events(query, number, "asked")] == ["Terima kasih sudah melapor."]
    bring(query, employees, number, "to pandu")
    pandu = come("pandu").go(f"/problems/{number}")
    pandu.page.get_by_role("button", name="Tidak perlu lagi").press("Enter")
    pandu.sees("tidak lagi menunggu jawaban pelapor")
    assert endings(query, number) == ["unasked"]


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_about_a_question(come, problem, theme):
    number, hadi, rini = problem("in_progress"), *(come(name, color_scheme=theme) for name in ("hadi", "rini"))
    hadi.go(f"/problems/{number}").press("Tanya pelapor").press("Kirim").sees_alert("Harap isi form dengan benar!")
    assert findings(hadi) == []
    hadi.escape()
    asked(hadi, number)
    assert findings(hadi) == []
    assert findings(hadi.go("/problems?asked=1")) == []
    assert findings(rini.go("/problems").sees("Menunggu jawaban Anda")) == []
    rini.page.get_by_role("button", name=f"Jawab #{number}").click()
    assert findings(rini.sees("Hadi bertanya:")) == []
    rini.escape()
    assert findings(rini.go(f"/problems/{number}").sees("Pertanyaan untuk Anda")) == []
