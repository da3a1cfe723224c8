"""Signing in without JavaScript: a page that shows whose NIK it is, then a page that asks for the PIN (R1, R2)."""

import pytest

from sih.dao.employees import Employees
from tests.company import PIN
from tests.facts import alert, without_database

RINI = "10000001"
STRANGE_PLACES = ["https://evil.example/", "//evil.example", "/\\evil.example", "//[", "/\t/evil.example", "problems"]


def is_asked_for_pin(page) -> bool:
    return page.select_one("[data-step=pin]:not([hidden])") is not None


def test_the_first_page_asks_for_the_nik_alone(person):
    page = person(None).get("/login")
    assert not is_asked_for_pin(page)
    assert page.select_one("#pin").has_attr("disabled")


def test_a_nik_shows_whose_it_is_and_asks_for_the_pin(person):
    page = person(None).post("/login", 200, nik=RINI.lower() + " ")
    assert is_asked_for_pin(page)
    assert page.select_one("[data-name]").text == "Rini"
    assert page.select_one("[data-store]").text == "T001 Kelapa Gading"
    assert page.select_one("#nik")["value"] == RINI


def test_the_pin_opens_the_list(person):
    page = person(None).post("/login", follow=True, nik=RINI, pin=PIN)
    assert page.h1.text == "Daftar Kendala"
    assert page.select_one("header summary").text.split() == [RINI, "Rini"]


@pytest.mark.parametrize("pin", ["731947", "", PIN + "0", " " + PIN, "x" * 5000, "\x00", "' OR 1=1"])
def test_a_wrong_pin_asks_again_and_keeps_the_nik(person, pin):
    nobody = person(None)
    page = nobody.post("/login", 401, nik=RINI, pin=pin)
    assert alert(page) == "NIK atau PIN salah. Silakan ulangi."
    assert is_asked_for_pin(page) and page.select_one("[data-name]").text == "Rini"
    assert page.select_one("#nik")["value"] == RINI
    assert not page.select_one("#pin").get("value")
    assert nobody.client.get("/problems").status_code == 302


@pytest.mark.parametrize("fields", [{}, {"pin": PIN}])
def test_an_unknown_nik_asks_again_and_keeps_it(person, fields):
    page = person(None).post("/login", 404, nik="99999999", **fields)
    assert alert(page) == "NIK Belum Terdaftar!"
    assert not is_asked_for_pin(page) and page.select_one("#nik")["value"] == "99999999"


@pytest.mark.parametrize("fields", [{}, {"pin": PIN}])
def test_a_frozen_account_stays_out_and_tells_no_name(person, query, fields):
    Employees(query).freeze(RINI)
    page = person(None).post("/login", 403, nik=RINI, **fields)
    assert alert(page) == "Maaf akun ini telah dinonaktifkan oleh admin!"
    assert "Rini" not in page.text and not is_asked_for_pin(page)


def test_after_five_wrong_pins_it_says_how_long_to_wait(person, moved_clock):
    nobody = person(None)
    for _ in range(5):
        nobody.post("/login", 401, nik=RINI, pin="000000")
    page = nobody.post("/login", 429, nik=RINI, pin=PIN)
    assert alert(page) == "Terlalu banyak percobaan. Silakan coba lagi dalam 30 detik."
    assert is_asked_for_pin(page)
    moved_clock(seconds=31)
    nobody.post("/login", nik=RINI, pin=PIN)


def test_a_waiting_address_learns_no_name(person, moved_clock):
    nobody = person(None)
    for number in range(30):
        nobody.post("/login", 404, nik=f"9{number:07}")
    page = nobody.post("/login", 429, nik=RINI, pin="000000")
    assert "Rini" not in page.text


def test_fields_left_empty_are_no_attempt(person, query):
    nobody = person(None)
    assert alert(nobody.post("/login", 422, nik=" ")) == "Isi NIK Anda."
    nobody.post("/login", 401, nik=RINI, pin="")
    assert query.select("SELECT key FROM throttle") == []


def test_it_returns_to_the_page_that_was_asked_for(person):
    nobody = person(None)
    nobody.get("/problems?q=printer", 302)
    page = nobody.get(nobody.response.location)
    place = page.select_one("main [name=next]")["value"]
    page = nobody.post("/login", 200, nik=RINI, next=place)
    nobody.post("/login", nik=RINI, pin=PIN, next=page.select_one("main [name=next]")["value"])
    assert nobody.response.location == "/problems?q=printer"


@pytest.mark.parametrize("place", STRANGE_PLACES)
def test_it_never_leads_to_another_site(person, place):
    nobody = person(None)
    assert nobody.client.get("/login", query_string={"next": place}).status_code == 200
    nobody.post("/login", nik=RINI, pin=PIN, next=place)
    assert nobody.response.location == "/problems"


def test_who_is_signed_in_is_not_asked_again(person):
    person("rini").get("/login", 302)
    assert person("rini").response.location == "/problems"


def test_without_a_database_the_nik_is_kept(person, pool):
    nobody = person(None)
    assert nobody.tokens
    with without_database(pool):
        page = nobody.post("/login", 503, nik=RINI, pin=PIN)
    assert page.select_one("main textarea[name=nik]").text == RINI
    assert PIN not in page.text


def test_in_english(person):
    page = person(None).speaks("en").post("/login", 401, nik=RINI, pin="000000")
    assert alert(page) == "Wrong NIK or PIN. Please try again."
    assert page.select_one("[data-step=pin] button").text == "Sign in"
