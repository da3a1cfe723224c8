"""A session: whose name stands in the header (R8), and what ends it at the next click (R10)."""

import pytest

from sih.dao.employees import Employees
from tests.company import PIN
from tests.people import Person

OTHER_PIN = "508213"


def header(page) -> list[str]:
    return page.select_one("header summary").text.split()


def is_out(person) -> bool:
    response = person.client.get("/problems")
    return response.status_code == 302 and response.location.startswith("/login")


def test_signing_out_ends_it_and_empties_the_cache(person):
    rini = person("rini")
    rini.post("/logout")
    assert (rini.response.location, rini.response.headers["Clear-Site-Data"]) == ("/login", '"cache"')
    assert is_out(rini)


def test_signing_out_needs_a_post(person):
    person("rini").get("/logout", 405)
    assert not is_out(person("rini"))


def test_signing_out_twice_asks_to_sign_in(person):
    rini = person("rini")
    rini.post("/logout")
    rini.post("/logout")
    assert rini.response.location.startswith("/login")


def test_another_account_changes_nik_and_name(person, employees):
    nobody = person(None)
    for name in ("rini", "gita"):
        page = nobody.post("/login", follow=True, nik=employees[name].nik, pin=PIN)
        assert header(page) == [employees[name].nik, name.capitalize()]
        assert header(nobody.get("/problems/new")) == [employees[name].nik, name.capitalize()]
        nobody.post("/logout")


def test_signing_in_over_another_session_takes_its_place(person, employees):
    rini = person("rini")
    page = rini.post("/login", follow=True, nik=employees["gita"].nik, pin=PIN)
    assert header(page) == [employees["gita"].nik, "Gita"]


def test_each_sign_in_has_a_token_of_its_own(person, employees):
    nobody = person(None)
    before = nobody.tokens["csrf_token"]
    nobody.post("/login", nik=employees["rini"].nik, pin=PIN)
    assert nobody.client.post("/logout", data={"csrf_token": before}).status_code == 400


def test_freezing_ends_it_at_the_next_click(person, query, employees):
    assert not is_out(person("rini"))
    Employees(query).freeze(employees["rini"].nik)
    assert is_out(person("rini"))
    Employees(query).unfreeze(employees["rini"].nik)
    assert is_out(person("rini"))


def test_a_frozen_person_stores_nothing(person, query, employees, problem):
    number, hadi = problem("in_progress"), person("hadi")
    seen, tokens = hadi.seen(number), hadi.tokens
    Employees(query).freeze(employees["hadi"].nik)
    hadi.client.post(f"/problems/{number}/closures", data={**tokens, "seen": seen, "solution": "Beres."})
    assert query.select_one("SELECT status FROM problem")["status"] == "in_progress"


def test_a_pin_reset_by_the_admin_ends_it(person, query, employees, moved_clock):
    assert not is_out(person("rini"))
    Employees(query).reset_pin(employees["rini"].nik, "hmac", moved_clock())
    assert is_out(person("rini"))


def test_a_new_pin_ends_the_others_and_not_this_one(app, employees):
    here, there = Person(app, employees["rini"]), Person(app, employees["rini"])
    assert not is_out(there)
    here.post("/pin", pin=PIN, new_pin=OTHER_PIN, repeated_pin=OTHER_PIN)
    assert is_out(there) and not is_out(here)


@pytest.mark.parametrize("session_id", ["", "1", "1:", "x:1", "1:99", "99999999999:1", "1:1:1", "0" * 32, "é" * 36])
def test_a_session_that_is_nobodys_is_none(app, session_id):
    nobody = Person(app)
    with nobody.client.session_transaction() as session:
        session["_user_id"] = session_id
    assert is_out(nobody)
