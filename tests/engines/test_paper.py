"""The paper's Tabel I (docs/paper.md, tests 1 to 8) in Firefox and in WebKit."""

from datetime import UTC, datetime

import pytest

from tests.facts import amount, state


@pytest.fixture
def hadi(visitor):
    return visitor("hadi")


@pytest.fixture
def at_escalation(hadi, problem):
    """Hadi at Penyelesaian, and the number of the problem."""
    number = problem("in_progress")
    hadi.go("/problems").press("Penyelesaian", f"#p{number}").sees("Jenis penyelesaian")
    return hadi, number


def test_1_nik_then_pin_signs_in_to_the_main_page(visitor, employees):
    somebody = visitor().sees("NIK")
    assert "PIN" not in somebody.text().split()
    somebody.fill(NIK=employees["rini"].nik).press("Lanjut").sees("Rini").sees("T001 Kelapa Gading").sees("PIN")
    somebody.sign_in(employees["rini"].nik).sees("Daftar Kendala")


def test_2_divisi_it_brings_the_field_divisi_tujuan(at_escalation):
    hadi, _ = at_escalation
    hadi.sees_fields("Jenis penyelesaian").fill(**{"Jenis penyelesaian": "Divisi IT"})
    hadi.sees_fields("Jenis penyelesaian", "Divisi tujuan", "Alasan")


def test_3_another_division_leaves_the_reason_alone(at_escalation, query):
    hadi, number = at_escalation
    hadi.fill(**{"Jenis penyelesaian": "Divisi IT"}).sees("Divisi tujuan")
    hadi.fill(**{"Jenis penyelesaian": "Divisi Umum"}).sees_fields("Jenis penyelesaian", "Alasan")
    hadi.fill(Alasan="Perlu teknisi.").press("Penyelesaian >>").sees(f"Kendala #{number} dialihkan.")
    assert state(query, number) == ("escalated", "Umum", None)


def test_4_a_department_leads_to_a_further_dialog_with_its_pics(at_escalation, query):
    hadi, number = at_escalation
    hadi.fill(**{"Jenis penyelesaian": "Departemen"}).fill(Departemen="Kasir", Alasan="Perlu PIC.")
    hadi.press("Penyelesaian >>").sees("Pilih penerima").fill(PIC="Pandu (0)").press("Simpan")
    hadi.sees(f"Kendala #{number} dialihkan.")
    assert state(query, number) == ("escalated", "Aplikasi", "Pandu")


def test_5_an_incomplete_penyelesaian_says_harap_isi_form_kosong(at_escalation, query):
    hadi, number = at_escalation
    hadi.press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    hadi.fill(**{"Jenis penyelesaian": "Divisi IT"}).sees("Alasan").press("Penyelesaian >>")
    hadi.until("() => !!document.querySelector('[name=reason][aria-invalid=true]')")
    hadi.fill(Alasan="Perlu teknisi.").press("Penyelesaian >>").sees_alert("Harap isi form kosong!")
    assert hadi.value("Alasan") == "Perlu teknisi."
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_6_opening_without_identification_says_harap_isi_form_dengan_benar(hadi, problem, query):
    number = problem()
    hadi.go("/problems").press("Buka Kendala", f"#p{number}").press("Simpan")
    hadi.sees_alert("Harap isi form dengan benar!").fill(Diagnosis="Rol aus.").press("Simpan")
    hadi.sees_alert("Harap isi form dengan benar!")
    assert hadi.value("Diagnosis") == "Rol aus."
    assert state(query, number)[0] == "new" and amount(query, "event") == 1


def test_7_another_year_shows_the_problems_of_that_year(hadi, problem, moved_clock):
    this_year = problem()
    moved_clock(datetime(2024, 5, 1, tzinfo=UTC))
    in_2024 = problem()
    hadi.go("/problems").fill(Tahun="2024").sees_rows(in_2024)
    hadi.fill(Tahun="Semua tahun").sees_rows(this_year, in_2024)


def test_8_another_account_changes_nik_and_name(visitor, employees):
    somebody = visitor("hadi").sees(f"{employees['hadi'].nik} Hadi")
    somebody.press("Keluar").sees("NIK").sign_in(employees["sari"].nik).sees(f"{employees['sari'].nik} Sari")
    assert "Hadi" not in somebody.text()
