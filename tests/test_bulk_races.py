"""Many problems at once, by several people at the same time: each problem moves once, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.databases import opened
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.domain import clock
from sih.web import actions
from tests import form_data
from tests.concurrency import before_one_problem, wait_for
from tests.facts import amount, events, state

# The kept counts, the state and the events of all problems are the same story.
COUNTS = """
SELECT (SELECT coalesce(sum(k.amount), 0)
        FROM (SELECT t.amount FROM tally t WHERE t.store_id = 0 AND t.status = %(status)s
              UNION ALL SELECT c.amount FROM tally_change c WHERE c.status = %(status)s) AS k)::integer AS kept,
       (SELECT count(*) FROM problem p WHERE p.status = %(status)s)::integer AS stored
"""
BROKEN = """
SELECT p.id FROM problem p JOIN event e ON e.id = p.last_event_id
WHERE e.problem_id <> p.id OR e.status_after <> p.status OR e.to_division_id <> p.holder_division_id
   OR e.to_employee_id IS DISTINCT FROM p.holder_employee_id
   OR EXISTS (SELECT FROM event later WHERE later.previous_event_id = p.last_event_id)
"""


@pytest.fixture
def pool(database):
    """A connection for everybody."""
    pool = Pool(size=12, wait=60, **database)
    yield pool
    pool.close()


def seen(query, numbers: list[int]) -> dict[int, int]:
    rows = query.select("SELECT id, last_event_id FROM problem WHERE id = ANY (%(ids)s)", {"ids": numbers})
    return {row["id"]: row["last_event_id"] for row in rows}


def act(database, who, verb: str, picked: dict[int, int], **facts):
    """Judges and acts on a connection of its own; returns a function that returns what was done and left."""

    def run() -> tuple[set[int], set[int]]:
        with opened(Pool(**database)) as own:
            outcome = actions.begin_all(own, who, picked, verb, clock.now()).do(**facts)
            return {one.id for one in outcome.done}, {one.id for one, _ in outcome.left}

    return run


def assert_all_agrees(query) -> None:
    assert query.select(BROKEN) == []
    for status in ("new", "in_progress", "escalated", "closed"):
        found = query.one(COUNTS, {"status": status})
        assert found["kept"] == found["stored"], status


def test_of_two_overlapping_sets_each_problem_moves_once(database, problem, query, employees):
    numbers = [problem("in_progress") for _ in range(30)]
    picked = seen(query, numbers)
    first, second = numbers[:20], numbers[10:][::-1]
    works = [
        act(database, employees["hadi"], "close", {number: picked[number] for number in first}, solution="Oleh Hadi."),
        act(database, employees["hana"], "close", {number: picked[number] for number in second}, solution="Oleh Hana."),
    ]
    (hadi, hadi_left), (hana, hana_left) = before_one_problem(database, numbers[15], works)
    assert hadi | hana == set(numbers) and not hadi & hana
    assert (hadi_left, hana_left) == (set(first) - hadi, set(second) - hana)
    assert set(numbers[10:20]) in (hadi_left, hana_left), "whoever has the first of the common ones has all of them"
    for number in numbers:
        [event] = events(query, number, "closed")
        assert event["actor"] == ("Hadi" if number in hadi else "Hana")
    assert_all_agrees(query)


def test_a_problem_that_moves_during_a_bulk_close_is_left_out(database, problem, query, employees):
    numbers, hana = [problem("in_progress") for _ in range(10)], employees["hana"]
    picked, moving = seen(query, numbers), numbers[4]
    place = {"division_id": employees["gita"].division_id, "pic_id": None}
    with opened(Pool(**database)) as other, ThreadPoolExecutor() as threads:
        with other.transaction():
            Problems(other).escalate(moving, picked[moving], hana, clock.now(), "Ke sana.", **place)
            closing = threads.submit(act(database, employees["hadi"], "close", picked, solution="Beres."))
            wait_for(database, 1)
        assert closing.result() == (set(numbers) - {moving}, {moving})
    assert state(query, moving) == ("escalated", "Umum", None) and events(query, moving, "closed") == []
    assert_all_agrees(query)


def test_several_verbs_over_the_same_problems(database, problem, query, employees):
    numbers = [problem("new") for _ in range(12)]
    picked, umum = seen(query, numbers), employees["gita"].division_id
    words = {name: form_data.opening(query)[name] for name in ("category_id", "priority", "diagnosis")}
    words |= {"reason": "Perlu teknisi.", "division_id": umum, "pic_id": None}
    turned = dict(reversed(picked.items()))
    works = [
        act(database, employees[name], "open_and_escalate", turned if place % 2 else picked, **words)
        for place, name in enumerate(["hadi", "hana", "hadi", "hana"])
    ]
    outcomes = before_one_problem(database, numbers[6], works)
    by_hadi, by_hana = (outcomes[place][0] | outcomes[place + 2][0] for place in (0, 1))
    assert by_hadi | by_hana == set(numbers) and not by_hadi & by_hana
    assert amount(query, "event WHERE kind = 'opened'") == amount(query, "event WHERE kind = 'escalated'") == 12
    assert_all_agrees(query)
