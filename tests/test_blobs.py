"""Blobs are stored in parts, read back whole, and deleted with the last row that refers to them."""

import io
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bench.databases import opened
from sih.dao.blobs import PART, Blobs
from sih.dao.imports import Imports
from sih.dao.problem_exports import ProblemExports
from sih.dao.query import Pool, Query
from sih.domain import clock
from sih.domain.errors import RuleViolated
from tests.facts import amount

TABLES = ("import", "import_row", "import_change", "problem_export", "blob", "blob_part")
WAITING = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def new_import(query):
    def made(content: bytes = b"Kode;Nama\nT100;Baru\n") -> int:
        facts = {"noun": "store", "file_name": "x", "content": content, "is_complete": False, "actor_id": None}
        return Imports(query).add(facts, clock.now())

    return made


@pytest.fixture
def new_export(query, employees):
    return lambda: ProblemExports(query).add(employees["susi"], "csv", {}, clock.now())


def left(query) -> dict[str, int]:
    """What is not empty."""
    return {table: rows for table in TABLES if (rows := amount(query, table))}


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 3 * PART - 1])
def test_a_blob_is_read_back_unchanged(query, size):
    content, blobs = bytes(range(256)) * (size // 256) + b"x" * (size % 256), Blobs(query)
    number = blobs.keep(io.BytesIO(content), clock.now())
    parts = list(blobs.parts(number))
    assert blobs.whole(number) == b"".join(parts) == content
    assert [len(part) for part in parts[:-1]] == [PART] * (len(parts) - 1)
    assert query.one("SELECT size FROM blob")["size"] == size


def test_a_download_returns_its_connection_between_parts(query, pool):
    number = Blobs(query).keep(io.BytesIO(b"x" * (PART + 1)), clock.now())
    parts = Blobs(query).parts(number)
    next(parts)
    assert query._connection is None


def test_a_referenced_blob_cannot_be_dropped(query, new_import):
    number = new_import()
    with pytest.raises(RuleViolated):
        Blobs(query).drop([query.one("SELECT blob_id FROM import")["blob_id"]])
    assert Imports(query).content(number) == b"Kode;Nama\nT100;Baru\n"


def test_swept_imports_and_exports_leave_no_blob(query, new_import, new_export):
    new_import()
    ProblemExports(query).keep(new_export(), io.BytesIO(b"Nomor\n"), clock.now())
    new_export()  # and one that nobody made
    later = clock.now() + timedelta(hours=25)
    Imports(query).sweep(later)
    ProblemExports(query).sweep(later)
    assert left(query) == {}


def test_files_of_today_are_not_swept(query, new_import, new_export, moved_clock):
    old, number = new_import(b"old"), new_export()
    ProblemExports(query).keep(number, io.BytesIO(b"old"), clock.now())
    moved_clock(hours=23)
    today, made = new_import(b"today"), new_export()
    ProblemExports(query).keep(made, io.BytesIO(b"made"), clock.now())
    Imports(query).sweep(moved_clock(hours=2))
    ProblemExports(query).sweep(clock.now())
    assert Imports(query).of(old, clock.now()) is None and Imports(query).content(today) == b"today"
    assert list(ProblemExports(query).parts(made)) == [b"made"] and list(ProblemExports(query).parts(number)) == []
    assert left(query) == {"import": 1, "problem_export": 1, "blob": 2, "blob_part": 2}


def test_an_export_made_by_two_workers_keeps_one_blob(query, new_export):
    number = new_export()
    for content in (b"first", b"second"):
        ProblemExports(query).keep(number, io.BytesIO(content), clock.now())
    assert left(query) == {"problem_export": 1, "blob": 1, "blob_part": 1}


def test_a_rolled_back_import_leaves_no_blob(query, new_import):
    with pytest.raises(RuleViolated), query.transaction():
        new_import()
        query.execute("UPDATE import SET actor_id = -1")
    assert left(query) == {}


@contextmanager
def waiting(database: dict, sweep):
    """sweep(query) has begun, and waits for this transaction."""

    def run() -> None:
        with opened(Pool(**database)) as other:
            sweep(other)

    thread = threading.Thread(target=run)
    thread.start()
    with opened(Pool(**database)) as watching:
        deadline = time.monotonic() + 30
        while not watching.select(WAITING) and time.monotonic() < deadline:
            time.sleep(0.02)
    yield thread


def test_a_file_made_while_its_export_is_swept_is_swept(query, database, new_export):
    number, later = new_export(), clock.now() + timedelta(hours=25)
    with query.transaction():
        ProblemExports(query).keep(number, io.BytesIO(b"late"), clock.now())
        with waiting(database, lambda other: ProblemExports(other).sweep(later)) as thread:
            assert thread.is_alive()
    thread.join(30)
    assert left(query) == {}


def test_rows_read_while_their_import_is_swept_are_swept(query, database, new_import):
    number, later = new_import(), clock.now() + timedelta(hours=25)
    row = {
        "place": 1,
        "sheet": "",
        "number": 2,
        "is_hidden": False,
        "key": "t100",
        "facts": {},
        "inactive": [],
        "faults": [],
    }
    with query.transaction():
        Imports(query).lock(number)
        Imports(query).add_rows(number, [row])
        with waiting(database, lambda other: Imports(other).sweep(later)) as thread:
            assert thread.is_alive()
    thread.join(30)
    assert left(query) == {}


def test_reading_metadata_reads_no_bytes(query, new_import, new_export, monkeypatch):
    one, other = new_import(), new_export()
    statements, run = [], Query._run

    def noted(self, cursor, sql, params):
        statements.append(sql)
        return run(self, cursor, sql, params)

    monkeypatch.setattr(Query, "_run", noted)
    Imports(query).of(one, clock.now()), Imports(query).recent(clock.now()), Imports(query).lock(one)
    ProblemExports(query).of(other, clock.now())
    assert len(statements) == 4 and not [sql for sql in statements if "content" in sql]
