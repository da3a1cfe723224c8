"""Signing in without JavaScript: a page shows whose NIK it is, then a page asks for the PIN (docs/paper.md, R1, R2)."""

from datetime import UTC, datetime

import pytest

from sih.dao.employees import Employees
from tests.company import PIN
from tests.facts import alert, without_database
from tests.people import Person

RINI = "10000001"
STRANGE_PLACES = ["https://evil.example/", "//evil.example", "/\\evil.example", "//[", "/\t/evil.example", "problems"]


def is_asked_for_pin(page) -> bool:
    return page.select_one("[data-step=pin]:not([hidden])") is not None


def test_the_first_page_asks_for_the_nik_alone(person):
    page = person(None).get("/login")
    assert not is_asked_for_pin(page)
    assert page.select_one("#pin").has_attr("disabled")


def test_a_nik_shows_its_owner_and_asks_for_the_pin(person):
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
def test_an_unknown_nik_is_kept_and_asked_for_again(person, fields):
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


def test_signing_in_returns_to_the_requested_page(person):
    nobody = person(None)
    nobody.get("/problems?q=printer", 302)
    page = nobody.get(nobody.response.location)
    place = page.select_one("main [name=next]")["value"]
    page = nobody.post("/login", 200, nik=RINI, next=place)
    nobody.post("/login", nik=RINI, pin=PIN, next=page.select_one("main [name=next]")["value"])
    assert nobody.response.location == "/problems?q=printer"


@pytest.mark.parametrize("place", STRANGE_PLACES)
def test_signing_in_never_redirects_to_another_site(person, place):
    nobody = person(None)
    assert nobody.client.get("/login", query_string={"next": place}).status_code == 200
    nobody.post("/login", nik=RINI, pin=PIN, next=place)
    assert nobody.response.location == "/problems"


def test_a_signed_in_employee_is_redirected_to_the_list(person):
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


STALE = {"csrf_token": "of another tab"}


@pytest.mark.parametrize("fields", [{}, {"pin": PIN}])
def test_an_old_token_gets_a_fresh_form_that_keeps_the_nik(person, query, fields):
    nobody = person(None)
    nobody.get("/login")
    page = nobody.post("/login", 400, nik=RINI, next="/problems?q=printer", **STALE, **fields)
    assert "terlalu lama terbuka" in page.select_one("main [role=status]").text
    assert page.select_one("#nik")["value"] == RINI and not is_asked_for_pin(page)
    assert "Rini" not in page.text and query.select("SELECT key FROM throttle") == []
    form = {name: page.select_one(f"main [name={name}]")["value"] for name in ("csrf_token", "next", "nik")}
    nobody.post("/login", 200, **form)
    nobody.post("/login", **form, pin=PIN)
    assert nobody.response.location == "/problems?q=printer"


def test_a_second_tab_on_a_shared_computer_can_sign_in(person, employees):
    nobody = person(None)
    old = nobody.tokens["csrf_token"]
    nobody.post("/login", nik=RINI, pin=PIN)
    page = nobody.post("/login", 400, nik=employees["koko"].nik, pin=PIN, csrf_token=old)
    fresh = page.select_one("main [name=csrf_token]")["value"]
    page = nobody.post("/login", follow=True, nik=employees["koko"].nik, pin=PIN, csrf_token=fresh)
    assert "Koko" in page.header.text


@pytest.mark.parametrize("nik", ["", "\x00", "9" * 51])
def test_with_an_old_token_an_invalid_nik_is_not_kept(person, nik):
    person(None).get("/login")
    assert person(None).post("/login", 400, nik=nik, **STALE).select_one("#nik")["value"] == ""


def test_the_page_says_whom_to_ask_for_a_forgotten_pin(person):
    details = person(None).get("/login").select_one("main details")
    assert details.summary.text == "Lupa PIN?" and "admin" in details.p.text and "kode aktivasi" in details.p.text


PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "sentence"),
    [
        (PHONE, "Terakhir masuk: 5 Jan 2026 17.00 WITA, dari 10.1.2.3, dengan Chrome di Android."),
        ("x", "Terakhir masuk: 5 Jan 2026 17.00 WITA, dari 10.1.2.3."),
    ],
)
def test_the_last_sign_in_is_shown_with_time_and_address(app, employees, moved_clock, agent, sentence):
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    first, second = Person(app), Person(app)
    first.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": "10.1.2.3"}
    page = first.post("/login", follow=True, nik=employees["sari"].nik, pin=PIN)
    assert not page.select("main > .alert[role=status]:not(.changes)")
    first.post("/logout")
    moved_clock(days=100)
    second.post("/login", nik=RINI, pin=PIN)
    second.post("/logout")
    page = second.post("/login", follow=True, nik=employees["sari"].nik, pin=PIN)
    assert page.select_one("main > .alert[role=status]").text == sentence
    assert not second.get("/problems").select("main > .alert[role=status]")


PASTED = ["1000 0001", "1000-0001", "10\u00a000\u20110001", "\u202a10000001\u202c", "1000\u200b0001", "\u200e10000001 "]


@pytest.mark.parametrize("nik", PASTED)
def test_a_pasted_nik_is_read_without_blanks_hyphens_and_invisible_characters(person, nik):
    page = person(None).post("/login", 200, nik=nik)
    assert is_asked_for_pin(page) and page.select_one("#nik")["value"] == RINI
    person(None).post("/login", nik=nik, pin=PIN)


@pytest.mark.parametrize("nik", ["-", "\u2013", "\u200b", "\u00a0-\u202c"])
def test_a_nik_of_nothing_but_such_characters_is_asked_for(person, nik):
    assert "Isi NIK Anda." in person(None).post("/login", 422, nik=nik).text
