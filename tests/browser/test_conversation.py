"""A problem from the hand-over to "Beres", as people talk about it: each hears of the others in an own browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_changes import Asked
from tests.facts import state

BELL = "[data-number=unread]"
KINDS = "SELECT kind::text FROM event WHERE problem_id = %(id)s ORDER BY at, id"
SIZES = {"desktop": {"viewport": {"width": 1366, "height": 768}}, "phone": {}, "without scripts": {}}


@pytest.fixture
def come(visitor, screen):
    return lambda name: visitor(screen, name, **SIZES[screen])


def kinds(query, number: int) -> list[str]:
    return [row["kind"] for row in query.select(KINDS, {"id": number})]


def counts(somebody, amount: str) -> None:
    """What the bell says on the next page."""
    somebody.go("/keys")
    expect(somebody.page.locator(BELL)).to_have_text(amount)


def test_from_the_hand_over_to_beres(come, screen, problem, query):
    number = problem("in_progress")
    hadi, pandu, rini = come("hadi"), come("pandu"), come("rini")
    counts(rini, "1")  # it was opened
    waits = Asked(pandu.page, "/problems") if pandu.scripts else None
    hadi.go(f"/problems/{number}").press("Penyelesaian").choose_kind("Departemen")
    hadi.fill(Departemen="Kasir", Alasan="Perlu PIC.").press("Penyelesaian >>").fill(PIC="Pandu (0)").press("Simpan")
    hadi.sees(f"Kendala #{number} dialihkan.")
    if waits:  # the bell counts by itself
        waits.until_asked()
        expect(pandu.page.locator(BELL)).to_have_text("1")
        pandu.page.clock.resume()
    else:
        counts(pandu, "1")
    pandu.go(f"/problems/{number}").press("Terima").sees(f"Kendala #{number} diterima.")
    pandu.press("Tanya pelapor").fill(Pertanyaan="Sejak kapan?").press("Kirim")
    pandu.sees(f"Kendala #{number} menunggu jawaban pelapor.")
    counts(hadi, "1")  # it was accepted
    counts(rini, "2")
    rini.go("/problems").sees("Sejak kapan?")
    rini.page.get_by_role("button", name=f"Jawab #{number}").click()
    rini.fill(Komentar="Sejak pagi.").press("Kirim").sees("Jawaban tersimpan.")
    hadi.go(f"/problems/{number}").press("Tutup Kendala")
    at = hadi.page.locator("dialog[open], body:not(:has(dialog[open])) form.action")
    hadi.press("Salam", within=at).press("Simpan", within=at)
    hadi.sees("Terima kasih sudah melapor.")
    rini.go("/problems").press("Beres", within=rini.row(number)).sees(f"Kendala #{number} dinyatakan beres.")
    assert kinds(query, number)[-6:] == ["escalated", "accepted", "asked", "commented", "closed", "confirmed"]
    assert state(query, number)[0] == "closed"


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_same_by_keyboard(come, problem, query):
    def key(somebody, name: str, role: str = "button") -> None:
        somebody.page.get_by_role(role, name=name, exact=True).first.press("Enter")

    number = problem("escalated to pandu")
    pandu, rini = come("pandu"), come("rini")
    pandu.go(f"/problems/{number}")
    key(pandu, "Terima")
    pandu.sees(f"Kendala #{number} diterima.")
    key(pandu, "Tanya pelapor")
    expect(pandu.page.get_by_label("Pertanyaan")).to_be_focused()
    pandu.page.keyboard.type("Sejak kapan?")
    pandu.page.keyboard.press("Control+Enter")
    pandu.sees(f"Kendala #{number} menunggu jawaban pelapor.")
    rini.go("/problems")
    rini.page.get_by_role("button", name=f"Jawab #{number}").press("Enter")
    expect(rini.page.get_by_label("Komentar")).to_be_focused()
    rini.page.keyboard.type("Sejak pagi.")
    rini.page.keyboard.press("Control+Enter")
    rini.sees("Jawaban tersimpan.")
    pandu.go(f"/problems/{number}")
    key(pandu, "Tutup Kendala")
    expect(pandu.page.get_by_label("Solusi")).to_be_focused()
    pandu.page.keyboard.type("Kabel diganti.")
    pandu.page.keyboard.press("Control+Enter")
    pandu.sees(f"Kendala #{number} ditutup.")
    rini.go("/problems")
    key(rini, "Beres")
    rini.sees(f"Kendala #{number} dinyatakan beres.")
    assert kinds(query, number)[-4:] == ["asked", "commented", "closed", "confirmed"]
