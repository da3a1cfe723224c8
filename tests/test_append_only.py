"""The event history is append-only for every role, and ordered by time."""

from datetime import timedelta

import psycopg2
import pytest

from bench.databases import opened
from sih.dao.events import Events
from sih.dao.query import Pool
from sih.dao.schema import owner_of
from sih.domain import clock
from sih.domain.errors import RuleViolated
from tests.conftest import bring
from tests.routes import contents

REWRITES = [
    "UPDATE event SET note = 'x'",
    "UPDATE event SET at = at - interval '1 day' WHERE kind = 'opened'",
    "DELETE FROM event",
    "DELETE FROM event WHERE id < 0",
    "TRUNCATE event CASCADE",
]
ADD = """
INSERT INTO event (problem_id, kind, at, actor_id, previous_event_id, status_before, status_after, to_division_id, note,
                   recorded_at, reported_at, held_since, store_id, asset_kind_id)
SELECT %(number)s, %(kind)s, %(now)s, e.id, %(previous)s, %(before)s, %(after)s, e.division_id, %(note)s,
       stood.at, stood.at, stood.at, stood.store_id, stood.asset_kind_id
FROM employee e
LEFT JOIN (SELECT %(now)s AS at, s.id AS store_id, k.id AS asset_kind_id FROM store s, asset_kind k LIMIT 1) AS stood
       ON %(kind)s NOT IN ('commented', 'confirmed', 'asked', 'unasked', 'noted')
WHERE e.name = 'Hadi'
"""


@pytest.mark.parametrize("statement", REWRITES)
def test_the_application_role_cannot_change_events(problem, query, statement):
    problem("closed")
    before = contents(query)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="permission denied for table"):
        query.execute(statement)
    assert contents(query) == before


@pytest.mark.parametrize("statement", REWRITES)
@pytest.mark.parametrize("who", ["administrator", "owner"])
def test_triggers_refuse_changes_of_events_even_to_the_owner(admin, database, template, problem, query, who, statement):
    problem("closed")
    before = contents(query)
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty:
        if who == "owner":
            mighty.execute(f"SET ROLE {owner_of(template)}")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="event is append-only"):
            mighty.execute(statement)
    assert contents(query) == before


def test_the_application_role_cannot_delete_a_problem(problem, query):
    problem()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute("DELETE FROM problem")


def add(query, number: int, previous: int | None, kind: str, before: str | None, after: str) -> None:
    note = None if kind in ("reported", "accepted", "confirmed") else "Sudah."
    facts = {"number": number, "kind": kind, "previous": previous, "before": before, "after": after, "note": note}
    query.execute(ADD, {**facts, "now": clock.now()})


def last_event(query, number: int) -> int:
    return query.one("SELECT last_event_id AS id FROM problem WHERE id = %(id)s", {"id": number})["id"]


def test_two_events_cannot_follow_the_same_event(problem, query, employees):
    number = problem()
    reported = last_event(query, number)
    bring(query, employees, number, "open")
    with pytest.raises(RuleViolated) as refused:
        add(query, number, reported, "opened", "new", "in_progress")
    assert refused.value.constraint == "event_follows_one_state"


@pytest.mark.parametrize(
    ("kind", "previous", "before", "after"),
    [("opened", None, "new", "in_progress"), ("reported", 1, None, "new"), ("commented", 1, "new", "new")],
)
def test_only_status_events_after_the_report_name_a_previous_event(problem, query, kind, previous, before, after):
    number = problem()
    with pytest.raises(RuleViolated) as refused:
        add(query, number, previous and last_event(query, number), kind, before, after)
    assert refused.value.constraint == "event_states_form_a_chain"


def test_an_event_needs_its_problem(query):
    with pytest.raises(RuleViolated) as refused:
        add(query, 10**9, None, "reported", None, "new")
    assert refused.value.constraint == "event_problem_exists"


def test_events_of_the_same_moment_are_ordered_as_written(person, problem, query, employees, moved_clock):
    moved_clock()
    number = problem("at Umum")
    person("rini").act(number, "comments", remark="Kapan selesai?")
    person("gita").act(number, "closures", solution="Rol diganti.")
    kinds = [event.kind for event in Events(query).of(number, employees["hadi"])]
    assert kinds == ["reported", "opened", "escalated", "accepted", "commented", "closed"]


def test_an_event_is_never_dated_before_its_previous_event(problem, query, moved_clock, employees):
    at = moved_clock()
    number = problem()
    moved_clock(hours=-1)
    bring(query, employees, number, "open")
    history = Events(query).of(number, employees["hadi"])
    assert [event.at for event in history] == [at, at]
    moved_clock(at, days=1)
    bring(query, employees, number, "close")
    assert [event.at - at for event in Events(query).of(number, employees["hadi"])] == [
        timedelta(0),
        timedelta(0),
        timedelta(days=1),
    ]
