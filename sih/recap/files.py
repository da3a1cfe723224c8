"""A recap as files for a spreadsheet, in Indonesian: XLSX, whose first sheet has the figures of the page, with a sheet
for the months and one for each dimension; and the same as CSV. They use the same records as the page."""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from sih import sheets
from sih.dao.query import Query
from sih.domain.clock import COMPANY_ZONE
from sih.domain.numbers import half_up
from sih.domain.periods import Period
from sih.domain.vocabulary import COUNTED, DIMENSIONS, FIGURES, FLOWS, MEASURES, SHARES, ZONES
from sih.recap import build
from sih.recap.build import Behind, Recap
from sih.recap.problem_rows import write_problems
from sih.recap.wording import STATES, ages_named, amount, faster, percent, period_name, row_name
from sih.sheets.writing import A4, PLAIN

ZONE = ZONES[COMPANY_ZONE.key]
TEXTS = PLAIN | {"constant_memory": False, "in_memory": True}
RANKS = {"p50": "median", "p90": "90% selesai dalam"}
DURATIONS = [f"{word}, {rank} (jam:menit)" for word in MEASURES.values() for rank in RANKS.values()]
HEADS = [*FIGURES.values(), *SHARES.values(), *DURATIONS]
SUMMARY, TABLE = (50, 17), (34, 12)  # widths of the first column and of the others, in characters
LINE = 15  # height of a line of text, in points
TOTAL = "Seluruhnya"
AS_ONCE = "setahun menghitung setiap kendala sekali, juga yang mengalaminya dalam beberapa bulan"
ON_THE_WAY = "kendala yang berpindah dihitung di setiap tempat peristiwanya terjadi"
REASONS = {
    "division": ON_THE_WAY,
    "department": f"yang menunggu di divisi tanpa PIC tidak punya baris, dan {ON_THE_WAY}",
    "pic": f"yang menunggu di divisi tanpa PIC tidak punya baris, dan {ON_THE_WAY}",
}
OF_A_MONTH = "Setahun menghitung setiap kendala sekali; jumlah bulan-bulannya bisa lebih besar."
OF_STOCK = "Masih terbuka adalah keadaan pada akhir bulan itu; bulan-bulannya tidak dijumlahkan."

