"""Parses the filters of a master-data list from its URL. Invalid filters are ignored and named on the page."""

from dataclasses import dataclass, field

from sih.domain.text import clean, is_plain, visible
from sih.masters import Column, Noun

MOST_LETTERS = 100  # maximum length of a search text


@dataclass
class MasterReading:
    """The parsed filters, and the labels of those that are invalid."""

    filters: dict[str, str | None]
    after: tuple[str, int] | None = None
    faults: list[str] = field(default_factory=list)


def parse(args, noun: Noun) -> MasterReading:
    """`args`: pairs of the query string."""
    reading = MasterReading({name: _text(args, name) for name in ("state", *noun.filters)})
    reading.filters["words"] = words_of(args.get("q")) or None
    if reading.filters["words"] and not is_searchable(reading.filters["words"]):
        _leave_out(reading, "words", "Cari")
    if reading.filters["state"] not in (None, *noun.states):
        _leave_out(reading, "state", "Status")
    for name in noun.filters:
        text = reading.filters[name]
        if text and not _is_known(noun.column(name), text):
            _leave_out(reading, name, noun.column(name).label)
    reading.after = _cursor(args, reading)
    return reading


def query_args_of(reading: MasterReading) -> dict[str, str]:
    """The valid filters as a query string has them; unknown parameters are not passed on."""
    return {"q" if name == "words" else name: text for name, text in reading.filters.items() if text}


def cursor_of(row: dict) -> str:
    """The cursor of the page that follows this row."""
    return f"{row['id']}~{row['place']}"


def words_of(text: str | None) -> str:
    """The search text, shortened before the query splits it: the database searches every row for each word."""
    return clean(visible(text or ""))[:MOST_LETTERS]


def is_searchable(words: str) -> bool:
    return is_plain(words) and any(c.isalnum() for c in words)


def _is_known(column: Column, text: str) -> bool:
    return text in column.words if column.kind == "choice" else is_plain(text)


def _text(args, name: str) -> str | None:
    text = clean(args.get(name))[:400]
    return (text.upper() if name == "store" else text) or None


def _leave_out(reading: MasterReading, name: str, label: str) -> None:
    reading.filters[name] = None
    reading.faults.append(label)


def _cursor(args, reading: MasterReading) -> tuple[str, int] | None:
    number, _, place = args.get("after", "").partition("~")
    if not number:
        return None
    if number.isascii() and number.isdecimal() and len(number) < 10 and place and is_plain(clean(place)):
        return place, int(number)
    reading.faults.append("Halaman")
    return None
