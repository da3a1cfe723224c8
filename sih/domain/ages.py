"""How long ago a problem was reported and came to its holder, in words; and whether an open problem has waited longer
than the limit of its priority."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.domain.languages import gettext
from sih.domain.records import ProblemSummary

UNIDENTIFIED = "none"  # limits: problems without a priority, which nobody has opened yet
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ages:
    """What changes with time on a row of the list."""

    reported: str  # "4 hari"
    held: str
    is_overdue: bool


def of(problem: ProblemSummary, now: datetime, limits: Mapping[str, int], language: str) -> Ages:
    """`limits`: hours by priority, as is_overdue takes them."""
    return Ages(
        relative(problem.reported_at, now, language),
        relative(problem.held_since, now, language),
        is_overdue(problem, now, limits),
    )


def is_overdue(problem: ProblemSummary, now: datetime, limits: Mapping[str, int]) -> bool:
    """Whether this problem is open and was reported longer ago than the limit of its priority. `limits`: hours by
    priority, and of UNIDENTIFIED; a priority without one is never overdue."""
    hours = limits.get(problem.priority or UNIDENTIFIED)
    return problem.status != "closed" and hours is not None and now - problem.reported_at > timedelta(hours=hours)


def lasted(begin: datetime, end: datetime, language: str) -> str:
    """How long something took, in its largest whole unit up to days, a minute at least."""
    return relative(begin, max(end, begin + MINUTE), language)


def relative(at: datetime, now: datetime, language: str) -> str:
    """How long ago `at` was, in its largest whole unit up to days: 'baru saja', '1 menit', '3 jam', '141 hari'."""
    passed = now - at
    if passed < MINUTE:
        return gettext("baru saja", language)
    if passed < HOUR:
        number = passed // MINUTE
        return gettext("1 menit", language) if number == 1 else gettext("%(n)d menit", language, n=number)
    if passed < DAY:
        number = passed // HOUR
        return gettext("1 jam", language) if number == 1 else gettext("%(n)d jam", language, n=number)
    number = passed // DAY
    return gettext("1 hari", language) if number == 1 else gettext("%(n)d hari", language, n=number)
