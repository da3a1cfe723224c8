"""The words of a recap, in Indonesian or in another language."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from sih.domain.languages import gettext
from sih.domain.numbers import half_up
from sih.domain.periods import AGES, Period
from sih.domain.vocabulary import MONTHS, PRIORITIES

STATES = {"running": "masih berjalan", "ended": "sudah berakhir", "closed": "ditutup"}  # states of a period, in files
INDONESIAN = str.maketrans(",.", ".,")  # separators of numbers


def month_name(period: Period, language: str = "id") -> str:
    return MONTHS[language][period.month - 1]


def period_name(period: Period, language: str = "id") -> str:
    """'Oktober 2026', or '2026'."""
    return str(period.year) if period.is_year else f"{month_name(period, language)} {period.year}"


def amount(number: int, language: str = "id") -> str:
    """'1.234' in Indonesian, '1,234' in English."""
    text = f"{number:,}"
    return text if language == "en" else text.replace(",", ".")


def percent(share: Fraction | None, language: str = "id") -> str:
    """'12,5%'; a dash for None."""
    if share is None:
        return "–"
    text = f"{half_up(share * 100, 1)}%"
    return text if language == "en" else text.replace(".", ",")


def hours(minutes: int, language: str = "id") -> str:
    """'3,4' or '1.234,5' hours; all tables and charts of durations use hours. Rounds to one decimal; '<0,1' instead of
    a positive value that would round to 0."""
    number = half_up(Fraction(minutes, 60), 1)
    text = f"{number:,}" if number or not minutes else "<0.1"
    return text if language == "en" else text.translate(INDONESIAN)


def moved(change: tuple[str, int, int | None], language: str = "id") -> str:
    """'naik 12 (3%)', from the result of build.change(); 'naik 12' if the earlier value is 0."""
    way, by, share = change
    if way == "same":
        return gettext("sama", language)
    text = f"{_way(way == 'up', language)} {amount(by, language)}"
    return text if share is None else f"{text} ({amount(share, language)}%)"


def shifted(points: Decimal, language: str = "id") -> str:
    """'naik 1,5 poin', from percentage points."""
    if not points:
        return gettext("sama", language)
    number = str(abs(points)) if language == "en" else str(abs(points)).replace(".", ",")
    return _way(points > 0, language) + " " + gettext("%(n)s poin", language, n=number)


def _way(is_up: bool, language: str) -> str:
    return gettext("naik", language) if is_up else gettext("turun", language)


def faster(now: int, before: int, language: str = "id") -> str:
    """The change of a duration, in words."""
    if now == before:
        return gettext("sama", language)
    return gettext("lebih cepat", language) if now < before else gettext("lebih lama", language)


def row_name(row: dict, dimension: str, language: str = "id") -> str:
    """The name of a row of a dimension; "Belum diidentifikasi" for problems without a category or priority."""
    name = row["name"]
    if dimension == "priority" and name:
        return gettext(PRIORITIES[name], language)
    return name or gettext("Belum diidentifikasi", language)


def beyond_chart(left_out: tuple[int, int], language: str = "id") -> str:
    """'22 divisi lain: 153 kendala': divisions and problems that the load chart leaves out; '' if there are none."""
    divisions, problems = left_out
    facts = {"n": amount(divisions, language), "m": amount(problems, language)}
    return gettext("%(n)s divisi lain: %(m)s kendala", language, **facts) if divisions else ""


def ages_named(language: str = "id") -> list[str]:
    """The age groups of open problems, in words."""
    words = [gettext("sampai %(n)s hari", language, n=AGES[0])]
    words += [gettext("%(a)s–%(b)s hari", language, a=last + 1, b=to) for last, to in pairwise(AGES)]
    return [*words, gettext("lebih dari %(n)s hari", language, n=AGES[-1])]
