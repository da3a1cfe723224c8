"""The table of docs/architecture.md, Life of a problem, written out, is what code, schema and rules say."""

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.lifecycle import ARROWS
from tests.conftest import STEPS

pytestmark = pytest.mark.shared_database  # each test makes its own problem

# verb: the event it leaves, and the status before and after it
TABLE = {
    "open": ("opened", "new", "in_progress"),
    "close": ("closed", "in_progress", "closed"),
    "escalate": ("escalated", "in_progress", "escalated"),
    "accept": ("accepted", "escalated", "in_progress"),
    "return": ("returned", "escalated", "in_progress"),
    "reopen": ("reopened", "closed", "in_progress"),
    "withdraw": ("withdrawn", "new", "closed"),
}
STATUSES = ["new", "in_progress", "escalated", "closed"]
BESIDE = {
    ("reported", None, "new"),
    ("confirmed", "closed", "closed"),
    *[(kind, s, s) for kind in ("commented", "noted") for s in STATUSES],
    *[("corrected", s, s) for s in STATUSES if s != "closed"],
    *[(kind, s, s) for kind in ("asked", "unasked") for s in ("in_progress", "escalated")],
}
# Who has which buttons in which state; nobody else has any.
HELPDESK = ("hadi", "hana")
MAY = {
    "new": {HELPDESK: ("open", "correct"), ("rini",): ("correct", "withdraw")},
    "in_progress": {HELPDESK: ("close", "escalate", "correct", "ask")},
    "escalated": {("gita", *HELPDESK): ("accept", "return", "correct", "ask")},
    "at Umum": {("gita", *HELPDESK): ("close", "escalate", "correct", "ask")},
    "escalated to pandu": {("pandu", *HELPDESK): ("accept", "return", "correct", "ask")},
    "at pandu": {("pandu", *HELPDESK): ("close", "escalate", "correct", "ask")},
    "closed": {HELPDESK: ("reopen",), ("rini",): ("reopen", "confirm")},
    "withdrawn": {},
}

CONSTRAINT = "SELECT pg_get_expr(conbin, conrelid) AS rule FROM pg_constraint WHERE conname = 'event_is_an_arrow'"
ALLOWED = """
SELECT kind::text, status_before::text, status_after::text
FROM unnest(enum_range(NULL::event_kind)) AS kind,
     unnest(enum_range(NULL::problem_status) || NULL::problem_status) AS status_before,
     unnest(enum_range(NULL::problem_status)) AS status_after
WHERE ({}) IS NOT FALSE
"""


def test_the_code_has_these_arrows_and_no_other():
    assert {verb: (arrow.event, arrow.before, arrow.after) for verb, arrow in ARROWS.items()} == TABLE


def test_the_schema_takes_these_arrows_and_no_other(query):
    """Whatever the rule does not refuse, tried for every kind between any two states; unknown is not refused."""
    rule = query.one(CONSTRAINT)["rule"]
    assert {tuple(row.values()) for row in query.select(ALLOWED.format(rule))} == {*TABLE.values(), *BESIDE}


def test_the_states_are_those_of_the_schema(query):
    rows = query.select("SELECT unnest(enum_range(NULL::problem_status))::text AS status")
    assert [row["status"] for row in rows] == STATUSES
    assert {status for _, before, after in TABLE.values() for status in (before, after)} == set(STATUSES)


@pytest.mark.parametrize("state", STEPS)
def test_everybody_may_do_what_is_written_here_and_nothing_else(problem, query, employees, state):
    visible = Problems(query).visible_to(employees["hadi"], problem(state))
    expected = {name: verbs for names, verbs in MAY[state].items() for name in names}
    allowed = {name: policy.actions(employee, visible, clock.now()) for name, employee in employees.items()}
    assert {name: verbs for name, verbs in allowed.items() if verbs} == expected


@pytest.mark.parametrize("state", STEPS)
def test_a_rule_allows_only_actions_that_start_in_the_current_status(problem, query, employees, state):
    visible = Problems(query).visible_to(employees["hadi"], problem(state))
    for employee in employees.values():
        moves = [verb for verb in policy.actions(employee, visible, clock.now()) if verb in TABLE]
        assert {TABLE[verb][1] for verb in moves} <= {visible.status}


@pytest.mark.parametrize("verb", TABLE)
def test_every_verb_has_its_rule(verb):
    assert verb in policy.RULES
