"""Weak PINs are refused with a reason where a PIN is chosen, and must be replaced after signing in."""

import dataclasses

import pytest

from settings import Limits
from sih import demo
from sih.dao.employees import Employees
from sih.demo import company
from sih.domain import pins
from sih.domain.pin_rules import COMMON, weakness
from sih.forms.pins import WEAK
from tests.company import PEOPLE, PIN
from tests.conftest import PIN_KEY
from tests.facts import alert, amount, errors, value
from tests.form_data import report
from tests.people import Person
from tests.test_sessions import is_out

NIK = "3175081990"
REASONS = {
    "nik": ["317508", "175081", "081990", "3175081990"],
    "run": ["123456", "654321", "890123", "210987", "12345678901234567890", "98765432109876543210", "112233", "024680"]
    + ["12344321", "544321"],
    "repeat": ["111111", "000000", "121212", "123123", "12341234", "1212121", "7" * 20, "505050"],
    "date": [
        "170845", "311299", "290200", "450817", "991231", "123199", "17081945", "19450817", "12311999",
        "199012", "202606", "121990", "012026", "901301", "903112",
    ],
    "common": ["135790", "246810", "159753", "147258", "123321", "789456", "142536", "314159"],
}  # fmt: skip
GOOD = ["731946", "482915", "508213", "310299", "209930", "903817", "73194628", "20250230", "39482716504938271605"]
CASES = [(reason, pin) for reason, found in REASONS.items() for pin in found]
SENTENCES = [(reason, found[0]) for reason, found in REASONS.items()]


@pytest.mark.parametrize(("reason", "pin"), CASES)
def test_a_weak_pin_is_refused_with_a_reason(reason, pin):
    assert weakness(pin, NIK) == reason


@pytest.mark.parametrize("pin", GOOD)
def test_a_good_pin_is_accepted(pin):
    assert weakness(pin, NIK) is None


def test_digits_of_a_nik_count_as_one_run_without_its_letters():
    assert weakness("418263", "SIH418B263") == weakness("418", "A418") == "nik"
    assert weakness("418263", "418B264") is None


def test_over_a_thousand_pins_are_common():
    assert len(COMMON) > 1000 and all(len(pin) == 6 and pin.isdecimal() for pin in COMMON)


def test_nine_of_ten_pins_are_allowed():
    assert sum(weakness(f"{number:06}", NIK) is None for number in range(0, 10**6, 101)) > 0.88 * 10**6 / 101


def test_the_pins_of_the_demo_and_of_the_tests_are_good():
    assert not [row["nik"] for row in company.people() if weakness(demo.PIN, row["nik"])]
    assert not [nik for nik, *_ in PEOPLE.values() if weakness(PIN, nik)]


@pytest.mark.parametrize(("reason", "pin"), SENTENCES)
def test_a_weak_pin_is_refused_when_changing_the_pin(person, query, employees, reason, pin):
    query.execute("UPDATE employee SET nik = %(nik)s WHERE name = 'Rini'", {"nik": NIK})
    page = person("rini").post("/pin", 422, pin=PIN, new_pin=pin, repeated_pin=pin)
    assert errors(page) == {"new_pin": WEAK[reason]}
    person(None).post("/login", nik=NIK, pin=PIN)


@pytest.mark.parametrize(("reason", "pin"), SENTENCES)
def test_a_weak_pin_is_refused_when_activating(person, query, moved_clock, reason, pin):
    query.execute("UPDATE employee SET nik = %(nik)s WHERE name = 'Rini'", {"nik": NIK})
    code = pins.new_code()
    Employees(query).reset_pin(NIK, pins.code_hmac(code, PIN_KEY), moved_clock())
    page = person(None).post("/activations", 422, nik=NIK, code=code, new_pin=pin, repeated_pin=pin)
    assert errors(page) == {"new_pin": WEAK[reason]} and value(page, "code") == code
    person(None).post("/activations", nik=NIK, code=code, new_pin=PIN, repeated_pin=PIN)


@pytest.fixture
def weak(app, query, employees):
    """Rini has signed in with a PIN from before the rules."""
    pin_hash = pins.hash_pin("123456", PIN_KEY)
    query.execute("UPDATE employee SET pin_hash = %(hash)s WHERE name = 'Rini'", {"hash": pin_hash})
    rini = Person(app)
    rini.post("/login", nik=employees["rini"].nik, pin="123456")
    return rini


def test_signing_in_with_a_weak_pin_demands_a_new_one(weak, app):
    for path in ("/", "/problems", "/problems/new", "/profile", "/problems?q=printer", "/employees"):
        weak.get(path, 303)
        assert weak.response.location.startswith("/pin/new"), path
    page = weak.get(weak.response.location)
    assert "PIN Anda terlalu mudah ditebak." in page.select_one("main [role=status]").text
    weak.get("/static/css/sih.css")
    assert weak.get("/pin/new").select_one("form[action='/logout']")
    weak.post("/language", language="en")


def test_after_the_new_pin_the_requested_page_follows(weak):
    weak.get("/problems?q=printer", 303)
    page = weak.get(weak.response.location)
    place = page.select_one("main form [name=next]")["value"]
    page = weak.post("/pin", 422, pin="123456", new_pin="654321", repeated_pin="654321", next=place)
    assert page.select_one("main form [name=next]")["value"] == place == "/problems?q=printer"
    weak.post("/pin", pin="123456", new_pin=PIN, repeated_pin=PIN, next=place)
    assert weak.response.location == place
    assert weak.get(place).h1.text == "Daftar Kendala"


def test_a_form_sent_before_the_new_pin_is_kept_as_a_draft(weak, query):
    fields = report(query)
    weak.post("/problems", **fields)
    assert amount(query, "problem") == 0
    place = weak.get(weak.response.location).select_one("main form [name=next]")["value"]
    page = weak.post("/pin", follow=True, pin="123456", new_pin=PIN, repeated_pin=PIN, next=place)
    assert {name: value(page, name) for name in ("token", "title", "description")} == {
        name: fields[name] for name in ("token", "title", "description")
    }


def test_a_form_that_cannot_be_a_draft_is_shown_in_the_response(weak, app, query, settings, monkeypatch):
    few = dataclasses.replace(settings, limits=Limits(drafts=1))
    monkeypatch.setitem(app.config, "SETTINGS", few)
    fields = report(query)
    weak.post("/problems", **fields)
    page = weak.post("/problems", 409, **fields)
    assert "Ganti PIN Anda di tab lain" in alert(page) and fields["description"] in page.select_one("main dl").text
    assert amount(query, "draft") == 1 and amount(query, "problem") == 0
    weak.post("/pin", pin="123456", new_pin=PIN, repeated_pin=PIN)
    form = page.select_one("main form")
    sent = {field["name"]: field.get("value", field.text.removeprefix("\n")) for field in form.select("[name]")}
    assert weak.client.post(form["action"], data=sent).status_code == 303 and amount(query, "problem") == 1


def test_signing_out_with_a_weak_pin_is_allowed(weak):
    weak.post("/logout")
    assert weak.response.location == "/login" and is_out(weak)


def test_a_new_pin_is_demanded_again_at_the_next_sign_in(weak, employees):
    weak.post("/logout")
    weak.post("/login", nik=employees["rini"].nik, pin="123456")
    weak.get("/problems", 303)
    assert weak.response.location.startswith("/pin/new")


def test_a_good_pin_demands_no_new_one(app, employees):
    rini = Person(app)
    rini.post("/login", nik=employees["rini"].nik, pin=PIN)
    assert rini.get("/problems").h1
