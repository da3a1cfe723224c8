"""The recap's figures are what a second computation, from nothing but the events, says, on random histories."""

import pytest

from faults.recap_figures import kept, kept_ranks
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import COLUMNS, Recaps
from sih.domain.vocabulary import FLOWS, SHARES
from tests.histories import ENDS, PERIODS, History, lives

SEEDS = range(4)
# Beside the names of the figures: where a row of the table belongs.
KEYS = {
    "figure": ("period", "recorded", "dimension", "value", "open_change", "weight"),
    "closed_figure": ("month", "dimension", "value", "open_at_end"),
}
COLUMN_NAMES = """
SELECT c.column_name AS name FROM information_schema.columns c
WHERE c.table_name = %(table)s ORDER BY c.ordinal_position
"""
PARTS = "SELECT p.proargnames AS names FROM pg_proc p WHERE p.proname = 'recap_parts'"


@pytest.fixture(params=[pytest.param(seed, marks=pytest.mark.filled(by=lives(60, seed))) for seed in SEEDS])
def played(query):
    return query


def test_every_figure_agrees_with_the_events(played):
    checks = RecapChecks(played)
    for period in PERIODS:
        assert kept(played, period) == checks.cells(period), period
        assert kept_ranks(played, period) == checks.ranks(period), period
    assert sum(len(checks.cells(period)) for period in PERIODS) > 500


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (0, 0), (29.999999, 0), (30, 1), (89, 1), (90, 2), (7169, 119), (7170, 120), (7199, 120),
        (7200, 120), (7499, 120), (7500, 130), (172_499, 2870), (172_500, 2880), (172_799, 2880),
        (172_800, 2880), (174_599, 2880), (174_600, 2940), (326_280, 5460),
    ],
)  # fmt: skip
def test_durations_are_rounded_half_up(query, seconds, minutes):
    found = query.one("SELECT bucket_of(make_interval(secs => %(seconds)s)) AS minutes", {"seconds": seconds})
    assert found["minutes"] == minutes


def test_folding_changes_no_figure(played):
    before = [(kept(played, period), kept_ranks(played, period)) for period in PERIODS]
    Recaps(played).fold_all()
    assert [(kept(played, period), kept_ranks(played, period)) for period in PERIODS] == before
    assert Recaps(played).fold() == 0


def test_closed_figures_ignore_events_dated_back_into_the_month(played, employees):
    Closing(played).close_months(ENDS[3] + SETTLED)
    checks = RecapChecks(played)
    before = {period: checks.stored(period) for period in PERIODS if period.number in Recaps(played).closed()}
    History(played, employees, 99).play(20)
    Closing(played).close_months(ENDS[-1] + SETTLED)
    assert before and {period: checks.stored(period) for period in before} == before
    for period in PERIODS:
        if period.number in Recaps(played).closed():
            assert checks.differences(period) == []


@pytest.mark.parametrize("closes", [False, True])
def test_what_does_not_fit_on_a_page_is_counted(played, employees, closes):
    if closes:
        Closing(played).close_months(ENDS[-1].replace(year=2026))
        History(played, employees, 98).play(10, closes=False)
    for period in PERIODS:
        for dimension in ("division", "pic", "store"):
            every = Recaps(played).rows(dimension, period, is_whole=True)
            for limit in (1, 2):
                rows = Recaps(played).rows(dimension, period, limit=limit)
                is_full = len(rows) == limit
                size = (len(every), sum(row["open_at_end"] for row in every)) if is_full else (None, None)
                assert [(row["all_rows"], row["all_open"]) for row in rows] == [size] * len(rows)
                assert [row["value"] for row in rows] == [row["value"] for row in every[:limit]]


def test_a_flow_is_a_column_and_a_word(query):
    """sql/schema.sql and sih/domain/vocabulary.py: a new flow is written there, and nowhere else."""
    for table, keys in KEYS.items():
        names = [row["name"] for row in query.select(COLUMN_NAMES, {"table": table})]
        assert tuple(name for name in names if name not in keys) == (*FLOWS, *SHARES), table
    assert tuple(query.one(PARTS)["names"])[-len(COLUMNS) :] == COLUMNS
