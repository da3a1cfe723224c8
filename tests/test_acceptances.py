"""Terima: the receiver accepts an escalated problem, which keeps its identification and its holder."""

import pytest

from tests.facts import alert, events, state


def accept(person, number: int, status: int = 303, **fields):
    return person.act(number, "acceptances", status, **fields)


@pytest.mark.parametrize(("state_before", "name"), [("escalated", "gita"), ("escalated to pandu", "pandu")])
def test_the_receiver_accepts_a_problem(person, problem, query, state_before, name):
    number = problem(state_before)
    held_before = state(query, number)[1:]
    accept(person(name), number)
    assert state(query, number) == ("in_progress", *held_before)
    [event] = events(query, number, "accepted")
    assert (event["actor"], event["note"]) == (name.capitalize(), None)


def test_an_accepted_problem_keeps_its_identification(person, problem, query):
    number = problem("escalated")
    facts = "SELECT category_id, priority, diagnosis, held_since FROM problem"
    before = query.one_or_none(facts)
    accept(person("gita"), number)
    assert query.one_or_none(facts) == before


@pytest.mark.parametrize("state_before", ["escalated", "escalated to pandu"])
def test_the_helpdesk_accepts_for_an_absent_receiver_under_its_own_name(person, problem, query, state_before):
    number = problem(state_before)
    accept(person("hana"), number)
    assert events(query, number, "accepted")[0]["actor"] == "Hana"


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "iwan", "pandu"])
def test_everybody_else_is_refused(person, problem, query, name):
    number = problem("escalated")
    accept(person(name), number, 403)
    assert state(query, number)[0] == "escalated"


@pytest.mark.parametrize("name", ["putri", "iwan", "gita"])
def test_only_the_pic_accepts_a_problem_of_a_pic(person, problem, query, name):
    number = problem("escalated to pandu")
    accept(person(name), number, 403)
    assert state(query, number) == ("escalated", "Aplikasi", "Pandu")


def test_a_missing_problem_is_not_found(person):
    person("hadi").post(f"/problems/{2**62}/acceptances", 404, seen="1")


@pytest.mark.parametrize("other", ["new", "in_progress", "closed"])
def test_only_an_escalated_problem_can_be_accepted(person, problem, query, other):
    number = problem(other)
    accept(person("hadi"), number, 409)
    assert state(query, number)[0] == other


def test_a_double_click_accepts_once(person, problem, query):
    number = problem("escalated")
    seen = person("gita").seen(number)
    accept(person("gita"), number, seen=seen)
    accept(person("gita"), number, seen=seen)
    assert len(events(query, number, "accepted")) == 1


def test_a_colleague_who_was_faster_is_told(person, problem, query):
    number = problem("escalated")
    seen = person("gita").seen(number)
    accept(person("hana"), number)
    page = accept(person("gita"), number, 409, seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and "Umum" in page.main.text
    assert [event["actor"] for event in events(query, number, "accepted")] == ["Hana"]


def test_a_form_from_an_earlier_round_is_stale(person, problem, query, employees):
    number = problem("escalated")
    seen = person("gita").seen(number)
    person("gita").act(number, "returns", reason="Bukan bagian kami.")
    division = employees["gita"].division_id
    person("hadi").act(number, "escalations", kind=f"division:{division}", reason="Tetap di sana.")
    accept(person("gita"), number, 409, seen=seen)
    assert state(query, number)[0] == "escalated"


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem):
    number = problem("escalated")
    accept(person("gita"), number, next="/problems?waiting=1")
    assert person("gita").response.location == f"/problems?waiting=1#p{number}"


def test_in_english(person, problem):
    number = problem("escalated")
    gita = person("gita").speaks("en")
    accept(gita, number)
    assert gita.get(f"/problems/{number}").select_one("main [role=status]").text == f"Problem #{number} was accepted."
