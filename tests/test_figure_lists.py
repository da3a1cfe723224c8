"""Behind every figure stand exactly the problems that it counts."""

import pytest

from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import Closing
from sih.dao.recap.figure_lists import FigureLists, ages
from sih.dao.recap.figures import Recaps
from sih.domain import periods
from sih.domain.periods import AGES, Figure, Period
from tests.histories import ENDS, PERIODS, lives

LATER = ENDS[-1].replace(year=2026)


def behind(query, figure: Figure, now=LATER, size: int = 7) -> list[int]:
    numbers, after, is_first = [], None, True
    while is_first or after:
        rows, after = FigureLists(query).page(figure, now, after, size)
        numbers, is_first = numbers + [row.id for row in rows], False
    return numbers


@pytest.mark.parametrize("seed", [pytest.param(n, marks=pytest.mark.filled(by=lives(40, n))) for n in range(2)])
@pytest.mark.parametrize("is_closed", [False, True])
def test_the_list_behind_each_figure_has_as_many_problems(query, seed, is_closed):
    if is_closed:
        Closing(query).close_months(ENDS[-1].replace(year=2026))
    for period in PERIODS:
        for (dimension, value, name), amount in RecapChecks(query).cells(period).items():
            numbers = behind(query, Figure(name, period, dimension, value))
            assert len(numbers) == amount and len(set(numbers)) == amount, (period, dimension, value, name)


@pytest.mark.filled(by=lives(40, seed=5))
def test_the_open_stock_is_listed_at_its_current_holder(query):
    period, now = Period(202512), Period(202512).starts_at
    for (dimension, value, name), amount in RecapChecks(query).cells(period).items():
        if name == "open_at_end":
            assert len(behind(query, Figure(name, period, dimension, value), now)) == amount


@pytest.mark.filled(by=lives(60, seed=6))
@pytest.mark.parametrize("period", [Period(202403), Period(2024)], ids=str)
def test_the_age_groups_cover_the_whole_open_stock(query, period):
    amounts = ages(Recaps(query).open_at_end(period)["reported_on"], period, LATER)
    assert sum(amounts) == RecapChecks(query).cells(period)["all", 0, "open_at_end"]
    for place in range(len(AGES) + 1):
        assert len(behind(query, Figure("open_at_end", period, "age", place))) == amounts[place], place


def test_a_period_is_parsed_from_its_text():
    today = LATER.date()
    for text in ("2024", "2024-02", "2026-02"):
        assert periods.parse(text, today).text == text
    for text in ("", "2027", "2026-13", "2026-1", "2026-00", "x", "2026-", "26", "2026-2x", "٢٠٢٦", "1999", "2026-03"):
        assert periods.parse(text, today) is None, text
