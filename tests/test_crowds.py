"""Concurrency beyond a single problem: resubmitted reports, PIN guesses, and the stored counts."""

from datetime import timedelta

import pytest

from sih.dao.problem_counts import ProblemCounts
from sih.dao.query import Pool, Query
from sih.dao.throttles import PERSON, Throttles
from sih.domain import clock, pins
from sih.domain.errors import Throttled
from sih.domain.records import Filters
from tests import form_data
from tests.company import PIN
from tests.concurrency import all_at_once
from tests.conftest import PIN_KEY, bring
from tests.facts import amount, id_of
from tests.people import Person

CROWD = 20
NIK = "10000001"


@pytest.fixture
def pool(database):
    """A connection for everybody."""
    pool = Pool(size=CROWD + 4, wait=60, **database)
    yield pool
    pool.close()


def test_the_same_report_sent_by_eight_clicks_is_one_problem(app, employees, query):
    form, people = form_data.report(query), [Person(app, employees["rini"]) for _ in range(8)]
    senders = [(each.client, {**each.tokens, **form}) for each in people]
    responses = all_at_once([lambda c=client, f=fields: c.post("/problems", data=f) for client, fields in senders])
    assert {response.status_code for response in responses} == {303}
    assert len({response.location for response in responses}) == 1
    assert amount(query, "problem") == amount(query, "event") == 1


def guesses(app, pins: list[str]) -> list[int]:
    """What each is answered; every one comes from a browser of its own."""
    senders = [(each.client, {**each.tokens, "nik": NIK, "pin": pin}) for pin in pins for each in [Person(app)]]
    sent = all_at_once([lambda c=client, f=fields: c.post("/login", data=f) for client, fields in senders])
    return sorted(response.status_code for response in sent)


def test_of_twenty_wrong_pins_at_once_five_are_looked_at(app, query):
    assert guesses(app, ["000000"] * CROWD) == [401] * 5 + [429] * 15
    kept = query.one_or_none(
        "SELECT failures FROM throttle WHERE key = %(key)s", {"key": f"nik:{pins.keyed(NIK, PIN_KEY)}"}
    )
    assert kept == {"failures": 5}


def test_guesses_that_go_on_at_once_are_looked_at_one_by_one(app, query, moved_clock):
    guesses(app, ["000000"] * 5)
    for seconds in (30, 60, 120):
        moved_clock(seconds=seconds)
        assert guesses(app, ["000000"] * 8) == [401] + [429] * 7


def test_people_who_sign_in_at_once_from_one_address_do_not_stop_each_other(app, employees, query):
    senders = [(each.client, {**each.tokens, "nik": who.nik, "pin": PIN}) for who in employees.values()
               for each in [Person(app)]]  # fmt: skip
    sent = all_at_once([lambda c=client, f=fields: c.post("/login", data=f) for client, fields in senders])
    assert [response.status_code for response in sent] == [303] * len(employees)


def test_a_clock_that_is_a_little_behind_is_no_reason_to_wait(query):
    """Of two machines, or of two requests that overtake each other."""
    throttles, now = Throttles(query), clock.now()
    for behind in range(4):
        throttles.attempt("address:10.0.0.1", PERSON, now - timedelta(milliseconds=behind))
    throttles.take_back("address:10.0.0.1")
    for behind in (5, 6):
        throttles.attempt("address:10.0.0.1", PERSON, now - timedelta(milliseconds=behind))
    with pytest.raises(Throttled):
        throttles.refuse_if_blocked("address:10.0.0.1", now)


REAL = """
SELECT p.status, count(*)::integer AS amount
FROM problem p
WHERE (%(store_id)s IS NULL OR p.store_id = %(store_id)s)
  AND (%(division_id)s IS NULL OR p.holder_division_id = %(division_id)s)
GROUP BY p.status
"""
LIVES = (("open", "close"), ("open", "to Umum"), ("open", "to pandu", "accept", "close"), ("open",), ())


def test_kept_counts_equal_a_real_count_after_many_changes_at_once(pool, query, employees, problem):
    numbers = [problem(by=("rini", "sari")[turn % 2]) for turn in range(80)]

    def live(turn: int):
        mine = Query(pool)
        for number in numbers[turn::8]:
            for verb in LIVES[number % len(LIVES)]:
                bring(mine, employees, number, verb)
        mine.close()

    all_at_once([lambda turn=turn: live(turn) for turn in range(8)])
    assert amount(query, "tally") > 0, "nothing was folded on the way"
    for _ in range(2):
        for filters in (Filters(), Filters(store_id=employees["sari"].store_id),
                        Filters(division_ids=(id_of(query, "division", "Umum"),))):  # fmt: skip
            facts = {"store_id": filters.store_id, "division_id": max(filters.division_ids, default=None)}
            real = {row["status"]: row["amount"] for row in query.select(REAL, facts)}
            assert +ProblemCounts(query).of(employees["susi"], filters).by_status == real
        ProblemCounts(query).fold()
