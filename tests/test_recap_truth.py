"""The recap's figures are what a second computation, from nothing but the events, says, on random histories."""

import pytest

from sih.dao.recap_checks import RecapChecks
from sih.dao.recap_statements import CUTS, FIGURES
from sih.dao.recaps import SETTLED, Recaps
from tests.histories import ENDS, PERIODS, History

SEEDS = range(8)


def kept(query, period) -> dict:
    """Every cell of every cut, as the pages read it."""
    cells = {}
    for cut in CUTS:
        for row in Recaps(query).rows(cut, period, is_whole=True):
            cells |= {(cut, row["value"], name): row[name] for name in FIGURES if row[name]}
    return cells


def kept_ranks(query, period) -> dict:
    """Also of who only returned something, who has no row."""
    found, everywhere = {}, range(60)
    for cut in CUTS:
        values = {row["value"] for row in Recaps(query).rows(cut, period, is_whole=True)} | set(everywhere)
        ranks = Recaps(query).ranks([(period.number, cut, value) for value in values])
        found |= {
            (cut, value, measure): (rank["amount"], rank["p50"], rank["p90"])
            for (_, _, value), measures in ranks.items()
            for measure, rank in measures.items()
        }
    return found


@pytest.fixture(params=SEEDS)
def played(request, query, employees):
    History(query, employees, request.param).play(60)
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
