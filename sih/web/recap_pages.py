"""What the pages of a recap show: its words as the reader speaks, and its pictures."""

from sih import recap_words, recaps
from sih.charts import Chart
from sih.periods import Period
from sih.reader import MONTHS, gettext, language
from sih.recaps import Recap


def month_name(period: Period) -> str:
    return recap_words.month_name(period, language())


def period_name(period: Period) -> str:
    return recap_words.period_name(period, language())


def amount(number: int) -> str:
    return recap_words.amount(number, language())


def percent(share: float | None) -> str:
    return recap_words.percent(share, language())


def duration(minutes: int) -> str:
    return recap_words.duration(minutes, gettext)


def row_name(row: dict, cut: str) -> str:
    return recap_words.row_name(row, cut, gettext)


def moved(change: tuple[str, int, int | None]) -> str:
    return recap_words.moved(change, gettext, language())


def shifted(points: float) -> str:
    return recap_words.shifted(points, gettext, language())


def faster(now: int, before: int) -> str:
    return recap_words.faster(now, before, gettext)


FILTERS = (month_name, period_name, amount, percent, duration, row_name, moved, shifted, faster)


def ages_named() -> list[str]:
    return recap_words.ages_named(gettext)


def hours(minutes: int) -> str:
    return recap_words.hours(minutes, language())


def pictures(recap: Recap) -> dict[str, Chart]:
    months = [MONTHS[language()][month.month - 1] for month in recap.months]
    return recaps.pictures(recap, months, ages_named(), amount, hours)


def tables(recap: Recap) -> dict[str, list[tuple]]:
    """The figures of the pictures."""
    names = [month_name(month) for month in recap.months]
    totals = [recap.totals.figures[month.number] for month in recap.months]
    to_close = [[duration(each) for each in series] for series in recaps.minutes_to_close(recap)]
    return {
        "trend": [(name, each["reported"], each["closed"]) for name, each in zip(names, totals, strict=True)],
        "to_close": list(zip(names, *to_close, strict=True)),
        "load": [(row["name"], row["standing"]) for row in recap.load[: recaps.DIVISIONS]],
        "ages": list(zip(ages_named(), recap.ages, strict=True)),
    }
