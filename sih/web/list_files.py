"""Sends a list as an XLSX file, and writes the faulty rows of an import as a file that can be imported again."""

import tempfile
from collections.abc import Callable, Iterable, Iterator

from flask import Response, send_file

from sih import sheets
from sih.dao.imports import Imports
from sih.masters import BY_NAME
from sih.masters.records import Import

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 5_000_000  # bytes; a larger file is buffered on disk


def send_xlsx(name: str, write: Callable) -> Response:
    """Sends the file that `write` fills; `write` gets the open file."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - send_file closes it
    write(file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def write_faults(file, imports: Imports, found: Import, heading: str, sentence: Callable[[dict], str]) -> None:
    """Writes the headings and the original cells of the faulty rows, with an additional column, `heading`, for the
    error messages: `sentence` of each fault. No list has a column with that heading, so an import ignores it."""
    old = {place for place, text in enumerate(found.headings) if text == heading}  # of a corrected file
    headings = [text for place, text in enumerate(found.headings) if place not in old]
    rows = _faulty_rows(imports.faulty(found.id), len(found.headings), old, sentence)
    sheets.write_xlsx(file, BY_NAME[found.noun].title, [*headings, heading], rows)


def _faulty_rows(rows: Iterable[dict], width: int, old: set[int], sentence: Callable) -> Iterator[list[str]]:
    """The original cells and the messages. Cells beyond the last heading stay there, so that the row remains faulty."""
    for row in rows:
        cells = row["cells"] or []
        cells = cells + [""] * (width - len(cells))
        kept = [text for place, text in enumerate(cells[:width]) if place not in old]
        yield [*kept, "; ".join(map(sentence, row["faults"])), *cells[width:]]
