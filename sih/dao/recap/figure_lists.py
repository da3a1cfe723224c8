"""The problems that a figure of the recap counts: the list behind the number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.problem_lists import END_OF_TIME, PAGE_SIZE, START_OF_TIME
from sih.dao.query import Query
from sih.dao.recap.figure_statements import FLOW, FLOW_OF_STORE, STANDING_NOW, STANDING_THEN
from sih.dao.recap.figures import CUTS
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import AGES, Figure, Period
from sih.domain.records import ProblemSummary

LAST_NUMBER = 2**63 - 1


@dataclass(slots=True, eq=False)  # whatever counted it, its row looks the same
class CountedProblem(ProblemSummary):
    """A problem and its place in the list: the event that the figure counts, or its own report."""

    counted_at: datetime
    counted_id: int


class FigureLists:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(
        self, figure: Figure, now: datetime, after: tuple[datetime, int] | None = None, size: int = PAGE_SIZE
    ) -> tuple[list[CountedProblem], tuple[datetime, int] | None]:
        """Up to `size` problems after this place, and the place after which there are more."""
        params = _params(figure, now) | _place(after) | {"limit": size + 1}
        rows = self._query.select(_statement(figure, now), params, CountedProblem)
        last = rows[size - 1] if len(rows) > size else None
        return rows[:size], last and (last.counted_at, last.counted_id)


def _statement(figure: Figure, now: datetime) -> str:
    if figure.name == "standing":
        return STANDING_NOW if figure.period.ends_at > now else STANDING_THEN
    return FLOW_OF_STORE if figure.cut == "store" else FLOW


def _params(figure: Figure, now: datetime) -> dict:
    period, last = figure.period, figure.period.months[-1].number
    cuts = dict.fromkeys(CUTS) | ({figure.cut: figure.value} if figure.cut in CUTS else {})
    bounds = {"since": period.starts_at, "until": period.ends_at, "ends_at": period.ends_at}
    bounds |= {"known": END_OF_TIME if period.is_year else period.ends_at, "before": last, "month": last}
    oldest, youngest = age_bounds(end_of(period, now), figure.value if figure.cut == "age" else None)
    return cuts | bounds | {"figure": figure.name, "oldest": oldest, "youngest": youngest}


def _place(after: tuple[datetime, int] | None) -> dict:
    after_at, after_id = after or (END_OF_TIME, 0)
    return {"after_at": after_at, "after_id": after_id, "below": after_id or LAST_NUMBER}


def age_bounds(end: datetime, place: int | None) -> tuple[datetime, datetime]:
    """When what was open at `end` was reported, if it was of the age at this place of AGES; None: of any."""
    if place is None:
        return START_OF_TIME, end
    oldest = end - timedelta(days=AGES[place]) if place < len(AGES) else START_OF_TIME
    return oldest, end if place == 0 else end - timedelta(days=AGES[place - 1])


def end_of(period: Period, now: datetime) -> datetime:
    """Ages are counted back from the end of the period; while it goes on, from the end of today."""
    tomorrow = now.astimezone(COMPANY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(period.ends_at, tomorrow)


def ages(rows: list[dict], period: Period, now: datetime) -> list[int]:
    """How many of what is open are of each age; `rows`: by "reported_on" (sih/dao/recap/closing.py)."""
    amounts, end = [0] * (len(AGES) + 1), end_of(period, now)
    for row in rows:
        reported = datetime(2000, 1, 1, tzinfo=COMPANY_ZONE) + timedelta(days=row["value"])
        days = (end - reported).days
        amounts[sum(days > limit for limit in AGES)] += row["standing"]
    return amounts
