"""Parses the filters of the problem list from its URL. Invalid filters are ignored and named on the page; they are no
error. A store or a person that nobody knows is kept, and nothing matches it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sih.domain import policy
from sih.domain.records import Choice, Employee, Filters, ListOptions, LookUp, Match, ProblemSummary
from sih.domain.text import clean, is_plain, visible
from sih.domain.vocabulary import ORDERS, PRIORITIES, STATUSES, URGENCY
from sih.forms.audit_filters import day_of

# The filters, in the order of their chips, with their labels.
FILTERS = {
    "q": "Cari",
    "year": "Tahun",
    "since": "Dari tanggal",
    "until": "Sampai tanggal",
    "priority": "Prioritas",
    "division": "Divisi",
    "pic": "PIC",
    "category": "Kategori",
    "kind": "Jenis barang",
    "store": "Toko",
    "reporter": "Pelapor",
    "mine": "Laporan saya",
    "asked": "Menunggu pelapor",
}
SWITCHES = ("mine", "asked")  # filters without a value
NAMES = (*FILTERS, "status", "waiting", "all", "order", "after")
NAMES += ("figure", "period", "dimension", "value")  # figures of the recap, see sih/forms/figures.py
TYPED = ("store", "reporter", "pic")  # codes or names
FIRST_YEAR = 2000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_LETTERS = 100  # of what is typed in a filter


@dataclass(frozen=True)
class Chip:
    """A filter that is set: its parameter, its label, and its value: a date or a text. `is_word`: the text is to be
    translated; others are names of the company."""

    name: str
    label: str
    value: date | str
    is_word: bool = False


@dataclass(frozen=True)
class Miss:
    """A filter in which something unknown or ambiguous was typed."""

    name: str
    label: str
    text: str
    suggestions: tuple[Match, ...]
    is_ambiguous: bool


@dataclass
class FilterReading:
    """The parsed filters, and the labels of those that are invalid."""

    filters: Filters
    after: tuple | None = None
    faults: list[str] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)  # values of the form that `filters` has otherwise


def is_filtered(args) -> bool:
    """Whether a query string has any filter, or asks for all problems. An order is no filter."""
    return any(args.get(name) for name in NAMES if name not in ("order", "after"))


def typed(args, viewer: Employee) -> dict[str, str]:
    """What is typed in the filters for a store or a person, as far as it can be looked up. People who do not see all
    problems may not look up other people."""
    names = TYPED if policy.sees_all(viewer) else ("store",)
    texts = {name: clean(visible(args.get(name, "")))[:MOST_LETTERS] for name in names}
    return {name: text for name, text in texts.items() if text}


def parse(args, viewer: Employee, options: ListOptions, this_year: int) -> FilterReading:
    """`args`: pairs of the query string."""
    reading = FilterReading(Filters())
    words = _words(args, reading)
    found = {name: _found(name, text, options.found.get(name), reading) for name, text in typed(args, viewer).items()}
    ids = {name: match.id if match else None for name, match in found.items()}
    year = _one_of(args, "year", {str(year): year for year in range(FIRST_YEAR, this_year + 1)}, reading)
    status = _one_of(args, "status", {code: code for code in STATUSES}, reading, "Status")
    divisions = (*options.divisions, *options.former)
    division = _one_of(args, "division", _by_id(divisions), reading)
    category = _one_of(args, "category", _by_id(options.categories + options.former_categories), reading)
    kind = _one_of(args, "kind", _by_id(options.asset_kinds + options.former_asset_kinds), reading)
    orders = {code: code for code in ORDERS if status != "closed"}
    reading.filters = Filters(
        year=year,
        status=status,
        priority=_one_of(args, "priority", {code: code for code in PRIORITIES}, reading),
        division_ids=tuple(one.id for one in divisions if division and division.id in (one.id, one.parent_id)),
        store_id=ids.get("store"),
        category_id=category and category.id,
        asset_kind_id=kind and kind.id,
        pic_id=ids.get("pic"),
        reporter_id=ids.get("reporter"),
        since=day_of(args, "since", FILTERS["since"], reading),
        until=day_of(args, "until", FILTERS["until"], reading, days=1),
        words=words,
        mine=args.get("mine") == "1",
        asked=args.get("asked") == "1",
        waiting=args.get("waiting") == "1" and policy.is_handler(viewer),
        order=_one_of(args, "order", {"newest": None, **orders}, reading, "Urutan"),
        match_nothing=None in ids.values(),
    )
    reading.after = cursor_in(args, reading.filters.order)
    if args.get("after") and not reading.after:
        reading.faults.append("Halaman")
    reading.fields = {
        "division": division and division.id,
        "since": reading.filters.since and reading.filters.since.date(),
        "until": reading.filters.until and reading.filters.until.date() - timedelta(days=1),
    }
    chosen = {"division": division, "category": category, "kind": kind}
    names = {name: choice.name for name, choice in chosen.items() if choice}
    names |= {name: f"{match.code} {match.name}" if match else clean(args[name]) for name, match in found.items()}
    reading.chips = _chips(reading, names)
    return reading


def _by_id(choices: tuple[Choice, ...]) -> dict[str, Choice]:
    return {str(choice.id): choice for choice in choices}


def _one_of(args, name: str, values: dict, reading: FilterReading, label: str = ""):
    text = clean(args.get(name))
    if text and text not in values:
        reading.faults.append(label or FILTERS[name])
    return values.get(text)


def _words(args, reading: FilterReading) -> str | None:
    words = clean(args.get("q"))[:200]
    if words and not (is_plain(words) and any(c.isalnum() for c in words)):
        reading.faults.append("Cari")
        return None
    return words or None


def _found(name: str, text: str, look_up: LookUp | None, reading: FilterReading) -> Match | None:
    found = look_up or LookUp()
    if not found.match:
        reading.misses.append(Miss(name, FILTERS[name], text, found.suggestions, found.is_ambiguous))
    return found.match


def _chips(reading: FilterReading, names: dict[str, str]) -> list[Chip]:
    """`names`: values that are names of the company."""
    filters, fields = reading.filters, reading.fields
    values: dict[str, Any] = {**names, "q": filters.words, "since": fields["since"], "until": fields["until"]}
    values["year"] = str(filters.year) if filters.year else None
    values["priority"] = PRIORITIES[filters.priority] if filters.priority else None
    values |= {name: "Ya" for name in SWITCHES if getattr(filters, name)}
    return [
        Chip(name, label, value, is_word=name in ("priority", *SWITCHES))
        for name, label in FILTERS.items()
        if (value := values.get(name))
    ]


def cursor_of(problem: ProblemSummary, order: str | None) -> str:
    """The cursor of the page that follows this problem: time in microseconds and number; in another order than the
    newest first its name and the rank of the priority before them."""
    at, number, rank = problem.place_in(order)
    return f"{order}-{rank}-{cursor_at(at, number)}" if order else cursor_at(at, number)


def cursor_at(at: datetime, number: int) -> str:
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{number}"


def cursor(args) -> tuple[datetime, int] | None:
    """The position after which the page begins; None for the first page, and for an invalid cursor."""
    return _position(args.get("after", ""))


def cursor_in(args, order: str | None) -> tuple | None:
    """The position in this order, see ProblemSummary.place_in; None for the first page, and for a cursor that is
    invalid or of another order."""
    text = args.get("after", "")
    if not order:
        return _position(text)
    name, _, text = text.partition("-")
    rank, _, text = text.partition("-")
    position = _position(text)
    if name != order or not position or rank not in map(str, range(len(URGENCY))):
        return None
    return *position, int(rank)


def _position(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.partition("-")
    if text.isascii() and at.isdecimal() and number.isdecimal() and len(at) < 18 and len(number) < 19:
        return EPOCH + timedelta(microseconds=int(at)), int(number)
    return None
