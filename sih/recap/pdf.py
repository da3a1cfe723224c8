"""A recap as a PDF of a few A4 pages: figures with comparison, charts, tables by division and by month."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sih.domain.clock import COMPANY_ZONE
from sih.domain.languages import gettext, moment
from sih.domain.periods import Period
from sih.domain.vocabulary import DIMENSIONS, FIGURES, MEASURES, SHARES, SHORT_MONTHS, ZONES
from sih.recap import build, wording
from sih.recap.build import Recap
from sih.recap.wording import (
    STATES,
    amount,
    beyond_chart,
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

ROWS = 22  # of the dimension


def pdf(recap: Recap, now: datetime, language: str = "id") -> bytes:
    """The bytes of the file, with the print time `now`; in Indonesian like every file, or in the language of a mail's
    recipient."""
    from sih.pdf.page import Paper  # noqa: PLC0415 - heavy, and few processes need it

    say, period = partial(gettext, language=language), period_name(recap.period, language)
    title = say("Rekap %(month)s", month=period)
    printed = say("Dicetak %(at)s %(zone)s", at=moment(now, language, COMPANY_ZONE), zone=ZONES[COMPANY_ZONE.key])
    paper = Paper(title, language, printed, say("halaman %(page)s dari %(pages)s"))
    paper.text_line(title, 10, 16, "B")
    if recap.name:
        paper.text_line(f"{say('Divisi')} {recap.name}", 8, 12, "B")
    paper.text_line(f"Sistem Informasi Helpdesk · {say(STATES[recap.state])}", 8, 9)
    heads = [head for each in recap.compared for head in (period_name(each, language), say("Perubahan"))]
    paper.grid(["", period, *heads], _compared(recap, language))
    _add_pictures(paper, recap, language)
    if recap.rows:
        _add_rows(paper, recap, language)
    heads = [say(word) for word in FIGURES.values()] + _time_heads(language, ["to_close"])
    totals = recap.totals.figures
    months = [
        [
            month_name(each, language),
            *_amounts(totals[each.number], language),
            *_times(recap, language, ["to_close"], each),
        ]
        for each in recap.months
    ]
    paper.titled_grid(f"{say('Bulan demi bulan')} {recap.period.year}", [say("Bulan"), *heads], months)
    return bytes(paper.output())


def _add_pictures(paper: "Paper", recap: Recap, language: str) -> None:
    say = partial(gettext, language=language)
    months = [SHORT_MONTHS[language][month.month - 1] for month in recap.months]
    numbers = (partial(amount, language=language), partial(hours, language=language))
    drawn = build.pictures(recap, months, wording.ages_named(language), *numbers)
    paper.pair(
        (say("Dilaporkan dan selesai per bulan"), drawn["trend"], (say("Dilaporkan"), say("Selesai")), ""),
        (say("Waktu sampai selesai per bulan (jam)"), drawn["to_close"], (say("Median"), say("90% selesai dalam")), ""),
    )
    if recap.ages:
        paper.pair(
            (say("Masih terbuka menurut divisi"), drawn["load"], (), beyond_chart(recap.beyond_chart, language)),
            (say("Umur yang masih terbuka"), drawn["ages"], (), ""),
        )


def _add_rows(paper: "Paper", recap: Recap, language: str) -> None:
    """Adds the figures and durations of the dimension."""
    say, period = partial(gettext, language=language), period_name(recap.period, language)
    dimension, rows = say(DIMENSIONS[recap.dimension]), recap.rows[:ROWS]
    titles = {"month": period, "dimension": dimension.lower()}
    note = _omitted(recap, language)
    names = [row_name(row, recap.dimension, language) for row in rows]
    amounts = [
        [name, *_amounts(row, language), *(percent(build.share(row, share), language) for share in SHARES)]
        for name, row in zip(names, rows, strict=True)
    ]
    heads = [dimension, *(say(word) for word in (*FIGURES.values(), *SHARES.values()))]
    paper.titled_grid(say("Rekap %(month)s menurut %(dimension)s", **titles), heads, amounts, note)
    places = [(recap.dimension, row["value"]) for row in rows]
    times = [
        [name, *_times(recap, language, MEASURES, recap.period, place)]
        for name, place in zip(names, places, strict=True)
    ]
    heads = [dimension, *_time_heads(language, MEASURES)]
    paper.titled_grid(say("Waktu %(month)s menurut %(dimension)s", **titles), heads, times, note)


def _omitted(recap: Recap, language: str) -> str:
    """A sentence about the rows that the tables of the dimension leave out, worded as on the page; '' if there are
    none."""
    left = recap.rows[ROWS:]
    rows = len(left) + recap.omitted_rows
    still_open = sum(row["open_at_end"] for row in left) + recap.omitted_open
    facts = {"rows": amount(rows, language), "open": amount(still_open, language)}
    text = "Tidak ditampilkan: %(rows)s baris lain dengan %(open)s kendala yang masih terbuka pada akhir periode; " \
           "semuanya ada di XLSX dan CSV."  # fmt: skip
    return gettext(text, language, **facts) if rows else ""


def _time_heads(language: str, measures: Iterable[str]) -> list[str]:
    say = partial(gettext, language=language)
    return [
        f"{say(MEASURES[measure])}, {say(of)}"
        for measure in measures
        for of in ("median (jam)", "90% selesai dalam (jam)")
    ]


def _times(recap: Recap, language: str, measures: Iterable[str], *where) -> list[str]:
    """The texts below those headings; `where`: period and row, as Recap.rank() takes them."""
    found = [recap.rank(measure, *where) for measure in measures]
    return [hours(rank[name], language) if rank else "–" for rank in found for name in ("p50", "p90")]


def _amounts(figures: dict[str, int], language: str) -> list[str]:
    return [amount(figures[name], language) for name in FIGURES]


def _compared(recap: Recap, language: str) -> list[list[str]]:
    """A row for each figure, share and duration: its value, the values of the periods of comparison, and the
    changes."""
    say = partial(gettext, language=language)
    body = [[say(word), *_beside(recap, partial(_figure, recap, language, name))] for name, word in FIGURES.items()]
    body += [[say(word), *_beside(recap, partial(_share, recap, language, name))] for name, word in SHARES.items()]
    for measure, word in MEASURES.items():
        for head, rank in ((f"{say(word)}, {say('median (jam)')}", "p50"), (say("90% selesai dalam (jam)"), "p90")):
            body.append([head, *_beside(recap, partial(_time, recap, language, measure, rank))])
    return body


def _beside(recap: Recap, texts: Callable[[Period], tuple[str, str]]) -> list[str]:
    """Texts of the comparison; `texts` returns a period's value and how the recap's own value differs from it."""
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