# Number formats of the cells. A change is a number, too, with a word as its sign.
STYLES = {
    "text": {},
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "right_head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "align": "right"},
    "word": {"align": "right"},
    "note": {"text_wrap": True, "valign": "top"},
    "amount": {"num_format": "#,##0"},
    "correction": {"num_format": "+#,##0;-#,##0"},
    "share": {"num_format": "0.0%"},
    "duration": {"num_format": "[h]:mm"},
    "month": {"num_format": "[$-421]mmmm yyyy", "align": "left"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
    "moved": {"num_format": '"naik "#,##0;"turun "#,##0;"sama"'},
    "moved_share": {"num_format": '"naik "#,##0%;"turun "#,##0%;0%'},
    "points": {"num_format": '"naik "0.0" poin";"turun "0.0" poin";"sama"'},
}
Value = str | int | Fraction | datetime | timedelta | None
Cell = tuple[Value, str]  # a value and the name of its style


def of_every_dimension(query: Query, period: Period, now: datetime) -> list[Recap]:
    """The recap by each dimension, with every row."""
    return build.build_every(query, period, DIMENSIONS, now)


def xlsx(file, found: list[Recap], now: datetime) -> None:
    """Writes the workbook of these recaps, one per dimension; `now` is the date printed on it."""
    with _opened(file) as book:
        styles = _styles(book)
        _write_summary(_Sheet(book, styles, "Ringkasan", SUMMARY), found[0], _notes(found), now)
        _write_months(_Sheet(book, styles, "Bulan"), found[0])
        for recap in found:
            total = [(TOTAL, "text"), *_numbers(recap.figures, recap)]
            title = DIMENSIONS[recap.dimension]
            _write_table(_Sheet(book, styles, title), title, list(_rows(recap)), total, _notes_of_rows(recap))


def division_xlsx(file, recap: Recap, behind: Behind | None, now: datetime) -> None:
    """Writes the workbook of a division's recap; with the problems that its figures count (`behind`) for users who
    cannot follow the links of the page."""
    with _opened(file) as book:
        styles, notes = _styles(book), [f"Bulan: {note}" for note in _notes_of_months(recap)]
        if behind and behind.is_cut:
            notes.append(f"Kendala: yang terbaru saja, {amount(len(behind.problems))}; angkanya menghitung semua.")
        _write_summary(_Sheet(book, styles, "Ringkasan", SUMMARY), recap, notes, now)
        _write_months(_Sheet(book, styles, "Bulan"), recap)
        if behind:
            write_problems(book, behind.problems, behind.figures)


def csv_heads() -> list[str]:
    return ["Menurut", "Nama", *HEADS]


def csv_rows(found: list[Recap], now: datetime) -> Iterator[list[str]]:
    """The same as one table with the columns of csv_heads(): totals, months, dimensions, ages, corrections, notes."""
    width = len(csv_heads())
    for row in _csv_rows(found, now):
        yield row + [""] * (width - len(row))


def _csv_rows(found: list[Recap], now: datetime) -> Iterator[list[str]]:
    first = found[0]
    months = [(TOTAL, period) for period in (first.period, *first.compared)]
    for title, period in [*months, *(("Bulan", month) for month in first.months)]:
        yield [title, period_name(period), *_texts(_numbers(first.totals.figures[period.number], first, period))]
    for recap in found:
        for (name, _), *cells in _rows(recap):
            yield [DIMENSIONS[recap.dimension], str(name), *_texts(cells)]
    before_stock = [""] * list(FIGURES).index("open_at_end")
    for name, problems in zip(ages_named(), first.ages, strict=True):
        yield ["Umur", name, *before_stock, str(problems)]
    if first.corrections:
        yield ["Koreksi", period_name(first.period), *(str(first.corrections.get(name, 0)) for name in FIGURES)]
    yield ["Catatan", f"{_state(first)}; dibuat {now.astimezone(COMPANY_ZONE):%d/%m/%Y %H:%M} {ZONE}"]
    yield from (["Catatan", note] for note in _notes(found))


def _opened(file):
    import xlsxwriter  # noqa: PLC0415 - heavy, and few processes need it

    return xlsxwriter.Workbook(file, TEXTS)


def _styles(book) -> dict:
    """{name: style}, and {(name, True): style in bold}."""
    styles = {name: book.add_format(style) for name, style in STYLES.items()}
    return styles | {(name, True): book.add_format(style | {"bold": True, "top": 1}) for name, style in STYLES.items()}


class _Sheet:
    """A sheet as wide as a landscape A4 page; rows are written from top to bottom."""

    def __init__(self, book, styles: dict, title: str, widths: tuple[int, int] = TABLE) -> None:
        self.first_width, self.width = widths
        self.sheet, self.styles, self.row = book.add_worksheet(title), styles, 0
        self.sheet.set_column(0, 0, self.first_width)
        self.sheet.set_column(1, len(HEADS), self.width)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L&A&RHalaman &P dari &N")

    def write(self, cells: Iterable[Cell], is_total: bool = False) -> None:
        for column, (value, name) in enumerate(cells):
            style = self.styles[name, True] if is_total else self.styles[name]
            if isinstance(value, str):
                self.sheet.write_string(self.row, column, value, style)
            elif isinstance(value, datetime | timedelta):
                self.sheet.write_datetime(self.row, column, value, style)
            elif value is None:
                self.sheet.write_blank(self.row, column, None, style)
            else:
                self.sheet.write_number(self.row, column, float(value), style)
        self.row += 1

    def write_head(self, heads: list[str]) -> None:
        """Writes the headings, repeated on each printed page and frozen on screen."""
        lines = max(len(textwrap.wrap(head, self.width - 2)) for head in heads[1:])  # bold letters are wider
        self.sheet.set_row(self.row, LINE * lines)
        self.write([(heads[0], "head"), *((head, "right_head") for head in heads[1:])])
        self.sheet.freeze_panes(self.row, 1)
        self.sheet.repeat_rows(self.row - 1)

    def write_notes(self, notes: list[str], width: int) -> None:
        """Writes notes below an empty row, each merged across `width` columns."""
        self.row += 1
        for note in notes:
            self.sheet.merge_range(self.row, 0, self.row, width - 1, note, self.styles["note"])
            self.sheet.set_row(
                self.row, LINE * len(textwrap.wrap(note, self.first_width + self.width * (width - 1) - 8))
            )
            self.row += 1


def _write_summary(sheet: _Sheet, recap: Recap, notes: list[str], now: datetime) -> None:
    sheet.write([(f"Rekap {period_name(recap.period)}", "title")])
    if recap.name:
        sheet.write([("Divisi", "text"), (recap.name, "text")])
    sheet.write([("Keadaan", "text"), (_state(recap), "text")])
    sheet.write([(f"Dibuat ({ZONE})", "text"), (_local(now), "moment")])
    sheet.row += 1
    compared = [[period_name(other), "Perubahan", "Perubahan (%)"] for other in recap.compared]
    heads = ["Ringkasan", period_name(recap.period), *(head for each in compared for head in each)]
    sheet.write_head(heads)
    for row in _compared(recap):
        sheet.write(row)
    if recap.ages:
        sheet.row += 1
        sheet.write([("Umur yang masih terbuka", "head"), ("Kendala", "right_head")])
        for name, problems in zip(ages_named(), recap.ages, strict=True):
            sheet.write([(name, "text"), (problems, "amount")])
    if recap.corrections:
        sheet.row += 1
        sheet.write([("Koreksi, dicatat sesudah periode ini berakhir", "head"), ("Kendala", "right_head")])
        for name, by in recap.corrections.items():
            sheet.write([(COUNTED[name], "text"), (by, "correction")])
    sheet.row += 1
    sheet.write([("Catatan", "head")])
    sheet.row -= 1
    sheet.write_notes(notes, len(heads))


def _write_months(sheet: _Sheet, recap: Recap) -> None:
    """Writes the months; of a year with a total row. The months of a month's recap end with that month."""
    total = [(TOTAL, "text"), *_numbers(recap.figures, recap)] if recap.period.is_year else []
    figures = recap.totals.figures
    rows = [
        [(_local(month.starts_at), "month"), *_numbers(figures[month.number], recap, month)] for month in recap.months
    ]
    _write_table(sheet, "Bulan", rows, total, _notes_of_months(recap))


def _write_table(sheet: _Sheet, title: str, rows: list[list[Cell]], total: list[Cell], notes: list[str]) -> None:
    """Writes a table. The filter covers only the rows, so the total below stays in place."""
    sheet.write_head([title, *HEADS])
    for row in rows:
        sheet.write(row)
    sheet.sheet.autofilter(0, 0, len(rows), len(HEADS))
    if total:
        sheet.write(total, is_total=True)
    sheet.write_notes(notes, len(HEADS) + 1)


def _compared(recap: Recap) -> Iterator[list[Cell]]:
    """A row for each figure, share and duration: its value, then value and change for each period of comparison."""
    yield from (_compared_figure(recap, name, word) for name, word in FIGURES.items())
    yield from (_compared_share(recap, name, word) for name, word in SHARES.items())
    for measure, word in MEASURES.items():
        yield from (_compared_duration(recap, measure, rank, f"{word}, {of} (jam:menit)") for rank, of in RANKS.items())


def _compared_figure(recap: Recap, name: str, word: str) -> list[Cell]:
    now = recap.figures[name]
    row: list[Cell] = [(_word(name, word), "text"), (now, "amount")]
    for other in recap.compared:
        before = recap.totals.figures[other.number][name]
        way, by, share = build.change(now, before)
        sign = -1 if way == "down" else 1
        part = None if share is None or way == "same" else Fraction(sign * share, 100)
        row += [(before, "amount"), (sign * by, "moved"), (part, "moved_share")]
    return row


def _compared_share(recap: Recap, name: str, word: str) -> list[Cell]:
    now = recap.share(name, recap.period)
    row: list[Cell] = [(word, "text"), (_rounded(now), "share")]
    for other in recap.compared:
        before = recap.share(name, other)
        by = build.points(now, before)
        row += [(_rounded(before), "share"), (None if by is None else Fraction(by), "points"), (None, "text")]
    return row


def _compared_duration(recap: Recap, measure: str, rank: str, word: str) -> list[Cell]:
    now = recap.rank(measure)
    row: list[Cell] = [(word, "text"), (_duration(now, rank), "duration")]
    for other in recap.compared:
        before = recap.rank(measure, other)
        moved = faster(now[rank], before[rank]) if now and before else None
        row += [(_duration(before, rank), "duration"), (moved, "word"), (None, "text")]
    return row


def _word(name: str, word: str) -> str:
    return f"{word} pada akhir periode" if name == "open_at_end" else word


def _rows(recap: Recap) -> Iterator[list[Cell]]:
    for row in recap.rows:
        numbers = _numbers(row, recap, recap.period, (recap.dimension, row["value"]))
        yield [(row_name(row, recap.dimension), "text"), *numbers]


def _numbers(figures: dict[str, int], recap: Recap, *where) -> list[Cell]:
    """The cells below HEADS; `where`: period and row of the durations, as Recap.rank() takes them."""
    ranks = [recap.rank(measure, *where) for measure in MEASURES]
    shares = [(_rounded(build.share(figures, name)), "share") for name in SHARES]
    durations = [(_duration(found, rank), "duration") for found in ranks for rank in RANKS]
    return [*((figures[name], "amount") for name in FIGURES), *shares, *durations]


def _notes_of_months(recap: Recap) -> list[str]:
    if not recap.period.is_year:
        return [OF_A_MONTH, OF_STOCK]
    figures = [recap.totals.figures[month.number] for month in recap.months]
    flows = {name: (sum(each[name] for each in figures), recap.figures[name]) for name in FLOWS}
    return [*_differ({name: both for name, both in flows.items() if both[0] != both[1]}, AS_ONCE), OF_STOCK]


def _notes_of_rows(recap: Recap) -> list[str]:
    return _differ(recap.sums_that_differ(), REASONS.get(recap.dimension, ON_THE_WAY)) if recap.rows else []


def _differ(sums: dict[str, tuple[int, int]], reason: str) -> list[str]:
    """The note that rows do not add up to the total, with the reason; none if they do."""
    differing = [
        f"{FIGURES[name]}: jumlah baris {amount(rows)}, seluruhnya {amount(total)}"
        for name, (rows, total) in sums.items()
    ]
    return [f"Jumlah baris tidak sama dengan seluruhnya, sebab {reason}. {'; '.join(differing)}."] if sums else []


def _notes(found: list[Recap]) -> list[str]:
    """The notes of all sheets, each with the name of its sheet before it."""
    notes = [f"Bulan: {note}" for note in _notes_of_months(found[0])]
    return notes + [f"{DIMENSIONS[recap.dimension]}: {note}" for recap in found for note in _notes_of_rows(recap)]


def _state(recap: Recap) -> str:
    closed = f" {recap.closed_at.astimezone(COMPANY_ZONE):%d/%m/%Y %H:%M} {ZONE}" if recap.closed_at else ""
    return STATES[recap.state] + (closed if recap.state == "closed" else "")


def _texts(cells: Iterable[Cell]) -> list[str]:
    return [_text(value) for value, _ in cells]


def _text(value: Value) -> str:
    if isinstance(value, Fraction):
        return percent(value)
    if isinstance(value, timedelta):
        return sheets.hours_and_minutes(value)
    return "" if value is None else str(value)


def _rounded(share: Fraction | None) -> Fraction | None:
    """Rounds to a tenth of a per cent, as on the page."""
    return None if share is None else Fraction(half_up(share, 3))


def _duration(found: dict | None, rank: str) -> timedelta | None:
    return timedelta(minutes=found[rank]) if found else None


def _local(at: datetime) -> datetime:
    """The company's local time without a time zone, as spreadsheets store it."""
    return at.astimezone(COMPANY_ZONE).replace(tzinfo=None, second=0, microsecond=0)
