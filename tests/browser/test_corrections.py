"""Koreksi and Tarik Laporan in a browser: on every screen, in a dialog or, without scripts, on pages of their own."""

import pytest
from playwright.sync_api import expect

from tests.conftest import bring
from tests.facts import state

SCREENS = pytest.mark.parametrize("screen", ["desktop", "phone", "without scripts"])


@SCREENS
def test_a_reporter_corrects_what_was_reported(visitor, problem, screen):
    number = problem()
    rini = visitor(screen, "rini").go(f"/problems/{number}").press("Koreksi")
    rini.press("Simpan").sees_alert("Belum ada yang diubah.")
    rini.fill(Inventaris="Lainnya: AC", Judul="AC bocor").press("Simpan").sees(f"Kendala #{number} dikoreksi.")
    expect(rini.page.get_by_role("heading", level=1)).to_have_text(f"#{number} AC bocor")
    expect(rini.page.locator(".history .correction del")).to_have_text(["Printer macet", "Printer"])
    expect(rini.page.locator(".history .correction ins")).to_have_text(["AC bocor", "AC"])
    assert rini.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@SCREENS
def test_a_reporter_withdraws_a_report(visitor, problem, query, screen):
    number = problem()
    rini = visitor(screen, "rini").go(f"/problems/{number}").press("Tarik Laporan")
    rini.press("Simpan").sees_alert("Harap isi form dengan benar!")
    rini.fill(Alasan="Ternyata belum dicolok.").press("Simpan").sees(f"Laporan #{number} ditarik.")
    expect(rini.page.locator(".badge").filter(has_text="Selesai · ditarik").first).to_be_visible()
    for name in ("Koreksi", "Tarik Laporan", "Buka Lagi", "Beres"):
        expect(rini.page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    assert state(query, number)[0] == "closed"
    rini.go("/problems?status=closed")
    expect(rini.row(number)).to_contain_text("Selesai · ditarik")
    assert rini.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@SCREENS
def test_whoever_holds_it_corrects_the_good_alone(visitor, problem, screen):
    number = problem("at pandu")
    pandu = visitor(screen, "pandu").go(f"/problems/{number}").press("Koreksi")
    expect(pandu.page.get_by_label("Judul", exact=True)).to_have_count(0)
    pandu.fill(Inventaris="T001-PRN-01 (SN1)").press("Simpan").sees(f"Kendala #{number} dikoreksi.")
    expect(pandu.page.locator(".history .correction ins")).to_have_text(["Printer T001-PRN-01"])


@SCREENS
def test_a_correction_that_came_too_late_keeps_what_was_typed(visitor, problem, query, employees, screen):
    number = problem()
    rini = visitor(screen, "rini").go(f"/problems/{number}").press("Koreksi")
    rini.fill(Inventaris="Lainnya: AC", Judul="AC bocor", Deskripsi="Air menetes.")
    bring(query, employees, number, "open")
    rini.press("Simpan").sees("Kendala ini sudah berubah").sees("Air menetes.").sees("Lainnya: AC")
    assert state(query, number)[0] == "in_progress"
