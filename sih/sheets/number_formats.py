"""How a workbook shows a number: with leading zeros, as a date, as a duration (ECMA-376 part 1, 18.8.30)."""

import re
from datetime import datetime, time, timedelta

EPOCH, MAC_EPOCH = datetime(1899, 12, 30), datetime(1904, 1, 1)
LONGEST = 255  # characters of a format code, as in Excel
BUILTIN = dict.fromkeys((*range(14, 23), 45, 47), "yyyy-mm-dd hh:mm") | {46: "[h]:mm:ss"}
NO_PATTERN = re.compile(r'"[^"]*"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')  # literals, colours, locales
IN_A_DATE = re.compile(r"(?<![_\\])[dmhysDMHYS]")
DURATION = re.compile(r"\[(?:hh?|mm?|ss?)\]")


class NumberFormat:
    """`code` as it stands in the workbook."""

    def __init__(self, code: str) -> None:
        pattern = code[:LONGEST].partition(";")[0]
        self.zeros = len(code) if len(code) <= LONGEST and set(code) == {"0"} else 0
        self.is_date = IN_A_DATE.search(NO_PATTERN.sub("", pattern)) is not None
        self.is_duration = self.is_date and DURATION.search(pattern) is not None


GENERAL = NumberFormat("General")


def moment(number: float, epoch: datetime) -> datetime | time:
    """What this number of days since the epoch is; below one a time of day. Raises OverflowError, ValueError."""
    days, fraction = divmod(number, 1)
    rest = timedelta(milliseconds=round(fraction * 86_400_000))
    if 0 <= number < 1 and not rest.days:
        return (epoch + rest).time()
    if 0 < number < 60 and epoch == EPOCH:
        days += 1  # Excel counts a 29 February 1900, which there was not
    return epoch + timedelta(days=days) + rest


def duration(number: float) -> timedelta:
    """This number of days, to the millisecond. Raises OverflowError, ValueError."""
    exact = timedelta(days=number)
    return exact - timedelta(microseconds=exact.microseconds - round(exact.microseconds, -3))
