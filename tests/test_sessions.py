"""A session: the name in the header, and the events that end a session at the next click (docs/paper.md, R8, R10)."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from bench.databases import opened
from sih import create_app
from sih.dao.employees import Employees
from sih.dao.query import Pool
from tests.company import PIN
from tests.facts import alert, amount, without_database
from tests.form_data import report
from tests.people import Person

OTHER_PIN = "508213"


def header(page) -> list[str]:
    return page.select_one("header summary").text.split()


def is_out(person) -> bool:
    response = person.client.get("/problems")
    return response.status_code == 302 and response.location.startswith("/login")


def test_signing_out_ends_the_session_and_clears_the_cache(person):
    rini = person("rini")
    rini.post("/logout")
    assert (rini.response.location, rini.response.headers["Clear-Site-Data"]) == ("/login", '"cache"')
    assert is_out(rini)


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


def test_signing_in_replaces_the_session_of_the_browser(person, employees):
    rini = person("rini")
    page = rini.post("/login", follow=True, nik=employees["gita"].nik, pin=PIN)
    assert header(page) == [employees["gita"].nik, "Gita"]


def test_each_sign_in_has_a_token_of_its_own(person, employees):
    nobody = person(None)
    before = nobody.tokens["csrf_token"]
    nobody.post("/login", nik=employees["rini"].nik, pin=PIN)
    assert nobody.client.post("/logout", data={"csrf_token": before}).status_code == 400


def test_freezing_ends_the_session_at_the_next_click(person, query, employees):
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
    assert query.one("SELECT status FROM problem")["status"] == "in_progress"


def test_a_pin_reset_by_the_admin_ends_the_session(person, query, employees, moved_clock):
    assert not is_out(person("rini"))
    Employees(query).reset_pin(employees["rini"].nik, "hmac", moved_clock())
    assert is_out(person("rini"))


def test_a_new_pin_ends_all_sessions_but_the_current_one(app, employees):
    here, there = Person(app, employees["rini"]), Person(app, employees["rini"])
    assert not is_out(there)
    here.post("/pin", pin=PIN, new_pin=OTHER_PIN, repeated_pin=OTHER_PIN)
    assert is_out(there) and not is_out(here)


@pytest.mark.parametrize("session_id", ["", "1", "1:", "x:1", "1:99", "99999999999:1", "1:1:1", "0" * 32, "é" * 36])
def test_an_unknown_session_id_is_signed_out(app, session_id):
    nobody = Person(app)
    with nobody.client.session_transaction() as session:
        session["_user_id"] = session_id
    assert is_out(nobody)


def signed_in(app, name: str, employees: dict) -> Person:
    somebody = Person(app)
    somebody.post("/login", nik=employees[name].nik, pin=PIN)
    return somebody


def copy_of(app, somebody: Person) -> Person:
    """A browser with the same cookie."""
    other = Person(app)
    other.client.set_cookie("sih", somebody.client.get_cookie("sih").value)
    return other


def test_after_signing_out_a_copied_cookie_opens_nothing(app, query, employees):
    rini = signed_in(app, "rini", employees)
    thief = copy_of(app, rini)
    fields = {**thief.tokens, **report(query)}
    rini.post("/logout")
    assert is_out(thief)
    assert thief.client.post("/problems", data=fields).location.startswith("/login")
    assert amount(query, "problem") == 0


@pytest.fixture
def from_nine(moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    return moved_clock


def test_a_session_ends_after_twelve_hours_without_use(app, employees, from_nine):
    rini = signed_in(app, "rini", employees)
    from_nine(hours=11, minutes=59)
    assert not is_out(rini)
    from_nine(hours=11, minutes=59)
    assert not is_out(rini)
    from_nine(hours=12)
    assert is_out(rini)


def test_a_session_ends_after_fourteen_days_of_use(app, employees, from_nine):
    rini = signed_in(app, "rini", employees)
    for _ in range(14 * 24 // 8 - 1):
        from_nine(hours=8)
        assert not is_out(rini)
    from_nine(hours=8)
    assert is_out(rini)


def test_both_limits_are_settings(settings, pool, employees, from_nine):
    app = create_app(dataclasses.replace(settings, session_idle_hours=1, session_days=1))
    app.extensions["pool"] = pool
    idle, busy = signed_in(app, "rini", employees), signed_in(app, "rini", employees)
    for _ in range(26):
        from_nine(minutes=55)
        assert not is_out(busy)
    assert is_out(idle)
    from_nine(minutes=55)
    assert is_out(busy)


SEEN = "SELECT seen_at FROM session"


def test_last_use_is_recorded_at_most_every_ten_minutes(app, query, employees, from_nine):
    rini, nine = signed_in(app, "rini", employees), from_nine()
    from_nine(minutes=10)
    rini.get("/problems")
    assert query.one(SEEN)["seen_at"] == nine
    from_nine(seconds=1)
    rini.get("/problems")
    assert query.one(SEEN)["seen_at"] == nine + timedelta(minutes=10, seconds=1)


@pytest.mark.parametrize("header", ["X-Sih-By-Itself", "Sec-Purpose"])
def test_requests_of_scripts_do_not_extend_the_session(app, query, employees, from_nine, header):
    rini, nine = signed_in(app, "rini", employees), from_nine()
    for _ in range(13):
        from_nine(hours=1)
        response = rini.client.get("/problems", headers={header: "1"})
    assert response.status_code == 302 and query.one(SEEN)["seen_at"] == nine


def test_an_automatic_reload_does_not_extend_the_session(app, query, pool, employees, from_nine):
    rini, nine = signed_in(app, "rini", employees), from_nine()
    from_nine(minutes=11)
    with without_database(pool):
        assert rini.get("/problems", 503).select_one("meta[http-equiv=refresh]")
    rini.get("/problems")
    assert query.one(SEEN)["seen_at"] == nine
    rini.get("/problems")
    assert query.one(SEEN)["seen_at"] == from_nine()


def test_a_page_is_shown_though_last_use_cannot_be_recorded(app, admin, query, database, employees, from_nine):
    rini = signed_in(app, "rini", employees)
    from_nine(minutes=11)
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as owner:
        owner.execute("REVOKE UPDATE ON session FROM PUBLIC, " + database["user"])
    assert not is_out(rini)


def test_only_the_frozen_person_is_told_of_the_freeze(app, query, employees):
    rini = signed_in(app, "rini", employees)
    Employees(query).freeze(employees["rini"].nik)
    page = rini.get(rini.client.get("/problems").location)
    assert alert(page) == "Maaf akun ini telah dinonaktifkan oleh admin!"
    assert rini.client.get("/problems").location == "/login?next=/problems"
    assert not rini.get("/login").select("[role=alert]")


def test_a_form_of_a_frozen_person_explains_the_freeze(app, query, employees):
    rini = signed_in(app, "rini", employees)
    tokens = rini.tokens
    Employees(query).freeze(employees["rini"].nik)
    page = rini._page(rini.client.post("/profile", data={**tokens, "email": "rini@example.com"}), 400)
    assert alert(page) == "Maaf akun ini telah dinonaktifkan oleh admin!"
    assert page.select_one("[name=email]").text == "rini@example.com"


def test_a_button_of_a_frozen_person_explains_the_freeze_and_changes_nothing(app, query, employees, problem):
    number = problem()
    rini = signed_in(app, "rini", employees)
    tokens, before = rini.tokens, amount(query, "event")
    Employees(query).freeze(employees["rini"].nik)
    for path in (f"/problems/{number}/acceptances", "/logout", "/problem-exports"):
        with rini.client.session_transaction() as session:
            kept = dict(session)
        page = rini.get(rini.client.post(path, data=tokens).location)
        assert alert(page) == "Maaf akun ini telah dinonaktifkan oleh admin!", path
        with rini.client.session_transaction() as session:
            session.update(kept)
    assert amount(query, "event") == before and amount(query, "draft") == 0


def test_a_signed_out_person_is_not_told_of_a_freeze(app, query, employees):
    rini = signed_in(app, "rini", employees)
    thief = copy_of(app, rini)
    rini.post("/logout")
    Employees(query).freeze(employees["rini"].nik)
    for somebody in (rini, thief):
        assert somebody.client.get("/problems").location == "/login?next=/problems"
