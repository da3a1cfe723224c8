"""The one source of time: Python asks it, and every statement gets its answer as a parameter. Tests move it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COMPANY_ZONE = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def machine() -> datetime:
    """What this machine's own clock shows, aware, in UTC; tests that move the time leave it alone."""
    return datetime.now(UTC)


def today() -> date:
    """The company's date."""
    return now().astimezone(COMPANY_ZONE).date()


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """When the company's year begins, and when the next one does."""
    return datetime(year, 1, 1, tzinfo=COMPANY_ZONE), datetime(year + 1, 1, 1, tzinfo=COMPANY_ZONE)
