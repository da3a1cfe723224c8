"""Unduh daftar: the filtered list as a file, made in the background; for supervisors, each sees only the own files."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import openpyxl
import pytest

from sih.background import problem_exports
from sih.background.worker import Worker
from sih.dao.problem_exports import ExportedProblem, ProblemExports
from sih.dao.problems import Problems
from sih.domain import clock
from tests.conftest import bring
from tests.histories import History


@pytest.fixture
def susi(person, problem):
    for state in ("new", "in_progress", "escalated", "closed", "closed"):
        problem(state, title=f"=cmd|' {state}")
    return person("susi")


@pytest.fixture
def export(pool):
    """export(person, address, format) asks for it, lets a worker make it, and gives the file."""

    def made(who, address: str, file_format: str) -> bytes:
        form = who.get(address).select_one("form[action='/problem-exports']")
        who.post("/problem-exports", filters=form.select_one("[name=filters]")["value"], format=file_format)
        place = who.response.headers["Location"]
        while Worker(pool).step():
            pass
        link = who.get(place).find("a", string="Unduh berkas")["href"]
        who.get(link)
        return who.response.data

    return made


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def sheet_of(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_a_spreadsheet_of_the_whole_list(susi, export):
    sheet = sheet_of(export(susi, "/problems", "xlsx"))
    head, *rows = sheet.iter_rows(values_only=True)
    assert list(head) == problem_exports.COLUMNS and len(rows) == 5
    assert all(isinstance(row[0], int) and row[1].year >= 2000 for row in rows)
    assert {row[2][:5] for row in rows} == {"=cmd|"} and {cell.data_type for cell in sheet["C"]} == {"s"}


def test_the_spreadsheet_can_be_filtered_and_printed(susi, export):
    sheet = sheet_of(export(susi, "/problems", "xlsx"))
    assert sheet.auto_filter.ref == sheet.dimensions and sheet.freeze_panes == "B2"
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"
    assert sheet["A1"].alignment.wrap_text


def test_a_csv_in_the_indonesian_format(susi, export):
    head, *rows = read_csv(export(susi, "/problems", "csv"))
    assert head == problem_exports.COLUMNS and len(rows) == 5
    assert all(clock.datetime.strptime(row[1], "%d/%m/%Y %H:%M") and row[2].startswith("'=") for row in rows)


@pytest.fixture
def lived(query, employees, problem, moved_clock):
    """A problem that took 26 hours and 5 minutes: reported in the last hour of the company's year, handed over to
    Umum and by it to Pandu, closed, reopened, and closed again."""
    moved_clock(datetime(2024, 12, 31, 16, 30, 50, tzinfo=UTC))
    number = problem(title="Kasir mati", description="Baris satu\nbaris dua")
    for minutes, verb in ((75, "open"), (60, "to Umum"), (0, "accept"), (60, "to pandu"), (0, "accept"),
                          (60, "close")):  # fmt: skip
        moved_clock(minutes=minutes)
        bring(query, employees, number, verb)
    moved_clock(minutes=60)
    problems, hadi = Problems(query), employees["hadi"]
    problems.reopen(number, problems.visible_to(hadi, number).last_event_id, hadi, clock.now(), "Mati lagi.")
    moved_clock(hours=20, minutes=50)
    bring(query, employees, number, "close")
    return number


FACTS = {
    "Kendala": "Kasir mati",
    "Deskripsi": "Baris satu\nbaris dua",
    "Status": "Selesai",
    "Prioritas": "Tinggi",
    "Kategori": "Jaringan",
    "Toko": "T001 Kelapa Gading",
    "Barang": "Printer",
    "NIK pelapor": "10000001",
    "Pelapor": "Rini",
    "Diagnosis": "Rol aus.",
    "Solusi": "Rol diganti.",
    "Divisi": "IT > Aplikasi",
    "PIC": "Pandu (20000005)",
    "Dialihkan (kali)": 2,
    "Dialihkan ke": "Umum; IT > Aplikasi (Pandu)",
    "Dibuka lagi (kali)": 1,
    "Menunggu sejak (WIB)": None,
}


def test_a_row_has_all_that_a_monthly_report_needs(person, lived, export):
    head, row = sheet_of(export(person("susi"), "/problems", "xlsx")).iter_rows(values_only=True)
    times = {"Nomor": lived, "Dilaporkan (WIB)": datetime(2024, 12, 31, 23, 30)}
    times |= {"Dibuka (WIB)": datetime(2025, 1, 1, 0, 45), "Selesai (WIB)": datetime(2025, 1, 2, 1, 35)}
    times |= {"Sampai dibuka (jam:menit)": timedelta(hours=1, minutes=15)}
    times |= {"Sampai selesai (jam:menit)": timedelta(hours=26, minutes=5)}
    assert dict(zip(head, row, strict=True)) == FACTS | times


def test_a_row_of_the_csv_says_the_same(person, lived, export):
    head, row = read_csv(export(person("susi"), "/problems", "csv"))
    times = {"Nomor": str(lived), "Dilaporkan (WIB)": "31/12/2024 23:30"}
    times |= {"Dibuka (WIB)": "01/01/2025 00:45", "Selesai (WIB)": "02/01/2025 01:35"}
    times |= {"Sampai dibuka (jam:menit)": "1:15", "Sampai selesai (jam:menit)": "26:05"}
    texts = {name: "" if value is None else str(value) for name, value in FACTS.items()}
    assert dict(zip(head, row, strict=True)) == texts | times


def test_durations_are_kept_as_such(person, lived, export):
    sheet = sheet_of(export(person("susi"), "/problems", "xlsx"))
    assert [cell.number_format for cell in sheet[2][-2:]] == ["[h]:mm", "[h]:mm"]


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura"])
def test_times_are_of_the_companys_zone_wherever_the_reader_is(person, query, lived, export, zone):
    query.execute(f"UPDATE store SET time_zone = '{zone}'")
    head, row = read_csv(export(person("susi"), "/problems?year=2024", "csv"))
    assert row[head.index("Dilaporkan (WIB)")] == "31/12/2024 23:30"


def test_an_open_problem_waits_and_has_no_end(person, problem, export):
    problem("new"), problem("escalated")
    head, *rows = sheet_of(export(person("susi"), "/problems", "xlsx")).iter_rows(values_only=True)
    escalated, new = (dict(zip(head, row, strict=True)) for row in rows)
    assert new["Menunggu sejak (WIB)"] and new["Divisi"] == "Helpdesk" and new["Dialihkan (kali)"] == 0
    empty = ["Prioritas", "Kategori", "Diagnosis", "Solusi", "PIC", "Dialihkan ke", "Dibuka (WIB)", "Selesai (WIB)"]
    assert [new[name] for name in empty] == [None] * 8 and new["Sampai dibuka (jam:menit)"] is None
    assert escalated["Divisi"] == "Umum" and escalated["Dialihkan (kali)"] == 1 and not escalated["Solusi"]


def test_who_was_handed_a_problem_very_often_is_shortened(query, employees, problem):
    number = problem("at Umum")
    for verb in ("to pandu", "accept", "to Umum", "accept") * 40:
        bring(query, employees, number, verb)
    (row,) = ProblemExports(query).rows([number])
    assert row.handovers == 81 and len(row.receivers) == 1000


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_name_of_a_store_a_person_or_a_good_is_a_formula(susi, query, export, file_format):
    for table, column in (("store", "code"), ("employee", "name"), ("division", "name"), ("asset_kind", "name")):
        query.execute(f"UPDATE {table} SET {column} = '+1=' || id")
    content = export(susi, "/problems", file_format)
    if file_format == "csv":
        cells = [cell for row in read_csv(content) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        assert len([cell for cell in cells if cell.startswith("'+1=")]) > 10
    else:
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert len([cell for cell in cells if str(cell.value).startswith("+1=")]) > 10


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "closed"},
        {"q": "new"},
        {"store": "T001"},
        {"year": "2019"},
        {"order": "urgent"},
        {"category": "2", "store": "kelapa gading", "order": "oldest"},
        {"kind": "1", "reporter": "rini", "since": "2020-01-01"},
        {"store": "Makasar"},
    ],
)
def test_an_export_has_the_rows_of_the_filtered_list(susi, export, filters, moved_clock):
    address = f"/problems?{urlencode(filters)}"
    numbers = {link.text.lstrip("#") for link in susi.get(address).select(".rows tbody .stretched-link")}
    if numbers:
        assert {row[0] for row in read_csv(export(susi, address, "csv"))[1:]} == numbers
    else:
        assert susi.get(address).select("form[action='/problem-exports']") == []


def test_an_export_of_a_figure_has_the_rows_that_it_counts(person, query, employees, export):
    History(query, employees, 4).play(30)
    rows = read_csv(export(person("susi"), "/problems?figure=closed&period=2024", "csv"))
    assert str(len(rows) - 1) == person("susi").get("/problems?figure=closed&period=2024").select_one("#total").text


def test_progress_is_shown_until_the_file_is_ready(susi):
    susi.post("/problem-exports", filters="", format="csv")
    page = susi.get(susi.response.headers["Location"])
    assert "Berkas sedang dibuat" in page.text and page.select("progress")
    assert susi.get(f"{susi.response.request.path}?file=1").select("progress")


def test_a_job_that_failed_says_so(susi, query, pool, monkeypatch):
    monkeypatch.setattr(problem_exports, "cells", lambda problem: 1 / 0)
    susi.post("/problem-exports", filters="", format="csv")
    place = susi.response.headers["Location"]
    for _ in range(3):
        query.execute("UPDATE job SET run_at = created_at WHERE state = 'waiting'")
        Worker(pool).step()
    assert "tidak dapat dibuat" in susi.get(place).select_one("[role=alert]").text


def test_an_export_is_kept_for_a_day(susi, query, export):
    export(susi, "/problems", "csv")
    ProblemExports(query).sweep(clock.now() + timedelta(hours=25))
    assert all(query.select(f"SELECT 1 FROM {table}") == [] for table in ("problem_export", "blob", "blob_part"))


def test_an_export_is_visible_only_to_its_author(susi, person, query, export):
    export(susi, "/problems", "csv")
    number = query.one("SELECT id FROM problem_export")["id"]
    assert ProblemExports(query).of(number, clock.now(), employee_id=1) is None
    person("hadi").get(f"/problem-exports/{number}", 403)
    susi.get("/problem-exports/999999", 404)


def test_an_unknown_format_is_not_found(susi):
    susi.post("/problem-exports", 404, filters="", format="exe")
    susi.post("/problem-exports", 303, filters="year=x&evil=1&q=%00&store=%ff", format="csv")


def test_many_rows_need_bounded_memory(tmp_path):
    """Rows are read page by page and written as they come; what is measured is the writing of the larger format."""
    facts = dict.fromkeys(ExportedProblem.__dataclass_fields__, "Kata yang cukup panjang untuk sebuah baris")
    facts |= {"id": 1, "status": "new", "priority": None, "handovers": 2, "reopenings": 0, "closed_at": None}
    facts |= dict.fromkeys(("reported_at", "opened_at", "waits_since"), clock.now())
    rows = (ExportedProblem(**facts) for _ in range(20_000))
    with (tmp_path / "x.xlsx").open("wb") as file:
        tracemalloc.start()
        problem_exports._write_xlsx(file, rows)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 20_000_000
