"""The recap of a month or a year as data for a page or a file: figures, comparisons, charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sih.dao.problem_exports import ExportedProblem, ProblemExports
from sih.dao.query import Query
from sih.dao.recap.figure_lists import FigureLists, ages
from sih.dao.recap.figures import Recaps, Totals
from sih.domain import charts, periods
from sih.domain.charts import Chart
from sih.domain.clock import COMPANY_ZONE
from sih.domain.numbers import half_up
from sih.domain.periods import Figure, Period
from sih.domain.vocabulary import FIGURES, PRIORITIES

DIVISIONS = 12  # bars of the load chart
LISTED = 1000  # problems in a division's file
COMPANY = ("all", 0)  # dimension and value of the whole company


@dataclass(frozen=True)
class Recap:
    """`totals`: those of the company, or of the division `of` with this `name`. `rows`: those of the dimension, each
    with its figures. `ranks`: {(period, dimension, value): {measure: {"p50" and "p90" in minutes, "amount"}}}. `load`:
    problems open at the end, by division. `ages`: the same by age group (AGES). A division's recap has only totals and
    ranks."""

    period: Period
    dimension: str
    totals: Totals
    rows: list[dict]
    ranks: dict
    load: list[dict]
    ages: list[int]
    this_month: Period
    of: tuple[str, int] = COMPANY
    name: str = ""

    @property
    def figures(self) -> dict[str, int]:
        return self.totals.figures[self.period.number]

    @property
    def corrections(self) -> dict[str, int]:
        """{figure: change by what was recorded after the end}; only figures that change."""
        return {name: amount for name, amount in self.totals.corrections[self.period.number].items() if amount}

    @property
    def compared(self) -> list[Period]:
        """The periods of comparison: the month before and the same month of last year; of a year the year before."""
        before = self.period.after(-1)
        return [before] if self.period.is_year else [before, self.period.year_before]

    @property
    def months(self) -> list[Period]:
        """The months of its year up to the end of the period that have begun: a recap shows nothing after its
        period."""
        return [month for month in self.begun if month <= self.period.months[-1]]

    @property
    def begun(self) -> list[Period]:
        """The months of its year that have begun, for the selection."""
        return [month for month in Period(self.period.year).months if month <= self.this_month]

    @property
    def state(self) -> str:
        """running, ended or closed; only a closed period is final. A year is closed when its last month is."""
        if self.period.months[-1] >= self.this_month:
            return "running"
        return "closed" if self.period.months[-1].number in self.totals.closed else "ended"

    @property
    def closed_at(self) -> datetime | None:
        return self.totals.closed.get(self.period.months[-1].number)

    @property
    def wrong_minutes(self) -> int:
        """The error of a worker's clock in minutes, if the worker closes no months because of it; else 0."""
        wrong = self.totals.wrong_clock
        return int(half_up(wrong.total_seconds() / 60)) if wrong else 0

    @property
    def omitted_rows(self) -> int:
        """How many rows of the dimension the page leaves out."""
        return (self.rows[0]["all_rows"] or len(self.rows)) - len(self.rows) if self.rows else 0

    @property
    def omitted_open(self) -> int:
        """How many problems open at the end belong to the omitted rows."""
        return self.rows[0]["all_open"] - sum(row["open_at_end"] for row in self.rows) if self.omitted_rows else 0

    def share(self, name: str, period: Period) -> Fraction | None:
        """A share of SHARES, 0 to 1, of the problems closed in this period; None if none were closed."""
        return share(self.totals.figures[period.number], name)

    def rank(self, measure: str, period: Period | None = None, of: tuple[str, int] | None = None) -> dict | None:
        """Median and 90th percentile of this measure; `of`: the dimension and value of a row."""
        return self.ranks.get(((period or self.period).number, *(of or self.of)), {}).get(measure)

    @property
    def beyond_chart(self) -> tuple[int, int]:
        """How many divisions with open problems the chart of the load leaves out, and how many problems they hold."""
        left_out = self.load[DIVISIONS:]
        return len(left_out), sum(row["open_at_end"] for row in left_out)

    def sums_that_differ(self) -> dict[str, tuple[int, int]]:
        """{figure: (sum of the rows, total)} where the two differ; `rows` must be complete."""
        sums = {name: sum(row[name] for row in self.rows) for name in FIGURES}
        return {name: (amount, self.figures[name]) for name, amount in sums.items() if amount != self.figures[name]}


@dataclass(frozen=True)
class Behind:
    """The problems counted by the figures, newest first: {id: names of figures}. `is_cut`: there are more than the
    limit."""

    problems: list[ExportedProblem]
    figures: dict[int, set[str]]
    is_cut: bool


def build(query: Query, period: Period, dimension: str, now: datetime) -> Recap:
    """A recap with the rows of the dimension that fit on a page; four statements."""
    return _build(query, period, {dimension: Recaps(query).rows(dimension, period)}, now)[0]


