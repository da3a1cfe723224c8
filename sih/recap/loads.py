"""Builds the load page of a division or a PIC: open problems, their ages, the longest waiting ones, the trend."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sih.dao.loads import Loads, Open
from sih.dao.query import Query
from sih.dao.recap.figures import Recaps, Totals
from sih.domain import charts, periods
from sih.domain.charts import Chart
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import Period
from sih.domain.records import ProblemSummary

MONTHS = 12  # length of the trend, which ends with the present month


@dataclass(frozen=True)
class Load:
    """The load of one value of the dimension "division" or "pic". `ranks`: {(period, dimension, value): {measure:
    {"p50" and "p90" in minutes, "amount"}}}."""

    dimension: str
    value: int
    months: list[Period]
    open: Open
    longest: list[ProblemSummary]
    totals: Totals
    ranks: dict

    @property
    def this_month(self) -> Period:
        return self.months[-1]

    def figures(self, name: str) -> list[int]:
        """The figure of each month."""
        return [self.totals.figures[month.number][name] for month in self.months]

    def held(self, month: Period) -> dict | None:
        """How long problems were held here before they were closed, handed over or returned in this month."""
        return self.ranks.get((month.number, self.dimension, self.value), {}).get("held")


def build(query: Query, dimension: str, value: int, now: datetime, version: UUID | None = None) -> Load:
    """Runs four statements. `version`: as in Choices."""
    this_month, loads, recaps = periods.of(now.astimezone(COMPANY_ZONE).date()), Loads(query, version), Recaps(query)
    months = [this_month.after(by) for by in range(1 - MONTHS, 1)]
    kept = recaps.totals(months, dimension, value), recaps.ranks([(month.number, dimension, value) for month in months])
    present = loads.open(dimension, value, this_month, now), loads.waits_longest(dimension, value)
    return Load(dimension, value, months, *present, *kept)


def pictures(load: Load, months: list[str], ages_in_words: list[str], format_minutes) -> dict[str, Chart]:
    """The charts with these labels; `format_minutes` writes a number of minutes in words."""
    return {
        "ages": charts.rows(ages_in_words, load.open.ages),
        "trend": charts.columns(months, [load.figures(name) for name in ("open_at_end", "closed")]),
        "held": charts.columns(months, minutes_held(load), format_minutes),
    }


def minutes_held(load: Load) -> list[list[int]]:
    """Median and 90th percentile in minutes, by month."""
    found = [load.held(month) or {"p50": 0, "p90": 0} for month in load.months]
    return [[rank[name] for rank in found] for name in ("p50", "p90")]
