"""A recap as a PDF that a superior would forward, in Indonesian: on a page A4 or two what it was, compared, with
pictures, by division, and month by month."""

from collections.abc import Callable
from functools import partial

from sih.domain.periods import Period
from sih.domain.vocabulary import CUTS, FIGURES, MEASURES, SHARES
from sih.pdf.page import Paper
from sih.recap import build, wording
from sih.recap.build import Recap
from sih.recap.wording import (
    STATES,
    amount,
    duration,
    faster,
    month_name,
    moved,
    percent,
    period_name,
    row_name,
    shifted,
)

ROWS = 22  # of the divisions


def pdf(recap: Recap) -> bytes:
    paper = Paper(f"Rekap {period_name(recap.period)}")
    paper.text_line(f"Rekap {period_name(recap.period)}", 10, 16, "B")
    paper.text_line(f"Sistem Informasi Helpdesk · {STATES[recap.state]}", 8, 9)
    heads = [head for each in recap.compared for head in (period_name(each), "Perubahan")]
    paper.grid(["", period_name(recap.period), *heads], _compared(recap))
    months = [month_name(month)[:3] for month in recap.months]
    drawn = build.pictures(recap, months, wording.ages_named(), amount, wording.hours)
    paper.pair(("Dilaporkan dan selesai per bulan", drawn["trend"], ("Dilaporkan", "Selesai")),
               ("Waktu sampai selesai per bulan (jam)", drawn["to_close"], ("Median", "90 % paling lama")))  # fmt: skip
    paper.pair(("Masih terbuka menurut divisi", drawn["load"], ()), ("Umur yang masih terbuka", drawn["ages"], ()))
    paper.add_page()
    paper.text_line(f"Rekap {period_name(recap.period)} menurut {CUTS[recap.cut].lower()}", 9, 12, "B")
    paper.grid([CUTS[recap.cut], *FIGURES.values()], [_row(row_name(row, recap.cut), row) for row in recap.rows[:ROWS]])
    paper.text_line(f"Bulan demi bulan {recap.period.year}", 9, 12, "B")
    figures = recap.totals.figures
    paper.grid(["Bulan", *FIGURES.values()], [_row(month_name(each), figures[each.number]) for each in recap.months])
    return bytes(paper.output())


def _compared(recap: Recap) -> list[list[str]]:
    """Of each figure, share and time: what it is, what it was in what came before, and how it moved."""
    body = [[word, *_beside(recap, partial(_figure, recap, name))] for name, word in FIGURES.items()]
    body += [[word, *_beside(recap, partial(_share, recap, name))] for name, word in SHARES.items()]
    for measure, word in MEASURES.items():
        for head, rank in ((f"{word}, median", "p50"), ("90 % paling lama", "p90")):
            body.append([head, *_beside(recap, partial(_time, recap, measure, rank))])
    return body


def _beside(recap: Recap, told: Callable[[Period], tuple[str, str]]) -> list[str]:
    """`told`: what it was in a period, and how the recap's differs from that."""
    return [told(recap.period)[0], *(text for other in recap.compared for text in told(other))]


def _figure(recap: Recap, name: str, period: Period) -> tuple[str, str]:
    now, then = (recap.totals.figures[each.number][name] for each in (recap.period, period))
    return amount(then), moved(build.change(now, then))


def _share(recap: Recap, name: str, period: Period) -> tuple[str, str]:
    then = recap.share(name, period)
    by = build.points(recap.share(name, recap.period), then)
    return percent(then), "" if by is None else shifted(by)


def _time(recap: Recap, measure: str, name: str, period: Period) -> tuple[str, str]:
    now, then = recap.rank(measure), recap.rank(measure, period)
    return duration(then[name]) if then else "–", faster(now[name], then[name]) if now and then else ""


def _row(name: str, figures: dict[str, int]) -> list[str]:
    return [name, *(amount(figures[figure]) for figure in FIGURES)]
