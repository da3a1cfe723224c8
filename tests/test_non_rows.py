"""What stands in a list and is no row of it: passed over and listed; a row with a key never is."""

import openpyxl
import pytest

from sih import sheets
from sih.background.imports import columns_of
from sih.masters.nouns import ASSET, ASSET_KIND, CATEGORY, DIVISION, EMPLOYEE, STORE
from tests.import_files import confirm, csv, dry_run, faults, saved, write, xlsx

HEAD = "No;NIK;Nama;Toko;Lahir"
ROW = "1;30000005;Ujang;T001;Bandung, 5 Mei 1990"


@pytest.fixture
def adi(person):
    return person("adi")


def kinds(content: bytes, noun=EMPLOYEE) -> dict[int, str]:
    """{number: kind} of each row of a file."""
    return {row.number: row.non_row for row in sheets.read_sheet(content, columns_of(noun)).rows}


def kind_of(line: str, head: str = HEAD, first: str = ROW, noun=EMPLOYEE) -> str:
    return kinds(csv(head, first, line), noun).get(3, "missing")


@pytest.mark.parametrize(
    "line",
    [
        "Jumlah karyawan;;;1;",
        "Total;;;;",
        ";Total;1;;",
        ";TOTAL;;;",
        ";Total 12;;;",
        ";Grand Total:;12;;",
        ";;Jumlah;1.200;",
        ";Sub-total;;Rp 12.000,00;",
        ";;Jumlah seluruhnya: 12 orang;;",
        ";JUMLAH KARYAWAN;12 orang;;",
        "Total;12;;;",
        "Jumlah;1.200;;;",
    ],
)
def test_a_total_is_no_row(line):
    assert kind_of(line) == "total"


@pytest.mark.parametrize(
    "line",
    [
        ";Mengetahui,;;;",
        ";;Mengetahui, Manajer SDM;;",
        ";;;;Mengetahui",
        "Menyetujui,;;;Dibuat oleh,;",
        ";;Jakarta, 30 November 2026;;",
        ";;;;Kota Bekasi, tanggal 1-12-2026",
        ";;Jakarta, ....... Desember 2026;;",
        ";Hormat kami,;;;",
        ";;;TTD;",
    ],
)
def test_a_signature_is_no_row_and_nothing_below_it_without_a_key(line):
    below = [";;;;", ";;Budi Santoso;;", ";BUDI;;Ani;", ";;NIP. 1980 0101;;", ";NIP 19800101;;;"]
    found = kinds(csv(HEAD, ROW, line, *below, "2;30000006;Asep;T001;", ";;Tanpa NIK;T001;"))
    assert [found[number] for number in range(2, 11)] == ["", *["signature"], "empty", *["signature"] * 4, "", ""]


@pytest.mark.parametrize(
    "line",
    [
        "Catatan: per 30 November 2026;;;;",
        ";;Halaman 1 dari 3;;",
        "*) data sementara;;;;",
        ";Ket. : lengkap;;;",
        ";Dicetak pada 30/11/2026 10:00;;;",
    ],
)
def test_a_note_is_no_row(line):
    assert kind_of(line) == "note"


def test_repeated_headings_are_no_row():
    assert kind_of(HEAD.upper()) == "heading" and kind_of(";NIK;;Toko;") == "heading"
    assert kind_of("Nama", "Nama", "Genset", ASSET_KIND) == "heading"


@pytest.mark.parametrize("line", ["1;2;3;4;5", "(1);(2);(3);(4);(5)", ";1.;2.;3.;"])
def test_numbers_of_the_columns_are_no_row(line):
    assert kind_of(line) == "heading"
    assert kind_of("1;2;3", "Kode;Nama;Kota", "T001;Kelapa Gading;Jakarta", STORE) == "heading"


@pytest.mark.parametrize("line", ["1;2;4;5;6", "2;30000006;3;4;5", "1;2;;;"])
def test_other_numbers_are_a_row(line):
    assert kind_of(line) == ""


def test_rows_without_anything_are_listed_as_one():
    lines = [";;;;", "2;;;;", "3;;;;", "2;30000006;Asep;T001;", ";;;;"]
    found = list(sheets.read_sheet(csv(HEAD, ROW, *lines), columns_of(EMPLOYEE)).rows)
    assert [(row.number, row.non_row, row.last) for row in found] == [
        (2, "", None),
        (3, "empty", 5),
        (6, "", None),
        (7, "empty", 7),
    ]


