"""Sudah dilaporkan? while a report is written, and a cure taken over in the dialog that closes; on each screen, and
without scripts."""

import pytest
from playwright.sync_api import expect

from tests.facts import amount, events, state

TYPED = {"Judul": "paper jam", "Deskripsi": "krts struknya tersangkut mulu di printer"}
SOLUTION = "Rol penarik kertas dibersihkan."


@pytest.fixture
def koko(visitor, screen):
    return visitor(screen, "koko")


@pytest.fixture
def closed(problem, person):
    """The number of a problem that Hadi has closed with SOLUTION."""
    number = problem("in_progress")
    person("hadi").act(number, "closures", solution=SOLUTION)
    return number


def test_a_colleague_s_report_is_found_and_the_own_one_sent_anyway(koko, problem, query):
    first = problem()
    koko.go("/problems/new").fill(Inventaris="Lainnya: Printer", **TYPED)
    found = koko.page.locator("[data-repeats]").get_by_role("link", name=f"#{first}")
    if koko.scripts:
        expect(found).to_be_visible()  # before anything is sent
        koko.press("Kirim")
    else:
        koko.press("Kirim")
        expect(found).to_be_visible()
        expect(koko.page.get_by_label("Judul")).to_have_value(TYPED["Judul"])
        assert amount(query, "problem") == 1
        koko.press("Kirim juga")
    koko.sees(f"Kendala #{first + 1} terkirim")
    assert amount(query, "problem") == 2
    assert not koko.faults


def test_what_is_no_repeat_shows_nothing(koko, problem, query):
    problem()
    koko.go("/problems/new").fill(Inventaris="Lainnya: AC", Judul="AC bocor", Deskripsi="Air menetes ke rak.")
    koko.press("Kirim").sees("terkirim")
    assert amount(query, "problem") == 2


def test_a_cure_is_taken_over_and_never_over_what_was_typed(visitor, screen, closed, problem, query):
    hadi, number = visitor(screen, "hadi"), problem("in_progress")
    hadi.go("/problems").press("Tutup Kendala", within=hadi.row(number))
    hadi.fill(Solusi="Kabel diganti.").press(f"Pakai #{closed}")
    solution = hadi.page.get_by_label("Solusi")
    if hadi.scripts:
        expect(hadi.page.get_by_text("Ganti tulisan Anda?").locator("visible=true")).to_be_visible()
        expect(solution).to_have_value("Kabel diganti.")
        hadi.press("Tambahkan di bawah", within=hadi.page.locator(".cures"))
    expect(solution).to_have_value(f"Kabel diganti.\n{SOLUTION}")
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    assert events(query, number, "closed")[0]["note"] == f"Kabel diganti.\n{SOLUTION}"
    assert state(query, number)[0] == "closed" and not hadi.faults


def test_beside_an_open_problem_stands_how_it_was_mended(visitor, screen, closed, problem):
    hadi = visitor(screen, "hadi")
    hadi.go(f"/problems/{problem('in_progress')}").sees("Perbaikan terakhir").sees(SOLUTION)
    assert hadi.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
