"""Presence: whoever has a form of a problem open is shown to others for a minute, but never a frozen person."""

import pytest

from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.presences import Presences
from sih.domain import clock
from tests.concurrency import all_at_once
from tests.facts import amount
from tests.test_changes import BY_ITSELF, Page, opens  # noqa: F401 - a fixture


def comes(somebody, number: int, status: int = 200) -> list[str]:
    """Opens a form of this problem; the others who have it open."""
    response = somebody.client.post(f"/problems/{number}/presences", data=somebody.tokens, headers=BY_ITSELF)
    assert response.status_code == status, response.text
    return response.json["names"] if status == 200 else []


def test_whoever_has_a_form_open_is_shown_to_others(opens, person, problem):  # noqa: F811
    number, other = problem(), problem()
    page, own = opens("hana"), opens("hadi")
    assert comes(person("hadi"), number) == []
    assert page.ask()["present"] == {str(number): ["Hadi"]}
    assert own.ask()["present"] == {}, "nobody is shown to themselves"
    assert comes(person("hana"), number) == ["Hadi"] and comes(person("gita"), number) == ["Hadi", "Hana"]
    assert page.ask()["present"] == {str(number): ["Gita", "Hadi"]} and other


def test_it_is_gone_after_a_minute_and_stays_while_it_is_said_again(opens, person, problem, moved_clock):  # noqa: F811
    number = problem()
    page = opens("hana")
    comes(person("hadi"), number)
    for _ in range(3):
        moved_clock(seconds=59)
        assert page.ask()["present"] == {str(number): ["Hadi"]}
        comes(person("hadi"), number)
    moved_clock(seconds=60)
    assert page.ask()["present"] == {} and comes(person("hana"), number) == []


def test_a_person_is_at_the_problem_opened_last(opens, person, query, problem):  # noqa: F811
    first, second = problem(), problem()
    page = opens("hana")
    comes(person("hadi"), first), comes(person("hadi"), second)
    assert page.ask()["present"] == {str(second): ["Hadi"]} and amount(query, "presence") == 1


def test_the_page_of_a_problem_shows_it_too(opens, person, problem):  # noqa: F811
    number = problem()
    page = opens("rini", f"/problems/{number}")
    comes(person("hadi"), number)
    assert page.ask()["present"] == {str(number): ["Hadi"]}


@pytest.mark.parametrize("number", [None, 0, 999999, 2**62])
def test_hidden_and_missing_problems_look_the_same(person, problem, query, number):
    comes(person("sari"), problem() if number is None else number, 404)
    assert amount(query, "presence") == 0


def test_it_is_written_by_post_with_a_token_only(person, problem, query):
    path = f"/problems/{problem()}/presences"
    person("hadi").get(path, 405)
    assert person("hadi").client.post(path).status_code == 400
    assert person(None).client.post(path, data=person(None).tokens).status_code == 303
    assert amount(query, "presence") == 0


def test_a_frozen_person_is_not_shown(opens, person, problem, query, employees):  # noqa: F811
    number = problem()
    page = opens("hana")
    comes(person("hadi"), number)
    with signed(query, clock.now(), employees["adi"].id):
        Employees(query).freeze(employees["hadi"].nik)
    assert page.ask()["present"] == {} and comes(person("gita"), number) == []


def test_a_person_frozen_while_it_is_said_is_not_shown_either(opens, problem, query, employees):  # noqa: F811
    """The request had begun before."""
    number = problem()
    page = opens("hana")
    with signed(query, clock.now(), employees["adi"].id):
        Employees(query).freeze(employees["hadi"].nik)
    Presences(query).note(employees["hadi"], number, clock.now())
    assert page.ask()["present"] == {}


def test_many_at_once(app, person, problem, query, employees):
    numbers = [problem() for _ in range(4)]
    for name in ("hadi", "hana", "gita"):
        assert person(name).tokens
    works = [lambda name=name, number=number: comes(person(name), number)
             for name in ("hadi", "hana", "gita") for number in numbers]  # fmt: skip
    all_at_once(works)
    assert amount(query, "presence") == 3


def test_it_is_no_use_of_the_session(person, problem, query, moved_clock):
    number, hadi = problem(), person("hadi")
    assert hadi.tokens
    before = query.one("SELECT max(seen_at) AS at FROM session")
    moved_clock(hours=1)
    comes(hadi, number)
    assert query.one("SELECT max(seen_at) AS at FROM session") == before


def test_what_is_over_is_swept(person, problem, query, pool, moved_clock):
    comes(person("hadi"), problem())
    moved_clock(minutes=-2)
    comes(person("hana"), problem())
    moved_clock(minutes=2)
    Worker(pool).sweep()
    assert amount(query, "presence") == 1


def test_the_table_is_unlogged(query):
    assert query.one("SELECT relpersistence AS kind FROM pg_class WHERE relname = 'presence'")["kind"] == "u"
