"""A cell as text, whatever the spreadsheet kept it as: whole numbers, dates in ISO, no invisible characters."""

import re
from datetime import date, datetime, time, timedelta

from sih.domain.text import clean, nik_of, visible
from sih.domain.vocabulary import MONTHS, SHORT_MONTHS
from sih.sheets.faults import Fault
from sih.sheets.number_formats import EPOCH

LONGEST = 32_767  # characters of a cell, as in Excel

# As a month is written in either language, in whole or cut after three letters or more ("Agus"), and what Indonesian
# lists also say.
MONTH_NUMBERS = {
    name[:end].lower(): number
    for names in (*MONTHS.values(), *SHORT_MONTHS.values())
    for number, name in enumerate(names, 1)
    for end in range(3, len(name) + 1)
} | {"peb": 2, "pebruari": 2, "ags": 8, "agst": 8, "agt": 8, "nop": 11, "nopember": 11}
TIME = r"(?:[T ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?)?"  # of a day, which nobody asked for
WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu),?\s+)?"
WRITTEN_DATE = re.compile(WEEKDAY + r"(\d{1,2})[\s./-]+([a-z]+|\d{1,2})[.]?[\s./-]+(\d{4}|\d{2})" + TIME)
ISO_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME)
SERIAL = re.compile(r"(\d{5})(?:[.,]\d{1,20})?")  # days as Excel counts them, with the time of day
LAST_SERIAL_DATE = datetime(2099, 12, 31)
NOTHING = re.compile(r"[-–—]+|tidak ada|n/a", re.IGNORECASE)
MONTH_FIRST = re.compile(r"(?:0?[1-9]|1[0-2])([./-])(?:1[3-9]|2\d|3[01])\1(?:\d{4}|\d{2})" + TIME)
LONGEST_DATE = 80  # far more than any way to write one
LOST_DIGITS = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
APOSTROPHES = ("'", "’", "‘", "`")  # before a number that a spreadsheet was to keep as a text
WITH_NOUGHTS = re.compile(r"(\d+)[.,]0{1,2}")  # a whole number that a program took for one with decimals
FORMULA_OF_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # keeps the zeros before a number when Excel opens a CSV file
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}


class Tidied(str):
    """A text from which invisible characters were removed, or whose non-breaking blanks became blanks."""


def text_of(value) -> str:
    """What a person sees in the cell, cleaned; Tidied where that changed what nobody sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) and value.time() == time() else value).isoformat()
    text = str(value)
    if text.isascii() and text.isprintable():  # there is nothing to clean
        return unguarded(" ".join(text.split()))
    seen = visible(text)
    found = unguarded(" ".join(clean(seen).split()))
    return Tidied(found) if found and seen != text else found


def unguarded(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula (see writing.guarded), or
    without the formula that keeps it from taking a text for a number."""
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "'"):
        return text[1:]
    if text[:2] == '="' and (formula := FORMULA_OF_TEXT.fullmatch(text)):
        return formula[1].replace('""', '"')
    return text


def parse(text: str, kind: str, epoch: datetime = EPOCH) -> str | Fault:
    """The text of a cell of this kind (text, code, nik, date), or why it is none. `epoch`: the day from which its
    workbook counts dates."""
    if text in ERRORS:
        return Fault("Sel ini berisi kesalahan rumus: %(text)s", {"text": text})
    if kind in ("code", "nik"):
        return _code(text, kind)
    if kind == "date":
        return "" if is_nothing(text) else date_of(text, epoch)
    return text


def is_nothing(text: str) -> bool:
    """Whether this is how people write that there is none: "-", "Tidak ada", "N/A"."""
    return not text or NOTHING.fullmatch(text) is not None


def date_of(text: str, epoch: datetime = EPOCH) -> str | Fault:
    """ISO 8601 of a date as it is written in Indonesia or by a spreadsheet that counts days from `epoch`; day before
    month."""
    try:
        if len(text) > LONGEST_DATE:
            raise ValueError
        if found := ISO_DATE.fullmatch(text):
            return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
        if (found := SERIAL.fullmatch(text)) and (day := epoch + timedelta(days=int(found[1]))) <= LAST_SERIAL_DATE:
            return day.date().isoformat()
        if found := WRITTEN_DATE.fullmatch(text.lower()):
            day, month, year = found.groups()
            return date(_year(year), int(month) if month.isdecimal() else MONTH_NUMBERS[month], int(day)).isoformat()
    except (ValueError, KeyError):
        pass
    if MONTH_FIRST.fullmatch(text[:LONGEST_DATE]):
        return Fault("Tanggal tidak dapat dibaca: %(text)s. Tulis hari sebelum bulan.", {"text": text[:80]})
    return Fault("Tanggal tidak dapat dibaca: %(text)s", {"text": text[:80]})


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 69 else 1900)


def _code(text: str, kind: str) -> str | Fault:
    if kind == "nik" and is_nothing(text):
        return ""
    if kind == "nik" and ISO_DATE.fullmatch(text[: LONGEST_DATE + 1]):  # its hyphens are not those of a pasted NIK
        facts = {"text": text[:80]}
        return Fault("NIK ini berformat tanggal di spreadsheet; ubah format selnya ke teks: %(text)s", facts)
    text = text.replace(" ", "").upper()
    if text.startswith(APOSTROPHES):
        text = text[1:]
    if text.isalnum():
        return text
    if LOST_DIGITS.fullmatch(text):
        return lost_digits(text)
    if whole := WITH_NOUGHTS.fullmatch(text):
        return whole[1]
    return nik_of(text) if kind == "nik" else text


def lost_digits(text: str) -> Fault:
    return Fault("Angka ini kehilangan digit di spreadsheet; simpan sebagai teks: %(text)s", {"text": text[:80]})
