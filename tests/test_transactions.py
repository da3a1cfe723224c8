"""Status, history, counts and search words are written in one transaction."""

from dataclasses import replace

import pytest

from sih.dao.problems import Problems
from sih.domain import clock
from sih.domain.errors import RuleViolated
from tests import form_data
from tests.conftest import bring
from tests.facts import amount, id_of, state
from tests.routes import contents


def seen(query, number: int) -> int:
    return query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]


def test_without_its_event_a_problem_is_not_changed(problem, query, employees):
    number, hadi, umum = problem("in_progress"), employees["hadi"], id_of(query, "division", "Umum")
    before = contents(query)
    for actor, reason in ((hadi, "x" * 5001), (replace(hadi, id=10**9), "Perlu teknisi.")):
        with pytest.raises(RuleViolated, match="event"):
            Problems(query).escalate(number, seen(query, number), actor, clock.now(), reason, umum, None)
    assert contents(query) == before and state(query, number) == ("in_progress", "Helpdesk", None)


def test_without_its_event_no_problem_is_reported(query, employees):
    words, before = form_data.report(query), contents(query)
    kind = id_of(query, "asset_kind", "Printer")
    facts = {"title": words["title"], "description": words["description"], "asset_kind_id": kind, "asset_id": None}
    with pytest.raises(RuleViolated, match="event_actor_exists"):
        nobody, rini = replace(employees["hadi"], id=10**9), employees["rini"]
        Problems(query).report(nobody, clock.now(), words["token"], facts, rini)
    assert contents(query) == before


def test_several_changes_in_one_transaction_are_kept_whole_or_not_at_all(problem, query, employees):
    number, before = problem(), contents(query)
    with pytest.raises(ZeroDivisionError), query.transaction():
        bring(query, employees, number, "open")
        bring(query, employees, number, "close")
        assert state(query, number)[0] == "closed" and amount(query, "event") == 3
        1 / 0  # noqa: B018
    assert contents(query) == before
