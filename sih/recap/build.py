"""The recap of a month or a year as data for a page or a file: figures, comparisons, charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sih.dao.query import Query
from sih.dao.recap.figure_lists import ages
from sih.dao.recap.figures import Recaps, Totals
from sih.domain import charts, periods
from sih.domain.charts import Chart
from sih.domain.clock import COMPANY_ZONE
from sih.domain.numbers import half_up
from sih.domain.periods import Figure, Period

DIVISIONS = 12  # in the picture of the load


@dataclass(frozen=True)
class Recap:
    """`rows`: those of the dimension, each with its figures. `ranks`: {(period, dimension, value): {measure: {"p50" and
    "p90" in minutes, "amount"}}}. `load`: what is open at the end by division. `ages`: the same by group of AGES."""

    period: Period
    dimension: str
    totals: Totals
    rows: list[dict]
    ranks: dict
    load: list[dict]
    ages: list[int]
    this_month: Period

    @property
    def figures(self) -> dict[str, int]:
        return self.totals.figures[self.period.number]

    @property
    def corrections(self) -> dict[str, int]:
        """By how much each figure changes with what was recorded after the end; only those that change."""
        return {name: amount for name, amount in self.totals.corrections[self.period.number].items() if amount}

    @property
    def compared(self) -> list[Period]:
        """The periods of comparison: the month before and the same month of last year; of a year the year before."""
        before = self.period.after(-1)
        return [before] if self.period.is_year else [before, self.period.year_before]

    @property
    def months(self) -> list[Period]:
        """The months of its year that have begun."""
        return [month for month in Period(self.period.year).months if month <= self.this_month]

    @property
    def state(self) -> str:
        """Whether its figures still change: running, ended, or closed; a year is closed when its last month is."""
        if self.period.months[-1] >= self.this_month:
            return "running"
        return "closed" if self.period.months[-1].number in self.totals.closed else "ended"

    @property
    def closed_at(self) -> datetime | None:
        return self.totals.closed.get(self.period.months[-1].number)

    @property
    def wrong_minutes(self) -> int:
        """By how many minutes a worker's clock is wrong that closes no month because of it; else 0."""
        wrong = self.totals.wrong_clock
        return int(half_up(wrong.total_seconds() / 60)) if wrong else 0

    @property
    def omitted_rows(self) -> int:
        """How many rows of the dimension do not fit on the page."""
        return (self.rows[0]["all_rows"] or len(self.rows)) - len(self.rows) if self.rows else 0

    @property
    def omitted_open(self) -> int:
        """How many problems are open at the end in the omitted rows."""
        return self.rows[0]["all_open"] - sum(row["open_at_end"] for row in self.rows) if self.omitted_rows else 0

    def share(self, name: str, period: Period) -> Fraction | None:
        """A share of SHARES, 0 to 1, of the problems closed in this period; None if none was."""
        return share(self.totals.figures[period.number], name)

    def rank(self, measure: str, period: Period | None = None, dimension: str = "all", value: int = 0) -> dict | None:
        return self.ranks.get(((period or self.period).number, dimension, value), {}).get(measure)


def build(query: Query, period: Period, dimension: str, now: datetime) -> Recap:
    """A recap with those rows of the dimension that fit on a page; four statements."""
    return _build(query, period, {dimension: Recaps(query).rows(dimension, period)}, now)[0]


def build_every(query: Query, period: Period, dimensions: Iterable[str], now: datetime) -> list[Recap]:
    """A recap for each dimension with every row; four statements together."""
    rows = Recaps(query).rows_of_every_dimension(period)
    return _build(query, period, {dimension: rows.get(dimension, []) for dimension in dimensions}, now)


def _build(query: Query, period: Period, rows: dict[str, list[dict]], now: datetime) -> list[Recap]:
    recaps, this_month = Recaps(query), periods.of(now.astimezone(COMPANY_ZONE).date())
    wanted = {period, period.after(-1), period.year_before, *Period(period.year).months}
    totals = recaps.totals(sorted(wanted))
    groups = [(one.number, "all", 0) for one in wanted]
    groups += [(period.number, dimension, row["value"]) for dimension, found in rows.items() for row in found]
    ranks, stock = recaps.ranks(groups), recaps.open_at_end(period)
    load = (stock["division"], ages(stock["reported_on"], period, now))
    return [Recap(period, dimension, totals, found, ranks, *load, this_month) for dimension, found in rows.items()]


def amount_of(query: Query, figure: Figure, now: datetime) -> tuple[int, dict | None]:
    """The amount of this figure, and the row of the dimension that it is in, if there is one."""
    if figure.dimension == "age":
        amounts = ages(Recaps(query).open_at_end(figure.period)["reported_on"], figure.period, now)
        return (amounts[figure.value] if figure.value < len(amounts) else 0), None
    rows = Recaps(query).rows(figure.dimension, figure.period, figure.value)
    return (rows[0][figure.name], rows[0]) if rows else (0, None)


def share(figures: dict[str, int], name: str) -> Fraction | None:
    """A share of SHARES, 0 to 1, of the problems that these figures count as closed; None if there are none."""
    return Fraction(figures[name], figures["closed"]) if figures["closed"] else None


def change(now: int, before: int) -> tuple[str, int, int | None]:
    """How a figure changed: "up", "down" or "same"; by how many; and by how many per cent of what it was before, None
    if it was 0."""
    by = now - before
    return (
        ("up" if by > 0 else "down" if by < 0 else "same"),
        abs(by),
        int(half_up(Fraction(abs(by) * 100, before))) if before else None,
    )


def points(now: Fraction | None, before: Fraction | None) -> Decimal | None:
    """By how many percentage points a share moved, to a tenth; None where either is a share of nothing."""
    return None if now is None or before is None else half_up((now - before) * 100, 1)


def pictures(recap: Recap, months: list[str], ages_in_words: list[str], amount, hours) -> dict[str, Chart]:
    """The charts, with these labels; `amount` and `hours` turn a number and minutes into a text."""
    totals = [recap.totals.figures[month.number] for month in recap.months]
    load = recap.load[:DIVISIONS]
    return {
        "trend": charts.columns(months, [[each[name] for each in totals] for name in ("reported", "closed")], amount),
        "to_close": charts.columns(months, minutes_to_close(recap), hours),
        "load": charts.rows([row["name"] for row in load], [row["open_at_end"] for row in load], amount),
        "ages": charts.rows(ages_in_words, recap.ages, amount),
    }


def minutes_to_close(recap: Recap) -> list[list[int]]:
    """Median and 90th percentile, month by month."""
    found = [recap.rank("to_close", month) or {"p50": 0, "p90": 0} for month in recap.months]
    return [[rank[name] for rank in found] for name in ("p50", "p90")]
