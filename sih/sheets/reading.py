"""A list from a file: its headings found, its rows one by one. The format is told by what the file is, not its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sih.sheets import cells, faults, text_files, workbooks
from sih.sheets.faults import Fault, SheetError
from sih.sheets.non_rows import NonRows

HEADING_ROWS = 20  # a title or a note may stand above the headings
LONGEST, LONGEST_HEADING, LONGEST_CELL = 300_000, 100, 1000  # rows; characters, of a cell that is to be mended
OLD_EXCEL, ZIP, OTHERS = b"\xd0\xcf\x11\xe0", b"PK", (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


@dataclass(frozen=True)
class Column:
    """`kind`: text, code (upper case, no blanks), nik (a code without hyphens) or date (ISO); `length`: the most
    characters that it may have."""

    name: str
    headings: tuple[str, ...]
    required: bool = False
    kind: str = "text"
    length: int = 100


@dataclass(frozen=True)
class Row:
    """`number` as the spreadsheet shows it; `facts` by column, '' for an empty cell, one that is too
    long cut and still too long; `faults` of its cells; `is_hidden`: a filter, or a person, hides it in the
    spreadsheet. `sheet`: its name, '' in a text. `is_tidied`: characters that nobody sees were removed from it.
    `non_row`: what it is where it is none (see NonRows), up to the row `last`. `cells`: its texts from left to
    right, where they were asked for and of what is no row."""

    number: int
    facts: dict[str, str]
    faults: list[Fault]
    sheet: str = ""
    is_hidden: bool = False
    is_tidied: bool = False
    non_row: str = ""
    last: int | None = None
    cells: list[str] | None = None


@dataclass(frozen=True)
class Sheet:
    """`rows` are read as they are asked for; reading them may still raise SheetError. `total` is an estimate."""

    rows: Iterator[Row]
    columns: list[str]
    unused: list[str]
    total: int | None
    headings: list[str] = field(default_factory=list)


def read_sheet(content: bytes, columns: list[Column], has_cells: bool = False) -> Sheet:
    """The first sheet with the headings that are required; `has_cells`: with the texts of each row as they stand there.
    Raises SheetError."""
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
            read = _rows(rows, found, columns, has_cells)
            return Sheet(read, list(found.places), found.unused, total, found.texts)
        if best is None or len(missing) < len(best):
            best = missing
    asked = ", ".join(column.headings[0] for column in best or [c for c in columns if c.required])
    raise SheetError("Judul kolom ini tidak ditemukan: %(asked)s. Lembar yang diperiksa: %(sheets)s.",
                     asked=asked, sheets=", ".join(names)[:200])  # fmt: skip


@dataclass
class Headings:
    """Where each column stands, and what else there is; `texts` from left to right; `width` is the number of
    headings."""

    places: dict[str, int]
    unused: list[str]
    width: int = 0
    texts: list[str] = field(default_factory=list)


def _headings(rows: Iterator, columns: list[Column]) -> Headings:
    """Of the row, among the first, in which most columns are found."""
    names = {_plain(heading): column.name for column in columns for heading in column.headings}
    best = Headings({}, [])
    filled = (row for _, row, _ in rows if any(row))
    for _, row in zip(range(HEADING_ROWS), filled, strict=False):
        texts = [text[: LONGEST_HEADING + 1] if isinstance(text, str) else "" for text in row]
        found = [names.get(_plain(text)) for text in texts]
        known = [name for name in found if name]
        if len(known) > len(best.places):
            twice = {name for name in known if known.count(name) > 1}
            if twice:
                raise SheetError("Judul kolom ini ada dua kali: %(heading)s.", heading=_first(texts, found, twice))
            best = Headings(
                {name: place for place, name in enumerate(found) if name}, _unused(texts, found), len(row), texts
            )
        if all(column.name in best.places for column in columns if column.required):
            break
    return best


def _first(texts: list[str], found: list, twice: set[str]) -> str:
    return next(text for text, name in zip(texts, found, strict=True) if name in twice)


def _unused(texts: list[str], found: list) -> list[str]:
    return [text for text, name in zip(texts, found, strict=True) if text and not name]


def _rows(rows: Iterator, headings: Headings, columns: list[Column], has_cells: bool) -> Iterator[Row]:
    found = _all_rows(rows, headings, columns, has_cells)
    for amount, row in enumerate(_with_empty_rows_joined(found, headings), 1):
        if amount > LONGEST:
            raise faults.too_many_rows()
        yield row


def _with_empty_rows_joined(rows: Iterator[Row | int], headings: Headings) -> Iterator[Row]:
    """Empty rows that follow each other as one; a row is its number where it is empty."""
    first = last = None
    for row in rows:
        if isinstance(row, int):
            first, last = first or row, row
            continue
        if first:
            yield Row(first, dict.fromkeys(headings.places, ""), [], non_row="empty", last=last)
            first = None
        yield row
    if first:
        yield Row(first, dict.fromkeys(headings.places, ""), [], non_row="empty", last=last)


def _all_rows(rows: Iterator, headings: Headings, columns: list[Column], has_cells: bool) -> Iterator[Row | int]:
    by_name = {column.name: column for column in columns}
    key = next(column for column in columns if column.required)
    non_rows = NonRows(headings.places, headings.texts, key.name, key.kind in ("code", "nik"))
    for number, row, is_hidden in rows:
        kind = non_rows.kind(row) if any(row) else "empty"
        if kind == "empty":
            yield number
            continue
        facts, row_faults, is_tidied = {}, [], False
        for name, place in headings.places.items():
            cell = row[place] if place < len(row) else ""
            is_tidied = is_tidied or isinstance(cell, cells.Tidied)
            fact = cells.parse(cell, by_name[name].kind) if isinstance(cell, str) else cell
            row_faults += [fact] if isinstance(fact, Fault) else []
            facts[name] = _cut(fact, by_name[name].length) if isinstance(fact, str) else ""
        if any(row[headings.width :]):
            row_faults.append(Fault("Ada lebih banyak sel daripada judul kolom."))
        texts = (
            [_cut(cell, LONGEST_CELL) if isinstance(cell, str) else "" for cell in row] if has_cells or kind else None
        )
        yield Row(
            number, facts, row_faults, is_hidden=is_hidden, is_tidied=is_tidied, non_row=kind, last=None, cells=texts
        )


def _cut(text: str, length: int) -> str:
    """A long text is kept once in the file and may stand in every row; the sign at its end keeps what is cut from
    passing for whole."""
    return text if len(text) <= length else text[:length] + "…"


def _plain(heading: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", heading.lower())
