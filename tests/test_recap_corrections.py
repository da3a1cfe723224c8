"""What a correction and a withdrawal are in the recap: the report and what is open move to the new kind, in a month
that has ended as a correction beside it; what is withdrawn was reported, and is neither open nor closed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sih.dao.problems import Problems
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figure_lists import FigureLists
from sih.dao.recap.figures import Recaps
from sih.domain.periods import Figure, Period
from tests.facts import id_of

OCTOBER, NOVEMBER, YEAR, NEXT_YEAR = Period(202610), Period(202611), Period(2026), Period(2027)
END = OCTOBER.ends_at
HOUR = timedelta(hours=1)
LATE = """
SELECT f.value, f.reported, f.opened, f.closed, f.open_change FROM figure f
WHERE f.period = %(period)s AND f.dimension = 'asset_kind' AND f.recorded = %(recorded)s ORDER BY f.value
"""


@pytest.fixture
def kinds(query) -> tuple[int, int]:
    return id_of(query, "asset_kind", "Printer"), id_of(query, "asset_kind", "AC")


@pytest.fixture
def live(query, employees, kinds):
    """live(at, *verbs) brings a printer's problem, or the given one, that far, each step an hour after the last."""
    problems, hadi, rini = Problems(query), employees["hadi"], employees["rini"]
    category = query.one("SELECT min(id) AS id FROM category")["id"]
    facts = {
        "open": [{"category_id": category, "priority": "high", "diagnosis": "x"}],
        "close": ["x"],
        "withdraw": ["x"],
        "to_ac": [{"asset_kind_id": kinds[1], "asset_id": None}],
        "to_printer": [{"asset_kind_id": kinds[0], "asset_id": None}],
    }

    def run(at, *verbs: str, number: int | None = None) -> int:
        if number is None:
            words = {"title": "x", "description": "x", "asset_kind_id": kinds[0], "asset_id": None}
            number = problems.report(rini, at, uuid4(), words)
        for step, verb in enumerate(verbs):
            by = rini if verb == "withdraw" else hadi
            do = getattr(problems, "correct" if verb.startswith("to_") else verb)
            do(number, problems.visible_to(hadi, number).last_event_id, by, at + (step + 1) * HOUR, *facts[verb])
        return number

    return run


def of_kinds(query, period: Period, *names: str) -> dict[int, tuple[int, ...]]:
    """The named figures of each kind, as the page has them; they agree with the second computation and with the lists
    behind them."""
    rows = {row["value"]: row for row in Recaps(query).rows("asset_kind", period, is_whole=True)}
    for (dimension, value, name), amount in RecapChecks(query).cells(period).items():
        if dimension == "asset_kind":
            assert rows[value][name] == amount, (period, value, name)
            figure = Figure(name, period, dimension, value)
            assert len(FigureLists(query).page(figure, NEXT_YEAR.ends_at)[0]) == amount, (period, value, name)
    return {value: tuple(row[name] for name in names) for value, row in rows.items()}


def folded_or_not(query, period: Period, *names: str) -> dict[int, tuple[int, ...]]:
    queued = of_kinds(query, period, *names)
    Recaps(query).fold_all()
    assert of_kinds(query, period, *names) == queued
    return queued


def test_in_its_month_the_report_and_what_is_open_move_to_the_new_kind(query, live, kinds):
    live(END - timedelta(days=9), "to_ac")
    for period in (OCTOBER, YEAR):
        assert folded_or_not(query, period, "reported", "open_at_end") == {kinds[1]: (1, 1)}


def test_what_else_was_counted_stays_where_it_was(query, live, kinds):
    number = live(END - timedelta(days=9), "open", "to_ac")
    printer, ac = kinds
    assert folded_or_not(query, OCTOBER, "reported", "opened", "open_at_end") == {printer: (0, 1, 0), ac: (1, 0, 1)}
    live(END - timedelta(days=3), "close", number=number)
    assert folded_or_not(query, YEAR, "reported", "opened", "closed", "open_at_end") == {
        printer: (0, 1, 0, 0), ac: (1, 0, 1, 0)}  # fmt: skip


def test_there_and_back_again(query, live, kinds):
    live(END - timedelta(days=9), "to_ac", "open", "to_printer")
    assert folded_or_not(query, OCTOBER, "reported", "opened", "open_at_end") == {
        kinds[0]: (1, 0, 1), kinds[1]: (0, 1, 0)}  # fmt: skip


