"""Reads CSV of any common form: with or without BOM; UTF-8, UTF-16 or Windows-1252; comma, semicolon, tab or bar."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from sih.sheets import cells, faults
from sih.sheets.faults import Fault, SheetError
from sih.sheets.workbooks import EXCEL_COLUMNS, EXCEL_ROWS, WIDEST, Page

SAMPLE = 4096  # bytes examined to detect UTF-16 without a BOM
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ";,\t|"
CHUNK = 1 << 20
LONGEST_ROW = 1_000_000  # characters; a quoted cell may span many lines
ODD_QUOTE = Fault('Sel ini berisi beberapa baris daftar. Periksa tanda petik (") di baris ini.')


def pages(content: bytes) -> Iterator[Page]:
    """The one page of a text file. Raises SheetError, also while the rows are read."""
    encoding = encoding_of(content)
    try:
        lines = _amount(content, encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise SheetError("Berkas ini rusak: pengodeannya tidak dapat dibaca.") from error
        encoding = "cp1252"
        lines = _amount(content, encoding)
    yield Page("", False, _rows(content, encoding), lines)


def encoding_of(content: bytes) -> str:
    """The encoding given by the BOM; without one UTF-16 if most characters at the beginning have a zero byte, else
    UTF-8."""
    for bom, encoding in BOMS.items():
        if content.startswith(bom):
            return encoding
    zeros = [content[place:SAMPLE:2].count(0) for place in (0, 1)]
    if max(zeros) * 4 <= len(content[:SAMPLE]) or min(zeros) * 10 > max(zeros):
        return "utf-8"
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _amount(content: bytes, encoding: str) -> int:
    """The number of lines. Raises UnicodeDecodeError if the content is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding == "cp1252" else "strict")
    amount = 1
    for place in range(0, len(content), CHUNK):
        text = decoder.decode(content[place : place + CHUNK], final=place + CHUNK >= len(content))
        if "\x00" in text:
            raise faults.no_list()
        amount += text.count("\n")
    return amount


def _rows(content: bytes, encoding: str) -> Iterator[tuple[int, list[str | Fault], bool]]:
    file = io.TextIOWrapper(io.BytesIO(content), encoding, "replace" if encoding == "cp1252" else "strict", newline="")
    first = list(islice(_lines(file), 20))
    delimiter = max(DELIMITERS, key=lambda one: _evenness(first, one))
    width = _evenness(first, delimiter)[1]
    file.seek(0)
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            lines.length = 0
            if len(row) > WIDEST and (len(row) > EXCEL_COLUMNS or any(map(str.strip, row[WIDEST:]))):
                raise faults.too_wide()
            if number > EXCEL_ROWS:
                raise faults.too_many_rows()
            if any(len(cell) > cells.LONGEST for cell in row):
                raise faults.too_long(number)
            texts: list[str | Fault] = [cells.text_of(cell) for cell in row[:WIDEST]]
            if _are_several_rows(row, width, delimiter):
                texts = [ODD_QUOTE if "\n" in cell else text for cell, text in zip(row, texts, strict=False)]
            if any(texts) and "\t" in row[0] and not any(texts[1:]):
                texts[0] = row[0]  # perhaps a whole line in quotes, which reading.py splits
            if texts:
                yield number, texts, False
    except csv.Error as error:
        raise SheetError(
            'Berkas ini rusak di dekat baris %(line)s. Periksa tanda petik (") di baris itu dan di atasnya, atau '
            "simpan daftarnya sebagai .xlsx.",
            line=str(reader.line_num),
        ) from error


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """Each line with its line end, shortened if it is too long."""
    while line := file.readline(LONGEST_ROW + 1):
        yield line


class _Lines:
    """Supplies lines to csv.reader, which takes as many as a row has; `length` counts the characters of the row."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._lines, self._amount, self.length = _lines(file), 0, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._amount += 1
        self.length += len(line)
        if self.length > LONGEST_ROW:
            raise SheetError("Berkas ini rusak: di dekat baris %(line)s ada baris yang terlalu panjang.",
                             line=str(self._amount))  # fmt: skip
        return line


def _are_several_rows(row: list[str], width: int, delimiter: str) -> bool:
    """Whether quotes that do not belong together join lines of the list: each line of this row has all the cells of
    one."""
    if width < 2 or not any("\n" in cell for cell in row):
        return False
    return all(line.count(delimiter) == width - 1 for line in delimiter.join(row).splitlines())


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines the delimiter splits into the same number of cells, and that number: a name may hold more commas
    than its line has semicolons."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    return max(((amount, width) for width, amount in widths.items() if width > 1), default=(0, 0))
