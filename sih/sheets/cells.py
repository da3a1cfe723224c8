"""Converts the cells of a spreadsheet to text: numbers without decimals, ISO dates, no invisible characters."""

import re
from datetime import date, datetime, time, timedelta

from sih.domain.text import clean, nik_of, visible
from sih.domain.vocabulary import MONTHS, SHORT_MONTHS
from sih.sheets.faults import Fault
from sih.sheets.number_formats import EPOCH

LONGEST = 32_767  # characters of a cell, as in Excel

# Names of months in both languages, whole or abbreviated to three letters or more ("Agus"), and spellings that occur in
# Indonesian lists.
MONTH_NUMBERS = {
    name[:end].lower(): number
    for names in (*MONTHS.values(), *SHORT_MONTHS.values())
    for number, name in enumerate(names, 1)
    for end in range(3, len(name) + 1)
} | {"peb": 2, "pebruari": 2, "ags": 8, "agst": 8, "agt": 8, "nop": 11, "nopember": 11}
TIME = r"(?:[T ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?i: wib| wita| wit)?)?"  # a time of day, which is ignored
WEEKDAY = (
    r"(?:(?:senin|selasa|rabu|kamis|jum['’‘`]?at|sabtu|minggu|ahad"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s+)?"
)
WRITTEN_DATE = re.compile(WEEKDAY + r"(\d{1,2})[\s./-]+([a-z]+|\d{1,2})[.]?[\s./-]+(\d{4}|\d{2})" + TIME)
ISO_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME)
SERIAL = re.compile(r"(\d{5})(?:[.,]\d{1,20})?")  # Excel's number of a day, with the time as its fraction
LAST_SERIAL_DATE = datetime(2099, 12, 31)
FIRST_YEAR = 1900  # an earlier one is a slip, such as 0024
NOTHING = re.compile(r"[-–—]+|(?:tidak|belum) ada\.?|n/?a|n\.a\.?|nihil|kosong|null|none", re.IGNORECASE)
MONTH_FIRST = re.compile(r"(?:0?[1-9]|1[0-2])([./-])(?:1[3-9]|2\d|3[01])\1(?:\d{4}|\d{2})" + TIME)
LONGEST_DATE = 80  # characters; no valid date is that long
LOST_DIGITS = re.compile(r"\d[.,]?\d*E\+\d+", re.IGNORECASE)
APOSTROPHES = ("'", "’", "‘", "`")  # typed before a number so that the spreadsheet stores it as text
BELOW_ZERO = re.compile(r"[-−]\d[\d.,]*")
WITH_NOUGHTS = re.compile(r"(\d+)[.,]0{1,2}")  # a whole number that a program exported with decimals
FORMULA_OF_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # keeps leading zeros when Excel opens a CSV file
# Of Excel, and in a CSV file also of LibreOffice and of a column that was too narrow for its number.
ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!)|Err:\d{3}|#{3,}")


class Tidied(str):
    """A text from which invisible characters were removed, or in which other spaces became plain ones."""


class Lines(str):
    """A text of several lines, joined to one; `lines`: the text with its line ends."""

    lines: str


class TidiedLines(Lines, Tidied):
    """Both."""


def text_of(value) -> str:
    """The text that the cell displays, cleaned and on one line; a Lines if it had several, a Tidied if the
    cleaning changed invisible characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) and value.time() == time() else value).isoformat()
    text = str(value)
    if text.isascii() and text.isprintable():  # the fast path: nothing to clean
        return unguarded(" ".join(text.split()))
    seen = visible(text)
    lines = clean(seen)
    found = unguarded(" ".join(lines.split()))
    if "\n" in lines:
        joined = (Lines if seen == text else TidiedLines)(found)
        joined.lines = unguarded(lines)
        return joined
    return Tidied(found) if found and seen != text else found


def unguarded(text: str) -> str:
    """Removes the apostrophe that prevents a spreadsheet from interpreting a text as a formula (see writing.guarded),
    or the formula ="..." that prevents it from interpreting a text as a number."""
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "'"):
        return text[1:]
    if text[:2] == '="' and (formula := FORMULA_OF_TEXT.fullmatch(text)):
        return formula[1].replace('""', '"')
    return text


def parse(text: str, kind: str, epoch: datetime = EPOCH) -> str | Fault:
    """The value of a cell of this kind (text, words, code, nik, date), or the Fault that the text is not such a value.
    `epoch`: the day from which its workbook counts dates."""
    if ERROR.fullmatch(text):
        return Fault("Sel ini berisi kesalahan rumus: %(text)s", {"text": text})
    if kind in ("code", "nik"):
        return _code(text, kind)
    if kind == "date":
        return "" if is_nothing(text) else date_of(text, epoch)
    return text.lines if kind == "words" and isinstance(text, Lines) else text


def is_nothing(text: str) -> bool:
    """Whether this text means that there is no value: "-", "Tidak ada", "N/A" or empty."""
    return not text or NOTHING.fullmatch(text) is not None


def date_of(text: str, epoch: datetime = EPOCH) -> str | Fault:
    """ISO 8601 of a date written as in Indonesia, day before month, or by a spreadsheet that counts days from `epoch`;
    a Fault for other texts."""
    try:
        if len(text) > LONGEST_DATE:
            raise ValueError
        if found := ISO_DATE.fullmatch(text):
            return _day(int(found[1]), int(found[3]), int(found[4]))
        if (found := SERIAL.fullmatch(text)) and (day := epoch + timedelta(days=int(found[1]))) <= LAST_SERIAL_DATE:
            return day.date().isoformat()
        if found := WRITTEN_DATE.fullmatch(text.lower()):
            day, month, year = found.groups()
            return _day(_year(year), int(month) if month.isdecimal() else MONTH_NUMBERS[month], int(day))
    except (ValueError, KeyError):
        pass
    if MONTH_FIRST.fullmatch(text[:LONGEST_DATE]):
        return Fault("Tanggal tidak dapat dibaca: %(text)s. Tulis hari sebelum bulan.", {"text": text[:80]})
    return Fault("Tanggal tidak dapat dibaca: %(text)s. Tulis seperti 15-08-2024.", {"text": text[:80]})


def _day(year: int, month: int, day: int) -> str:
    if year < FIRST_YEAR:
        raise ValueError
    return date(year, month, day).isoformat()


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 69 else 1900)


def _code(text: str, kind: str) -> str | Fault:
    if kind == "nik" and is_nothing(text):
        return ""
    if kind == "nik" and ISO_DATE.fullmatch(text[: LONGEST_DATE + 1]):  # nik_of() would remove its hyphens
        facts = {"text": text[:80]}
        return Fault("NIK ini berformat tanggal di spreadsheet; ubah format selnya ke teks: %(text)s", facts)
    text = text.replace(" ", "").upper()
    if kind == "nik" and BELOW_ZERO.fullmatch(text):  # nik_of() would remove its sign
        return Fault("NIK ini angka di bawah nol: %(text)s", {"text": text[:80]})
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
