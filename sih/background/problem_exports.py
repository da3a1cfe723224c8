"""The list of problems as a file, made in the background. It is read page by page, to bound memory and to avoid a long
transaction."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sih import sheets
from sih.dao.choices import Choices
from sih.dao.employees import Employees
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_exports import ExportedProblem, ProblemExport, ProblemExports
from sih.dao.problem_lists import ProblemLists
from sih.dao.query import Query
from sih.dao.recap.figure_lists import FigureLists
from sih.domain import clock, periods
from sih.domain.records import Employee, ProblemSummary
from sih.forms import figures, problem_filters
from sih.recap import build
from sih.recap.problem_rows import COLUMNS, cells, write_problems
from sih.sheets.writing import PLAIN

SIZE = 200  # problems of a page: with texts of 5,000 characters each a few megabytes
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
        write(file, _rows(exports, pages, total, progress))
        exports.keep(export_id, file, now)


def _pages(query: Query, viewer: Employee, found: ProblemExport, now: datetime) -> tuple[Iterator, int]:
    """The pages of the requested list or figure, and their total number of problems; 0 if that is not known."""
    figure = figures.parse(found.filters, clock.today())
    if figure:
        amount = build.amount_of(query, figure, now)[0]
        return _of_figure(query, figure, now) if amount else iter(()), amount
    month = periods.of(clock.today())
    options = Choices(query).for_list(viewer, problem_filters.typed(found.filters, viewer), month, now)
    filters = problem_filters.parse(found.filters, viewer, options, clock.today().year).filters
    tally = ProblemCounts(query).of(viewer, filters)
    total = tally.by_status[filters.status] if filters.status else tally.listed(filters)
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
        after = problems[-1].place_in(filters.order) if problems else None
        yield problems


def _rows(exports: ProblemExports, pages: Iterator, total: int, progress: Progress) -> Iterator[ExportedProblem]:
    done = 0
    for problems in pages:
        yield from exports.rows([problem.id for problem in problems])
        done += len(problems)
        progress(done, max(total, done))


def _write_csv(file, problems: Iterator[ExportedProblem]) -> None:
    rows = ([_as_text(cell) for cell in cells(problem)] for problem in problems)
    for part in sheets.write_csv(COLUMNS, rows):
        file.write(part)


def _as_text(cell) -> str:
    """A moment as an Indonesian spreadsheet reads it: day first; a duration as hours and minutes."""
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, timedelta):
        return sheets.hours_and_minutes(cell)
    return "" if cell is None else str(cell)


def _write_xlsx(file, problems: Iterator[ExportedProblem]) -> None:
    import xlsxwriter  # noqa: PLC0415 - heavy, and few processes need it

    with xlsxwriter.Workbook(file, PLAIN) as book:
        write_problems(book, problems)
