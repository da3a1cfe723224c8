"""The recap's figures are what a second computation, from nothing but the events, says, on random histories."""

import pytest

from faults.recounts import kept, kept_ranks
from sih.dao.recap_checks import RecapChecks
from sih.dao.recaps import SETTLED, Recaps
from tests.histories import ENDS, PERIODS, History, lives

SEEDS = range(8)


@pytest.fixture(params=[pytest.param(seed, marks=pytest.mark.filled(by=lives(60, seed))) for seed in SEEDS])
def played(query):
    return query


def test_every_cell_is_what_the_events_say(played):
    checks = RecapChecks(played)
    for period in PERIODS:
        assert kept(played, period) == checks.cells(period), period
        assert kept_ranks(played, period) == checks.ranks(period), period
    assert sum(len(checks.cells(period)) for period in PERIODS) > 500


def test_folding_changes_no_cell(played):
    before = [(kept(played, period), kept_ranks(played, period)) for period in PERIODS]
    Recaps(played).fold_all()
    assert [(kept(played, period), kept_ranks(played, period)) for period in PERIODS] == before
    assert Recaps(played).fold() == 0


def test_what_was_closed_stays_what_it_was_whatever_is_dated_back_into_it(played, employees):
    Recaps(played).close_months(ENDS[3] + SETTLED)
    checks = RecapChecks(played)
    before = {period: checks.stored(period) for period in PERIODS if period.number in Recaps(played).closed()}
    History(played, employees, 99).play(20)
    Recaps(played).close_months(ENDS[-1] + SETTLED)
    assert before and {period: checks.stored(period) for period in before} == before
    for period in PERIODS:
        if period.number in Recaps(played).closed():
            assert checks.differences(period) == []