def test_another_label_of_the_same_kind_moves_nothing(query, live, employees, kinds):
    number = live(END - timedelta(days=9))
    asset = query.one("SELECT id FROM asset WHERE label = 'T001-PRN-01'")["id"]
    seen = Problems(query).visible_to(employees["hadi"], number).last_event_id
    words = {"asset_kind_id": kinds[0], "asset_id": asset}
    Problems(query).correct(number, seen, employees["hadi"], END - timedelta(days=8), words)
    assert folded_or_not(query, OCTOBER, "reported", "open_at_end") == {kinds[0]: (1, 1)}


@pytest.mark.parametrize("folds_first", [True, False])
def test_in_a_closed_month_it_is_a_correction(query, live, kinds, folds_first):
    printer, ac = kinds
    number = live(END - timedelta(days=9), "open")
    Closing(query).close_months(END + SETTLED)
    stored = RecapChecks(query).stored(OCTOBER)
    live(END + timedelta(days=2), "to_ac", number=number)
    if folds_first:
        Recaps(query).fold_all()
    assert of_kinds(query, OCTOBER, "reported", "opened", "open_at_end") == {printer: (1, 1, 1)}
    assert of_kinds(query, NOVEMBER, "reported", "open_at_end") == {ac: (0, 1)}
    assert of_kinds(query, YEAR, "reported", "opened", "open_at_end") == {printer: (0, 1, 0), ac: (1, 0, 1)}
    Recaps(query).fold_all()
    late = {row.pop("value"): tuple(row.values()) for row in query.select(LATE, {"period": 202610, "recorded": 202611})}
    assert late == {printer: (-1, 0, 0, 0), ac: (1, 0, 0, 0)}
    Closing(query).close_months(NOVEMBER.ends_at + SETTLED)
    assert RecapChecks(query).stored(OCTOBER) == stored and RecapChecks(query).differences(OCTOBER) == []
    assert RecapChecks(query).differences(NOVEMBER) == []
    assert not any(Recaps(query).totals([OCTOBER]).corrections[202610].values()), "the company has as many as before"


def test_it_is_recounted_how_many_rows_a_closed_year_has(query, live, kinds):
    live(YEAR.ends_at - timedelta(days=9), "open", "close")
    other = live(YEAR.ends_at - timedelta(days=8))
    Closing(query).close_months(YEAR.ends_at + SETTLED)
    sizes = "SELECT z.rows FROM recap_size z WHERE z.period = 2026 AND z.dimension = 'asset_kind'"
    assert query.one(sizes)["rows"] == 1
    live(YEAR.ends_at + timedelta(days=1), "to_ac", number=other)
    Recaps(query).fold_all()
    assert query.select(sizes) == [] and len(of_kinds(query, YEAR, "reported")) == 2


def test_a_withdrawn_report_was_reported_and_is_neither_open_nor_closed(query, live, kinds):
    live(END - timedelta(days=9), "withdraw")
    names = ("reported", "opened", "escalated", "closed", "reopened", "closed_escalated", "open_at_end")
    for period in (OCTOBER, NOVEMBER, YEAR):
        figures = Recaps(query).totals([period]).figures[period.number]
        assert [name for name in names if figures[name]] == ([] if period == NOVEMBER else ["reported"])
        assert RecapChecks(query).ranks(period) == {} == Recaps(query).ranks([(period.number, "all", 0)])
    assert folded_or_not(query, OCTOBER, "reported", "open_at_end") == {kinds[0]: (1, 0)}


def test_withdrawn_in_the_next_month_it_was_open_at_the_end_of_the_first(query, live, kinds):
    number = live(END - HOUR)
    live(END + HOUR, "withdraw", number=number)
    assert folded_or_not(query, OCTOBER, "reported", "open_at_end") == {kinds[0]: (1, 1)}
    assert folded_or_not(query, NOVEMBER, "reported", "open_at_end") == {}
    Closing(query).close_months(NOVEMBER.ends_at + SETTLED)
    assert RecapChecks(query).differences(OCTOBER) == RecapChecks(query).differences(NOVEMBER) == []


def test_corrected_and_withdrawn(query, live, kinds):
    live(END - timedelta(days=9), "to_ac", "withdraw")
    assert folded_or_not(query, OCTOBER, "reported", "open_at_end") == {kinds[1]: (1, 0)}
