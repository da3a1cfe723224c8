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
    "open_and_escalate": ("new", "hadi", "gita", "escalated"),
    "close": ("in_progress", "hadi", "gita", "closed"),
    "escalate": ("in_progress", "hadi", "gita", "escalated"),
    "accept": ("escalated", "gita", "iwan", "in_progress"),
    "return": ("escalated", "gita", "iwan", "in_progress"),
    "reopen": ("closed", "rini", "koko", "in_progress"),
    "confirm": ("closed", "rini", "koko", "closed"),
}
KINDS = {verb: arrow.event for verb, arrow in ARROWS.items()} | {
    "open_and_escalate": "escalated",
    "confirm": "confirmed",
}


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
    words["open_and_escalate"] = words["open"] | words["escalate"]
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


@pytest.mark.parametrize(("verb", "before"), [("escalate", "in_progress"), ("open_and_escalate", "new")])
def test_a_problem_is_not_escalated_to_where_it_waits(query, employees, problem, facts, seen, verb, before):
    number, hadi = problem(before), employees["hadi"]
    here = facts(verb) | {"division_id": hadi.division_id}
    with pytest.raises(AlreadyThere):
        actions.act(query, hadi, number, verb, seen(number), clock.now(), **here)
    assert state(query, number)[0] == before


def open_and_escalate(query, employees, number, shown, facts, **others):
    both = facts("open_and_escalate") | others
    actions.act(query, employees["hadi"], number, "open_and_escalate", shown, clock.now(), **both)


def test_opening_and_escalating_leaves_both_events(query, employees, problem, facts, seen):
    number = problem()
    open_and_escalate(query, employees, number, seen(number), facts)
    assert [event["note"] for kind in ("opened", "escalated") for event in events(query, number, kind)] == [
        "Rol aus.",
        "Perlu teknisi.",
    ]
    found = Problems(query).visible_to(employees["hadi"], number)
    assert (found.category, found.priority, found.diagnosis) == ("Jaringan", "high", "Rol aus.")
    assert (found.holder_division, found.giver_division) == ("Umum", "Helpdesk")


def test_if_it_cannot_be_handed_over_it_is_not_opened_either(query, employees, problem, facts, seen):
    number, pandu = problem(), employees["pandu"]
    query.execute("UPDATE employee SET is_frozen = true WHERE id = %(id)s", {"id": pandu.id})
    with pytest.raises(Stale):
        there = {"division_id": pandu.division_id, "pic_id": pandu.id}
        open_and_escalate(query, employees, number, seen(number), facts, **there)
    assert state(query, number)[0] == "new" and events(query, number, "opened") == []


def test_what_was_opened_alone_is_not_handed_over_by_an_older_form(query, employees, problem, facts, seen):
    number = problem()
    shown = seen(number)
    actions.act(query, employees["hadi"], number, "open", shown, clock.now(), **facts("open"))
    with pytest.raises(Stale):
        open_and_escalate(query, employees, number, shown, facts)
    assert state(query, number)[0] == "in_progress"


def test_a_second_click_with_another_target_is_refused(query, employees, problem, facts, seen):
    number = problem()
    shown = seen(number)
    open_and_escalate(query, employees, number, shown, facts)
    with pytest.raises(Stale):
        open_and_escalate(query, employees, number, shown, facts, division_id=employees["iwan"].division_id)
    assert state(query, number)[1] == "Umum"


def test_actions_import_only_dao_and_domain():
    tree = ast.parse(Path(actions.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    known = ("sih.dao", "sih.domain", "collections.abc", "dataclasses", "datetime", "uuid")
    assert not [name for name in modules if not name.startswith(known)]
