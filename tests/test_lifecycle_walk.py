"""Everybody presses any button at random: a problem never leaves docs/architecture.md, Life of a problem, and
waits where the table says."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests import form_data
from tests.company import PEOPLE
from tests.lifecycle_model import PLACES, TABLE, Model

pytestmark = pytest.mark.shared_database  # each walk makes its own problem

MOVED = "SELECT status_before, status_after FROM event WHERE problem_id = %(id)s AND previous_event_id IS NOT NULL"
SIGNED_IN_AGAIN = "UPDATE session SET started_at = %(now)s, seen_at = %(now)s"  # a session ends after 12 hours
WHERE = """
SELECT p.status, hd.name AS division, he.name AS pic, gd.name AS from_division, ge.name AS from_pic,
       p.confirmed_at IS NOT NULL AS is_confirmed, p.is_withdrawn, p.asset_kind_id, p.last_event_id AS seen
FROM problem p JOIN division hd ON hd.id = p.holder_division_id LEFT JOIN employee he ON he.id = p.holder_employee_id
LEFT JOIN division gd ON gd.id = p.giver_division_id LEFT JOIN employee ge ON ge.id = p.giver_employee_id
WHERE p.id = %(id)s
"""


@pytest.fixture
def walk(person, problem, query, moved_clock):
    """The machine that walks with all this."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.number = Model(), problem()

        @rule(name=st.sampled_from(sorted(PEOPLE)), noun=st.sampled_from(list(TABLE)), place=st.sampled_from([*PLACES]))
        def anybody_presses_any_button(self, name, noun, place):
            allowed = self.model.allows(name, noun, PLACES[place])
            self._send(name, noun, place, allowed)

        @rule(name=st.sampled_from(["hadi", "gita", "pandu", "rini"]), place=st.sampled_from([*PLACES]), data=st.data())
        def somebody_does_what_is_allowed(self, name, place, data):
            if nouns := [noun for noun in TABLE if self.model.allows(name, noun, PLACES[place])]:
                self._send(name, data.draw(st.sampled_from(nouns)), place, True)

        @precondition(lambda self: self.model.is_withdrawn)
        @rule()
        def another_is_reported(self):
            self.model, self.number = Model(), problem()

        @rule(hours=st.integers(1, 40))
        def time_passes(self, hours):
            query.execute(SIGNED_IN_AGAIN, {"now": moved_clock(hours=hours)})
            self.model.hours_closed += hours

        def _send(self, name, noun, place, allowed) -> None:
            before, forms = self._row(), {"openings": form_data.opening, "escalations": form_data.escalation}
            fields = {"solution": "Selesai.", "reason": "Perlu.", "seen": before["seen"]}
            fields |= forms[noun](query, *([place] if noun == "escalations" else [])) if noun in forms else {}
            fields |= form_data.correction(query, self.number) if noun == "corrections" else {}
            response = person(name).client.post(f"/problems/{self.number}/{noun}", data=person(name).tokens | fields)
            again = noun == "confirmations" and name == "rini" and self.model.is_confirmed
            assert response.status_code in ({303} if allowed or again else {403, 404, 409, 422})
            if allowed:
                self.model.move(noun, PLACES[place])
            else:
                assert self._row() == before

        def _row(self) -> dict:
            return query.one_or_none(WHERE, {"id": self.number})

        @invariant()
        def it_stands_where_the_table_says(self):
            row, model = self._row(), self.model
            assert (row["status"], row["is_confirmed"]) == (model.status, model.is_confirmed)
            assert row["is_withdrawn"] == model.is_withdrawn
            assert (row["division"], row["pic"]) == model.holder
            assert (row["from_division"], row["from_pic"]) == model.giver

        def teardown(self):
            moves = query.select(MOVED + " ORDER BY at, id", {"id": self.number})
            assert all(one["status_after"] == next_["status_before"] for one, next_ in pairwise(moves))

    return Walk


QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False)


def test_a_few_walks(walk):
    run_state_machine_as_test(walk, settings=settings(QUIET, max_examples=30, stateful_step_count=30, derandomize=True))


@pytest.mark.long
def test_many_walks(walk):
    run_state_machine_as_test(walk, settings=settings(QUIET, max_examples=150, stateful_step_count=60))
