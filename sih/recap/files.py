"""A recap as files for a spreadsheet, in Indonesian: XLSX with a sheet for each dimension, and CSV."""

from collections.abc import Iterator
from datetime import datetime

from sih.dao.query import Query
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import Period
from sih.domain.vocabulary import DIMENSIONS, FIGURES, MEASURES
from sih.recap import build
from sih.recap.build import Recap
from sih.recap.wording import STATES, period_name, row_name
from sih.sheets.writing import PLAIN

TEXTS = PLAIN | {"constant_memory": False, "in_memory": True}
HEADS = [
    *FIGURES.values(),
    *(f"{word}, {of} (menit)" for word in MEASURES.values() for of in ("median", "persentil 90")),
]


def of_every_dimension(query: Query, period: Period, now: datetime) -> list[Recap]:
    """The recap by each dimension, with every row."""
    return build.build_every(query, period, DIMENSIONS, now)


def xlsx(file, found: list[Recap], now: datetime) -> None:
    """Real numbers and dates, a frozen head, a sheet for the months and one for each dimension."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and few processes need it

    with xlsxwriter.Workbook(file, TEXTS) as book:
        bold, month = book.add_format({"bold": True}), book.add_format({"num_format": "mmmm yyyy"})
        head = book.add_worksheet("Ringkasan")
        facts = [("Rekap", period_name(found[0].period)), ("Keadaan", STATES[found[0].state])]
        for place, (name, text) in enumerate(facts):
            head.write_row(place, 0, [name, text])
        head.write(2, 0, "Dibuat")
        head.write_datetime(2, 1, _local(now), book.add_format({"num_format": "d mmmm yyyy hh:mm"}))
        head.set_column(0, 1, 24)
        _sheet(book, bold, "Bulan", list(_months(found[0])), month)
        for recap in found:
            _sheet(book, bold, DIMENSIONS[recap.dimension], list(_rows(recap)))


def csv_rows(found: list[Recap]) -> Iterator[list[str]]:
    """The same as one table, whose first two columns name dimension and value of the row."""
    for recap in found:
        for name, *numbers in _rows(recap):
            yield [DIMENSIONS[recap.dimension], name, *("" if number is None else str(number) for number in numbers)]


def _local(at: datetime) -> datetime:
    """As a spreadsheet holds it: the company's time, without a zone."""
    return at.astimezone(COMPANY_ZONE).replace(tzinfo=None)


def _months(recap: Recap) -> Iterator[list]:
    for month in recap.months:
        figures = recap.totals.figures[month.number]
        yield [_local(month.starts_at), *(figures[name] for name in FIGURES), *_minutes(recap, month)]


def _rows(recap: Recap) -> Iterator[list]:
    for row in recap.rows:
        numbers = (row[name] for name in FIGURES)
        yield [row_name(row, recap.dimension), *numbers, *_minutes(recap, recap.period, recap.dimension, row["value"])]


def _minutes(recap: Recap, *where) -> list[int | None]:
    found = [recap.rank(measure, *where) for measure in MEASURES]
    return [rank[name] if rank else None for rank in found for name in ("p50", "p90")]


def _sheet(book, bold, title: str, rows: list[list], dates=None) -> None:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(HEADS), 16)
    sheet.write_row(0, 0, [title, *HEADS], bold)
    for place, (first, *numbers) in enumerate(rows, 1):
        sheet.write_datetime(place, 0, first, dates) if dates else sheet.write_string(place, 0, first)
        for column, number in enumerate(numbers, 1):
            if number is not None:
                sheet.write_number(place, column, number)
    sheet.autofilter(0, 0, len(rows), len(HEADS))
