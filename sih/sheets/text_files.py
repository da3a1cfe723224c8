"""CSV as it comes: with or without BOM, in UTF-8, UTF-16 or Windows-1252, by comma, semicolon, tab or bar."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from sih.sheets import cells
from sih.sheets.faults import SheetError

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ";,\t|"


def pages(content: bytes) -> Iterator[tuple[str, Iterator, int | None]]:
    """The one page that a text has: (name, rows, how many about). Raises SheetError, also while it is read."""
    text = _decoded(content)
    if "\x00" in text:
        raise SheetError("Ini bukan daftar. Unggah berkas XLSX atau CSV.")
    yield "CSV", _rows(text), text.count("\n") + 1


def _decoded(content: bytes) -> str:
    encoding = next((name for bom, name in BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise SheetError("Berkas ini rusak: pengodeannya tidak dapat dibaca.") from error
        return content.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.splitlines()[:20]
    delimiter = max(DELIMITERS, key=lambda one: _evenness(lines, one))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            texts = [cells.text_of(cell) for cell in row]
            if any(texts):
                yield number, texts
    except csv.Error as error:
        raise SheetError("Berkas ini rusak di dekat baris %(line)s.", line=str(reader.line_num)) from error


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines this parts into the same number of cells, and into how many: a name may hold more commas than
    its line has semicolons."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    return max(((amount, width) for width, amount in widths.items() if width > 1), default=(0, 0))
