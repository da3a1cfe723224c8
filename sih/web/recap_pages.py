"""The pages of a recap: its texts in the reader's language, and its charts."""

from decimal import Decimal
from fractions import Fraction

from sih.domain import vocabulary
from sih.domain.charts import Chart
from sih.domain.periods import Period
from sih.domain.vocabulary import SHORT_MONTHS
from sih.recap import build, wording
from sih.recap.build import Recap
from sih.web.i18n import language


def context(recap: Recap) -> dict:
    """What the templates of every recap name."""
    return {
        "recap": recap,
        "figures": vocabulary.FIGURES,
        "measures": vocabulary.MEASURES,
        "shares": vocabulary.SHARES,
        "words": vocabulary.COUNTED,
        "pictures": pictures(recap),
        "tables": tables(recap),
        "change": build.change,
        "points": build.points,
        "share_of": build.share,
    }


def month_name(period: Period) -> str:
    return wording.month_name(period, language())


def period_name(period: Period) -> str:
    return wording.period_name(period, language())


def amount(number: int) -> str:
    return wording.amount(number, language())


def percent(share: Fraction | None) -> str:
    return wording.percent(share, language())


def hours(minutes: int) -> str:
    return wording.hours(minutes, language())


def row_name(row: dict, dimension: str) -> str:
    return wording.row_name(row, dimension, language())


def moved(change: tuple[str, int, int | None]) -> str:
    return wording.moved(change, language())


def shifted(points: Decimal) -> str:
    return wording.shifted(points, language())


def faster(now: int, before: int) -> str:
    return wording.faster(now, before, language())


def beyond_chart(left_out: tuple[int, int]) -> str:
    return wording.beyond_chart(left_out, language())


FILTERS = (beyond_chart, month_name, period_name, amount, percent, hours, row_name, moved, shifted, faster)


def ages_named() -> list[str]:
    return wording.ages_named(language())


def pictures(recap: Recap) -> dict[str, Chart]:
    months = [SHORT_MONTHS[language()][month.month - 1] for month in recap.months]
    return build.pictures(recap, months, ages_named(), amount, hours)


def tables(recap: Recap) -> dict[str, list[tuple]]:
    """The figures of the charts, by chart."""
    names = [month_name(month) for month in recap.months]
    totals = [recap.totals.figures[month.number] for month in recap.months]
    to_close = [[hours(each) for each in series] for series in build.minutes_to_close(recap)]
    return {
        "trend": [(name, each["reported"], each["closed"]) for name, each in zip(names, totals, strict=True)],
        "to_close": list(zip(names, *to_close, strict=True)),
        "load": [(row["name"], row["open_at_end"]) for row in recap.load[: build.DIVISIONS]],
        "ages": list(zip(ages_named(), recap.ages, strict=False)),  # a division has none
    }
