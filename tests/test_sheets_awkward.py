"""Spreadsheets as people make them: cover sheets, merged cells, formulas, forty columns; rows or errors for each."""

import re

import pytest

from sih import sheets
from sih.background.imports import columns_of
from sih.masters.nouns import EMPLOYEE
from tests.import_files import csv, saved, xlsx
from tests.xlsx_files import HEAD, LINE, SHEET, book, faults, refusal, replaced, rows, shared


def test_the_right_sheet_is_found_behind_others():
    made = book(["Petunjuk"], ["Isi lembar kedua"], title="Sampul")
    made.create_sheet("Data").append(HEAD)
    made["Data"].append(LINE)
    assert rows(saved(made)) == [{"nik": "0077", "name": "Budi", "store": "T001"}]


def test_a_title_and_notes_may_stand_above_the_headings():
    made = book(["DAFTAR KARYAWAN 2026"], [], ["Rahasia", None, "HRD"], HEAD, LINE)
    made.active.merge_cells("A1:C1")
    assert [row.number for row in sheets.read_sheet(saved(made), columns_of(EMPLOYEE)).rows] == [5]


def test_missing_headings_are_named_with_the_place_searched():
    sentence = refusal(saved(book(["A", "B"], ["1", "2"], title="Gaji")))
    assert sentence == (
        "Judul kolom ini tidak ditemukan: NIK. Judul yang ada: Gaji: A, B. "
        "Judul yang dikenal: NIK, Nama, Peran, Toko, Divisi, Departemen, E-mail, Telepon, Status."
    )


def test_a_merged_cell_has_the_value_of_its_first_cell():
    made = book(HEAD, LINE, ["0078", "Ani", None])
    made.active.merge_cells("C2:C3")
    assert [row["store"] for row in rows(saved(made))] == ["T001", ""]


def test_a_formula_is_read_as_its_result():
    def solve(xml: bytes) -> bytes:
        return re.sub(rb'<c r="B2"[^>]*>(<f>.*?</f>).*?</c>', rb'<c r="B2" t="str">\1<v>BUDI</v></c>', xml)

    content = saved(book(HEAD, ["0077", "=UPPER(A1)", "T001"]))
    assert rows(replaced(content, SHEET, solve))[0]["name"] == "BUDI"


def test_a_formula_without_a_cached_result_is_an_error_of_its_row():
    assert faults(saved(book(HEAD, LINE, ["0078", "=UPPER(A1)", "T001"])))[3].startswith(
        "Sel ini berisi rumus tanpa hasil"
    )


def test_a_formula_in_an_unused_column_is_ignored():
    assert faults(saved(book([*HEAD, "Umur"], [*LINE, "=1+1"]))) == {}


@pytest.mark.parametrize(
    ("value", "name"), [("NaN", "#NUM!"), ("INF", "#NUM!"), ("1e999", "#NUM!"), ("zehn", "#VALUE!")]
)
def test_what_is_no_number_is_an_error_of_its_row_alone(value, name):
    content = replaced(
        saved(book(HEAD, LINE, [78, "Ani", "T001"])),
        SHEET,
        lambda xml: xml.replace(b"<v>78<", b"<v>%s<" % value.encode()),
    )
    assert faults(content) == {3: f"Sel ini berisi kesalahan rumus: {name}"}
    assert rows(content)[0]["nik"] == "0077"


def test_a_nik_below_zero_is_an_error_of_its_row():
    assert faults(saved(book(HEAD, [-77, "Budi", "T001"]))) == {2: "NIK ini angka di bawah nol: -77"}
    assert faults(csv("NIK;Nama;Toko", "-0077;Budi;T001", "00-77;Ani;T001")) == {2: "NIK ini angka di bawah nol: -0077"}


@pytest.mark.parametrize(
    "lines",
    [
        ('0077,"Budi,T001', '0078,Ani",T002'),
        ('0077,Budi,"T001', "0078,Ani,T002", '0079,"Ida",T001'),
        ('"0077,Budi,T001', '0078",Ani,T002'),
    ],
)
def test_rows_joined_by_an_odd_quote_are_an_error(lines):
    message = 'Sel ini berisi beberapa baris daftar. Periksa tanda petik (") di baris ini.'
    try:
        assert message in faults(csv("NIK,Nama,Toko", *lines)).values()
    except sheets.SheetError as error:
        assert "tanda petik" in error.message


def test_a_text_of_several_lines_in_quotes_is_one_cell():
    content = csv("NIK,Nama,Toko,Alamat", '0077,Budi,T001,"Jl. Melati 3, Blok A', 'Jakarta, 12345"')
    assert rows(content) == [{"nik": "0077", "name": "Budi", "store": "T001"}]


def test_a_column_without_a_heading_is_named_by_its_letter():
    found = sheets.read_sheet(saved(book([*HEAD, None, "Umur"], [*LINE, "kontrak", 30])), columns_of(EMPLOYEE))
    assert [row.facts["nik"] for row in found.rows] == ["0077"]
    assert found.unused == ["Umur", "[D]"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!"])
def test_an_error_value_of_a_formula_is_an_error_of_its_row(error):
    assert faults(saved(book(HEAD, ["0077", "Budi", error]))) == {2: f"Sel ini berisi kesalahan rumus: {error}"}


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "Err:508", "########"])
def test_an_error_value_of_a_csv_file_is_an_error_of_its_row(error):
    assert faults(csv("NIK;Nama;Toko", f"0077;{error};T001")) == {2: f"Sel ini berisi kesalahan rumus: {error}"}


