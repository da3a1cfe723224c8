"""Tutup Kendala: works, wrong role, stranger, wrong method, twice, one round behind, bad input."""

import pytest


def close(person, number: int, status: int = 303, solution: str = "Kabel diganti.", **fields):
    return person.act(number, "closures", status, solution=solution, **fields)


def status_of(query, number: int) -> str:
    return query.select_one("SELECT status FROM problem WHERE id = %(id)s", {"id": number})["status"]


def events_of(query, number: int, kind: str) -> list[dict]:
    sql = "SELECT actor_id, note FROM event WHERE problem_id = %(id)s AND kind = %(kind)s"
    return query.select(sql, {"id": number, "kind": kind})


def test_it_closes_with_who_and_how(person, problem, query, employees):
    number = problem("in_progress")
    close(person("hadi"), number)
    assert status_of(query, number) == "closed"
    assert events_of(query, number, "closed") == [{"actor_id": employees["hadi"].id, "note": "Kabel diganti."}]


@pytest.mark.parametrize("name", ["rini", "koko", "susi", "adi"])
def test_other_roles_are_refused(person, problem, query, name):
    number = problem("in_progress")
    close(person(name), number, 403)
    assert status_of(query, number) == "in_progress"


def test_a_handler_who_does_not_hold_it_is_refused(person, problem):
    close(person("gita"), problem("in_progress"), 403)


def test_it_needs_a_post(person, problem):
    person("hadi").get(f"/problems/{problem('in_progress')}/closures", 405)


def test_the_same_click_twice_closes_once(person, problem, query):
    number = problem("in_progress")
    seen = person("hadi").seen(number)
    close(person("hadi"), number, seen=seen)
    close(person("hadi"), number, seen=seen)
    assert len(events_of(query, number, "closed")) == 1


def test_a_colleague_who_was_faster_is_told_and_nothing_is_lost(person, problem, query):
    number = problem("in_progress")
    seen = person("hana").seen(number)
    close(person("hadi"), number)
    page = close(person("hana"), number, 409, solution="Saya ganti kabelnya.", seen=seen)
    assert "Saya ganti kabelnya." in page.text
    assert len(events_of(query, number, "closed")) == 1


def test_without_a_solution_nothing_is_stored(person, problem, query):
    number = problem("in_progress")
    page = close(person("hadi"), number, 422, solution="  ")
    assert page.select_one("[role=alert]").text == "Harap isi form dengan benar!"
    assert page.select_one("#solution-error").text == "Tuliskan bagaimana kendala ini ditangani."
    assert status_of(query, number) == "in_progress"


@pytest.mark.parametrize("solution", ["x" * 5001, "a\x00b"])
def test_what_cannot_be_kept_is_shown_again(person, problem, query, solution):
    number = problem("in_progress")
    page = close(person("hadi"), number, 422, solution=solution)
    assert page.select_one("#solution-error")
    assert status_of(query, number) == "in_progress"
