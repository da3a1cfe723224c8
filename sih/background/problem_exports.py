"""The list of problems as a file, made in the background. It is read page by page, to bound memory and to avoid a long
transaction."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sih import sheets
from sih.dao.choices import Choices
from sih.dao.employees import Employees
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_exports import ProblemExport, ProblemExports
from sih.dao.problem_lists import ProblemLists
from sih.dao.query import Query
from sih.dao.recap.figure_lists import FigureLists
from sih.domain import clock, periods
from sih.domain.records import Employee, ProblemSummary
from sih.domain.vocabulary import PRIORITIES, STATUSES
from sih.forms import figures, problem_filters
from sih.recap import build
from sih.sheets.writing import PLAIN, escaped

SIZE = 500  # problems of a page
COLUMNS = {"Nomor": 9, "Dilaporkan": 18, "Kendala": 48, "Status": 12, "Prioritas": 12, "Toko": 28, "Barang": 28}
COLUMNS |= {"Pelapor": 24, "Menunggu di": 32, "Menunggu sejak": 18, "Selesai": 18}
WORDS = STATUSES | PRIORITIES
Progress = Callable[[int, int], None]


def make(query: Query, export_id: int, now: datetime, progress: Progress) -> None:
    """Writes the file of this export. Does nothing if the export was swept, or if its person may no longer see the
    list."""
    exports = ProblemExports(query)
    found = exports.of(export_id, now)
    if found is None:
        return
    viewer = Employees(query).active(found.employee_id, found.session_version)
    if viewer is None:
        return
    pages, total = _pages(query, viewer, found, now)
    write = {"xlsx": _write_xlsx, "csv": _write_csv}[found.format]
    with tempfile.TemporaryFile() as file:
        write(file, _watched(pages, total, progress), viewer.zone)
        exports.keep(export_id, file, now)


def _pages(query: Query, viewer: Employee, found: ProblemExport, now: datetime) -> tuple[Iterator, int]:
    """The pages of the requested list or figure, and their total number of problems; 0 if that is not known."""
    figure = figures.parse(found.asked, clock.today())
    if figure:
        amount = build.amount_of(query, figure, now)[0]
        return _of_figure(query, figure, now) if amount else iter(()), amount
    month = periods.of(clock.today())
    offered = Choices(query).for_list(found.asked.get("store", ""), month, now)
    filters = problem_filters.parse(found.asked, viewer, offered.divisions, offered.store, clock.today().year).filters
    tally = ProblemCounts(query).of(viewer, filters)
    total = tally.by_status[filters.status] if filters.status else tally.total
    return _of_list(query, viewer, filters), total if filters.have_kept_counts else 0


def _of_figure(query: Query, figure, now: datetime) -> Iterator[Sequence[ProblemSummary]]:
    after, is_first = None, True
    while is_first or after:
        problems, after = FigureLists(query).page(figure, now, after, SIZE)
        is_first = False
        yield problems


def _of_list(query: Query, viewer: Employee, filters) -> Iterator[list[ProblemSummary]]:
    after, has_more = None, True
    while has_more:
        problems, has_more = ProblemLists(query).page(viewer, filters, after, SIZE)
        after = (problems[-1].reported_at, problems[-1].id) if problems else None
        yield problems


def _watched(pages: Iterator, total: int, progress: Progress) -> Iterator[ProblemSummary]:
    done = 0
    for problems in pages:
        yield from problems
        done += len(problems)
        progress(done, max(total, done))


def _cells(problem: ProblemSummary, zone: ZoneInfo) -> list:
    """The cells of a row in the order of COLUMNS: numbers, texts, and naive datetimes in the reader's time zone."""
    moments = (problem.reported_at, problem.held_since, problem.closed_at)
    reported, held, closed = (at and at.astimezone(zone).replace(tzinfo=None, microsecond=0) for at in moments)
    words = [WORDS[problem.status], WORDS.get(problem.priority, "")]
    places = [problem.store, problem.asset, problem.reporter_name, problem.holder]
    return [problem.id, reported, problem.title, *words, *places, held, closed]


def _write_csv(file, problems: Iterator[ProblemSummary], zone: ZoneInfo) -> None:
    rows = ([_as_text(cell) for cell in _cells(problem, zone)] for problem in problems)
    for part in sheets.write_csv(list(COLUMNS), rows):
        file.write(part)


def _as_text(cell) -> str:
    """The text of a cell. Dates are written day first, as an Indonesian spreadsheet reads them."""
    return f"{cell:%d/%m/%Y %H:%M}" if isinstance(cell, datetime) else "" if cell is None else str(cell)


def _write_xlsx(file, problems: Iterator[ProblemSummary], zone: ZoneInfo) -> None:
    import xlsxwriter  # noqa: PLC0415 - heavy, and few processes need it

    with xlsxwriter.Workbook(file, PLAIN) as book:
        sheet, moment = book.add_worksheet("Kendala"), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.freeze_panes(1, 1)
        for place, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, name, book.add_format({"bold": True}))
        for row, problem in enumerate(problems, 1):
            for place, cell in enumerate(_cells(problem, zone)):
                _write(sheet, row, place, cell, moment)


def _write(sheet, row: int, place: int, cell, moment) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell, moment)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    elif cell:
        sheet.write_string(row, place, escaped(cell))
