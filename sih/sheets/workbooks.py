"""Reads XLSX row by row. Content that no spreadsheet program writes is refused before it costs memory: cells too far to
the right, unclosed tags."""

import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import NamedTuple

from sih.sheets import cells, faults, markup
from sih.sheets.faults import Fault, SheetError
from sih.sheets.headings import letters
from sih.sheets.markup import NotWellFormed, TooComplex
from sih.sheets.number_formats import BUILTIN, EPOCH, GENERAL, MAC_EPOCH, NumberFormat, duration, moment
from sih.sheets.packages import Package

SHEETS, LONGEST_NAME = 255, 100  # characters of a sheet's name; 31 in Excel
HIDDEN = ("hidden", "veryHidden")
WIDEST, EXCEL_COLUMNS, EXCEL_ROWS = 200, 16_384, 1_048_576
STRINGS, FORMATS = 4_000_000, 100_000
EXACT = 10**15
TRUE = ("1", "true")
NO_RESULT = Fault("Sel ini berisi rumus tanpa hasil. Buka dan simpan sekali di Excel, lalu unggah lagi.")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
WORDS = {
    f"{namespace} {word}": word
    for namespace in NAMESPACES
    for word in ("row", "c", "v", "f", "is", "t", "rPh", "si", "sheet", "workbookPr", "numFmt", "cellXfs", "xf")
}
IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
PLACES = {letters(place): place for place in range(WIDEST)}


class Page(NamedTuple):
    """A sheet of a workbook, or a text file: `name` is '' for a text file; `rows`: (number, texts, is_hidden) of each
    row that is not empty; `total`: estimated number of rows, None if unknown; `epoch`: the day from which the workbook
    counts dates."""

    name: str
    is_hidden: bool
    rows: Iterator[tuple[int, list[str | Fault], bool]]
    total: int | None
    epoch: datetime = EPOCH


def pages(content: bytes) -> Iterator[Page]:
    """The sheets of a workbook. Raises SheetError, also while the rows are read."""
    for page in _translate_errors(_pages(content)):
        yield page._replace(rows=_translate_errors(page.rows))


def _translate_errors(reading: Iterator) -> Iterator:
    """Turns the errors of a hostile or damaged file into a SheetError; the cause is logged
    (sih/background/imports.py)."""
    try:
        yield from reading
    except (SheetError, MemoryError):
        raise
    except TooComplex as error:
        raise faults.too_complex() from error
    except Exception as error:
        raise faults.damaged() from error


def _pages(content: bytes) -> Iterator[Page]:
    package = Package(content)
    book = _Book(package)
    if not book.sheets:
        raise faults.no_list()
    for name, path, is_hidden in book.sheets:
        yield Page(name, is_hidden, _rows(package, path, book), _amount(package, path), book.epoch)


