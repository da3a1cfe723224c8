"""The pages of a load: its texts in the reader's language, and its charts."""

from sih.domain.vocabulary import SHORT_MONTHS
from sih.recap import loads
from sih.recap.loads import Load
from sih.web.i18n import language
from sih.web.recap_pages import ages_named, hours
from sih.web.rows import rows


def context(load: Load) -> dict:
    """Template variables: `load`, its longest waiting problems as `rows`, its charts (`pictures`), their figures as
    `tables`, and the `names` of its months."""
    labels = [SHORT_MONTHS[language()][month.month - 1] for month in load.months]
    drawn = {"pictures": loads.pictures(load, labels, ages_named(), hours), "tables": tables(load)}
    return {
        "load": load,
        "rows": rows(load.longest),
        "names": dict(zip(load.months, _names(load), strict=True)),
    } | drawn


def tables(load: Load) -> dict[str, list[tuple]]:
    """The figures of the charts, by chart."""
    names = _names(load)
    held = [[hours(minutes) for minutes in series] for series in loads.minutes_held(load)]
    return {
        "ages": list(zip(ages_named(), load.open.ages, strict=True)),
        "trend": list(zip(names, load.figures("open_at_end"), load.figures("closed"), strict=True)),
        "held": list(zip(names, *held, strict=True)),
    }


def _names(load: Load) -> list[str]:
    """For example 'Nov 2026', short enough for a phone."""
    return [f"{SHORT_MONTHS[language()][month.month - 1]} {month.year}" for month in load.months]
