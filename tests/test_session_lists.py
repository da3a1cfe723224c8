"""The list of sessions in the profile: start, address, browser, and which one is current."""

from datetime import UTC, datetime

import pytest

from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.sessions import Sessions
from sih.domain import clock, pins
from tests.company import PIN
from tests.conftest import PIN_KEY
from tests.facts import amount
from tests.people import Person

OTHER_PIN = "508213"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"


def sign_in(app, nik: str, agent: str = DESKTOP, address: str = "10.1.2.3") -> Person:
    somebody = Person(app)
    somebody.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    somebody.post("/login", nik=nik, pin=PIN)
    return somebody


def sessions_of(person) -> list[str]:
    return [" ".join(one.text.split()) for one in person.get("/profile").select("[data-session] > div")]


def test_the_profile_lists_sessions_newest_first_and_marks_the_current_one(app, employees, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    there = sign_in(app, employees["gita"].nik, PHONE, "2001:db8::1")
    moved_clock(minutes=5)
    here = sign_in(app, employees["gita"].nik)
    phone = "Chrome di Android{} sejak 5 Jan 2026 17.00 WITA, dari 2001:db8::1"
    desktop = "Firefox di Windows{} sejak 5 Jan 2026 17.05 WITA, dari 10.1.2.3"
    assert sessions_of(here) == [desktop.format(" (perangkat ini)"), phone.format("")]
    assert sessions_of(there) == [desktop.format(""), phone.format(" (perangkat ini)")]


def test_nobody_sees_sessions_of_another_person(app, employees):
    sign_in(app, employees["rini"].nik, address="10.9.9.9")
    for name in ("koko", "adi"):
        somebody = sign_in(app, employees[name].nik)
        assert len(sessions_of(somebody)) == 1 and "10.9.9.9" not in somebody.get("/profile").text


def test_an_activation_starts_a_listed_session(app, query, employees, moved_clock):
    code, nobody = pins.new_code(), Person(app)
    Employees(query).reset_pin(employees["rini"].nik, pins.code_hmac(code, PIN_KEY), moved_clock())
    nobody.post("/activations", nik=employees["rini"].nik, code=code, new_pin=OTHER_PIN, repeated_pin=OTHER_PIN)
    assert len(sessions_of(nobody)) == 1


def test_signing_out_removes_the_session_from_the_list(app, employees, query):
    here, there = sign_in(app, employees["rini"].nik), sign_in(app, employees["rini"].nik, PHONE)
    there.post("/logout")
    assert len(sessions_of(here)) == amount(query, "session") == 1


def test_signing_in_again_with_the_same_browser_replaces_the_session(app, employees, query):
    here = sign_in(app, employees["rini"].nik)
    for name in ("rini", "gita"):
        here.post("/login", nik=employees[name].nik, pin=PIN)
        assert query.select("SELECT employee_id FROM session") == [{"employee_id": employees[name].id}]


def test_a_new_pin_keeps_only_the_current_session(app, employees, query):
    here, _ = sign_in(app, employees["rini"].nik), sign_in(app, employees["rini"].nik, PHONE)
    here.post("/pin", pin=PIN, new_pin=OTHER_PIN, repeated_pin=OTHER_PIN)
    [one] = sessions_of(here)
    assert one.startswith("Firefox di Windows (perangkat ini)")
    assert amount(query, "session") == 1


def test_an_ended_session_is_not_listed_and_deleted_at_the_next_sign_in(app, employees, query):
    sign_in(app, employees["rini"].nik)
    with signed(query, clock.now(), None, "test"):
        Employees(query).freeze(employees["rini"].nik)
        Employees(query).unfreeze(employees["rini"].nik)
    assert len(sessions_of(sign_in(app, employees["rini"].nik))) == amount(query, "session") == 1


def test_sessions_of_ninety_days_are_deleted_when_their_owner_signs_in(app, employees, query, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    sign_in(app, employees["rini"].nik), sign_in(app, employees["koko"].nik)
    moved_clock(days=90)
    sign_in(app, employees["rini"].nik)
    assert amount(query, "session") == 3
    moved_clock(seconds=1)
    rini = sign_in(app, employees["rini"].nik)
    assert len(sessions_of(rini)) == 2 and amount(query, "session") == 3


def test_the_worker_deletes_old_sessions_of_absent_employees(app, employees, query, pool, moved_clock):
    sign_in(app, employees["rini"].nik)
    moved_clock(days=89)
    sign_in(app, employees["koko"].nik)
    Worker(pool).sweep()
    assert amount(query, "session") == 2
    moved_clock(days=2)
    Worker(pool).sweep()
    assert query.select("SELECT employee_id FROM session") == [{"employee_id": employees["koko"].id}]


def test_at_most_fifty_sessions_are_listed(app, employees, query):
    rini, browser = employees["rini"], sign_in(app, employees["rini"].nik)
    for _ in range(60):
        Sessions(query).start(rini, clock.now(), "10.0.0.1", "")
    assert len(sessions_of(browser)) == 50


@pytest.mark.parametrize("agent", ["", "x", "<script>alert(1)</script>", "Chrome/1" * 2000, "\xff\x7f %s {{ 7*7 }}"])
def test_an_unrecognised_browser_is_shown_as_other(app, employees, query, agent):
    rini = sign_in(app, employees["rini"].nik, agent)
    assert sessions_of(rini)[0].startswith("Peramban lain (perangkat ini)")
    assert query.one("SELECT browser FROM session")["browser"] == ""


def test_an_invalid_address_is_cleaned_and_truncated(app, employees):
    rini = sign_in(app, employees["rini"].nik, address="<b>1</b>\x01" + "9" * 500)
    assert sessions_of(rini)[0].endswith("dari <b>1</b>\ufffd" + "9" * 36)
