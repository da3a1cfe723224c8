"""When each problem of the invented company is reported, and which course it takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sih.demo.courses import DONE, STANDING, Course
from sih.domain.clock import COMPANY_ZONE

AMOUNT = 300
LATELY = 24  # of them finished ones of the last two months
OLDEST, YOUNGEST = 1090, 4  # days ago, of the finished ones
PATIENCE = 6  # days that something urgent stays open at most


@dataclass(frozen=True)
class Slot:
    """When a problem is reported and which course it takes.

    `is_exact`: to the second, shop open or not. `may_wait`: open so long that it is not urgent."""

    at: datetime
    course: Course
    is_exact: bool = False
    may_wait: bool = False


def slots(now: datetime, dice: Random) -> list[Slot]:
    made = [*_at_new_year(now, dice), *_standing(now), *_lately(now, dice)]
    return made + _over_the_years(now, AMOUNT - len(made), dice)


def _at_new_year(now: datetime, dice: Random) -> Iterator[Slot]:
    """The last second of a year and the first of the next, in the company's time."""
    this_year = now.astimezone(COMPANY_ZONE).year
    for year in range(this_year - 3, this_year + 1):
        start = datetime(year, 1, 1, tzinfo=COMPANY_ZONE)
        if timedelta(hours=6) < now - start < timedelta(days=OLDEST):
            yield from (Slot(start - timedelta(seconds=ago), _course(dice), is_exact=True) for ago in (1, 0))


def _standing(now: datetime) -> list[Slot]:
    return [
        Slot(now - timedelta(days=age), course, may_wait=age > PATIENCE) for course, ages in STANDING for age in ages
    ]


def _lately(now: datetime, dice: Random) -> list[Slot]:
    """Evenly, so that every week has some."""
    return [
        Slot(now - timedelta(days=YOUNGEST + (place + dice.random()) * 56 / LATELY), _course(dice))
        for place in range(LATELY)
    ]


def _over_the_years(now: datetime, amount: int, dice: Random) -> list[Slot]:
    """More and more, as such things go."""
    spans = (YOUNGEST + (OLDEST - YOUNGEST) * dice.random() ** 1.3 for _ in range(amount))
    return [Slot(now - timedelta(days=days), _course(dice)) for days in spans]


def _course(dice: Random) -> Course:
    return dice.choices(list(DONE), list(DONE.values()))[0]