def test_an_odd_quote_is_named_with_what_to_do():
    assert refusal(csv("NIK;Nama", '0077;"Ani" S')) == (
        'Berkas ini rusak di dekat baris 2. Periksa tanda petik (") di baris itu dan di atasnya, atau simpan daftarnya '
        "sebagai .xlsx."
    )


def test_sheets_whose_names_differ_by_a_blank_are_two():
    made = book(HEAD, LINE, title="Jawa")
    for line in (HEAD, ["0078", "Ani", "T001"]):
        (made["Jawa "] if "Jawa " in made.sheetnames else made.create_sheet("Jawa ")).append(line)
    assert [sheet.name for sheet in sheets.read_sheet(saved(made), columns_of(EMPLOYEE)).sheets] == ["Jawa", "Jawa (2)"]
    found = sheets.read_sheet(saved(made), columns_of(EMPLOYEE), ["Jawa"])
    assert [row.facts["nik"] for row in found.rows] == ["0077"]


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(content):
    without_rows = "Judul kolom ini tidak ditemukan: NIK. Judul yang ada: -."
    assert refusal(content).startswith(("Berkas ini kosong.", without_rows))


def test_forty_columns_are_accepted():
    head = [*HEAD, *(f"Kolom {n}" for n in range(37))]
    found = sheets.read_sheet(xlsx(head, [*LINE, *range(37)]), columns_of(EMPLOYEE))
    assert len(found.unused) == 37 and [row.facts["nik"] for row in found.rows] == ["0077"]


def test_over_two_hundred_columns_are_refused():
    assert refusal(xlsx([*HEAD, *range(198)], LINE)).startswith("Berkas ini terlalu lebar")


def test_the_same_heading_twice_is_refused():
    assert refusal(csv("NIK;Nama;NIK", "1;x;2")) == (
        "Judul kolom ini ada dua kali: NIK. Hapus kolom yang salah atau ganti judulnya, lalu unggah lagi."
    )


def test_headings_are_found_in_any_case_with_stars_and_dots():
    [row] = rows(csv("n.i.k *;NAMA_KARYAWAN;kode  toko", "0077;Budi;T001"))
    assert row == {"nik": "0077", "name": "Budi", "store": "T001"}


def test_more_cells_than_headings_are_a_fault():
    assert faults(csv("NIK;Nama", "0077;Budi;x")) == {2: "Ada lebih banyak sel daripada judul kolom."}


def test_a_number_in_scientific_notation_is_an_error():
    assert faults(csv("NIK;Nama", "2.0160211E+15;Budi"))[2].startswith("Angka ini kehilangan digit")


def test_a_number_of_sixteen_digits_is_an_error():
    content = xlsx(
        HEAD, [3171234567890120, "Budi", "T001"], ["3171234567890123", "Ani", "T001"], [317123456789012, "Ida", 1]
    )
    assert faults(content) == {2: "Angka ini kehilangan digit di spreadsheet; simpan sebagai teks: 3171234567890120"}


@pytest.mark.parametrize("name", ["Budi, S.T., M.T., dr., Hj.", "Budi | Santoso | a | b"])
def test_the_csv_delimiter_is_detected(name):
    lines = [f"00{number};{name};T001" for number in (77, 78, 79)]
    assert [row["name"] for row in rows(csv("NIK;Nama;Toko", *lines))] == [name] * 3
    assert rows(csv("DAFTAR KARYAWAN, 2026, LENGKAP", "", "NIK;Nama;Toko", *lines))[0]["nik"] == "0077"


def test_empty_rows_are_skipped_and_row_numbers_kept():
    found = sheets.read_sheet(xlsx(HEAD, [], LINE, [None, " ", None], LINE), columns_of(EMPLOYEE)).rows
    assert [row.number for row in found if not row.non_row] == [3, 5]


def test_hidden_rows_are_read():
    made = book(HEAD, LINE)
    made.active.row_dimensions[2].hidden = True
    assert len(rows(saved(made))) == 1


def test_a_cell_of_several_lines_is_one_value():
    assert rows(csv("NIK;Nama;Toko", '0077;"Budi\n Santoso";T001'))[0]["name"] == "Budi Santoso"


def test_shared_strings_are_read():
    assert rows(shared(HEAD, LINE, [" 0078", "Ani  Suryani", "T001"]))[1] == {
        "nik": "0078",
        "name": "Ani Suryani",
        "store": "T001",
    }


def test_rich_text_is_joined_without_phonetic_text():
    parts = b"<si><r><t>Bu</t></r><r><t>di</t></r><rPh><t>boo-dee</t></rPh></si>"
    content = replaced(shared(HEAD, LINE), "xl/sharedStrings.xml", lambda x: x.replace(b"<si><t>Budi</t></si>", parts))
    assert rows(content)[0]["name"] == "Budi"