class _Book:
    """Data shared by the sheets: `sheets` (name, path, is_hidden), `strings` (None: longer than a cell allows),
    `formats` by style."""

    def __init__(self, package: Package) -> None:
        self._package, self.epoch = package, EPOCH
        self.sheets: list[tuple[str, str, bool]] = []
        self.strings: list[str | None] = []
        self.formats: list[NumberFormat] = []
        targets = package.relationships(package.workbook)
        kinds = dict(targets.values())
        self._read_workbook({key: path for key, (kind, path) in targets.items() if kind == "worksheet"})
        if "styles" in kinds:
            self._read_styles(kinds["styles"])
        if "sharedStrings" in kinds:
            self._read_strings(kinds["sharedStrings"])

    def _read_workbook(self, paths: dict[str, str]) -> None:
        """Reads the list of sheets; a sheet without cells, such as a chart, is left out. Gives each a name of its
        own."""
        names = set()

        def start(name: str, attributes: dict[str, str]) -> None:
            word = WORDS.get(name)
            if word == "workbookPr" and attributes.get("date1904") in TRUE:
                self.epoch = MAC_EPOCH
            elif word == "sheet":
                path = paths.pop(next((attributes[key] for key in IDS if key in attributes), ""), None)
                if path is not None:
                    name = cells.text_of(attributes.get("name", ""))[:LONGEST_NAME] or f"#{len(self.sheets) + 1}"
                    while name in names:  # Excel tells "Jawa" from "Jawa "
                        name += f" ({len(self.sheets) + 1})"
                    names.add(name)
                    self.sheets.append((name, path, attributes.get("state") in HIDDEN))

        self._package.parse(self._package.workbook, start)
        if len(self.sheets) > SHEETS or len({path for _, path, _ in self.sheets}) < len(self.sheets):
            raise faults.damaged()

    def _read_styles(self, path: str) -> None:
        codes, ids, is_inside = {}, [], False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal is_inside
            word = WORDS.get(name)
            if word == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif word == "cellXfs":
                is_inside = True
            elif word == "xf" and is_inside:
                ids.append(int(attributes.get("numFmtId", "0")))
            if len(ids) + len(codes) > FORMATS:
                raise TooComplex("too many formats")

        def end(name: str) -> None:
            nonlocal is_inside
            is_inside = is_inside and WORDS.get(name) != "cellXfs"

        self._package.parse(path, start, end)
        made = {key: NumberFormat(code) for key, code in (BUILTIN | codes).items()}
        self.formats = [made.get(key, GENERAL) for key in ids]

    def _read_strings(self, path: str) -> None:
        parts, is_text, is_sound = _Parts(), False, False

        def start(name: str, _) -> None:
            nonlocal is_text, is_sound
            word = WORDS.get(name)
            if word == "si":
                parts.clear()
            elif word == "rPh":
                is_sound = True  # phonetic guide of a text
            is_text = word == "t" and not is_sound

        def end(name: str) -> None:
            nonlocal is_text, is_sound
            word, is_text = WORDS.get(name), False
            if word == "rPh":
                is_sound = False
            elif word == "si":
                if len(self.strings) >= STRINGS:
                    raise faults.too_large()
                text = parts.joined()
                self.strings.append(None if text is None else cells.text_of(_unescaped(text)))

        self._package.parse(path, start, end, lambda data: is_text and parts.add(data))


class _Parts:
    """Collects the parts of a cell's text; None once it is longer than a cell allows."""

    def __init__(self) -> None:
        self._parts, self._length = [], 0

    def clear(self) -> None:
        self._parts, self._length = [], 0

    def add(self, data: str) -> None:
        self._length += len(data)
        if self._length <= cells.LONGEST:
            self._parts.append(data)

    def joined(self) -> str | None:
        return "".join(self._parts) if self._length <= cells.LONGEST else None


def _rows(package: Package, path: str, book: _Book) -> Iterator[tuple[int, list[str | Fault], bool]]:
    sheet = _Sheet(book)
    with package.open(path) as stream:
        try:
            for _ in markup.parse(stream, sheet.start, sheet.end, sheet.text):
                yield from sheet.rows
                sheet.rows.clear()
        except Exception:
            yield from sheet.rows  # rows parsed before the error: the caller needs them to see whether this is a list
            raise


