"""A list as an XLSX file, and the faulty rows of an import as one that an import reads again."""

import tempfile
from collections.abc import Callable, Iterable, Iterator

from flask import Response, send_file

from sih import sheets
from sih.dao.imports import Imports
from sih.masters import BY_NAME
from sih.masters.records import Import

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 5_000_000  # bytes; a larger file is put together on the disk


def send_xlsx(name: str, write: Callable) -> Response:
    """`write` gets the file."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - send_file closes it
    write(file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def write_faults(file, imports: Imports, found: Import, heading: str, sentence: Callable[[dict], str]) -> None:
    """The headings of the imported file and its faulty rows as they stand there, with one more column, `heading`, that
    says what is wrong: `sentence` of each fault. No list knows that heading, so an import leaves the column out."""
    old = {place for place, text in enumerate(found.headings) if text == heading}  # of a file that was mended before
    headings = [text for place, text in enumerate(found.headings) if place not in old]
    rows = _faulty_rows(imports.faulty(found.id), len(found.headings), old, sentence)
    sheets.write_xlsx(file, BY_NAME[found.noun].title, [*headings, heading], rows)


def _faulty_rows(rows: Iterable[dict], width: int, old: set[int], sentence: Callable) -> Iterator[list[str]]:
    """What stands beyond the last heading stays there, so that it is still wrong."""
    for row in rows:
        cells = row["cells"] or []
        cells = cells + [""] * (width - len(cells))
        kept = [text for place, text in enumerate(cells[:width]) if place not in old]
        yield [*kept, "; ".join(map(sentence, row["faults"])), *cells[width:]]
