"""A figure of the recap as it stands in an address: ?figure=closed&period=2026-10&cut=division&value=3."""

from datetime import date

from sih.domain import periods
from sih.domain.periods import AGES, Figure, Period
from sih.domain.vocabulary import CUTS, FIGURES

LARGEST = 2**31 - 1


def parse(args, today: date) -> Figure | None:
    """The figure that is asked for; None where it cannot be understood. `args`: the query string's pairs."""
    name, cut, value = args.get("figure", ""), args.get("cut") or "all", args.get("value") or "0"
    period = periods.parse(args.get("period", ""), today)
    is_number = value.isascii() and value.isdecimal() and len(value) < 11 and int(value) <= LARGEST
    if name not in FIGURES or not period or not is_number or not (cut in CUTS or cut in ("all", "age")):
        return None
    if cut == "age" and (name != "standing" or int(value) > len(AGES)):
        return None
    return Figure(name, period, cut, int(value))


def parse_recap(args, today: date) -> tuple[Period, str]:
    """The period of a recap page, ?year=2026&month=10, and its cut; what is not understood is this month, by
    division."""
    year, month, cut = args.get("year", ""), args.get("month", ""), args.get("cut", "")
    period = periods.parse(f"{year}-{month.zfill(2)}" if month else year, today)
    return period or periods.of(today), cut if cut in CUTS else "division"