def test_empty_but_formatted_rows_of_a_workbook_are_listed():
    book = openpyxl.Workbook()
    for line in (["NIK", "Nama", "Toko"], ["0077", "Budi", "T001"]):
        book.active.append(line)
    for number in (3, 4, 5):
        book.active.cell(number, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    assert kinds(saved(book)) == {2: "", 3: "empty"}


def test_empty_rows_do_not_count_as_rows_of_a_long_list(monkeypatch):
    monkeypatch.setattr("sih.sheets.reading.LONGEST", 3)
    assert kinds(csv("NIK;Nama", "0077;Budi", *[";"] * 9, "0078;Ani")) == {2: "", 3: "empty", 12: ""}


def test_a_row_with_something_in_other_columns_alone_is_listed():
    assert kind_of(";;;;lain-lain") == "unused"


@pytest.mark.parametrize(
    "line",
    [
        "2;30000006;Total;T001;",
        "Total;3000;;;",
        "Total;12;Budi;T001;",
        "2;30000006;Mengetahui;T001;",
        "2;30000006;;;",
        "2;TOTAL;Budi;T001;",
        "2;TOTA1;1;;",
        "2;BUDI;Budi;T001;",
        "2;TOTALINDO;1;;",
        "2;30000006;NIK;Toko;",
        "2;3000/0006;;;",
        "2;;Budi;T001;Jakarta, 30 November 1990",
        "2;;Total Persada;T001;",
        "2;;Budi;;",
        "2;;;T001;",
        "2;#N/A;Budi;T001;",
    ],
)
def test_a_row_with_a_key_or_with_facts_is_a_row(line):
    assert kind_of(line) == ""


@pytest.mark.parametrize(
    ("noun", "head", "line", "kind"),
    [
        (ASSET_KIND, "Nama", "Total Station", ""),
        (ASSET_KIND, "Nama", "Total", "total"),
        (CATEGORY, "Nama;Prioritas", "Jumlah;12", "total"),
        (CATEGORY, "Nama;Prioritas", "Total;Tinggi", ""),
        (CATEGORY, "Nama;Prioritas", "Mengetahui,;", "signature"),
        (DIVISION, "Nama;Induk", "Hukum;", ""),
        (STORE, "Kode;Nama;Kota", "Jumlah toko;12;", "total"),
        (STORE, "Kode;Nama;Kota", "TOKO;Pusat;Jakarta", ""),
        (ASSET, "Label;Jenis;Toko", "TOTAL-01;AC;T001", ""),
        (ASSET, "Label;Jenis;Toko", "Total 01;AC;T001", ""),
        (ASSET, "Label;Jenis;Toko", "Total;;3", "total"),
    ],
)
def test_other_lists(noun, head, line, kind):
    assert kinds(csv(head, line), noun)[2] == kind


def test_a_very_long_text_is_judged_in_time():
    assert kind_of(f";{'Total ' * 5000};;;") in ("", "total")


FILE = xlsx(
    ["DAFTAR KARYAWAN"],
    ["No", "NIK", "Nama", "Toko"],
    [1, "0050001", "Baru", "T002"],
    [None, "NIK", "Nama", "Toko"],
    [2, "0050002", "Lagi", "T002"],
    ["Jumlah karyawan", None, None, 2],
    [None, None, "Jakarta, 30 November 2026"],
    [None, None, "Mengetahui, Manajer SDM"],
)


def test_the_dry_run_lists_what_is_passed_over_and_writes_the_rest(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    assert (one.counts["rows"], one.counts["create"], one.counts["non_row"]) == (2, 2, 4)
    text = " ".join(adi.get(f"/imports/{one.id}").main.text.split())
    assert "Bukan baris daftar (4)" in text and "NIK | Nama | Toko Judul kolom sekali lagi" in text
    assert "Jumlah karyawan | 2 Jumlah" in text and "Mengetahui, Manajer SDM Tanda tangan" in text
    confirm(adi, one)
    assert write(query, one).state == "written"
    assert query.one("SELECT count(*) AS n FROM employee WHERE nik LIKE '005%%'")["n"] == 2


def test_empty_rows_are_listed_from_the_first_to_the_last(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", "0050001;Baru;T002", ";;", ";;", ";;"))
    assert "3–5 Kosong" in " ".join(adi.get(f"/imports/{one.id}").main.text.split())


def test_a_row_with_the_key_of_somebody_is_a_row_whatever_it_looks_like(adi, query):
    query.execute("UPDATE employee SET nik = 'TOTAL' WHERE nik = '10000001'")
    one = dry_run(adi, query, "employee", csv("NIK;Nama", "TOTAL;1"))
    assert (one.counts["change"], one.counts.get("non_row")) == (1, None)
    rows = query.select("SELECT nik FROM employee WHERE nik <> 'TOTAL'")
    whole = dry_run(adi, query, "employee", csv("NIK", "TOTAL", *(row["nik"] for row in rows)), is_complete="y")
    assert whole.counts.get("deactivate") is None


def test_a_total_of_a_complete_list_is_no_obstacle(adi, query):
    lines = [f"{row['nik']};{row['name']}" for row in query.select("SELECT nik, name FROM employee")]
    one = dry_run(adi, query, "employee", csv("NIK;Nama", *lines, "Total;11", ";Mengetahui"), is_complete="y")
    assert one.counts == {"rows": 11, "active": 11, "non_row": 2} and faults(query, one) == {}


def test_the_dry_run_says_where_invisible_characters_were_removed(adi, query):
    lines = ["NIK;Nama;Toko", "0050001\u200b;Ba\u00a0ru;T002", "0050002;Lagi;T002", "\u202a0050003;Lain;T002"]
    one = dry_run(adi, query, "employee", csv(*lines))
    assert one.counts["tidied"] == 2
    text = " ".join(adi.get(f"/imports/{one.id}").main.text.split())
    assert "Karakter yang tidak terlihat dibuang atau diganti spasi di 2 baris: 2, 4" in text
