"""Signing in with a browser: one page with scripts, two without; errors are shown beside the typed values."""

import pytest
from playwright.sync_api import expect

from tests.company import PIN


def test_the_first_step_loads_no_page(visitor, employees):
    somebody, loads = visitor("desktop"), []
    somebody.go("/login").page.on("framenavigated", lambda frame: loads.append(frame.url))
    somebody.fill(NIK=employees["rini"].nik).press("Lanjut").sees("T001 Kelapa Gading")
    assert loads == []
    expect(somebody.page.get_by_label("PIN")).to_be_focused()


def test_the_enter_key_submits_the_first_step(visitor, employees):
    somebody = visitor("phone").go("/login").fill(NIK=employees["rini"].nik)
    somebody.page.keyboard.press("Enter")
    expect(somebody.page.get_by_label("PIN")).to_be_focused()
    somebody.page.keyboard.type(PIN)
    somebody.page.keyboard.press("Enter")
    expect(somebody.page.get_by_role("heading", name="Daftar Kendala")).to_be_visible()


def test_an_unknown_nik_stays_in_its_field(visitor, screen):
    somebody = visitor(screen).go("/login").fill(NIK="99999999").press("Lanjut")
    somebody.sees_alert("NIK Belum Terdaftar!")
    expect(somebody.page.get_by_label("NIK")).to_have_value("99999999")


def test_a_frozen_account_is_explained(visitor, screen, query, employees):
    query.execute("UPDATE employee SET is_frozen = true WHERE nik = %(nik)s", {"nik": employees["rini"].nik})
    somebody = visitor(screen).go("/login").fill(NIK=employees["rini"].nik).press("Lanjut")
    somebody.sees_alert("Maaf akun ini telah dinonaktifkan oleh admin!")


def test_a_wrong_pin_is_asked_for_again_with_its_nik(visitor, screen, employees):
    somebody = visitor(screen).go("/login").fill(NIK=employees["rini"].nik).press("Lanjut")
    somebody.fill(PIN="000000").press("Masuk")
    expect(somebody.page.get_by_role("alert")).to_be_visible()
    expect(somebody.page.get_by_label("NIK")).to_have_value(employees["rini"].nik)
    somebody.fill(PIN=PIN).press("Masuk")
    expect(somebody.page.get_by_role("heading", name="Daftar Kendala")).to_be_visible()


def test_too_many_wrong_pins_say_how_long_to_wait(visitor, employees):
    somebody = visitor("desktop").go("/login").fill(NIK=employees["rini"].nik).press("Lanjut")
    for _ in range(6):
        somebody.fill(PIN="000000").press("Masuk")
    expect(somebody.page.get_by_role("alert")).to_contain_text("30 detik")


def test_one_may_change_the_nik_after_the_first_step(visitor, screen, employees):
    somebody = visitor(screen).go("/login").fill(NIK=employees["rini"].nik).press("Lanjut")
    somebody.page.get_by_role("link", name="Pakai NIK lain").click()
    somebody.sign_in(employees["sari"].nik)


@pytest.mark.parametrize("signed_in", [None, "rini"])
def test_language_and_theme_are_a_button_each(visitor, screen, signed_in):
    somebody = visitor(screen, signed_in)
    somebody.go("/problems/new" if signed_in else "/login").prefer("English").prefer("Dark")
    expect(somebody.page.locator("html")).to_have_attribute("lang", "en")
    expect(somebody.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    somebody.prefer("Bahasa Indonesia").prefer("Terang")
    expect(somebody.page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_the_theme_is_that_of_the_system_until_one_is_chosen(visitor):
    somebody = visitor("desktop", color_scheme="dark").go("/login")
    expect(somebody.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    somebody.press("Terang")
    expect(somebody.page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_a_frozen_employee_is_signed_out_at_the_next_click(visitor, screen, query, employees):
    rini = visitor(screen, "rini")
    query.execute("UPDATE employee SET is_frozen = true WHERE nik = %(nik)s", {"nik": employees["rini"].nik})
    rini.page.get_by_role("link", name="Lapor Kendala").first.click()
    expect(rini.page.get_by_label("NIK")).to_be_visible()


def test_an_old_token_gets_a_fresh_form(visitor, screen, employees):
    somebody = visitor(screen).go("/login")
    somebody.page.context.clear_cookies()  # as when another tab signed in and out
    somebody.fill(NIK=employees["rini"].nik).press("Lanjut").sees("terlalu lama terbuka")
    expect(somebody.page.get_by_label("NIK")).to_have_value(employees["rini"].nik)
    somebody.press("Lanjut").fill(PIN=PIN).press("Masuk")
    expect(somebody.page.get_by_role("heading", name="Daftar Kendala")).to_be_visible()


def test_an_empty_nik_is_asked_for(visitor, screen):
    visitor(screen).go("/login").press("Lanjut").sees_alert("Isi NIK Anda.")


def test_a_frozen_person_is_told_why(visitor, screen, query, employees):
    rini = visitor(screen, "rini")
    query.execute("UPDATE employee SET is_frozen = true WHERE nik = %(nik)s", {"nik": employees["rini"].nik})
    rini.page.get_by_role("link", name="Lapor Kendala").first.click()
    rini.sees_alert("Maaf akun ini telah dinonaktifkan oleh admin!")
