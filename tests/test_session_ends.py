"""Ending one session: an own one from the profile, an employee's by an admin; the browser is signed out."""

from uuid import uuid4

import pytest

from tests.company import PIN
from tests.facts import amount
from tests.people import Person
from tests.test_sessions import is_out

SESSIONS = "SELECT id FROM session WHERE employee_id = %(id)s ORDER BY started_at DESC, id"


@pytest.fixture
def sign_in(app, employees):
    """sign_in("rini") has signed in with a browser of her own."""

    def come(name: str) -> Person:
        somebody = Person(app)
        somebody.post("/login", nik=employees[name].nik, pin=PIN)
        return somebody

    return come


def buttons(page) -> list[str]:
    return [button["value"] for button in page.select("[data-session] button[name=session]")]


def own(somebody: Person) -> str:
    with somebody.client.session_transaction() as session:
        return session["_user_id"]


def test_ending_an_own_session_keeps_the_others(sign_in):
    here, there, koko = sign_in("rini"), sign_in("rini"), sign_in("koko")
    assert sorted(buttons(here.get("/profile"))) == sorted([own(here), own(there)])
    page = here.post("/session-ends", follow=True, session=own(there))
    assert "Sesi itu sudah diakhiri." in page.text and buttons(page) == [own(here)]
    assert is_out(there) and not is_out(here) and not is_out(koko)


def test_a_second_click_changes_nothing(sign_in, query):
    here, there = sign_in("rini"), sign_in("rini")
    for _ in range(2):
        here.post("/session-ends", session=own(there))
    assert amount(query, "session") == 1


def test_ending_the_session_of_this_browser_signs_out(sign_in):
    rini = sign_in("rini")
    rini.post("/session-ends", session=own(rini))
    assert rini.response.location == "/login" and rini.response.headers["Clear-Site-Data"] == '"cache"'
    assert is_out(rini)


def test_nobody_can_end_a_session_of_another_person(sign_in):
    rini, koko, adi = sign_in("rini"), sign_in("koko"), sign_in("adi")
    for somebody in (koko, adi):
        somebody.post("/session-ends", session=own(rini))
    assert not is_out(rini)


@pytest.mark.parametrize("number", [None, "", "x", "1", "0" * 500])
def test_an_invalid_session_id_is_not_found(sign_in, employees, number):
    adi, fields = sign_in("adi"), {"session": number} if number is not None else {}
    adi.post("/session-ends", 404, **fields)
    adi.post(f"/employees/{employees['rini'].id}/session-ends", 404, **fields)
    assert not is_out(adi)


def test_ending_a_missing_session_succeeds(sign_in):
    sign_in("rini").post("/session-ends", session=str(uuid4()))


def test_an_admin_lists_and_ends_a_session_of_an_employee(sign_in, employees):
    here, there, adi = sign_in("rini"), sign_in("rini"), sign_in("adi")
    place = f"/employees/{employees['rini'].id}/sessions"
    assert adi.get(f"/employees/{employees['rini'].id}/edit").select_one(f"main a[href='{place}']")
    page = adi.get(place)
    assert sorted(buttons(page)) == sorted([own(here), own(there)]) and "10000001 Rini" in page.main.text
    path = page.select_one("[data-session] form")["action"]
    page = adi.post(path, follow=True, session=own(there))
    assert buttons(page) == [own(here)] and is_out(there) and not is_out(here)


def test_an_admin_ends_all_sessions_and_the_pin_stays_valid(sign_in, query, employees):
    browsers, adi, koko = [sign_in("rini") for _ in range(3)], sign_in("adi"), sign_in("koko")
    path = f"/employees/{employees['rini'].id}/session-ends"
    for _ in range(2):
        page = adi.post(path, follow=True, all="1")
    assert "Orang ini sedang tidak masuk di mana pun." in page.text
    assert all(is_out(one) for one in browsers) and not is_out(adi) and not is_out(koko)
    assert not is_out(sign_in("rini"))


def test_an_admin_cannot_end_a_session_through_the_page_of_another_employee(sign_in, employees):
    rini, adi = sign_in("rini"), sign_in("adi")
    adi.post(f"/employees/{employees['koko'].id}/session-ends", session=own(rini))
    assert not is_out(rini)


def test_sessions_of_an_unknown_employee_are_not_found(sign_in):
    adi = sign_in("adi")
    for number in (999999, 2**62):
        adi.get(f"/employees/{number}/sessions", 404)
        adi.post(f"/employees/{number}/session-ends", 404, all="1")


def test_expired_sessions_are_not_listed(sign_in, employees, moved_clock):
    moved_clock()
    sign_in("rini")
    moved_clock(hours=12)
    assert buttons(sign_in("adi").get(f"/employees/{employees['rini'].id}/sessions")) == []
    assert len(buttons(sign_in("rini").get("/profile"))) == 1
