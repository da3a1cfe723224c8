"""The life of a problem by everybody who takes part, from the report to "Beres", on every screen size."""

import re

import pytest
from playwright.sync_api import expect

from tests.company import PIN
from tests.facts import amount, state


@pytest.fixture
def everybody(visitor, screen):
    """everybody("rini"): each at a browser of their own, kept for the test."""
    known = {}
    return lambda name: known.setdefault(name, None) or known.update({name: visitor(screen, name)}) or known[name]


def test_from_the_report_to_beres(everybody, query):
    rini, hadi, pandu = everybody("rini"), everybody("hadi"), everybody("pandu")
    number = reported(rini)
    opened(hadi, number)
    handed_to_pandu(hadi, number)
    pandu.go("/problems?waiting=1").press("Terima", within=pandu.row(number)).sees(f"Kendala #{number} diterima.")
    pandu.press("Tutup Kendala", within=pandu.row(number)).fill(Solusi="Rol diganti.").press("Simpan")
    pandu.sees(f"Kendala #{number} ditutup.")
    rini.go(f"/problems/{number}").sees("Rol diganti.").press("Beres").sees("Dinyatakan beres")
    expect(rini.page.get_by_role("button", name="Buka Lagi")).to_have_count(0)
    steps = rini.page.locator(".history strong").all_inner_texts()
    assert steps == ["Dilaporkan", "Dibuka", "Dialihkan", "Diterima", "Ditutup", "Dinyatakan beres"]
    assert state(query, number) == ("closed", "Aplikasi", "Pandu")


def test_a_problem_is_opened_and_handed_over_in_two_steps_that_store_nothing_before_the_second(
    everybody, problem, query
):
    number, hadi = problem(), everybody("hadi")
    hadi.go("/problems").press("Buka Kendala", within=hadi.row(number))
    hadi.fill(Diagnosis="Rol aus.", Kategori="Jaringan", Prioritas="Rendah").press("Simpan dan alihkan")
    hadi.sees("Alihkan kendala ini ke divisi atau PIC.").choose_kind("Divisi Umum")
    expect(hadi.page.get_by_label("Alasan", exact=True)).to_have_value("Rol aus.")
    assert state(query, number)[0] == "new"
    hadi.press("Penyelesaian >>").sees(f"Kendala #{number} dibuka dan dialihkan.")
    assert state(query, number) == ("escalated", "Umum", None)


def test_a_reopened_problem_comes_back_to_the_handler_who_closed_it(everybody, problem, query):
    number, rini = problem("closed"), everybody("rini")
    rini.go(f"/problems/{number}").press("Buka Lagi").press("Simpan").sees_alert("Harap isi form dengan benar!")
    rini.fill(Alasan="Macet lagi.").press("Simpan").sees("Dibuka lagi").sees("Macet lagi.")
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_a_misdirected_problem_is_returned(everybody, problem, query):
    number, gita = problem("escalated"), everybody("gita")
    gita.go("/problems").press("Kembalikan", within=gita.row(number)).fill(Alasan="Bukan listrik.").press("Simpan")
    gita.sees(f"Kendala #{number} dikembalikan")
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_the_slower_of_two_handlers_is_refused_and_keeps_the_text(everybody, problem, query):
    number, hadi, hana = problem("in_progress"), everybody("hadi"), everybody("hana")
    for one in (hadi, hana):
        one.go(f"/problems/{number}").press("Tutup Kendala").fill(Solusi=f"Kabel diganti oleh {one.name}.")
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")
    hana.press("Simpan").sees("Kendala ini sudah berubah").sees("Kabel diganti oleh hana.")
    assert amount(query, "event WHERE kind = 'closed'") == 1


def test_a_lost_session_keeps_the_typed_text(everybody, problem, employees, query):
    number, hadi = problem("in_progress"), everybody("hadi")
    hadi.go(f"/problems/{number}").press("Tutup Kendala").fill(Solusi="Kabel diganti.")
    hadi.page.context.clear_cookies(name="sih")
    hadi.press("Simpan").sees("Sesi Anda sudah berakhir").fill(NIK=employees["hadi"].nik).press("Lanjut")
    hadi.fill(PIN=PIN).press("Masuk")
    expect(hadi.page.get_by_label("Solusi")).to_have_value("Kabel diganti.")
    assert state(query, number)[0] == "in_progress"
    hadi.press("Simpan").sees(f"Kendala #{number} ditutup.")


def test_a_comment_is_shown_below_the_history(everybody, problem):
    number, rini = problem("in_progress"), everybody("rini")
    rini.go(f"/problems/{number}").fill(Komentar="Sudah tiga hari.").press("Kirim komentar")
    expect(rini.page.locator(".history li").last).to_contain_text("Sudah tiga hari.")


def reported(rini) -> int:
    rini.go("/problems").page.get_by_role("link", name="Lapor Kendala").first.click()
    rini.press("Kirim").sees_alert("Harap isi form dengan benar!")
    rini.fill(Inventaris="T001-PRN-01 (SN1)", Judul="Printer macet", Deskripsi="Sejak pagi.").press("Kirim")
    rini.sees("menunggu di Helpdesk.")
    expect(rini.page).to_have_url(re.compile(r"/problems/\d+$"))
    return int(rini.page.url.rpartition("/")[2])


def opened(hadi, number: int) -> None:
    hadi.go("/problems?all=1").press("Buka Kendala", within=hadi.row(number))
    hadi.fill(Kategori="Perangkat keras", Prioritas="Tinggi", Diagnosis="Rol aus.").press("Simpan")
    hadi.sees(f"Kendala #{number} dibuka.")
    expect(hadi.row(number)).to_contain_text("Ditangani")


def handed_to_pandu(hadi, number: int) -> None:
    hadi.press("Penyelesaian", within=hadi.row(number)).choose_kind("Departemen")
    hadi.fill(Departemen="Kasir", Alasan="Perlu PIC.").press("Penyelesaian >>").fill(PIC="Pandu (0)").press("Simpan")
    hadi.sees(f"Kendala #{number} dialihkan.")
    expect(hadi.row(number)).to_contain_text("Pandu")
