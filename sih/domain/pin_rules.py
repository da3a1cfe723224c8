"""Which PINs are too easy to guess, and why (docs/architecture.md, Safety)."""

from datetime import datetime
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).with_name("common_pins.txt")
COMMON = frozenset(
    pin for line in FILE.read_text(encoding="ascii").splitlines() if not line.startswith("#") for pin in line.split()
)
DATES = {
    6: ("%d%m%y", "%m%d%y", "%y%m%d", "%y%d%m", "%Y%m", "%m%Y"),
    8: ("%d%m%Y", "%m%d%Y", "%Y%m%d", "%Y%d%m"),
}
YEARS = range(1900, 2100)


def weakness(pin: str, nik: str) -> str | None:
    """The reason why this PIN (digits only) is too weak for the owner of this NIK: "nik", "repeat", "run", "date" or
    "common"; None if it is strong enough."""
    if pin in nik or pin in "".join(filter(str.isdecimal, nik)):
        return "nik"
    if _runs(pin):
        return "run"
    if _repeats(pin):
        return "repeat"
    if pin not in COMMON and _goes_up_and_down(pin):
        return "run"
    if _is_date(pin):
        return "date"
    return "common" if pin in COMMON else None


def _repeats(pin: str) -> bool:
    """For example 111111, 123123, 1212121: repetitions of a part of at most half its length."""
    return any(all(a == b for a, b in zip(pin, pin[length:], strict=False)) for length in range(1, len(pin) // 2 + 1))


def _runs(pin: str) -> bool:
    """For example 123456, 890123, 975319, 112233: digits, or equally long groups of one digit, at a constant distance
    modulo 10. Not at distance 5, which is a repetition (272727)."""
    digits, lengths = zip(*[(int(digit), len(list(group))) for digit, group in groupby(pin)], strict=True)
    steps = {(after - before) % 10 for before, after in zip(digits, digits[1:], strict=False)}
    return len(set(lengths)) == 1 and len(steps) == 1 and 5 not in steps


def _goes_up_and_down(pin: str) -> bool:
    """For example 12344321: neighbouring digits differ by at most 1."""
    return all(abs(int(after) - int(before)) <= 1 for before, after in zip(pin, pin[1:], strict=False))


def _is_date(pin: str) -> bool:
    return any(_reads_as(pin, form) for form in DATES.get(len(pin), ()))


def _reads_as(pin: str, form: str) -> bool:
    try:
        return datetime.strptime(pin, form).year in YEARS
    except ValueError:
        return False
