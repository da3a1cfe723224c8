"""Parses the filters of the problem list from its URL. Invalid filters are ignored and named on the page; they are no
error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sih.domain import policy
from sih.domain.records import Choice, Employee, Filters, ProblemSummary
from sih.domain.text import clean, is_plain
from sih.domain.vocabulary import PRIORITIES, STATUSES

NAMES = ("year", "status", "division", "store", "priority", "mine", "waiting", "q", "after")
NAMES += ("figure", "period", "dimension", "value")  # figures of the recap, see sih/forms/figures.py
FIRST_YEAR = 2000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class FilterReading:
    """The parsed filters, and the labels of those that are invalid."""

    filters: Filters
    after: tuple[datetime, int] | None
    faults: list[str] = field(default_factory=list)


def parse(args, viewer: Employee, divisions: Sequence[Choice], store: Choice | None, this_year: int) -> FilterReading:
    """`args`: pairs of the query string. `store`: the store of the code in `args`, if there is one."""
    reading = FilterReading(Filters(), None)
    words = _words(args, reading)
    reading.filters = Filters(
        year=_one_of(args, "year", {str(year): year for year in range(FIRST_YEAR, this_year + 1)}, reading, "Tahun"),
        status=_one_of(args, "status", {code: code for code in STATUSES}, reading, "Status"),
        priority=_one_of(args, "priority", {code: code for code in PRIORITIES}, reading, "Prioritas"),
        division_id=_one_of(args, "division", {str(d.id): d.id for d in divisions}, reading, "Divisi"),
        store_id=_one_of(args, "store", {clean(args.get("store")): store.id} if store else {}, reading, "Toko"),
        words=words,
        mine=args.get("mine") == "1",
        waiting=args.get("waiting") == "1" and policy.is_handler(viewer),
    )
    reading.after = cursor(args)
    if args.get("after") and not reading.after:
        reading.faults.append("Halaman")
    return reading


def cursor_of(problem: ProblemSummary) -> str:
    """The cursor of the page that follows: report time in microseconds, and number."""
    return cursor_at(problem.reported_at, problem.id)


def cursor_at(at: datetime, number: int) -> str:
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{number}"


def _one_of(args, name: str, values: dict, reading: FilterReading, label: str):
    text = clean(args.get(name))
    if text and text not in values:
        reading.faults.append(label)
    return values.get(text)


def _words(args, reading: FilterReading) -> str | None:
    words = clean(args.get("q"))[:200]
    if words and not (is_plain(words) and any(c.isalnum() for c in words)):
        reading.faults.append("Cari")
        return None
    return words or None


def cursor(args) -> tuple[datetime, int] | None:
    """The position after which the page begins; None for the first page, and for an invalid cursor."""
    text = args.get("after", "")
    at, _, number = text.partition("-")
    if text.isascii() and at.isdecimal() and number.isdecimal() and len(at) < 18 and len(number) < 19:
        return EPOCH + timedelta(microseconds=int(at)), int(number)
    return None
