"""What the pages of a load show: its words as the reader speaks, and its pictures."""

from sih import loads, recap_words
from sih.loads import Load
from sih.reader import MONTHS, language
from sih.recap_pages import ages_named, duration, period_name


def shown(load: Load) -> dict:
    """Of the template: the load, its pictures, and their figures as tables."""
    labels = [MONTHS[language()][month.month - 1] for month in load.months]
    return {"load": load, "pictures": loads.pictures(load, labels, ages_named(), _hours), "tables": tables(load)}


def tables(load: Load) -> dict[str, list[tuple]]:
    """The figures of the pictures."""
    names = [period_name(month) for month in load.months]
    held = [[duration(minutes) for minutes in series] for series in loads.minutes_held(load)]
    return {
        "ages": list(zip(ages_named(), load.open.ages, strict=True)),
        "trend": list(zip(names, load.figures("standing"), load.figures("closed"), strict=True)),
        "held": list(zip(names, *held, strict=True)),
    }


def _hours(minutes: int) -> str:
    return recap_words.hours(minutes, language())
