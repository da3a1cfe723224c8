"""The process that reads an uploaded file: it has limits and no secrets, and ends when it is not needed."""

import io
import os
import signal
import socket

import psutil
import pytest

from sih import sheets
from sih.background.imports import columns_of
from sih.masters.nouns import EMPLOYEE
from sih.sheets import SheetError, apart
from tests.import_files import xlsx
from tests.xlsx_files import HEAD, LINE, SHEET, replaced, shared

MANY = [[f"{number:08}", f"Nama {number}", "T001"] for number in range(20_000)]


def many() -> bytes:
    file = io.BytesIO()
    sheets.write_xlsx(file, "Karyawan", HEAD, MANY)
    return file.getvalue()


def rows_of(content: bytes) -> list:
    with sheets.read_apart(content, columns_of(EMPLOYEE)) as sheet:
        return list(sheet.rows)


def refused(content: bytes) -> str:
    with pytest.raises(SheetError) as error:
        rows_of(content)
    return error.value.message % error.value.facts


def readers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "reading_process" in " ".join(child.cmdline())]


def reader() -> psutil.Process:
    [process] = readers()
    return process


@pytest.fixture(autouse=True)
def _leaves_no_process():
    yield
    assert readers() == []


@pytest.mark.parametrize(
    "content", [xlsx(HEAD, LINE, ["", "Ani", "#N/A"]), b"NIK;Nama;X\n0077;Budi;1\n;Ani;2\n", many()]
)
def test_the_reader_process_returns_the_same_rows_as_reading_directly(content):
    here = sheets.read_sheet(content, columns_of(EMPLOYEE))
    with sheets.read_apart(content, columns_of(EMPLOYEE)) as there:
        assert there.sheets == here.sheets
        assert list(there.rows) == list(here.rows)


def test_the_reader_process_refuses_with_the_same_sentence():
    assert refused(b"%PDF-1.7").startswith("Ini berkas PDF, bukan daftar.")
    assert refused(b'NIK;Nama\n0077;"Budi').startswith("Berkas ini rusak di dekat baris")


def test_a_file_that_needs_too_much_cpu_time_is_refused(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 1)
    idle = b"<x/>" * 2_400_000
    assert refused(
        replaced(many(), SHEET, lambda xml: xml.replace(b"</sheetData>", idle + b"</sheetData>"))
    ).startswith("Berkas ini terlalu rumit untuk dibaca")


def test_a_file_that_needs_too_much_memory_is_refused(monkeypatch):
    monkeypatch.setattr(apart, "BYTES", 100_000_000)
    texts = b"".join(b"<si><t>%d</t></si>" % number for number in range(1_200_000))
    swollen = replaced(
        shared(HEAD, LINE), "xl/sharedStrings.xml", lambda xml: xml.replace(b"</sst>", texts + b"</sst>")
    )
    assert refused(swollen).startswith("Berkas ini terlalu rumit untuk dibaca")


@pytest.mark.parametrize(("seconds", "size"), [(0.01, 1_000_000_000), (60, 1_000_000)], ids=["time", "memory"])
def test_without_kernel_limits_the_parent_ends_the_reader(monkeypatch, seconds, size):
    monkeypatch.setattr(apart, "KERNEL_LIMITS", False)
    watch = apart.limit
    monkeypatch.setattr(apart, "limit", lambda process, *_: watch(process, seconds, size))
    assert refused(many()).startswith("Berkas ini terlalu rumit untuk dibaca")


def test_a_silent_reader_is_a_refusal(monkeypatch):
    with sheets.read_apart(many(), columns_of(EMPLOYEE)) as sheet, pytest.raises(SheetError, match="terlalu rumit"):
        next(sheet.rows)
        monkeypatch.setattr(apart, "SILENCE", 0.5)
        reader().send_signal(signal.SIGSTOP)
        list(sheet.rows)


def test_a_killed_reader_is_a_refusal():
    with sheets.read_apart(many(), columns_of(EMPLOYEE)) as sheet, pytest.raises(SheetError, match="terlalu rumit"):
        next(sheet.rows)
        reader().kill()
        list(sheet.rows)


def test_the_reader_process_has_neither_connections_nor_secrets(monkeypatch):
    monkeypatch.setenv("secret_key", "of this process alone")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as open_one:
        os.set_inheritable(open_one.fileno(), True)
        with sheets.read_apart(many(), columns_of(EMPLOYEE)) as sheet:
            next(sheet.rows)
            assert reader().net_connections(kind="all") == []
            assert "secret_key" not in reader().environ()


def test_the_reader_waits_for_a_slow_consumer():
    with sheets.read_apart(many(), columns_of(EMPLOYEE)) as sheet:
        next(sheet.rows)
        assert len(list(sheet.rows)) == len(MANY) - 1


def test_the_reader_ends_when_its_rows_are_not_read():
    with pytest.raises(RuntimeError), sheets.read_apart(many(), columns_of(EMPLOYEE)) as sheet:
        next(sheet.rows)
        raise RuntimeError
