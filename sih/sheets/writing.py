"""Writes lists as files that a spreadsheet opens and an import accepts: a text that looks like a formula stays a
text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from sih.sheets.cells import unguarded

BATCH = 500  # rows per chunk
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
A4 = 9  # Excel's number of this paper size


def guarded(text: str) -> str:
    """Puts an apostrophe before a text that a spreadsheet would read as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else escaped(text)


def escaped(text: str) -> str:
    """Puts an apostrophe before a text that an import would change (cells.unguarded); the import removes it."""
    return f"'{text}" if unguarded(text) != text else text


def hours_and_minutes(duration: timedelta) -> str:
    """Formats a duration as '26:05', which a spreadsheet recognises; whole minutes."""
    hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
    return f"{hours}:{minutes:02}"


def write_csv(headings: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Yields CSV in UTF-8 with BOM and semicolons, which an Indonesian Excel opens by double click."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(headings)
    yield b"\xef\xbb\xbf"
    for amount, row in enumerate(rows, 1):
        writer.writerow([guarded(text) for text in row])
        if amount % BATCH == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def write_xlsx(file, title: str, headings: list[str], rows: Iterable[list[str]]) -> None:
    """Writes one sheet with a frozen heading row and a filter; every cell is plain text. Uses constant memory."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and few processes need it

    with xlsxwriter.Workbook(file, PLAIN) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, max(12, len(heading) + 2))
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        amount = 0
        for amount, row in enumerate(rows, 1):
            for place, text in enumerate(row):
                sheet.write_string(amount, place, escaped(text))
        sheet.autofilter(0, 0, amount, len(headings) - 1)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
