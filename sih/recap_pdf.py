"""A recap as a PDF that a superior would forward, in Indonesian: on a page A4 or two what it was, compared, with
pictures, by division, and month by month."""

import font_roboto
from fpdf import FPDF

from sih import recap_words, recaps
from sih.charts import Chart
from sih.recap_words import (
    CUTS,
    FIGURES,
    MEASURES,
    SHARES,
    STATES,
    amount,
    duration,
    month_name,
    percent,
    period_name,
    row_name,
)
from sih.recaps import Recap

FRAMES = ((47, 125, 225), (201, 111, 18))  # of the series, and how they are filled
FILLS = ((47, 125, 225), (231, 190, 149))
SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
ROWS, FIRST, GAP, LABELS, AMOUNTS = 22, 54.0, 8.0, 12, 11  # of the divisions; millimetres; units of a chart


def pdf(recap: Recap) -> bytes:
    paper = FPDF(format="A4", unit="mm")
    paper.set_auto_page_break(False)
    paper.set_title(f"Rekap {period_name(recap.period)}")
    paper.add_font("Roboto", "", font_roboto.Roboto)
    paper.add_font("Roboto", "B", font_roboto.RobotoBold)
    paper.add_page()
    _line(paper, f"Rekap {period_name(recap.period)}", 10, 16, "B")
    _line(paper, f"Sistem Informasi Helpdesk · {STATES[recap.state]}", 8, 9)
    _table(paper, ["", *(period_name(each) for each in (recap.period, *recap.compared))], _compared(recap))
    months = [SHORT_MONTHS[month.month - 1] for month in recap.months]
    drawn = recaps.pictures(recap, months, recap_words.ages_named(), amount, recap_words.hours)
    _pair(paper, ("Dilaporkan dan selesai per bulan", drawn["trend"], ("Dilaporkan", "Selesai")),
          ("Waktu sampai selesai per bulan (jam)", drawn["to_close"], ("Median", "90 % paling lama")))  # fmt: skip
    _pair(paper, ("Masih terbuka menurut divisi", drawn["load"], ()), ("Umur yang masih terbuka", drawn["ages"], ()))
    paper.add_page()
    _line(paper, f"Rekap {period_name(recap.period)} menurut {CUTS[recap.cut].lower()}", 9, 12, "B")
    _table(
        paper, [CUTS[recap.cut], *FIGURES.values()], [_row(row_name(row, recap.cut), row) for row in recap.rows[:ROWS]]
    )
    _line(paper, f"Bulan demi bulan {recap.period.year}", 9, 12, "B")
    figures = recap.totals.figures
    _table(paper, ["Bulan", *FIGURES.values()], [_row(month_name(each), figures[each.number]) for each in recap.months])
    return bytes(paper.output())


def _line(paper: FPDF, text: str, height: float, size: float, style: str = "") -> None:
    paper.set_font("Roboto", style, size)
    paper.cell(0, height, text, new_x="LMARGIN", new_y="NEXT")


def _compared(recap: Recap) -> list[list[str]]:
    shown = (recap.period, *recap.compared)
    body = [[word, *(amount(recap.totals.figures[p.number][name]) for p in shown)] for name, word in FIGURES.items()]
    body += [[word, *(percent(recap.share(name, period)) for period in shown)] for name, word in SHARES.items()]
    for measure, word in MEASURES.items():
        found = [recap.rank(measure, period) for period in shown]
        body.append([f"{word}, median", *(duration(rank["p50"]) if rank else "–" for rank in found)])
        body.append(["90 % paling lama", *(duration(rank["p90"]) if rank else "–" for rank in found)])
    return body


def _row(name: str, figures: dict[str, int]) -> list[str]:
    return [name, *(amount(figures[figure]) for figure in FIGURES)]


def _table(paper: FPDF, heads: list[str], body: list[list[str]]) -> None:
    width = (paper.epw - FIRST) / (len(heads) - 1)
    for place, row in enumerate([heads, *body]):
        paper.set_font("Roboto", "" if place else "B", 9)
        for column, text in enumerate(row):
            size = width if column else FIRST
            paper.cell(size, 6, _cut(paper, text, size - 2), border="B", align="R" if column else "L")
        paper.ln()
    paper.ln(5)


def _cut(paper: FPDF, text: str, room: float) -> str:
    while text and paper.get_string_width(text) > room:
        text = text[:-2] + "…" if len(text) > 2 else ""
    return text


def _pair(paper: FPDF, *pictures: tuple[str, Chart, tuple[str, ...]]) -> None:
    """Two pictures side by side."""
    top, width = paper.get_y(), (paper.epw - GAP) / 2
    for place, picture in enumerate(pictures):
        _picture(paper, paper.l_margin + place * (width + GAP), top, width, *picture)
    paper.set_y(top + 12 + max(chart.height for _, chart, _ in pictures) * width / pictures[0][1].width)


def _picture(paper: FPDF, left: float, top: float, width: float, title: str, chart: Chart, names: tuple) -> None:
    paper.set_font("Roboto", "B", 9)
    paper.text(left, top + 3, title)
    _keys(paper, left + paper.get_string_width(title) + 3, top + 3, names)
    scale, top = width / chart.width, top + 5
    for bar in chart.bars:
        if bar.value:
            _filled(paper, bar.place, left + bar.x * scale, top + bar.y * scale, bar.width * scale, bar.height * scale)
            _amount(paper, bar, chart, left, top, scale)
    _font(paper, LABELS * scale)
    for x, y, label in chart.labels:
        text = _cut(paper, label, width)
        back = paper.get_string_width(text) / 2 if chart.is_upright else 0
        paper.text(left + x * scale - back, top + y * scale, text)


def _keys(paper: FPDF, left: float, base: float, names: tuple) -> None:
    paper.set_font("Roboto", "", 7)
    for place, name in enumerate(names):
        _filled(paper, place, left, base - 2, 2, 2)
        paper.text(left + 3, base, name)
        left += paper.get_string_width(name) + 5


def _filled(paper: FPDF, place: int, *box: float) -> None:
    paper.set_fill_color(*FILLS[place])
    paper.set_draw_color(*FRAMES[place])
    paper.rect(*box, style="DF")
    paper.set_draw_color(0)


def _amount(paper: FPDF, bar, chart: Chart, left: float, top: float, scale: float) -> None:
    """Beside a bar that lies, above one that stands; on end where the chart says so."""
    _font(paper, AMOUNTS * scale)
    x, y = left + (bar.x + bar.width / 2) * scale, top + (bar.y - 3) * scale
    if chart.is_turned:
        with paper.rotation(90, x, y):
            paper.text(x, y + 3.5 * scale, bar.text)
    elif chart.is_upright:
        paper.text(x - paper.get_string_width(bar.text) / 2, y, bar.text)
    else:
        paper.text(left + (bar.x + bar.width + 4) * scale, top + (bar.y + 10) * scale, bar.text)


def _font(paper: FPDF, millimetres: float) -> None:
    paper.set_font("Roboto", "", millimetres * 72 / 25.4)
