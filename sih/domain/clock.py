"""The only source of time. SQL statements get the time as a parameter, never from the database. Tests replace now()."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COMPANY_ZONE = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def machine() -> datetime:
    """The clock of this machine, aware, in UTC. Unlike now(), tests do not replace it."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in COMPANY_ZONE."""
    return now().astimezone(COMPANY_ZONE).date()


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The first moment of this year and of the next, in COMPANY_ZONE."""
    return datetime(year, 1, 1, tzinfo=COMPANY_ZONE), datetime(year + 1, 1, 1, tzinfo=COMPANY_ZONE)
