"""The first sign-in: an employee exchanges an activation code for a PIN, once, within 14 days."""

import pytest

from sih.dao.employees import Employees
from sih.domain import pins
from tests.company import PIN
from tests.conftest import PIN_KEY
from tests.facts import alert, errors, value

NEW = "508213"
RINI = "10000001"
NO_HASH = "SELECT pin_hash FROM employee WHERE nik = '10000001'"


@pytest.fixture
def code(query, moved_clock) -> str:
    """What the admin handed to Rini, whose PIN is gone with it."""
    code = pins.new_code()
    Employees(query).reset_pin(RINI, pins.code_hmac(code, PIN_KEY), moved_clock())
    return code


def activate(person, code: str, status: int = 303, nik: str = RINI, **fields):
    fields = {"new_pin": NEW, "repeated_pin": NEW, **fields}
    return person(None).post("/activations", status, nik=nik, code=code, **fields)


def test_activating_signs_in_and_sets_the_chosen_pin(person, code):
    nobody = person(None)
    assert nobody.get("/activations/new").h1.text == "Masuk pertama kali"
    activate(person, code)
    assert nobody.response.location == "/problems"
    assert "Rini" in nobody.get("/problems").header.text
    nobody.post("/logout")
    nobody.post("/login", 401, nik=RINI, pin=PIN)
    nobody.post("/login", nik=RINI, pin=NEW)


def test_a_code_is_read_however_it_is_written(person, code):
    activate(person, f" {code[:5].lower()}-{code[5:]} ", nik=f" {RINI}")


def test_before_the_activation_no_pin_is_accepted(person, code):
    person(None).post("/login", 401, nik=RINI, pin=PIN)


def test_a_code_serves_once(person, query, code):
    activate(person, code)
    before = query.one_or_none(NO_HASH)
    person(None).post("/logout")
    activate(person, code, 401, new_pin="640285", repeated_pin="640285")
    assert query.one_or_none(NO_HASH) == before


@pytest.mark.parametrize(("days", "status"), [(13.99, 303), (14, 401)])
def test_a_code_lives_fourteen_days(person, code, moved_clock, days, status):
    moved_clock(days=days)
    activate(person, code, status)


@pytest.mark.parametrize("nik", ["10000002", "99999999"])
def test_a_code_belongs_to_one_employee(person, query, code, nik):
    page = activate(person, code, 401, nik=nik)
    assert alert(page) == "NIK atau kode aktivasi salah, atau kode itu sudah kedaluwarsa."
    assert (value(page, "nik"), value(page, "code")) == (nik, code)
    assert query.one_or_none(NO_HASH) == {"pin_hash": None}


def test_a_frozen_account_takes_no_code(person, query, code):
    Employees(query).freeze(RINI)
    activate(person, code, 401)
    assert query.one_or_none(NO_HASH) == {"pin_hash": None}


def test_guesses_of_codes_are_throttled(person, code):
    for _ in range(5):
        activate(person, "AAAAAAAAAA", 401)
    assert "30 detik" in alert(activate(person, code, 429))


def test_empty_fields_are_explained_beside_each_field(person):
    page = person(None).post("/activations", 422, nik="", code=" ", new_pin="", repeated_pin="")
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {
        "nik": "Masukkan NIK Anda.",
        "code": "Masukkan kode aktivasi Anda.",
        "new_pin": "Masukkan PIN baru.",
        "repeated_pin": "Ulangi PIN baru.",
    }


@pytest.mark.parametrize("pin", ["12345", "1" * 21, "abcdef", "12345 6", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_a_pin_is_six_digits_or_more(person, query, code, pin):
    page = activate(person, code, 422, new_pin=pin, repeated_pin=pin)
    assert errors(page)["new_pin"] == "PIN terdiri dari 6 sampai 20 angka."
    assert value(page, "code") == code and pin not in page.decode()
    assert query.one_or_none(NO_HASH) == {"pin_hash": None}


def test_both_pins_must_be_the_same(person, code):
    page = activate(person, code, 422, repeated_pin="508214")
    assert errors(page) == {"repeated_pin": "Kedua PIN tidak sama."}


@pytest.mark.parametrize("name", ["nik", "code"])
def test_overlong_input_counts_as_no_attempt(person, query, name):
    page = person(None).post("/activations", 422, **{"nik": RINI, "code": "x", name: "9" * 51})
    assert errors(page)[name] == "Paling banyak 50 karakter; ini kelebihan 1."
    assert query.select("SELECT key FROM throttle") == []


def test_an_old_token_gets_a_fresh_form_that_keeps_nik_and_code(person, code):
    nobody = person(None)
    nobody.get("/activations/new")
    fields = {"nik": RINI, "code": code, "new_pin": NEW, "repeated_pin": NEW}
    page = nobody.post("/activations", 400, **fields, csrf_token="x")
    assert "terlalu lama terbuka" in alert(page) and NEW not in page.decode()
    assert (value(page, "nik"), value(page, "code")) == (RINI, code)
    nobody.post("/activations", **fields, csrf_token=page.select_one("main [name=csrf_token]")["value"])


def test_in_english(person):
    page = person(None).speaks("en").post("/activations", 401, nik=RINI, code="X", new_pin=NEW, repeated_pin=NEW)
    assert alert(page) == "Wrong NIK or activation code, or the code has expired."


def test_a_pasted_nik_is_read_without_blanks_hyphens_and_invisible_characters(person, code):
    activate(person, code, nik="\u202a1000-00\u00a001")
