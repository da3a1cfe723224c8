"""Lines of a sheet that are no rows of the list: totals, signatures, notes, repeated headings, empty lines."""

import re

from sih.sheets.cells import LONGEST_DATE, MONTH_NUMBERS, date_of
from sih.sheets.faults import Fault

TOTAL = re.compile(r"(?:(?:grand|sub)[ -]?)?(?:total|jumlah)(?![\w-])", re.IGNORECASE)
COUNTED = "karyawan|pegawai|orang|toko|cabang|divisi|departemen|kategori|jenis|barang|inventaris|aset|unit|data|baris"
# A row may be named "Total Station", so a total has only words of a total.
WHOLE_TOTAL = re.compile(
    rf"{TOTAL.pattern}(?: (?:seluruh(?:nya)?|keseluruhan|semua|akhir|{COUNTED}))*[ :=.,\d]*(?:{COUNTED})?",
    re.IGNORECASE,
)
SIGNATURE = re.compile(
    r"(?:mengetahui|menyetujui|disetujui|diketahui|hormat kami|tertanda|tanda tangan|ttd"
    r"|(?:dibuat|disusun|disiapkan|diperiksa|diverifikasi|disahkan) oleh|(?:approved|prepared|checked) by)(?!\w)",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"(?:(?:catatan|keterangan|ket|notes?|sumber|dicetak)\.? ?:|dicetak (?:oleh|pada|tanggal)(?!\w)"
    r"|(?:halaman|hal\.?|page) ?\d+|\*\)?)",
    re.IGNORECASE,
)
NUMBER = re.compile(rf"(?:rp\.? ?)?[\d.,]+(?: ?(?:{COUNTED}|%))?|-", re.IGNORECASE)
PLACE = re.compile(r"[^\W\d][^\d]{1,40}")
BLANK_DATE = re.compile(r"[\d._… ]*([^\W\d_]+)[._… ]*(?:\d{4}|20[._… ]+)")
CODE = re.compile(r"[A-Z\d-]+", re.IGNORECASE)
SIGNER = re.compile(r"NI[KP]\W", re.IGNORECASE)  # the label before the employee number of a signer
LEAST_NUMBERS = 3  # columns; a row may begin with its number and another
COLUMN_NUMBER = re.compile(r"\(?(\d{1,3})[.)]?")
LONGEST = 100  # characters; a longer text is none of these


class NonRows:
    """Classifies rows in order: below a signature there are names and positions, which cannot be recognised by
    themselves."""

    def __init__(
        self, places: dict[str, int], headings: list[list[str]], key: str, is_code: bool, form: str | None = None
    ) -> None:
        """`places`: cell index of each column; `headings`: the heading rows; `key`: the column that identifies a
        row; `form`: the regular expression of its codes, None for any."""
        self._places, self._headings = list(places.values()), headings
        self._key, self._is_code, self._form = places[key], is_code, re.compile(form) if form else None
        self._is_signed = False

    def kind(self, row: list[str | Fault]) -> str:
        """The kind of this line: total, signature, note, heading, empty or unused (only ignored columns have text); ''
        for a row of the list. A line with a key is always a row."""
        key = row[self._key] if self._key < len(row) else ""
        if _numbers_columns(row):
            return "heading"
        if isinstance(key, Fault) or (self._is_code and not self._is_signed and self._is_valid(key)):
            return ""
        cells = [row[place] for place in self._places if place < len(row) and row[place]]
        used_texts = [cell for cell in cells if isinstance(cell, str)]
        if len(used_texts) < len(cells):
            return ""
        texts = [cell for cell in row if cell and isinstance(cell, str)]
        if used_texts and any(self._repeats(line, row) for line in self._headings):
            self._is_signed = False
            return "heading"
        is_total = any(TOTAL.match(text[:LONGEST]) for text in texts) and self._are_numbers(used_texts or texts)
        if key and not (self._is_code and is_total) and self._is_key(key, used_texts):
            self._is_signed = False
            return ""
        if is_total:
            return "total"
        if texts and (all(map(_is_signature, texts)) or any(SIGNATURE.match(text[:LONGEST]) for text in used_texts)):
            self._is_signed = True
        if self._is_signed and texts:
            return "signature"
        if len(texts) == 1 and NOTE.match(texts[0][:LONGEST]):
            return "note"
        if used_texts:
            return ""
        return "empty" if all(NUMBER.fullmatch(text[:LONGEST]) for text in texts) else "unused"

    def _is_valid(self, key: str) -> bool:
        """Whether this is a code with a digit: a word may be the beginning of a sentence."""
        is_code = key.isalnum() and not key.isalpha()
        return is_code and (self._form is None or self._form.fullmatch(key.upper()) is not None)

    def _repeats(self, line: list[str], row: list[str | Fault]) -> bool:
        """Whether the row repeats this heading row, including the heading of the key column if there is one."""
        pairs = [(row[place], line[place] if place < len(line) else "") for place in self._places if place < len(row)]
        key = line[self._key] if self._key < len(line) else ""
        if key and (self._key >= len(row) or not row[self._key]):
            return False
        return all(not cell or str(cell).casefold() == heading.casefold() for cell, heading in pairs)

    def _is_key(self, key: str, used_texts: list) -> bool:
        start = key[:LONGEST]
        if TOTAL.match(start) if self._is_code else WHOLE_TOTAL.fullmatch(start):
            return not self._are_numbers(used_texts)
        if _is_signature(key) or (len(used_texts) == 1 and NOTE.match(start)):
            return False
        if not self._is_signed:
            return True
        if not self._is_code or SIGNER.match(start) or not any(map(str.isdigit, start)):
            return False
        is_code = CODE.fullmatch(start) is not None and (key.isalnum() or isinstance(date_of(key), Fault))
        return is_code or len(used_texts) > 2

    def _are_numbers(self, texts: list[str]) -> bool:
        """Whether all texts are numbers, apart from the words of a total."""
        return all(NUMBER.fullmatch(text[:LONGEST]) or TOTAL.match(text[:LONGEST]) for text in texts)


def _numbers_columns(row: list[str | Fault]) -> bool:
    """Whether the row numbers the columns from one, as below the headings of a form: "(1)", "(2)", "(3)"."""
    texts = [cell for cell in row if cell]
    if len(texts) < LEAST_NUMBERS or not str(texts[0]).lstrip("(").startswith("1"):
        return False
    found = [COLUMN_NUMBER.fullmatch(text) if isinstance(text, str) else None for text in texts]
    return all(one and int(one[1]) == number for number, one in enumerate(found, 1))


def _is_signature(text: str) -> bool:
    """Whether the text begins a signature: "Mengetahui, Manajer SDM", "Jakarta, 30 November 2026"."""
    if len(text) > LONGEST:
        return False
    if SIGNATURE.match(text):
        return True
    place, _, day = text.rpartition(",")
    day = re.sub(r"^(?:tanggal|tgl)\b\.?", "", day.strip().lower()).strip()
    if not day or not PLACE.fullmatch(place.strip()) or len(day) > LONGEST_DATE or day.isdecimal():
        return False
    blank = BLANK_DATE.fullmatch(day)
    return isinstance(date_of(day), str) or (blank is not None and blank[1] in MONTH_NUMBERS)
