"""A list from a file: its headings found, its rows one by one. The format is told by what the file is, not its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sih.sheets import cells, faults, text_files, workbooks
from sih.sheets.faults import Fault, SheetError

HEADING_ROWS = 20  # a title or a note may stand above the headings
LONGEST, LONGEST_HEADING = 300_000, 100  # rows; characters
OLD_EXCEL, ZIP, OTHERS = b"\xd0\xcf\x11\xe0", b"PK", (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


@dataclass(frozen=True)
class Column:
    """`kind`: text, code (upper case, no blanks) or date (ISO); `length`: the most characters that it may have."""

    name: str
    headings: tuple[str, ...]
    required: bool = False
    kind: str = "text"
    length: int = 100


@dataclass(frozen=True)
class Row:
    """`number` as the spreadsheet shows it; `facts` by column, '' for an empty cell and for one that has a fault;
    `faults` of its cells."""

    number: int
    facts: dict[str, str]
    faults: list[Fault]


@dataclass(frozen=True)
class Sheet:
    """`rows` are read as they are asked for; reading them may still raise SheetError. `total` is an estimate."""

    rows: Iterator[Row]
    columns: list[str]
    unused: list[str]
    total: int | None


def read_sheet(content: bytes, columns: list[Column]) -> Sheet:
    """The first sheet with the headings that are required. Raises SheetError."""
    if not content.strip():
        raise SheetError("Berkas ini kosong.")
    if content.startswith(OLD_EXCEL):
        raise SheetError("Ini berkas Excel lama (.xls) atau terkunci. Simpan sebagai .xlsx, lalu unggah lagi.")
    if content.startswith(OTHERS):
        raise faults.no_list()
    pages = workbooks.pages(content) if content.startswith(ZIP) else text_files.pages(content)
    best, names = None, []
    for name, rows, total in pages:
        names.append(name)
        rows = iter(rows)
        found = _headings(rows, columns)
        missing = [column for column in columns if column.required and column.name not in found.places]
        if found.places and not missing:
            return Sheet(_rows(rows, found, columns), list(found.places), found.unused, total)
        if best is None or len(missing) < len(best):
            best = missing
    asked = ", ".join(column.headings[0] for column in best or [c for c in columns if c.required])
    raise SheetError("Judul kolom ini tidak ditemukan: %(asked)s. Lembar yang diperiksa: %(sheets)s.",
                     asked=asked, sheets=", ".join(names)[:200])  # fmt: skip


@dataclass
class Headings:
    """Where each column stands, and what else there is; `width` is the number of headings."""

    places: dict[str, int]
    unused: list[str]
    width: int = 0


def _headings(rows: Iterator, columns: list[Column]) -> Headings:
    """Of the row, among the first, in which most columns are found."""
    names = {_plain(heading): column.name for column in columns for heading in column.headings}
    best = Headings({}, [])
    for _, (_, row) in zip(range(HEADING_ROWS), rows, strict=False):
        texts = [text[: LONGEST_HEADING + 1] if isinstance(text, str) else "" for text in row]
        found = [names.get(_plain(text)) for text in texts]
        known = [name for name in found if name]
        if len(known) > len(best.places):
            twice = {name for name in known if known.count(name) > 1}
            if twice:
                raise SheetError("Judul kolom ini ada dua kali: %(heading)s.", heading=_first(texts, found, twice))
            best = Headings({name: place for place, name in enumerate(found) if name}, _unused(texts, found), len(row))
        if all(column.name in best.places for column in columns if column.required):
            break
    return best


def _first(texts: list[str], found: list, twice: set[str]) -> str:
    return next(text for text, name in zip(texts, found, strict=True) if name in twice)


def _unused(texts: list[str], found: list) -> list[str]:
    return [text for text, name in zip(texts, found, strict=True) if text and not name]


def _rows(rows: Iterator, headings: Headings, columns: list[Column]) -> Iterator[Row]:
    by_name = {column.name: column for column in columns}
    for amount, (number, row) in enumerate(rows):
        if amount >= LONGEST:
            raise faults.too_many_rows()
        facts, row_faults = {}, []
        for name, place in headings.places.items():
            cell = row[place] if place < len(row) else ""
            fact = cells.parse(cell, by_name[name].kind) if isinstance(cell, str) else cell
            if isinstance(fact, str) and len(fact) > by_name[name].length:
                fact = faults.over_length(by_name[name].headings[0], by_name[name].length, len(fact))
            row_faults += [fact] if isinstance(fact, Fault) else []
            facts[name] = fact if isinstance(fact, str) else ""
        if any(row[headings.width :]):
            row_faults.append(Fault("Ada lebih banyak sel daripada judul kolom."))
        if row_faults or any(facts.values()):
            yield Row(number, facts, row_faults)


def _plain(heading: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", heading.lower())
