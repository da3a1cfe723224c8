"""Problems as rows of a spreadsheet with all columns of a monthly report, in Indonesian, times in the company's
zone."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sih.dao.problem_exports import ExportedProblem
from sih.domain.clock import COMPANY_ZONE
from sih.domain.vocabulary import FIGURES, PRIORITIES, ZONES, status_words
from sih.sheets.writing import A4, escaped

ZONE = ZONES[COMPANY_ZONE.key]
WIDTHS = {
    "Nomor": 9,
    f"Dilaporkan ({ZONE})": 17,
    "Kendala": 40,
    "Deskripsi": 40,
    "Status": 16,
    "Prioritas": 10,
    "Kategori": 20,
    "Toko": 26,
    "Barang": 24,
    "NIK pelapor": 12,
    "Pelapor": 22,
    "Diagnosis": 40,
    "Solusi": 40,
    "Divisi": 24,
    "PIC": 24,
    "Dialihkan (kali)": 10,
    "Dialihkan ke": 30,
    "Dibuka lagi (kali)": 10,
    f"Dibuka ({ZONE})": 17,
    f"Menunggu sejak ({ZONE})": 17,
    f"Selesai ({ZONE})": 17,
    "Sampai dibuka (jam:menit)": 13,
    "Sampai selesai (jam:menit)": 13,
}
COLUMNS = list(WIDTHS)


def cells(problem: ExportedProblem) -> list:
    """The cells in the order of COLUMNS: numbers, texts, times in the company's zone as the recap has them, and the
    durations between these times."""
    reported, waits = _minute(problem.reported_at), problem.waits_since and _minute(problem.waits_since)
    opened, closed = (at and _minute(at) for at in (problem.opened_at, problem.closed_at))
    status, priority = status_words(problem.status, problem.is_withdrawn), PRIORITIES.get(problem.priority, "")
    words = [problem.title, problem.description, status, priority]
    places = [problem.category, problem.store, problem.asset, problem.reporter_nik, problem.reporter_name]
    work = [problem.diagnosis, problem.solution, problem.division, problem.pic]
    moves = [problem.handovers, problem.receivers, problem.reopenings, opened, waits, closed]
    durations = [opened and opened - reported, closed and closed - reported]
    return [problem.id, reported, *words, *places, *work, *moves, *durations]


def _minute(at: datetime) -> datetime:
    """The company's local time to the minute without a time zone, as spreadsheets store it."""
    return at.astimezone(COMPANY_ZONE).replace(tzinfo=None, second=0, microsecond=0)


def write_problems(book, problems: Iterable[ExportedProblem], figures: Mapping[int, set[str]] | None = None) -> None:
    """Adds the sheet "Kendala" to an XlsxWriter book, in constant-memory mode or not. `figures`: {id: names of the
    figures that count it}; each figure becomes a column of ones, which add up to it."""
    sheet, head = book.add_worksheet("Kendala"), book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    duration = book.add_format({"num_format": "[h]:mm"})
    sheet.set_row(0, 45)  # the longest heading takes three lines
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    widths = WIDTHS | ({f"Dihitung: {word}": 11 for word in FIGURES.values()} if figures else {})
    for place, (name, width) in enumerate(widths.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, head)
    row = 0
    for row, problem in enumerate(problems, 1):
        counted = [int(name in figures[problem.id]) or None for name in FIGURES] if figures else []
        for place, cell in enumerate([*cells(problem), *counted]):
            _write(sheet, row, place, cell, moment, duration)
    sheet.autofilter(0, 0, row, len(widths) - 1)


def _write(sheet, row: int, place: int, cell, moment, duration) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell, moment)
    elif isinstance(cell, timedelta):
        sheet.write_datetime(row, place, cell, duration)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    elif cell:
        sheet.write_string(row, place, escaped(cell))
