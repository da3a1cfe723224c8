"""Beres: the reporter confirms the solution once, within three days of closing, and can no longer reopen."""

from datetime import timedelta

import pytest

from tests.facts import alert, events
from tests.problem_pages import buttons

CONFIRMED = "SELECT confirmed_at IS NOT NULL AS is_so FROM problem WHERE id = %(id)s"


def confirm(person, number: int, status: int = 303, **fields):
    return person.act(number, "confirmations", status, **fields)


def is_confirmed(query, number: int) -> bool:
    return query.one(CONFIRMED, {"id": number})["is_so"]


def test_a_confirmation_is_recorded_and_changes_no_status(person, problem, query):
    number = problem("closed")
    seen = person("rini").seen(number)
    confirm(person("rini"), number)
    assert is_confirmed(query, number) and person("rini").seen(number) == seen
    [event] = events(query, number, "confirmed")
    assert (event["actor"], event["note"]) == ("Rini", None)
    page = person("rini").get(f"/problems/{number}")
    assert page.select_one("main [role=status]").text == f"Terima kasih. Kendala #{number} dinyatakan beres."


def test_a_confirmation_ends_the_actions_of_the_reporter(person, problem):
    number = problem("closed")
    assert buttons(person("rini").get(f"/problems/{number}")) == ["Buka Lagi", "Beres"]
    confirm(person("rini"), number)
    assert buttons(person("rini").get(f"/problems/{number}")) == []


@pytest.mark.parametrize("name", ["koko", "hadi", "susi", "adi"])
def test_only_the_reporter_may_confirm(person, problem, query, name):
    number = problem("closed")
    confirm(person(name), number, 403)
    assert not is_confirmed(query, number)


def test_a_stranger_gets_not_found(person, problem):
    confirm(person("sari"), problem("closed"), 404)


def test_a_handler_may_confirm_an_own_report(person, problem, query):
    number = problem("closed", by="gita")
    confirm(person("gita"), number)
    assert is_confirmed(query, number)


@pytest.mark.parametrize("state", ["new", "in_progress", "escalated"])
def test_only_a_closed_problem_can_be_confirmed(person, problem, query, state):
    number = problem(state)
    confirm(person("rini"), number, 409)
    assert not is_confirmed(query, number)


def test_a_double_click_says_it_once(person, problem, query):
    number = problem("closed")
    confirm(person("rini"), number)
    confirm(person("rini"), number)
    assert len(events(query, number, "confirmed")) == 1


@pytest.mark.parametrize("seen", ["", "0", "x", "9" * 18, "9" * 40])
def test_an_invalid_seen_event_confirms_nothing(person, problem, query, seen):
    number = problem("closed")
    confirm(person("rini"), number, 409, seen=seen)
    assert not is_confirmed(query, number)


def test_a_colleague_of_the_reporter_cannot_confirm(person, problem):
    number = problem("closed")
    confirm(person("rini"), number)
    confirm(person("koko"), number, 403)
    confirm(person("koko"), number, 409, seen="0")


def test_a_form_from_an_earlier_round_is_refused(person, problem, query):
    number = problem("closed")
    seen = person("rini").seen(number)
    person("hadi").act(number, "reopenings", reason="Rusak lagi.")
    page = confirm(person("rini"), number, 409, seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and "Ditangani" in page.main.text
    assert not is_confirmed(query, number)


@pytest.mark.parametrize(("after", "status"), [(timedelta(days=3, seconds=-1), 303), (timedelta(days=3), 403)])
def test_a_problem_can_be_confirmed_for_three_days(person, problem, moved_clock, after, status):
    closed_at, number = moved_clock(), problem("closed")
    moved_clock(closed_at + after)
    confirm(person("rini"), number, status)


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem):
    number = problem("closed")
    confirm(person("rini"), number, next="/problems?status=closed&after=")
    assert person("rini").response.location == f"/problems?status=closed&after=#p{number}"


def test_in_english(person, problem):
    number = problem("closed")
    page = (
        person("rini")
        .speaks("en")
        .post(f"/problems/{number}/confirmations", follow=True, seen=person("rini").seen(number))
    )
    assert page.select_one("main [role=status]").text == f"Thank you. Problem #{number} is confirmed as solved."