def build_every(query: Query, period: Period, dimensions: Iterable[str], now: datetime) -> list[Recap]:
    """A recap for each dimension with all rows; four statements together."""
    rows = Recaps(query).rows_of_every_dimension(period)
    return _build(query, period, {dimension: rows.get(dimension, []) for dimension in dimensions}, now)


def build_division(query: Query, period: Period, division_id: int, now: datetime) -> Recap | None:
    """The recap of one division, None if there is no such division; three statements."""
    recaps, of = Recaps(query), ("division", division_id)
    name = recaps.division_name(division_id)
    if name is None:
        return None
    this_month, wanted = periods.of(now.astimezone(COMPANY_ZONE).date()), _wanted(period)
    totals = recaps.totals(sorted(wanted), *of)
    ranks = recaps.ranks([(one.number, *of) for one in wanted])
    return Recap(period, "division", totals, [], ranks, [], [], this_month, of, name)


def problems_behind(query: Query, recap: Recap, now: datetime) -> Behind:
    """The newest LISTED problems counted by any figure of this recap; three statements."""
    lists = FigureLists(query)
    figures = lists.counted(recap.period, *recap.of, now, LISTED + 1)
    still_open, _ = lists.page(Figure("open_at_end", recap.period, *recap.of), now, None, LISTED + 1)
    for problem in still_open:
        figures.setdefault(problem.id, set()).add("open_at_end")
    newest = sorted(figures, reverse=True)
    return Behind(ProblemExports(query).rows(newest[:LISTED]), figures, len(newest) > LISTED)


def _wanted(period: Period) -> set[Period]:
    return {period, period.after(-1), period.year_before, *Period(period.year).months}


def _build(query: Query, period: Period, rows: dict[str, list[dict]], now: datetime) -> list[Recap]:
    recaps, this_month = Recaps(query), periods.of(now.astimezone(COMPANY_ZONE).date())
    wanted = _wanted(period)
    totals = recaps.totals(sorted(wanted))
    groups = [(one.number, *COMPANY) for one in wanted]
    groups += [(period.number, dimension, row["value"]) for dimension, found in rows.items() for row in found]
    ranks, stock = recaps.ranks(groups), recaps.open_at_end(period)
    if "priority" in rows:  # sorted by priority, not by count; problems without one last
        rows["priority"].sort(key=lambda row: row["value"] or len(PRIORITIES) + 1)
    load = (stock["division"], ages(stock["reported_on"], period, now))
    return [Recap(period, dimension, totals, found, ranks, *load, this_month) for dimension, found in rows.items()]


def amount_of(query: Query, figure: Figure, now: datetime) -> tuple[int, dict | None]:
    """The amount of this figure, and its row of the dimension, if there is one."""
    if figure.dimension == "age":
        amounts = ages(Recaps(query).open_at_end(figure.period)["reported_on"], figure.period, now)
        return (amounts[figure.value] if figure.value < len(amounts) else 0), None
    rows = Recaps(query).rows(figure.dimension, figure.period, figure.value)
    return (rows[0][figure.name], rows[0]) if rows else (0, None)


def share(figures: dict[str, int], name: str) -> Fraction | None:
    """A share of SHARES, 0 to 1, of the problems closed according to these figures; None if there are none."""
    return Fraction(figures[name], figures["closed"]) if figures["closed"] else None


def change(now: int, before: int) -> tuple[str, int, int | None]:
    """The change of a figure: "up", "down" or "same"; the difference; and the percentage of the earlier value, None if
    that is 0."""
    by = now - before
    return (
        ("up" if by > 0 else "down" if by < 0 else "same"),
        abs(by),
        int(half_up(Fraction(abs(by) * 100, before))) if before else None,
    )


def points(now: Fraction | None, before: Fraction | None) -> Decimal | None:
    """The difference of two shares as they are shown, in percentage points to a tenth; None if either is None."""
    return None if now is None or before is None else half_up(now * 100, 1) - half_up(before * 100, 1)


def pictures(recap: Recap, months: list[str], ages_in_words: list[str], amount, hours) -> dict[str, Chart]:
    """The charts with these labels; `amount` and `hours` format a number and minutes."""
    totals = [recap.totals.figures[month.number] for month in recap.months]
    load = recap.load[:DIVISIONS]
    return {
        "trend": charts.columns(months, [[each[name] for each in totals] for name in ("reported", "closed")], amount),
        "to_close": charts.columns(months, minutes_to_close(recap), hours),
        "load": charts.rows([row["name"] for row in load], [row["open_at_end"] for row in load], amount),
        "ages": charts.rows(ages_in_words, recap.ages, amount),
    }


def minutes_to_close(recap: Recap) -> list[list[int]]:
    """Median and 90th percentile in minutes, by month."""
    found = [recap.rank("to_close", month) or {"p50": 0, "p90": 0} for month in recap.months]
    return [[rank[name] for rank in found] for name in ("p50", "p90")]
