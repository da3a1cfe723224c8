"""Keluar dari semua perangkat: ends all sessions of this person, and nobody else's."""

import pytest

from tests.company import PIN
from tests.facts import amount
from tests.people import Person
from tests.test_sessions import is_out

VERSIONS = "SELECT nik, session_version FROM employee WHERE session_version > 1"


@pytest.fixture
def signed_in(app, employees):
    """signed_in("rini") has signed in with a browser of her own."""

    def sign_in(name: str) -> Person:
        somebody = Person(app)
        somebody.post("/login", nik=employees[name].nik, pin=PIN)
        return somebody

    return sign_in


@pytest.mark.parametrize("name", ["rini", "hadi", "susi", "adi"])
def test_signing_out_everywhere_ends_all_sessions_of_this_person_only(signed_in, query, employees, name):
    here, there, koko = signed_in(name), signed_in(name), signed_in("koko")
    here.post("/sign-outs")
    assert is_out(here) and is_out(there) and not is_out(koko)
    assert query.select(VERSIONS) == [{"nik": employees[name].nik, "session_version": 2}]
    assert query.select("SELECT employee_id FROM session") == [{"employee_id": employees["koko"].id}]


def test_the_next_page_confirms_the_sign_out_and_clears_the_cache(signed_in):
    rini = signed_in("rini")
    rini.post("/sign-outs")
    assert rini.response.headers["Clear-Site-Data"] == '"cache"'
    page = rini.get(rini.response.location)
    assert page.h1.text == "Masuk ke Sistem Informasi Helpdesk"
    assert page.select_one("main [role=status]").text == "Anda sudah keluar dari semua perangkat."


def test_signing_out_everywhere_twice_ends_sessions_once(signed_in, query):
    here, there = signed_in("rini"), signed_in("rini")
    tokens, others = here.tokens, there.tokens
    for somebody, fields in ((here, tokens), (here, tokens), (there, others)):
        response = somebody.client.post("/sign-outs", data=fields)
        assert response.status_code == 303 and response.location.startswith("/login")
    assert query.select(VERSIONS) == [{"nik": "10000001", "session_version": 2}]


def test_a_second_click_does_not_end_newer_sessions(signed_in, employees, query):
    here, there = signed_in("rini"), signed_in("rini")
    tokens = here.tokens
    there.post("/sign-outs")
    again = signed_in("rini")
    here.client.post("/sign-outs", data=tokens)
    assert not is_out(again) and amount(query, "session") == 1


def test_the_pin_stays_valid(signed_in):
    signed_in("rini").post("/sign-outs")
    assert not is_out(signed_in("rini"))


def test_the_button_is_on_the_profile(signed_in):
    form = signed_in("rini").get("/profile").select_one("form[action='/sign-outs']")
    assert form.button.text == "Keluar dari semua perangkat"


def test_a_lost_session_returns_to_the_button(signed_in, query):
    rini = signed_in("rini")
    stale = {**rini.tokens, "csrf_token": "x", "next": "/profile"}
    response = rini.client.post("/sign-outs", data=stale)
    assert (response.status_code, response.location) == (303, "/profile")
    assert query.select(VERSIONS) == []


def test_in_english(signed_in):
    rini = signed_in("rini").speaks("en")
    assert rini.get("/profile").select_one("form[action='/sign-outs'] button").text == "Sign out on all devices"
