"""What a cell of a list means: numbers by their format, codes as programs write them, characters that nobody sees."""

import pytest

from sih import sheets
from sih.background.imports import columns_of
from sih.masters.nouns import ASSET, EMPLOYEE
from sih.sheets import cells
from sih.sheets.number_formats import NumberFormat
from tests.import_files import csv, saved, xlsx
from tests.xlsx_files import HEAD, book, replaced, rows, shared

STRINGS = "xl/sharedStrings.xml"


@pytest.mark.parametrize(
    ("code", "drawn"),
    [
        ("00000000", "00012345"),
        ("0000 0000", "00012345"),
        ("0#########", "0000012345"),
        ("00000000;[Red]-00000000", "00012345"),
        ("[$-421]00000000", "00012345"),
        ('"NIK "00000000', "00012345"),
        ("\\N\\I\\K\\ 00000000", "00012345"),
        ("000\\ 000\\ 000", "000012345"),
        ("0000-0000", "0001-2345"),
        ('"T"000', "T12345"),
        ('"INV-"00000000', "INV-00012345"),
        ('"T"###', "T12345"),
        ("#,##0", "12345"),
        ("0.00", "12345"),
        ("0%", "12345"),
        ("0.00E+00", "12345"),
        ("# ?/?", "12345"),
        ("General", "12345"),
        ("@", "12345"),
        ('"x"', "12345"),
        ("", "12345"),
        (";;;", "12345"),
        ("0" * 1000, "0" * 250 + "12345"),
    ],
)
def test_a_whole_number_is_drawn_by_its_format(code, drawn):
    assert NumberFormat(code).drawn(12345) == drawn


def test_a_negative_number_is_no_code():
    assert NumberFormat("00000").drawn(-7) == "-7"


@pytest.mark.parametrize("code", ["0000 0000", "0000-0000", '"NIK "00000000', "[$-421]00000000;-0", "0#######"])
def test_a_nik_is_read_by_any_number_format_of_digits(code):
    made = book(HEAD, [12345, "Budi", "T001"])
    made.active["A2"].number_format = code
    assert rows(saved(made))[0]["nik"] == "00012345"


def test_a_store_is_read_with_the_letters_of_its_number_format():
    made = book(HEAD, ["0077", "Budi", 7])
    made.active["C2"].number_format = '"T"000'
    assert rows(saved(made))[0]["store"] == "T007"


@pytest.mark.parametrize(
    "written", ["01234", "'01234", "’01234", '="01234"', "01234.0", "01234,00", "0 1 2 3 4", "01-234", "01\u2011234"]
)
def test_a_nik_is_read_as_programs_and_people_write_it(written):
    field = '"' + written.replace('"', '""') + '"'
    assert rows(csv("NIK;Nama", f"{field};Budi"))[0]["nik"] == "01234"
    content = replaced(shared(HEAD, ["Nomor", "Budi", "T001"]), STRINGS, lambda x: _renamed(x, b"Nomor", written))
    assert rows(content)[0]["nik"] == "01234"


def test_an_unquoted_formula_of_a_csv_file_is_read():
    assert rows(csv("NIK;Nama", '="01234";="Budi"'))[0] == {"nik": "01234", "name": "Budi"}


def test_a_nik_with_a_thousands_separator_stays_as_it_is():
    assert rows(csv("NIK;Nama", "12.000;Budi"))[0]["nik"] == "12.000"


def test_a_label_keeps_its_hyphens():
    found = sheets.read_sheet(csv("Label;Jenis;Toko", "'inv-01 a;AC;T001"), columns_of(ASSET)).rows
    assert [row.facts["label"] for row in found] == ["INV-01A"]


ESCAPED = {
    "Ujang_x000D_\nTujuh_x000D_": "Ujang Tujuh",
    "A_x0026_B": "A&B",
    "A_x005F_x0026_B": "A_x0026_B",
    "A_xD83D__xDE00_B": "A\U0001f600B",
    "A_x00e9_": "Aé",
    "A_x1_ _x": "A_x1_ _x",
    "A_x0007_": "A\ufffd",
    "A_xD83D_": "A\ufffd",
}


@pytest.mark.parametrize("kept", list(ESCAPED))
def test_characters_that_a_workbook_keeps_as_numbers_are_read(kept):
    content = replaced(shared(HEAD, ["0077", "Nama asli", "T001"]), STRINGS, lambda x: _renamed(x, b"Nama asli", kept))
    assert rows(content)[0]["name"] == ESCAPED[kept]


def _renamed(xml: bytes, old: bytes, new: str) -> bytes:
    return xml.replace(old, new.replace("&", "&amp;").replace('"', "&quot;").encode())


def test_they_are_read_in_codes_inline_texts_and_headings():
    line = ["0077_x000D_", "Budi_x000D_", "T001_x000D_"]
    assert rows(xlsx([f"{name}_x000D_" for name in HEAD], line)) == [{"nik": "0077", "name": "Budi", "store": "T001"}]


INVISIBLE = ["\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2060", "\u00ad", "\ufeff"]


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize("make", [xlsx, lambda *lines: csv(*(";".join(line) for line in lines))])
def test_characters_that_nobody_sees_are_removed_and_the_row_says_so(make, sign):
    content = make(HEAD, [f"00{sign}77", f"{sign}Bu{sign}di", f"T001{sign}"], ["0078", "Ani", "T001"])
    first, second = sheets.read_sheet(content, columns_of(EMPLOYEE)).rows
    assert first.facts == {"nik": "0077", "name": "Budi", "store": "T001"}
    assert (first.is_tidied, second.is_tidied) == (True, False)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2007"])
def test_a_non_breaking_blank_becomes_a_blank(blank):
    [row] = sheets.read_sheet(csv("NIK;Nama", f"00{blank}77;Budi{blank}Santoso{blank}"), columns_of(EMPLOYEE)).rows
    assert row.facts == {"nik": "0077", "name": "Budi Santoso"} and row.is_tidied


def test_a_joiner_of_an_emoji_goes_too_and_letters_of_other_scripts_stay():
    [row] = sheets.read_sheet(csv("NIK;Nama", "0077;Étienne محمد 王"), columns_of(EMPLOYEE)).rows
    assert row.facts["name"] == "Étienne محمد 王" and not row.is_tidied


@pytest.mark.parametrize("text", ["-", "Tidak ada", "N/A", "–", "NULL", "None", "Nihil", "Kosong"])
def test_a_nik_that_says_there_is_none_is_empty(text):
    assert cells.parse(text, "nik") == ""


@pytest.mark.parametrize("text", ["2024-08-15", "2024-08-15 00:00:00"])
def test_a_nik_in_a_date_format_is_refused(text):
    """Its digits would be those of another NIK."""
    assert "berformat tanggal" in cells.parse(text, "nik").text


def test_a_month_is_read_by_any_usual_short_form():
    assert {cells.parse(f"15 {month} 2024", "date") for month in ("Agst", "Ags", "Agu", "Agus")} == {"2024-08-15"}
