"""A recap as files, in Indonesian: XLSX with a sheet a cut, CSV, and a PDF that a superior would forward."""

from collections.abc import Iterator
from datetime import datetime

import font_roboto
import xlsxwriter
from fpdf import FPDF

from sih import recap_words, recaps
from sih.charts import Chart
from sih.clock import COMPANY_ZONE
from sih.dao.query import Query
from sih.periods import Period
from sih.recap_words import CUTS, FIGURES, MEASURES, SHARES, amount, duration, percent, period_name, row_name
from sih.recaps import Recap
from sih.sheets.writing import PLAIN

TEXTS = PLAIN | {"constant_memory": False, "in_memory": True}
COLORS = ((47, 125, 225), (224, 135, 43))
SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
ROWS_OF_PDF = 14
STATES = {"running": "masih berjalan", "ended": "sudah berakhir", "closed": "ditutup"}
HEADS = [
    *FIGURES.values(),
    *(f"{word}, {of} (menit)" for word in MEASURES.values() for of in ("median", "persentil 90")),
]


def of_every_cut(query: Query, period: Period, now: datetime) -> list[Recap]:
    """With every row that there is."""
    return [recaps.build(query, period, cut, now, is_whole=True) for cut in CUTS]


def xlsx(file, found: list[Recap], now: datetime) -> None:
    """Real numbers and dates, a frozen head, a sheet for the months and one for each cut."""
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
            _sheet(book, bold, CUTS[recap.cut], list(_rows(recap)))


def csv_rows(found: list[Recap]) -> Iterator[list[str]]:
    """The same as one table, its first two columns saying of which cut and value a row is."""
    for recap in found:
        for name, *numbers in _rows(recap):
            yield [CUTS[recap.cut], name, *("" if number is None else str(number) for number in numbers)]


def pdf(recap: Recap) -> bytes:
    """At most two pages A4: what it was, compared, with pictures, and by division."""
    paper = FPDF(format="A4", unit="mm")
    paper.set_auto_page_break(False)
    paper.set_title(f"Rekap {period_name(recap.period)}")
    paper.add_font("Roboto", "", font_roboto.Roboto)
    paper.add_font("Roboto", "B", font_roboto.RobotoBold)
    paper.add_page()
    paper.set_font("Roboto", "B", 16)
    paper.cell(0, 10, f"Rekap {period_name(recap.period)}", new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Roboto", "", 9)
    paper.cell(0, 6, f"Sistem Informasi Helpdesk · {STATES[recap.state]}", new_x="LMARGIN", new_y="NEXT")
    _table(paper, ["", *(period_name(each) for each in (recap.period, *recap.compared))], _compared(recap))
    drawn = recaps.pictures(recap, [SHORT_MONTHS[m.month - 1] for m in recap.months], recap_words.ages_named())
    _picture(paper, "Dilaporkan (biru) dan selesai (jingga) per bulan", drawn["trend"], True)
    _picture(paper, "Jam sampai selesai per bulan: median (biru), 90 % paling lama (jingga)", drawn["to_close"], True)
    paper.add_page()
    _picture(paper, "Masih terbuka menurut divisi", drawn["load"], False)
    _picture(paper, "Umur yang masih terbuka", drawn["ages"], False)
    body = [[row_name(row, recap.cut), *(amount(row[name]) for name in FIGURES)] for row in recap.rows[:ROWS_OF_PDF]]
    _table(paper, [CUTS[recap.cut], *FIGURES.values()], body)
    return bytes(paper.output())


def _local(at: datetime) -> datetime:
    """As a spreadsheet keeps it: the company's time, without a zone."""
    return at.astimezone(COMPANY_ZONE).replace(tzinfo=None)


def _months(recap: Recap) -> Iterator[list]:
    for month in recap.months:
        figures = recap.totals.figures[month.number]
        yield [_local(month.starts_at), *(figures[name] for name in FIGURES), *_minutes(recap, month)]


def _rows(recap: Recap) -> Iterator[list]:
    for row in recap.rows:
        numbers = (row[name] for name in FIGURES)
        yield [row_name(row, recap.cut), *numbers, *_minutes(recap, recap.period, recap.cut, row["value"])]


def _minutes(recap: Recap, *where) -> list[int | None]:
    found = [recap.rank(measure, *where) for measure in MEASURES]
    return [rank and rank[name] for rank in found for name in ("p50", "p90")]


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


def _compared(recap: Recap) -> list[list[str]]:
    shown = (recap.period, *recap.compared)
    body = [[word, *(amount(recap.totals.figures[p.number][name]) for p in shown)] for name, word in FIGURES.items()]
    for name, word in SHARES.items():
        body.append([word, *(percent(recap.share(name, period)) for period in shown)])
    for measure, word in MEASURES.items():
        found = [recap.rank(measure, period) for period in shown]
        body.append([f"{word}, median", *(duration(rank["p50"]) if rank else "–" for rank in found)])
    return body


def _table(paper: FPDF, heads: list[str], body: list[list[str]]) -> None:
    first = 70.0
    width = (paper.epw - first) / (len(heads) - 1)
    for place, row in enumerate([heads, *body]):
        paper.set_font("Roboto", "" if place else "B", 9)
        for column, text in enumerate(row):
            size = first if column == 0 else width
            paper.cell(size, 6, _cut(paper, text, size - 2), border="B", align="L" if column == 0 else "R")
        paper.ln()
    paper.ln(4)


def _cut(paper: FPDF, text: str, room: float) -> str:
    while text and paper.get_string_width(text) > room:
        text = text[:-2] + "…" if len(text) > 2 else ""
    return text


def _picture(paper: FPDF, title: str, chart: Chart, is_upright: bool) -> None:
    paper.set_font("Roboto", "B", 10)
    paper.cell(0, 7, title, new_x="LMARGIN", new_y="NEXT")
    scale, left, top = paper.epw / chart.width, paper.l_margin, paper.get_y()
    paper.set_font("Roboto", "", 7)
    for bar in chart.bars:
        paper.set_fill_color(*COLORS[bar.place])
        if bar.value:
            paper.rect(left + bar.x * scale, top + bar.y * scale, bar.width * scale, bar.height * scale, style="F")
            x = bar.x + bar.width / 2 if is_upright else bar.x + bar.width + 4
            x = left + x * scale - (paper.get_string_width(bar.text) / 2 if is_upright else 0)
            paper.text(x, top + (bar.y - 3 if is_upright else bar.y + 12) * scale, bar.text)
    for x, y, label in chart.labels:
        text = _cut(paper, label, 60)
        back = paper.get_string_width(text) / (2 if is_upright else 1)
        paper.text(left + x * scale - back, top + y * scale, text)
    paper.set_y(top + chart.height * scale + 4)
