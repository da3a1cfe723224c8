"""The months and years of the recap, in the company's time zone. The number of a month is 202610, of a year 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sih.domain.clock import COMPANY_ZONE

FIRST_YEAR = 2000
AGES = (1, 3, 7, 30, 90)  # upper bounds, in days, of the age groups of open problems; one more group is older


@dataclass(frozen=True, order=True)
class Period:
    number: int

    @property
    def is_year(self) -> bool:
        return self.number < 10000

    @property
    def year(self) -> int:
        return self.number if self.is_year else self.number // 100

    @property
    def month(self) -> int:
        """1 to 12; 12 for a year."""
        return 12 if self.is_year else self.number % 100

    @property
    def text(self) -> str:
        """As in an address: "2026-10", or "2026"."""
        return f"{self.year}" if self.is_year else f"{self.year}-{self.month:02}"

    @property
    def starts_at(self) -> datetime:
        return datetime(self.year, 1 if self.is_year else self.month, 1, tzinfo=COMPANY_ZONE)

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next period."""
        return self.after(1).starts_at

    @property
    def months(self) -> list[Period]:
        return [Period(self.year * 100 + month) for month in range(1, 13)] if self.is_year else [self]

    def after(self, amount: int) -> Period:
        """The period so many months later, of a year so many years; earlier if `amount` is negative."""
        if self.is_year:
            return Period(self.number + amount)
        years, months = divmod(self.month - 1 + amount, 12)
        return Period((self.year + years) * 100 + months + 1)

    @property
    def year_before(self) -> Period:
        """The same month of the year before; for a year, the year before."""
        return self.after(-1 if self.is_year else -12)

    @property
    def upto(self) -> list[int]:
        """The numbers of the periods whose changes add up to the stock at the end of this one."""
        years = list(range(FIRST_YEAR, self.year + self.is_year))
        return years if self.is_year else years + [self.year * 100 + month for month in range(1, self.month + 1)]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the recap: what it counts, in which period, for which value of which dimension."""

    name: str  # a key of sih/domain/vocabulary.py: FIGURES
    period: Period
    dimension: str = "all"
    value: int = 0


def of(day: date) -> Period:
    return Period(day.year * 100 + day.month)


def parse(text: str, today: date) -> Period | None:
    """The period of a text such as "2026" or "2026-10"; None if it is none, or has not begun."""
    year, _, month = text.partition("-")
    is_number = text.isascii() and year.isdecimal() and len(year) == 4 and (not month or month.isdecimal())
    if not is_number or not FIRST_YEAR <= int(year) <= today.year or text.endswith("-"):
        return None
    if not month:
        return Period(int(year))
    found = Period(int(year) * 100 + int(month)) if len(month) == 2 and 1 <= int(month) <= 12 else None
    return found if found and found <= of(today) else None
