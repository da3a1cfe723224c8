"""Unduh daftar: the filtered list as a file, made in the background; for supervisors, each sees only the own files."""

import csv
import io
import tracemalloc
from datetime import timedelta
from urllib.parse import urlencode

import openpyxl
import pytest

from sih.background import problem_exports
from sih.background.worker import Worker
from sih.dao.problem_exports import ProblemExports
from sih.domain import clock
from sih.domain.records import ProblemSummary
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
        who.post("/problem-exports", asked=form.select_one("[name=asked]")["value"], format=file_format)
        place = who.response.headers["Location"]
        while Worker(pool).step():
            pass
        link = who.get(place).find("a", string="Unduh berkas")["href"]
        who.get(link)
        return who.response.data

    return made


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_a_spreadsheet_of_the_whole_list(susi, export):
    book = openpyxl.load_workbook(io.BytesIO(export(susi, "/problems", "xlsx")))
    head, *rows = book.active.iter_rows(values_only=True)
    assert list(head) == list(problem_exports.COLUMNS) and len(rows) == 5
    assert book.active.freeze_panes == "B2"
    assert all(isinstance(row[0], int) and row[1].year >= 2000 for row in rows)
    assert {row[2][:5] for row in rows} == {"=cmd|"} and {cell.data_type for cell in book.active["C"]} == {"s"}


def test_a_csv_in_the_indonesian_format(susi, export):
    head, *rows = read_csv(export(susi, "/problems", "csv"))
    assert head == list(problem_exports.COLUMNS) and len(rows) == 5
    assert all(clock.datetime.strptime(row[1], "%d/%m/%Y %H:%M") and row[2].startswith("'=") for row in rows)


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


@pytest.mark.parametrize("filters", [{"status": "closed"}, {"q": "new"}, {"store": "T001"}, {"year": "2019"}])
def test_an_export_has_the_rows_of_the_filtered_list(susi, export, filters, moved_clock):
    address = f"/problems?{urlencode(filters)}"
    shown = {link.text.lstrip("#") for link in susi.get(address).select("tbody td:first-child a")}
    if shown:
        assert {row[0] for row in read_csv(export(susi, address, "csv"))[1:]} == shown
    else:
        assert susi.get(address).select("form[action='/problem-exports']") == []


def test_an_export_of_a_figure_has_the_rows_that_it_counts(person, query, employees, export):
    History(query, employees, 4).play(30)
    rows = read_csv(export(person("susi"), "/problems?figure=closed&period=2024", "csv"))
    assert str(len(rows) - 1) == person("susi").get("/problems?figure=closed&period=2024").select_one("#total").text


def test_progress_is_shown_until_the_file_is_ready(susi):
    susi.post("/problem-exports", asked="", format="csv")
    page = susi.get(susi.response.headers["Location"])
    assert "Berkas sedang dibuat" in page.text and page.select("progress")
    assert susi.get(f"{susi.response.request.path}?file=1").select("progress")


def test_a_job_that_failed_says_so(susi, query, pool, monkeypatch):
    monkeypatch.setattr(problem_exports, "_cells", lambda problem, zone: 1 / 0)
    susi.post("/problem-exports", asked="", format="csv")
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
    susi.post("/problem-exports", 404, asked="", format="exe")
    susi.post("/problem-exports", 303, asked="year=x&evil=1&q=%00&store=%ff", format="csv")


def test_a_hundred_thousand_rows_need_bounded_memory(query, tmp_path, employees):
    """Rows are read page by page and written as they come; what is measured is the writing of the larger format."""
    facts = dict.fromkeys(ProblemSummary.__dataclass_fields__, "Kata yang cukup panjang untuk sebuah baris")
    facts |= {"id": 1, "status": "new", "priority": None, "reported_at": clock.now(), "held_since": clock.now()}
    facts |= {"closed_at": None, "holder_employee": None}
    rows = (ProblemSummary(**facts) for _ in range(100_000))
    with (tmp_path / "x.xlsx").open("wb") as file:
        tracemalloc.start()
        problem_exports._write_xlsx(file, rows, clock.COMPANY_ZONE)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 20_000_000
