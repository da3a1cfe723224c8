"""Who may do what to a problem, written out: every person and every state (docs/architecture.md, Who may do what)."""

import ast
import re
from pathlib import Path

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.lifecycle import ARROWS

SIH = Path(policy.__file__).parents[1]
HELPDESK = {"hadi", "hana"}
HANDLERS = HELPDESK | {"iwan", "gita", "pandu", "putri"}
# Each sentence that only the person decides, and whom it is true of: Susi is a supervisor, Adi an admin.
OF_A_PERSON = {
    policy.sees_all: HANDLERS | {"susi"},
    policy.reads_notes: HANDLERS | {"susi"},
    policy.can_note: HANDLERS,
    policy.sees_all_assets: HANDLERS | {"susi", "adi"},
    policy.keeps_master_data: {"adi"},
    policy.watches_security: {"adi"},
    policy.can_record_for_caller: HANDLERS,
    policy.can_export_problems: {"susi"},
    policy.can_see_recap: {"susi"},
    policy.can_see_loads: HANDLERS | {"susi"},
    policy.can_see_load_of_every_pic: {"susi"},
    policy.is_helpdesk: HELPDESK,
}
# State of the problem (reported by Rini): who may do which verb. Nobody else may do any.
MAY = {
    "new": {"open": HELPDESK, "correct": HELPDESK | {"rini"}, "withdraw": {"rini"}},
    "in_progress": dict.fromkeys(("close", "escalate", "correct", "ask"), HELPDESK),
    "escalated": dict.fromkeys(("accept", "return", "correct", "ask"), HELPDESK | {"gita"}),
    "at Umum": dict.fromkeys(("close", "escalate", "correct", "ask"), HELPDESK | {"gita"}),
    "escalated to pandu": dict.fromkeys(("accept", "return", "correct", "ask"), HELPDESK | {"pandu"}),
    "at pandu": dict.fromkeys(("close", "escalate", "correct", "ask"), HELPDESK | {"pandu"}),
    "closed": {"reopen": HELPDESK | {"rini"}, "confirm": {"rini"}},
    "withdrawn": {},
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
    assert set(policy.RULES) == {*ARROWS, "confirm", "correct", "ask", "unask"}


@pytest.mark.parametrize("sentence", OF_A_PERSON, ids=lambda sentence: sentence.__name__)
def test_what_the_person_alone_decides(employees, sentence):
    assert {name for name, employee in employees.items() if sentence(employee)} == OF_A_PERSON[sentence]


def test_a_good_is_seen_in_its_own_store_by_everybody(employees):
    store_id = employees["rini"].store_id
    assert policy.can_see_asset(employees["rini"], store_id) and policy.can_see_asset(employees["adi"], -1)
    assert not policy.can_see_asset(employees["rini"], -1)


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


def compares_roles(node: ast.AST) -> bool:
    """`x.role == ...`, `x["role"] in ...` and their like, either way round."""
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    return any(
        (isinstance(side, ast.Attribute) and side.attr == "role")
        or (isinstance(side, ast.Name) and side.id == "role")
        or (isinstance(side, ast.Subscript) and isinstance(side.slice, ast.Constant) and side.slice.value == "role")
        for side in sides
    )


def test_no_module_outside_the_domain_compares_roles():
    modules = [path for path in SIH.rglob("*.py") if SIH / "domain" not in path.parents]
    found = {p.name for p in modules for node in ast.walk(ast.parse(p.read_text("utf-8"))) if compares_roles(node)}
    assert found == set(), "Ask a sentence of sih/domain/policy.py."


def test_no_template_compares_roles():
    asks = re.compile(r"\brole\s*(?:[!=]=|in\b|not in\b)|(?:[!=]=|\bin)\s*\w+(?:\(\))?\.role\b")
    found = [path.name for path in (SIH / "templates").rglob("*.html") if asks.search(path.read_text("utf-8"))]
    assert found == [], "Ask a sentence of sih/domain/policy.py: the templates know it as `policy`."
