"""When people of the invented company are at work. Indonesia has no summer time: wall clocks move freely."""

import math
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sih.domain.clock import COMPANY_ZONE

SUNDAY = 6
LATE = 0.06  # how often somebody works early, late or on a Sunday


def while_open(moment: datetime, zone: ZoneInfo, dice: Random) -> datetime:
    """This moment, or soon after the shop opens next."""
    return _between(7, 22, moment.astimezone(zone), dice)


def in_office(moment: datetime, priority: str, dice: Random) -> datetime:
    """This moment, or early on the next day of work; on Sundays somebody is there for what is critical."""
    local = moment.astimezone(COMPANY_ZONE)
    if dice.random() < LATE:
        return _between(7, 21, local, dice)
    local = _between(8, 17, local, dice)
    is_off = local.weekday() == SUNDAY and priority != "critical"
    return local + timedelta(days=1) if is_off else local


def delay(shortest: float, longest: float, dice: Random) -> timedelta:
    """Minutes between these two, short ones being commoner."""
    return timedelta(seconds=round(60 * math.exp(dice.uniform(math.log(shortest), math.log(longest)))))


def _between(opens: int, closes: int, local: datetime, dice: Random) -> datetime:
    if opens <= local.hour < closes:
        return local
    if local.hour >= closes:
        local += timedelta(days=1)
    return local.replace(hour=opens, minute=0, second=0) + timedelta(seconds=dice.randrange(90 * 60))
