"""Who may do what to a problem, written out: every person and every state (docs/architecture.md, Who may do what)."""

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.lifecycle import ARROWS

HELPDESK = {"hadi", "hana"}
# State of the problem (reported by Rini): who may do which verb. Nobody else may do any.
MAY = {
    "new": {"open": HELPDESK},
    "in_progress": {"close": HELPDESK, "escalate": HELPDESK},
    "escalated": {"accept": HELPDESK | {"gita"}, "return": HELPDESK | {"gita"}},
    "at Umum": {"close": HELPDESK | {"gita"}, "escalate": HELPDESK | {"gita"}},
    "escalated to pandu": {"accept": HELPDESK | {"pandu"}, "return": HELPDESK | {"pandu"}},
    "at pandu": {"close": HELPDESK | {"pandu"}, "escalate": HELPDESK | {"pandu"}},
    "closed": {"reopen": HELPDESK | {"rini"}, "confirm": {"rini"}},
}


@pytest.mark.parametrize("state", MAY)
def test_who_may_do_what(query, employees, problem, state):
    number = problem(state)
    found = {}
    for name, employee in employees.items():
        subject = Problems(query).visible_to(employees["susi"], number)
        for verb in policy.actions(employee, subject, clock.now()):
            found.setdefault(verb, set()).add(name)
    assert found == MAY[state]


def test_every_verb_has_its_rule():
    assert set(policy.RULES) == {*ARROWS, "confirm"}


@pytest.mark.parametrize("name", ["hadi", "gita", "pandu", "susi"])
def test_handlers_and_supervisors_see_everything(employees, name):
    assert policy.sees_all(employees[name])


@pytest.mark.parametrize("name", ["rini", "sari", "adi"])
def test_reporters_and_admins_see_the_own_store_and_own_reports(employees, name):
    assert not policy.sees_all(employees[name])


def test_a_reporter_may_reopen_for_three_days_and_a_handler_after_them(query, employees, problem, moved_clock):
    moved_clock()
    subject = Problems(query).visible_to(employees["susi"], problem("closed"))
    for days, may in ((2.99, {"rini", "hadi", "hana"}), (0.02, {"hadi", "hana"})):
        now = moved_clock(days=days)
        assert {name for name, one in employees.items() if policy.can_reopen(one, subject, now)} == may


def test_a_supervisor_comments_on_own_reports_alone(query, employees, problem):
    theirs, own = (Problems(query).visible_to(employees["susi"], problem(by=name)) for name in ("rini", "susi"))
    assert not policy.can_comment(employees["susi"], theirs) and policy.can_comment(employees["susi"], own)
    assert policy.can_comment(employees["koko"], theirs)
