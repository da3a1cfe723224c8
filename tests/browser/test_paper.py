"""The paper's Tabel I (docs/paper.md, tests 1 to 8), on a desktop, on a phone with touch, and without scripts."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.company import PIN
from tests.facts import amount, state


@pytest.fixture
def hadi(visitor, screen):
    """A handler of the helpdesk, on each of the screens."""
    return visitor(screen, "hadi")


@pytest.fixture
def at_escalation(hadi, problem):
    """Hadi at Penyelesaian, and the number of the problem."""
    number = problem("in_progress")
    hadi.go("/problems").press("Penyelesaian", within=hadi.row(number))
    expect(hadi.page.get_by_label("Jenis penyelesaian")).to_be_visible()
    return hadi, number


def test_1_nik_then_pin_signs_in_to_the_main_page(visitor, screen, employees):
    somebody, rini = visitor(screen), employees["rini"]
    somebody.go("/login")
    expect(somebody.page.get_by_label("PIN")).not_to_be_visible()
    somebody.fill(NIK=rini.nik).press("Lanjut")
    expect(somebody.page.get_by_label("PIN")).to_be_visible()
    somebody.sees("Rini").sees("T001 Kelapa Gading").fill(PIN=PIN).press("Masuk")
    expect(somebody.page).to_have_url(re.compile("/problems$"))


def test_2_divisi_it_brings_the_field_divisi_tujuan(at_escalation):
    hadi, _ = at_escalation
    assert hadi.visible_labels() == ["Jenis penyelesaian"]
    hadi.choose_kind("Divisi IT")
    expect(hadi.page.get_by_label("Divisi tujuan")).to_be_visible()
    assert hadi.visible_labels() == ["Jenis penyelesaian", "Divisi tujuan", "Alasan"]


def test_3_another_division_leaves_the_reason_alone(at_escalation, query):
    hadi, number = at_escalation
    hadi.choose_kind("Divisi IT").choose_kind("Divisi Umum")
    expect(hadi.page.get_by_label("Divisi tujuan")).not_to_be_visible()
    assert hadi.visible_labels() == ["Jenis penyelesaian", "Alasan"]
    hadi.fill(Alasan="Perlu teknisi.").press("Penyelesaian >>").sees(f"Kendala #{number} dialihkan.")
    assert state(query, number) == ("escalated", "Umum", None)


def test_4_a_department_leads_to_a_further_dialog_with_its_pics(at_escalation, query):
    hadi, number = at_escalation
    hadi.choose_kind("Departemen").fill(Departemen="Kasir", Alasan="Perlu PIC.").press("Penyelesaian >>")
    expect(hadi.page.get_by_role("heading", name="Pilih penerima")).to_be_visible()
    hadi.fill(PIC="Pandu (0)").press("Simpan").sees(f"Kendala #{number} dialihkan.")
    assert state(query, number) == ("escalated", "Aplikasi", "Pandu")


def test_5_an_incomplete_penyelesaian_says_harap_isi_form_kosong(at_escalation, query):
    hadi, number = at_escalation
    hadi.press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    hadi.choose_kind("Divisi IT").press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    expect(hadi.page.get_by_label("Alasan")).to_have_attribute("aria-invalid", "true")  # the new answer, not the first
    hadi.fill(Alasan="Perlu teknisi.").press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    expect(hadi.page.get_by_label("Alasan")).to_have_value("Perlu teknisi.")
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_6_opening_without_identification_says_harap_isi_form_dengan_benar(hadi, problem, query):
    number = problem()
    hadi.go("/problems").press("Buka Kendala", within=hadi.row(number)).press("Simpan")
    hadi.sees_alert("Harap isi form dengan benar!")
    hadi.fill(Diagnosis="Rol aus.").press("Simpan").sees_alert("Harap isi form dengan benar!")
    expect(hadi.page.get_by_label("Diagnosis")).to_have_value("Rol aus.")
    assert state(query, number)[0] == "new" and amount(query, "event") == 1


def test_7_another_year_shows_the_problems_of_that_year(hadi, problem, moved_clock):
    this_year = problem()
    moved_clock(datetime(2024, 5, 1, tzinfo=UTC))
    in_2024 = problem()
    for year, visible, hidden in (("2024", in_2024, this_year), ("Semua tahun", this_year, None)):
        hadi.go("/problems?year=2024" if hidden is None else "/problems").unfold().fill(Tahun=year)
        if not hadi.scripts:
            hadi.press("Terapkan")
        expect(hadi.row(visible)).to_be_visible()
        expect(hadi.row(hidden)).to_have_count(0)
        expect(hadi.page.get_by_label("Tahun").locator("option:checked")).to_have_text(year)


def test_8_another_account_changes_nik_and_name(visitor, screen, employees):
    somebody = visitor(screen, "hadi")
    expect(somebody.page.get_by_role("banner")).to_contain_text(f"{employees['hadi'].nik} Hadi")
    somebody.press("Keluar").sign_in(employees["sari"].nik)
    expect(somebody.page.get_by_role("banner")).to_contain_text(f"{employees['sari'].nik} Sari")
    expect(somebody.page.get_by_role("banner")).not_to_contain_text("Hadi")
