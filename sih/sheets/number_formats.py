"""How a workbook displays a number: with leading zeros, as a date, as a duration (ECMA-376 part 1, 18.8.30,
18.8.31)."""

import re
from datetime import datetime, time, timedelta

EPOCH, MAC_EPOCH = datetime(1899, 12, 30), datetime(1904, 1, 1)
LONGEST = 255  # characters of a format code, as in Excel
BUILTIN = dict.fromkeys((*range(14, 23), 45, 47), "yyyy-mm-dd hh:mm") | {46: "[h]:mm:ss"}
NO_PATTERN = re.compile(r'"[^"]*"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')  # literals, colours, locales
IN_A_DATE = re.compile(r"(?<![_\\])[dmhysDMHYS]")
TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|([0#?])|(.)')  # a text, an escaped character, a digit, another
DURATION = re.compile(r"\[(?:hh?|mm?|ss?)\]")


class NumberFormat:
    """A number format; `code` as in the workbook."""

    def __init__(self, code: str) -> None:
        pattern = code[:LONGEST].partition(";")[0]
        self.is_date = IN_A_DATE.search(NO_PATTERN.sub("", pattern)) is not None
        self.is_duration = self.is_date and DURATION.search(pattern) is not None
        self._zeros, self._parts = (0, []) if self.is_date else _digits(pattern)

    def drawn(self, number: int) -> str:
        """Formats a whole number: leading zeros, and the literals that are part of a code, as in `"T"000` and `00-000`.
        Spaces, and literals with a space such as `"NIK "0000`, are left out."""
        digits = str(number)
        if number < 0:
            return digits
        digits = digits.zfill(self._zeros)
        if not self._parts:
            return digits
        drawn, first = [], self._parts.index("")
        for place in range(len(self._parts) - 1, -1, -1):
            if part := self._parts[place]:
                drawn.append(part)
            else:
                drawn.append(digits if place == first else digits[-1:])
                digits = digits[:-1]
        return "".join(reversed(drawn))


def _digits(pattern: str) -> tuple[int, list[str]]:
    """The minimum number of digits, counted from the first 0 of the pattern; 0 if the number is not displayed by its
    digits alone. And the parts of the pattern, '' for a digit, if it has more than digits."""
    places, parts, text = "", [], ""
    for found in TOKEN.finditer(pattern):
        quoted, escaped, digit, other = found.groups()
        if other == ".":
            break
        if other and other not in " -()+":
            return 0, []
        if digit:
            places += digit
            parts += [*_kept(text), ""]
            text = ""
        else:
            text += quoted or escaped or other or ""
    parts += _kept(text)
    zeros = len(places) - places.find("0") if "0" in places else 0
    return zeros, parts if places and any(parts) else []


def _kept(text: str) -> list[str]:
    return [text] if text and not any(c.isspace() for c in text) else []


GENERAL = NumberFormat("General")


def moment(number: float, epoch: datetime) -> datetime | time:
    """The date and time of this number of days since the epoch; below one, a time of day. Raises OverflowError,
    ValueError."""
    days, fraction = divmod(number, 1)
    rest = timedelta(milliseconds=round(fraction * 86_400_000))
    if 0 <= number < 1 and not rest.days:
        return (epoch + rest).time()
    if 0 < number < 60 and epoch == EPOCH:
        days += 1  # Excel counts 29 February 1900, which did not exist
    return epoch + timedelta(days=days) + rest


def duration(number: float) -> timedelta:
    """The duration of this number of days, rounded to milliseconds. Raises OverflowError, ValueError."""
    exact = timedelta(days=number)
    return exact - timedelta(microseconds=exact.microseconds - round(exact.microseconds, -3))
