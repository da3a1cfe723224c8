"""Reads a list from a file: finds its sheets and headings, then yields its rows. The content decides the format, not
the file name."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sih.sheets import cells, faults, headings, kinds, text_files, workbooks
from sih.sheets.faults import Fault, SheetError
from sih.sheets.headings import Headings
from sih.sheets.non_rows import NonRows
from sih.sheets.workbooks import Page

LONGEST, LONGEST_CELL = 300_000, 1000  # rows; characters of a cell kept for correction
LONGEST_MESSAGE = 400  # characters of the headings named in an error message


@dataclass(frozen=True)
class Column:
    """`kind`: text, code (upper case, no spaces), nik, date (ISO) or words (several lines); `length`: the maximum
    number of characters; `form`: the regular expression of a valid text, None for any."""

    name: str
    headings: tuple[str, ...]
    required: bool = False
    kind: str = "text"
    length: int = 100
    form: str | None = None


@dataclass(frozen=True)
class Row:
    """`number`: row number in the spreadsheet; `facts` by column, '' for an empty cell and for one with a fault;
    `faults` of its cells; `is_hidden`: a filter or a user hides it in the spreadsheet. `sheet`: name of its sheet, ''
    in a text file. `is_tidied`: invisible characters were removed. `non_row`: the kind of a line that is no row (see
    NonRows), which ends at row `last`. `cells`: its texts from left to right, in the order of Lists.headings, if
    requested, and always of a line that is no row."""

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
    """`columns` that its headings name, none if it is not such a list; `unused`: its other headings. `total`: estimated
    number of rows; exact where the user has to choose between several sheets."""

    name: str
    is_hidden: bool
    is_unreadable: bool
    is_read: bool
    columns: list[str]
    unused: list[str]
    total: int | None


@dataclass(frozen=True)
class Lists:
    """All sheets of a file, and the rows of the chosen ones, one sheet after another. Rows are parsed lazily; iterating
    may raise SheetError. No sheet is read if the user has to choose first. `headings` of the cells of the rows, from
    left to right."""

    sheets: list[Sheet]
    headings: list[str]
    rows: Iterator[Row]

    @property
    def is_chosen(self) -> bool:
        return any(sheet.is_read for sheet in self.sheets)

    @property
    def columns(self) -> list[str]:
        return _merged(sheet.columns for sheet in self.sheets if sheet.is_read)

    @property
    def unused(self) -> list[str]:
        return _merged(sheet.unused for sheet in self.sheets if sheet.is_read)

    @property
    def total(self) -> int:
        return sum(sheet.total or 0 for sheet in self.sheets if sheet.is_read)


def read_sheet(
    content: bytes, columns: list[Column], chosen: list[str] | None = None, has_cells: bool = False
) -> Lists:
    """Reads the visible sheet that has the required headings; of several, the `chosen` ones. `has_cells`: adds the
    original texts of each row. Raises SheetError."""
    kinds.refuse_others(content)
    pages = list(workbooks.pages(content) if content.startswith(kinds.ZIP) else text_files.pages(content))
    is_one_of_several = sum(not page.is_hidden for page in pages) > 1
    found = [_Found(page, columns, is_one_of_several) for page in pages]
    lists = [one for one in found if one.is_list]
    if not lists:
        raise _no_list(found, columns)
    must_choose = chosen is None and len(lists) > 1
    taken = [one for one in lists if chosen is None or one.page.name in chosen]
    if not taken:
        raise SheetError("Lembar yang dipilih tidak ada di berkas ini.")
    for one in lists:
        one.is_read = not must_choose and one in taken
        one.total = sum(1 for row in one.rows(columns) if not row.non_row) if must_choose else one.page.total
    to_read = [one for one in lists if one.is_read]
    texts = _align(to_read, {column.name: column.headings for column in columns})
    return Lists([one.sheet for one in found], texts, _rows_of_all(to_read, columns, has_cells))


class _Found:
    """A page after the search for its headings; `headings` is None if it is hidden or empty. `refusal`: why its first
    rows cannot be read, reported only if no other page is a list. Raises SheetError if they belong to a list."""

    def __init__(self, page: Page, columns: list[Column], is_one_of_several: bool) -> None:
        self.page, self.is_read, self.total, self._is_one_of_several = page, False, page.total, is_one_of_several
        self.headings: Headings | None = None
        self.refusal: SheetError | None = None
        self._rows: Iterator = iter(())
        self.place_cells: Callable[[list[str]], list[str]] | None = None  # reorders cells if several sheets are read
        required = [column.name for column in columns if column.required]
        if not page.is_hidden:
            self._find(columns, required)
        self.is_list = self.headings is not None and self.headings.has(required)
        if self.is_list and self.refusal:
            raise self.refusal

    def _find(self, columns: list[Column], required: list[str]) -> None:
        names = {headings.plain(heading): column.name for column in columns for heading in column.headings}
        rows, first, amount = self._named(self.page.rows), [], 0
        try:
            for row in rows:
                first.append(row)
                amount += any(row[1])
                if amount == headings.ROWS + headings.DEPTH:
                    break
        except SheetError as error:
            self.refusal = error
        found = headings.find([row[:2] for row in first if any(row[1])], names, required)
        wrapping = _wrapping([texts for _, texts, _ in first if any(texts)])
        if wrapping and not (found and found.has(required) and found.width == 1):
            first = [(number, wrapping.cells(texts), is_hidden) for number, texts, is_hidden in first]
            rows = ((number, wrapping.cells(texts), is_hidden) for number, texts, is_hidden in rows)
            found = headings.find([row[:2] for row in first if any(row[1])], names, required)
        last = found.last if found else 0
        if found:
            found.name_bare([texts for number, texts, _ in first if number > last])
        self.headings, self._rows = found, chain((row for row in first if row[0] > last), rows)

    @property
    def sheet(self) -> Sheet:
        found = self.headings if self.is_list else None
        columns, unused = (list(found.places), found.unused) if found else ([], [])
        name, is_hidden, is_unreadable = self.page.name, self.page.is_hidden, self.refusal is not None
        return Sheet(name, is_hidden, is_unreadable, self.is_read, columns, unused, self.total)

    def _named(self, rows: Iterator) -> Iterator:
        """Adds the sheet name to a SheetError about a row, if several sheets are read."""
        try:
            yield from rows
        except SheetError as error:
            if "line" in error.facts and self._is_one_of_several:
                error.facts["line"] += f" ({self.page.name})"
            raise

    def rows(self, columns: list[Column], has_cells: bool = False) -> Iterator[Row]:
        return _rows(self, self._rows, columns, has_cells) if self.headings else iter(())


def _no_list(found: list[_Found], columns: list[Column]) -> SheetError:
    """The error that names the missing headings, the headings found and the headings expected; or the fault of an
    unreadable page."""
    if refusal := next((one.refusal for one in found if one.refusal), None):
        return refusal
    seen = [(one.page.name, one.headings) for one in found if one.headings]
    if twice := next((head.twice for _, head in seen if head.twice), ""):
        return SheetError(
            "Judul kolom ini ada dua kali: %(heading)s. Hapus kolom yang salah atau ganti judulnya, lalu unggah lagi.",
            heading=twice,
        )
    best = max((head.places for _, head in seen), key=len, default={})
    facts = {
        "asked": ", ".join(one.headings[0] for one in columns if one.required and one.name not in best),
        "found": "; ".join(f"{name}: {_listed(head)}" if name else _listed(head) for name, head in seen) or "-",
        "known": ", ".join(column.headings[0] for column in columns),
    }
    facts = {name: text[:LONGEST_MESSAGE] for name, text in facts.items()}
    hidden = ", ".join(one.page.name for one in found if one.page.is_hidden)
    if hidden:
        return SheetError(
            "Judul kolom ini tidak ditemukan: %(asked)s. Judul yang ada: %(found)s. Judul yang dikenal: %(known)s. "
            "Lembar tersembunyi tidak dibaca: %(hidden)s.",
            **facts,
            hidden=hidden[:LONGEST_MESSAGE],
        )
    return SheetError(
        "Judul kolom ini tidak ditemukan: %(asked)s. Judul yang ada: %(found)s. Judul yang dikenal: %(known)s.", **facts
    )


def _listed(found: Headings) -> str:
    return ", ".join(list(filter(None, found.texts))[: headings.ROWS])


def _merged(lists: Iterator[list[str]]) -> list[str]:
    """Each text once, in order of first occurrence."""
    return list(dict.fromkeys(chain.from_iterable(lists)))


def _align(found: list[_Found], known: dict[str, tuple[str, ...]]) -> list[str]:
    """The merged headings of these sheets: each column and each heading once, in a form that an import recognises. The
    cells of several sheets follow this order."""
    texts: dict[tuple, str] = {}  # by column, or by heading; an ignored heading may occur twice
    keys_of = {}
    for one in found:
        head, keys, amounts = one.headings, [], Counter()
        names = {place: name for name, place in head.places.items()} if head else {}
        for place, text in enumerate(head.texts if head else ()):
            key = (place in names, names.get(place) or text or str(place))
            amounts[key] += 1
            keys.append((*key, amounts[key]))
            texts.setdefault(keys[-1], _read_again(text, known.get(names.get(place, ""), ())))
        keys_of[one] = keys
    order = {key: place for place, key in enumerate(texts)}
    for one in found if len(found) > 1 else ():
        one.place_cells = partial(_placed, places=[order[key] for key in keys_of[one]], width=len(order))
    return list(texts.values())


def _read_again(text: str, known: tuple[str, ...]) -> str:
    """A heading that is recognised in a single row: of "Penempatan" above "Kode Toko" the column name alone."""
    return text if not known or headings.plain(text) in map(headings.plain, known) else known[0]


def _placed(texts: list[str], places: list[int], width: int) -> list[str]:
    """Places each text at its index; texts beyond the headings stay at the end."""
    cells = [""] * width
    for place, text in zip(places, texts, strict=False):
        cells[place] = text
    return cells + texts[len(places) :]


def _rows_of_all(found: list[_Found], columns: list[Column], has_cells: bool) -> Iterator[Row]:
    for amount, row in enumerate(chain.from_iterable(one.rows(columns, has_cells) for one in found)):
        if amount >= LONGEST:
            raise faults.too_many_rows()
        yield row


def _rows(one: _Found, rows: Iterator, columns: list[Column], has_cells: bool) -> Iterator[Row]:
    for amount, row in enumerate(_with_empty_rows_joined(one, _all_rows(one, rows, columns, has_cells)), 1):
        if amount > LONGEST:
            raise faults.too_many_rows()
        yield row


def _with_empty_rows_joined(one: _Found, rows: Iterator[Row | int]) -> Iterator[Row]:
    """Joins consecutive empty rows into one; an int is the number of an empty row."""
    facts, first, last = dict.fromkeys(one.headings.places, "") if one.headings else {}, None, None
    for row in rows:
        if isinstance(row, int):
            first, last = first or row, row
            continue
        if first:
            yield Row(first, facts, [], one.page.name, non_row="empty", last=last)
            first = None
        yield row
    if first:
        yield Row(first, facts, [], one.page.name, non_row="empty", last=last)


def _all_rows(one: _Found, rows: Iterator, columns: list[Column], has_cells: bool) -> Iterator[Row | int]:
    found, sheet = one.headings, one.page.name
    if found is None:
        return
    by_name = {column.name: column for column in columns}
    key = next(column for column in columns if column.required)
    non_rows = NonRows(found.places, found.lines, key.name, key.kind in ("code", "nik"), key.form)
    for number, row, is_hidden in rows:
        kind = non_rows.kind(row) if any(row) else "empty"
        if kind == "empty":
            yield number
            continue
        facts, row_faults, is_tidied = {}, [], False
        for name, place in found.places.items():
            cell = row[place] if place < len(row) else ""
            is_tidied = is_tidied or isinstance(cell, cells.Tidied)
            fact = cells.parse(cell, by_name[name].kind, one.page.epoch) if isinstance(cell, str) else cell
            if isinstance(fact, str) and len(fact) > by_name[name].length:
                fact = faults.over_length(by_name[name].headings[0], by_name[name].length, len(fact))
            row_faults += [fact] if isinstance(fact, Fault) else []
            facts[name] = fact if isinstance(fact, str) else ""
        if any(row[found.width :]):
            row_faults.append(Fault("Ada lebih banyak sel daripada judul kolom."))
        texts = None
        if has_cells or kind:
            texts = [_shorten(cell) if isinstance(cell, str) else "" for cell in row]
            texts = one.place_cells(texts) if one.place_cells else texts
        yield Row(number, facts, row_faults, sheet, is_hidden, is_tidied, kind, cells=texts)


@dataclass(frozen=True)
class _Wrapping:
    """Unwraps lines of a CSV file that a program put into one cell each: in quotes, or in the first column of a
    workbook."""

    delimiter: str
    width: int

    def cells(self, row: list[str | Fault]) -> list[str | Fault]:
        """The cells of the line in this row if it is wrapped, else the row itself."""
        parts = _parts(_only_cell(row), self.delimiter)
        return [cells.text_of(part) for part in parts] if 1 < len(parts) <= self.width else row


def _wrapping(rows: list[list[str | Fault]]) -> _Wrapping | None:
    """The unwrapping for these rows, if most of them hold as many cells as one of them has when split as a line."""
    widths = Counter(len(row) for row in rows if not _only_cell(row))
    best = (0, 0, "")
    for delimiter in text_files.DELIMITERS:
        lines = Counter(len(_parts(_only_cell(row), delimiter)) for row in rows)
        best = max(
            best, *((lines[width] + widths[width], width, delimiter) for width in lines if width > 1), (0, 0, "")
        )
    amount, width, delimiter = best
    return _Wrapping(delimiter, width) if amount * 2 > len(rows) else None


def _only_cell(row: list[str | Fault]) -> str:
    """The text of the first cell if all others are empty."""
    return row[0] if row and isinstance(row[0], str) and not any(row[1:]) else ""


def _parts(line: str, delimiter: str) -> list[str]:
    if delimiter not in line:
        return [line]
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return [line]


def _shorten(cell: str) -> str:
    """Shortens a cell; the ellipsis shows that the text in the file of faulty rows is incomplete."""
    return cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL] + "…"
