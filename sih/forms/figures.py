"""Parses a figure of the recap from its URL: ?figure=closed&period=2026-10&dimension=division&value=3."""

from datetime import date

from sih.domain import periods
from sih.domain.periods import AGES, Figure, Period
from sih.domain.vocabulary import COUNTED, DIMENSIONS

LARGEST = 2**31 - 1
OLD_FIGURES = {"standing": "open_at_end"}


def parse(args, today: date) -> Figure | None:
    """The figure in the query string; None if there is none. `args`: pairs of the query string."""
    name, dimension, value = args.get("figure", ""), args.get("dimension") or "all", args.get("value") or "0"
    period = periods.parse(args.get("period", ""), today)
    is_number = value.isascii() and value.isdecimal() and len(value) < 11 and int(value) <= LARGEST
    if name not in COUNTED or not period or not is_number or dimension not in (*DIMENSIONS, "all", "age"):
        return None
    if dimension == "age" and (name != "open_at_end" or int(value) > len(AGES)):
        return None
    return Figure(name, period, dimension, int(value))


def renamed(args) -> dict[str, str]:
    """Renames the parameters of URLs from before schema 10 to their present names."""
    today = {"dimension": args["cut"]} if "figure" in args and "cut" in args and "dimension" not in args else {}
    if args.get("figure") in OLD_FIGURES:
        today["figure"] = OLD_FIGURES[args["figure"]]
    return today


def parse_recap(args, today: date) -> tuple[Period, str]:
    """The period of a recap page, ?year=2026&month=10, and its dimension; this month or "division" where the query
    string has none. URLs from before schema 10 have the dimension as `cut`."""
    year, month, dimension = args.get("year", ""), args.get("month", ""), args.get("dimension", args.get("cut", ""))
    period = periods.parse(f"{year}-{month.zfill(2)}" if month else year, today)
    return period or periods.of(today), dimension if dimension in DIMENSIONS else "division"