class _Sheet:
    """Collects `rows` as the parser meets them: number, the text of each non-empty cell (none in an empty row), and
    whether a filter or a user hides the row."""

    def __init__(self, book: _Book) -> None:
        self._book, self._parts = book, _Parts()
        self.rows: list[tuple[int, list[str | Fault], bool]] = []
        self._number, self._texts, self._amount, self._is_numbered = 0, [], 0, True
        self._place, self._kind, self._style = -1, "n", None
        self._is_text = self._is_sound = self._has_formula = self._has_value = self._is_hidden = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        word = WORDS.get(name)
        if word == "c":
            self._begin_cell(attributes)
        elif word == "v":
            self._has_value, self._is_text = True, self._kind != "inlineStr"
        elif word == "t":
            self._is_text = self._kind == "inlineStr" and not self._is_sound
        elif word == "rPh":
            self._is_sound = True
        elif word == "f":
            self._has_formula = True
        elif word == "row":
            self._begin_row(attributes.get("r"))
            self._is_hidden = attributes.get("hidden") in TRUE

    def text(self, data: str) -> None:
        if self._is_text:
            self._parts.add(data)

    def end(self, name: str) -> None:
        word = WORDS.get(name)
        if word == "c":
            self._end_cell()
        elif word in ("v", "t"):
            self._is_text = False
        elif word == "rPh":
            self._is_sound = False
        elif word == "row":
            self.rows.append((self._number, self._texts, self._is_hidden))

    def _begin_row(self, number: str | None) -> None:
        self._is_numbered = number is not None
        self._number_row(int(float(number)) if number else self._number + 1)
        self._texts, self._amount, self._place = [], 0, -1

    def _number_row(self, number: int) -> None:
        if not self._number < number <= EXCEL_ROWS:
            raise NotWellFormed("a row out of order")
        self._number = number

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            self._place = PLACES.get(letters, WIDEST)
            if not self._is_numbered:
                self._is_numbered = True
                if (number := int(reference[len(letters) :])) != self._number:
                    self._number_row(number)
        else:
            self._place += 1
        self._amount += 1
        if self._amount > EXCEL_COLUMNS:
            raise faults.too_wide()
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
        self._parts.clear()
        self._is_text = self._is_sound = self._has_formula = self._has_value = False

    def _end_cell(self) -> None:
        text = self._parts.joined()
        if text:
            value = self._cell_text(text)
        elif text is None:
            raise faults.too_long(self._number)
        elif self._has_formula and not (self._has_value and self._kind == "str"):
            value = NO_RESULT
        else:
            return
        if not value:
            return
        if self._place >= WIDEST:
            raise faults.too_wide()
        if len(self._texts) <= self._place:
            self._texts += [""] * (self._place + 1 - len(self._texts))
        self._texts[self._place] = value

    def _cell_text(self, text: str) -> str | Fault:
        if self._kind == "s":
            index = int(text)
            if index < 0:
                raise NotWellFormed("a string before the first")
            value = self._book.strings[index]
            if value is None:
                raise faults.too_long(self._number)
            return value
        if self._kind == "n":
            return self._number_text(text)
        if self._kind == "b":
            return cells.text_of(bool(int(text)))
        if self._kind == "d":
            return cells.text_of(_iso(text))
        return cells.text_of(_unescaped(text))

    def _number_text(self, text: str) -> str | Fault:
        """The text of a number. A spreadsheet keeps fifteen digits and replaces the others by zeros."""
        try:
            number = float(text)
            if not isfinite(number):
                return "#NUM!"
            number = number if "." in text or "E" in text or "e" in text else int(text)
        except ValueError:
            return "#VALUE!"
        style = self._book.formats[int(self._style)] if self._style else GENERAL
        if style.is_date:
            try:
                return cells.text_of(duration(number) if style.is_duration else moment(number, self._book.epoch))
            except (OverflowError, ValueError):
                return "#VALUE!"
        if abs(number) >= EXACT:
            return cells.lost_digits(f"{number:.0f}"[:80])
        return cells.text_of(style.drawn(int(number)) if number == int(number) else number)


def _unescaped(text: str) -> str:
    """Decodes characters that XML cannot hold, written as their code: _x000D_ (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _iso(text: str) -> datetime | str:
    """Parses a date that the file stores as text; any other text is returned unchanged."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _amount(package: Package, path: str) -> int | None:
    """The estimated number of rows, from the dimension that the sheet declares; None if it declares none."""
    with package.open(path) as stream:
        dimension = re.search(rb'<dimension ref="[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}(\d{1,7})"', stream.read(2000))
    return int(dimension.group(1)) if dimension else None
