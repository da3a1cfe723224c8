"""A cell as text, whatever the spreadsheet kept it as: whole numbers, dates in ISO, no invisible blanks."""

import re
from datetime import date, datetime, time

from sih.domain.text import clean
from sih.domain.vocabulary import MONTHS, SHORT_MONTHS
from sih.sheets.faults import Fault

LONGEST = 32_767  # characters of a cell, as in Excel

# As a month is written in either language, in whole or short, and what Indonesian lists also say.
MONTH_NUMBERS = {
    name.lower(): number for names in (*MONTHS.values(), *SHORT_MONTHS.values()) for number, name in enumerate(names, 1)
} | {"peb": 2, "ags": 8, "agt": 8, "sept": 9, "nop": 11, "nopember": 11}
TIME = r"(?:[T ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?)?"  # of a day, which nobody asked for
WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu),?\s+)?"
WRITTEN_DATE = re.compile(WEEKDAY + r"(\d{1,2})[\s./-]+([a-z]+|\d{1,2})[.]?[\s./-]+(\d{4}|\d{2})" + TIME)
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + TIME)
LONGEST_DATE = 80  # far more than any way to write one
LOST_DIGITS = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}


def text_of(value, zeros: int = 0) -> str:
    """What a person sees in the cell, cleaned; a whole number has at least so many digits as `zeros`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) and value.time() == time() else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value).zfill(zeros)
    text = str(value)
    if not (text.isascii() and text.isprintable()):  # else there is nothing to clean
        text = clean(text)
    return unguarded(" ".join(text.split()))


def unguarded(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula (see writing.guarded)."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "'") else text


def parse(text: str, kind: str) -> str | Fault:
    """The text of a cell of this kind (text, code, date), or why it is none."""
    if text in ERRORS:
        return Fault("Sel ini berisi kesalahan rumus: %(text)s", {"text": text})
    if kind == "code":
        return _code(text)
    return date_of(text) if kind == "date" and text else text


def date_of(text: str) -> str | Fault:
    """ISO 8601 of a date as it is written in Indonesia or by a spreadsheet; day before month."""
    try:
        if len(text) > LONGEST_DATE:
            raise ValueError
        if found := ISO_DATE.fullmatch(text):
            return date(*map(int, found.groups())).isoformat()
        if found := WRITTEN_DATE.fullmatch(text.lower()):
            day, month, year = found.groups()
            return date(_year(year), int(month) if month.isdecimal() else MONTH_NUMBERS[month], int(day)).isoformat()
    except (ValueError, KeyError):
        pass
    return Fault("Tanggal tidak dapat dibaca: %(text)s", {"text": text[:80]})


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 69 else 1900)


def _code(text: str) -> str | Fault:
    text = text.replace(" ", "").upper()
    if LOST_DIGITS.fullmatch(text):
        return lost_digits(text)
    return text


def lost_digits(text: str) -> Fault:
    return Fault("Angka ini kehilangan digit di spreadsheet; simpan sebagai teks: %(text)s", {"text": text[:80]})
