"""A recap as a PDF of one or two A4 pages: figures with their comparison, charts, by division, month by month."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sih.domain.languages import gettext
from sih.domain.periods import Period
from sih.domain.vocabulary import DIMENSIONS, FIGURES, MEASURES, SHARES
from sih.recap import build, wording
from sih.recap.build import Recap
from sih.recap.wording import (
    STATES,
    amount,
    faster,
    hours,
    month_name,
    moved,
    percent,
    period_name,
    row_name,
    shifted,
)

if TYPE_CHECKING:
    from sih.pdf.page import Paper

ROWS = 22  # of the divisions


def pdf(recap: Recap, language: str = "id") -> bytes:
    """The bytes of the file; in Indonesian as every file, or in the language of the recipient of a mail."""
    from sih.pdf.page import Paper  # noqa: PLC0415 - heavy, and few processes need it

    say, period = partial(gettext, language=language), period_name(recap.period, language)
    title = say("Rekap %(month)s", month=period)
    paper = Paper(title)
    paper.text_line(title, 10, 16, "B")
    paper.text_line(f"Sistem Informasi Helpdesk · {say(STATES[recap.state])}", 8, 9)
    heads = [head for each in recap.compared for head in (period_name(each, language), say("Perubahan"))]
    paper.grid(["", period, *heads], _compared(recap, language))
    _add_pictures(paper, recap, language)
    paper.add_page()
    dimension, figures = say(DIMENSIONS[recap.dimension]), [say(word) for word in FIGURES.values()]
    paper.text_line(say("Rekap %(month)s menurut %(dimension)s", month=period, dimension=dimension.lower()), 9, 12, "B")
    rows = [_row(row_name(row, recap.dimension, language), row, language) for row in recap.rows[:ROWS]]
    paper.grid([dimension, *figures], rows)
    paper.text_line(f"{say('Bulan demi bulan')} {recap.period.year}", 9, 12, "B")
    totals = recap.totals.figures
    rows = [_row(month_name(each, language), totals[each.number], language) for each in recap.months]
    paper.grid([say("Bulan"), *figures], rows)
    return bytes(paper.output())


def _add_pictures(paper: "Paper", recap: Recap, language: str) -> None:
    say = partial(gettext, language=language)
    months = [month_name(month, language)[:3] for month in recap.months]
    numbers = (partial(amount, language=language), partial(hours, language=language))
    drawn = build.pictures(recap, months, wording.ages_named(language), *numbers)
    paper.pair(
        (say("Dilaporkan dan selesai per bulan"), drawn["trend"], (say("Dilaporkan"), say("Selesai"))),
        (say("Waktu sampai selesai per bulan (jam)"), drawn["to_close"], (say("Median"), say("90% selesai dalam"))),
    )
    paper.pair(
        (say("Masih terbuka menurut divisi"), drawn["load"], ()),
        (say("Umur yang masih terbuka"), drawn["ages"], ()),
    )


def _compared(recap: Recap, language: str) -> list[list[str]]:
    """A row for each figure, share and duration: its value, those of the periods of comparison, and how it changed."""
    say = partial(gettext, language=language)
    body = [[say(word), *_beside(recap, partial(_figure, recap, language, name))] for name, word in FIGURES.items()]
    body += [[say(word), *_beside(recap, partial(_share, recap, language, name))] for name, word in SHARES.items()]
    for measure, word in MEASURES.items():
        for head, rank in ((f"{say(word)}, {say('median (jam)')}", "p50"), (say("90% selesai dalam (jam)"), "p90")):
            body.append([head, *_beside(recap, partial(_time, recap, language, measure, rank))])
    return body


def _beside(recap: Recap, texts: Callable[[Period], tuple[str, str]]) -> list[str]:
    """`texts` gives a period's value and how the recap's own value differs from it."""
    return [texts(recap.period)[0], *(text for other in recap.compared for text in texts(other))]


def _figure(recap: Recap, language: str, name: str, period: Period) -> tuple[str, str]:
    now, then = (recap.totals.figures[each.number][name] for each in (recap.period, period))
    return amount(then, language), moved(build.change(now, then), language)


def _share(recap: Recap, language: str, name: str, period: Period) -> tuple[str, str]:
    then = recap.share(name, period)
    by = build.points(recap.share(name, recap.period), then)
    return percent(then, language), "" if by is None else shifted(by, language)


def _time(recap: Recap, language: str, measure: str, name: str, period: Period) -> tuple[str, str]:
    now, then = recap.rank(measure), recap.rank(measure, period)
    moved = faster(now[name], then[name], language) if now and then else ""
    return hours(then[name], language) if then else "–", moved


def _row(name: str, figures: dict[str, int], language: str) -> list[str]:
    return [name, *(amount(figures[figure], language) for figure in FIGURES)]
