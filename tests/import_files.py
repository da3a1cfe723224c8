"""Files that an admin imports, and the import's background work, which a test runs itself."""

import io
from datetime import datetime

import openpyxl

from sih.background import imports
from sih.dao.imports import Imports
from sih.dao.query import Query
from sih.domain import clock
from sih.masters.records import Import


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def xlsx(*rows: list, title: str = "Daftar") -> bytes:
    """A workbook with these rows on its one sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(person, noun: str, content: bytes, **fields) -> int:
    """Sends the form with this file; gives the number of the import."""
    data = {**person.tokens, "noun": noun, "file": (io.BytesIO(content), "list.xlsx"), **fields}
    response = person.client.post("/imports", data=data, content_type="multipart/form-data")
    assert response.status_code == 303, response.get_data(as_text=True)
    return int(response.location.rpartition("/")[2])


def dry_run(person, query: Query, noun: str, content: bytes, **fields) -> Import:
    """Uploads the file and runs the check."""
    number = upload(person, noun, content, **fields)
    imports.check(query, number, clock.now(), lambda *_: None)
    return found(query, number)


def found(query: Query, number: int, at: datetime | None = None) -> Import:
    return Imports(query).of(number, at or clock.now())


def confirm(person, one: Import, status: int = 303, **fields):
    return person.post(f"/imports/{one.id}/confirmations", status, fingerprint=one.fingerprint, **fields)


def write(query: Query, one: Import, progress=lambda *_: None) -> Import:
    """Writes a confirmed import, as the worker does."""
    imports.write(query, one.id, clock.now(), progress)
    return found(query, one.id)


def bring(person, query: Query, noun: str, content: bytes, **fields) -> Import:
    """Uploads, confirms and writes a file."""
    one = dry_run(person, query, noun, content, **fields)
    confirm(person, one)
    return write(query, one)


def faults(query: Query, one: Import) -> dict[int, list[str]]:
    """The errors of each invalid row, by its number."""
    rows = Imports(query).changes(one.id, "fault")
    return {row.number: [fault["text"] % fault["facts"] for fault in row.facts["faults"]] for row in rows}
