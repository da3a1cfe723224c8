"""XLSX, read row by row by openpyxl. What could harm is refused before it is opened: a bomb, a lock, a damaged file."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator

import openpyxl

from sih.sheets import cells
from sih.sheets.faults import Fault, SheetError

LARGEST, RATIO, SMALL = 300_000_000, 200, 10_000_000  # bytes unpacked; how far a member may swell, if it is not small
WIDEST = 200
CHUNK = 1 << 20
EXACT = 10**15
# A formula whose result the spreadsheet never wrote down: <c r="B7"><f>…</f></c>, perhaps with an empty <v>.
UNSOLVED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
DAMAGED = "Berkas ini rusak atau bukan XLSX. Buka dan simpan sekali di Excel, lalu unggah lagi."
NO_RESULT = Fault("Sel ini berisi rumus tanpa hasil. Buka dan simpan sekali di Excel, lalu unggah lagi.")


def pages(content: bytes) -> Iterator[tuple[str, Iterator, int | None]]:
    """(name, rows, how many about) of each sheet. Raises SheetError, also while it is read."""
    unsolved = _looked_through(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own size is often wrong
            yield sheet.title, _rows(sheet, unsolved.get(_path(sheet), set())), _amount(content, sheet)
    except SheetError:
        raise
    except Exception as error:  # whatever a damaged file makes of a parser
        raise SheetError(DAMAGED) from error


def _rows(sheet, unsolved: set[tuple[int, int]]) -> Iterator[tuple[int, list[str | Fault]]]:
    try:
        for row in sheet.iter_rows():
            if len(row) > WIDEST:
                raise SheetError("Berkas ini terlalu lebar; paling banyak 200 kolom.")
            texts = [_text(cell) for cell in row]
            number = next((cell.row for cell in row if cell.value is not None), None)
            if number is None and unsolved:
                number = next((cell.row for cell in row if hasattr(cell, "row")), None)
            for place in (place for line, place in unsolved if line == number):
                texts += [""] * (place + 1 - len(texts))
                texts[place] = NO_RESULT
            if number is not None and any(texts):
                yield number, texts
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(DAMAGED) from error


def _text(cell) -> str | Fault:
    """A number is shown in its format; looking for the format of every text would double the time. A spreadsheet keeps
    fifteen digits of a number and makes noughts of the others."""
    value = cell.value
    if isinstance(value, int | float) and abs(value) >= EXACT:
        return cells.lost_digits(f"{value:.0f}")
    return cells.text_of(value, cell.number_format) if isinstance(value, int | float) else cells.text_of(value)


def _looked_through(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Unpacks every member once, counting real bytes; gives the cells of each whose formula has no result."""
    unsolved, total = {}, 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if "xl/workbook.xml" not in file.namelist():
                raise SheetError("Ini bukan daftar. Unggah berkas XLSX atau CSV.")
            for member in file.infolist():
                size, found = _unpacked(file, member, LARGEST - total)
                total += size
                if found:
                    unsolved[member.filename] = found
    except SheetError:
        raise
    except Exception as error:  # whatever a damaged file makes of zipfile and zlib; the log has it (sih/imports.py)
        raise SheetError(DAMAGED) from error
    return unsolved


def _unpacked(file: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> tuple[int, set[tuple[int, int]]]:
    size, rest, found = 0, b"", set()
    is_sheet = member.filename.startswith("xl/worksheets/")
    with file.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > left or (size > SMALL and size > RATIO * max(member.compress_size, 1)):
                raise SheetError("Berkas ini terlalu besar setelah dibuka. Belum ada yang disimpan.")
            if is_sheet and (b"<f" in chunk or rest):
                rest += chunk
                found |= {(int(line), _place(letters)) for letters, line in UNSOLVED.findall(rest)}
                rest = rest[-2000:]
    return size, found


def _place(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _path(sheet) -> str:
    return sheet._worksheet_path.lstrip("/")


def _amount(content: bytes, sheet) -> int | None:
    """About how many rows, from what the sheet says of itself; None where it says nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as file, file.open(_path(sheet)) as stream:
        said = re.search(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', stream.read(2000))
    return int(said.group(1)) if said else None
