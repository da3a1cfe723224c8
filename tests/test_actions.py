"""The actions of the life cycle as plain functions, without request, session or form."""

import ast
from pathlib import Path

import pytest

from bench.databases import opened
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.domain import clock
from sih.domain.errors import AlreadyThere, Forbidden, NotFound, Stale
from sih.domain.lifecycle import ARROWS
from sih.web import actions
from tests.concurrency import before_one_problem
from tests.facts import events, state

# Verb: the state it starts from, who does it, who of the company may not, and the status it leads to.
VERBS = {
    "open": ("new", "hadi", "gita", "in_progress"),
    "close": ("in_progress", "hadi", "gita", "closed"),
    "escalate": ("in_progress", "hadi", "gita", "escalated"),
    "accept": ("escalated", "gita", "iwan", "in_progress"),
    "return": ("escalated", "gita", "iwan", "in_progress"),
    "reopen": ("closed", "rini", "koko", "in_progress"),
    "confirm": ("closed", "rini", "koko", "closed"),
}
KINDS = {verb: arrow.event for verb, arrow in ARROWS.items()} | {"confirm": "confirmed"}


@pytest.fixture
def facts(query, employees):
    """facts(verb): what it asks for."""
    category_id = query.one("SELECT id FROM category WHERE name = 'Jaringan'")["id"]
    words = {
        "open": {"category_id": category_id, "priority": "high", "diagnosis": "Rol aus."},
        "close": {"solution": "Rol diganti."},
        "escalate": {"reason": "Perlu teknisi.", "division_id": employees["gita"].division_id, "pic_id": None},
        "return": {"reason": "Bukan di sini."},
        "reopen": {"reason": "Masih macet."},
    }
    return lambda verb: words.get(verb, {})


@pytest.fixture
def seen(query, employees):
    """seen(number): the state event that somebody sees now."""
    return lambda number: Problems(query).visible_to(employees["hadi"], number).last_event_id


@pytest.mark.parametrize("verb", VERBS)
def test_each_action_works_and_is_idempotent(query, employees, problem, facts, seen, verb):
    before, name, _, status = VERBS[verb]
    number = problem(before)
    seen_event, count = seen(number), len(events(query, number, KINDS[verb]))
    for _ in range(2):
        actions.act(query, employees[name], number, verb, seen_event, clock.now(), **facts(verb))
    assert state(query, number)[0] == status
    assert len(events(query, number, KINDS[verb])) == count + 1


@pytest.mark.parametrize("verb", VERBS)
def test_an_action_is_refused_without_permission(query, employees, problem, facts, seen, verb):
    before, _, other, _ = VERBS[verb]
    number = problem(before)
    for name in (other, "susi"):
        with pytest.raises(Forbidden):
            actions.act(query, employees[name], number, verb, seen(number), clock.now(), **facts(verb))
    assert state(query, number)[0] == Problems(query).visible_to(employees["hadi"], number).status


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_gets_not_found(query, employees, problem, facts, seen, verb):
    number = problem(VERBS[verb][0])
    for unknown in (number, 999_999):
        with pytest.raises(NotFound):
            actions.act(query, employees["sari"], unknown, verb, seen(number), clock.now(), **facts(verb))


@pytest.mark.parametrize("verb", VERBS)
def test_an_action_on_an_older_or_impossible_state_is_stale(query, employees, problem, facts, seen, verb):
    before, name, _, _ = VERBS[verb]
    number = problem(before)
    for seen_event in (seen(number) - 1, seen(number) + 1):
        with pytest.raises(Stale):
            actions.act(query, employees[name], number, verb, seen_event, clock.now(), **facts(verb))


def test_of_many_concurrent_actions_one_succeeds(database, query, employees, problem, facts, seen):
    number, who = problem("escalated"), ("gita", "hadi", "hana")
    seen_event = seen(number)

    def accept(name: str) -> str:
        with opened(Pool(**database)) as own:
            try:
                actions.act(own, employees[name], number, "accept", seen_event, clock.now())
            except Stale:
                return "stale"
            return "done"

    answers = before_one_problem(database, number, [lambda name=name: accept(name) for name in who])
    assert sorted(answers) == ["done", "stale", "stale"]
    assert len(events(query, number, "accepted")) == 1


def test_a_problem_is_not_escalated_to_where_it_waits(query, employees, problem, seen):
    number, hadi = problem("in_progress"), employees["hadi"]
    target = {"division_id": hadi.division_id, "pic_id": None}
    with pytest.raises(AlreadyThere):
        actions.act(query, hadi, number, "escalate", seen(number), clock.now(), reason="Ke sini.", **target)


def test_actions_import_only_dao_and_domain():
    tree = ast.parse(Path(actions.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in modules if not name.startswith(("sih.dao", "sih.domain", "dataclasses", "datetime"))]
