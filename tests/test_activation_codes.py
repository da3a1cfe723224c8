"""Kode aktivasi for one employee: shown once, stored as an HMAC, exchanged for a PIN."""

import pytest

from sih.domain import pins
from tests.company import PIN
from tests.conftest import PIN_KEY
from tests.log_records import captured_log
from tests.people import Person
from tests.routes import contents

NEW_PIN = "640285"


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture
def newcomers(query) -> list[int]:
    """Three of store T002 without a PIN, one of them frozen."""
    rows = query.select(
        """
INSERT INTO employee (nik, name, store_id, is_frozen)
SELECT '6000000' || n, 'Baru ' || n, 2, n = 3 FROM generate_series(1, 3) AS n RETURNING id"""
    )
    return [row["id"] for row in rows]


def codes(page) -> dict[str, str]:
    """The codes of a page, by NIK."""
    return {slip.select("bdi")[1].text: slip.select_one("[data-code]").text for slip in page.select(".slip")}


def activates(app, nik: str, code: str) -> int:
    nobody = Person(app)
    fields = {"nik": nik, "code": code, "new_pin": NEW_PIN, "repeated_pin": NEW_PIN}
    return nobody.client.post("/activations", data={**nobody.tokens, **fields}).status_code


def signs_in(app, nik: str, pin: str) -> bool:
    nobody = Person(app)
    return nobody.client.post("/login", data={**nobody.tokens, "nik": nik, "pin": pin}).status_code == 303


def test_a_code_for_one_person_replaces_the_pin(app, adi, person, employees):
    rini = employees["rini"]
    [(nik, code)] = codes(adi.post(f"/employees/{rini.id}/activation-codes", 200)).items()
    assert nik == rini.nik and adi.response.headers["Cache-Control"] == "no-store"
    assert person("rini").client.get("/problems").status_code == 302 and not signs_in(app, nik, PIN)
    assert activates(app, nik, code) == 303 and signs_in(app, nik, NEW_PIN)
    assert activates(app, nik, code) == 401


def test_a_second_code_invalidates_the_first(app, adi, employees):
    path, nik = f"/employees/{employees['rini'].id}/activation-codes", employees["rini"].nik
    first, second = (codes(adi.post(path, 200))[nik] for _ in range(2))
    assert (activates(app, nik, first), activates(app, nik, second)) == (401, 303)


def test_a_frozen_employee_gets_no_code(adi, newcomers, query):
    assert codes(adi.post(f"/employees/{newcomers[2]}/activation-codes", 200)) == {}
    assert query.select("SELECT * FROM activation") == []


def test_a_code_is_stored_only_as_an_hmac(adi, newcomers, query):
    with captured_log() as log:
        found = codes(adi.post(f"/employees/{newcomers[0]}/activation-codes", 200))
    kept = {row["code_hmac"] for row in query.select("SELECT code_hmac FROM activation")}
    assert kept == {pins.code_hmac(code, PIN_KEY) for code in found.values()}
    everything = [row["t"] for name in contents(query) for row in query.select(f"SELECT t::text AS t FROM {name} t")]
    for code in found.values():
        for secret in (code, code.replace("-", "")):
            assert not [text for text in everything if secret in text] and secret not in log.text


def test_making_a_code_is_audited(adi, newcomers, query):
    for number in newcomers:
        adi.post(f"/employees/{number}/activation-codes", 200)
    rows = query.select(
        "SELECT row_name, kind, changes, actor_id IS NOT NULL AS is_known FROM audit WHERE kind = 'coded'"
    )
    assert [(row["row_name"], row["changes"], row["is_known"]) for row in rows] == [
        ("60000001 Baru 1", {}, True),
        ("60000002 Baru 2", {}, True),
    ]


def test_a_code_expires_after_two_weeks(app, adi, employees, moved_clock):
    nik = employees["rini"].nik
    code = codes(adi.post(f"/employees/{employees['rini'].id}/activation-codes", 200))[nik]
    moved_clock(days=14, seconds=1)
    assert activates(app, nik, code) == 401


def test_an_unknown_employee_is_not_found(adi):
    adi.get("/employees/999999/activation-codes/new", 404)
    adi.post("/employees/999999/activation-codes", 404)
