"""Lists as offices send them: for each kind of file what is read from it, or the sentence that refuses it."""

import openpyxl
import pytest

from sih import sheets as reader
from sih.background.imports import columns_of
from sih.dao.imports import Imports
from sih.masters.nouns import BY_NAME, NOUNS
from tests import list_files as files
from tests.import_files import csv, dry_run, faults, saved, xlsx
from tests.list_files import HEAD
from tests.xlsx_files import refusal, rows, zipped

BUDI, ANI = ["00771", "Budi", "T001"], ["00772", "Ani", "T002"]
LIST = xlsx(HEAD, BUDI, title="Jawa")
TEXT = "NIK;Nama;Kode Toko\r\n00771;Budi;T001\r\n"
READ = [{"nik": "00771", "name": "Budi", "store": "T001"}]

# A file and what is read from it: the facts of its rows. Each row is a kind of file that an office has sent.
OUTCOMES = {
    # ------------------------------------------------------------ which sheet
    "a hidden first sheet": (
        files.with_hidden(files.workbook(Lama=[HEAD, ANI], Jawa=[HEAD, BUDI]), "hidden", "Lama"),
        READ,
    ),
    "a very hidden sheet": (
        files.with_hidden(files.workbook(Lama=[HEAD, ANI], Jawa=[HEAD, BUDI]), "veryHidden", "Lama"),
        READ,
    ),
    "a pivot of other headings": (files.sheets(Pivot=[["Toko", "Jumlah"], ["T001", 1]], Jawa=[HEAD, BUDI]), READ),
    # ------------------------------------------------------------ headings
    "two rows of headings": (
        files.merged(
            [["No", "NIK", "Nama", "Penempatan", None], [None, None, None, "Kode Toko", "Divisi"], [1, *BUDI, "Umum"]],
            "A1:A2", "B1:B2", "C1:C2", "D1:E1",
        ),
        [READ[0] | {"division": "Umum"}],
    ),
    "two rows of headings in a text": (
        csv("No;NIK;Nama;Penempatan;", ";;;Toko;Divisi", "1;00771;Budi;T001;Umum"),
        [READ[0] | {"division": "Umum"}],
    ),
    "three rows of headings": (
        files.merged(
            [
                ["NIK", "Data", None, None],
                [None, "Pribadi", None, "Penempatan"],
                [None, "Nama", "E-mail", "Kode Toko"],
                ["00771", "Budi", "b@x.id", "T001"],
            ],
            "A1:A3", "B1:D1", "B2:C2",
        ),
        [READ[0] | {"email": "b@x.id"}],
    ),
    "a title merged over the list": (files.merged([["DAFTAR KARYAWAN", None, None], HEAD, BUDI], "A1:C1"), READ),
    "a group that is part of the heading": (
        csv("NIK;Karyawan;Atasan;Toko;", ";Nama;Nama;Kode;Nama", "00771;Budi;Bos;T001;Gading"),
        READ,
    ),
    "headings in two languages": (csv("NIK;Nama;Toko", "Employee No;Full Name;Store", "00771;Budi;T001"), READ),
    "a heading merged across two columns": (
        files.merged([["NIK", "Nama", None, "Kode Toko"], ["00771", "Budi", None, "T001"]], "B1:C1"),
        READ,
    ),
    # ------------------------------------------------------------ what is no list, and is one
    "Strict Open XML": (files.strict(LIST), READ),
    "a workbook part with another name": (files.renamed(LIST, {"xl/workbook.xml": "xl/workbook2.xml"}), READ),
    "parts named in another case": (zipped(**{
        name: member for name, member in files.members(LIST).items() if name != "xl/workbook.xml"
    } | {"XL/Workbook.xml": files.members(LIST)["xl/workbook.xml"]}), READ),
    "297 coloured empty columns": (files.coloured(LIST, 297), READ),
    "297 empty columns in a text": (csv(*(line + ";" * 297 for line in TEXT.split("\r\n")[:2])), READ),
    "UTF-16 without BOM, LE": (TEXT.encode("utf-16-le"), READ),
    "UTF-16 without BOM, BE": (TEXT.encode("utf-16-be"), READ),
    "whole lines in quotes": (csv('"NIK;Nama;Kode Toko"', '"00771;Budi;T001"'), READ),
    "whole lines in quotes, with tabs": (csv('"NIK\tNama\tKode Toko"', '"00771\tBudi\tT001"'), READ),
    "whole lines in quotes, with empty cells": (csv('"NIK,Nama,Kode Toko";;', '"00771,Budi,T001";;'), READ),
    "some lines in quotes": (csv("NIK,Nama,Kode Toko", '"00771,""Budi"",T001"'), READ),
    "whole lines in the first column": (xlsx(["NIK;Nama;Kode Toko"], ["00771;Budi;T001"]), READ),
    # ------------------------------------------------------------ what a cell means
    "_x000D_ in a text": (xlsx(HEAD, ["00771", "Bu_x000D_\ndi_x000D_", "T001_x000D_"]), [READ[0] | {"name": "Bu di"}]),
    "a NIK as a number with zeros": (files.formatted(HEAD, [771, "Budi", "T001"], "00000"), READ),
    "a NIK with a blank in its format": (files.formatted(HEAD, [771, "Budi", "T001"], "00 000"), READ),
    "a NIK with a label in its format": (files.formatted(HEAD, [771, "Budi", "T001"], '"NIK "0####'), READ),
    "a NIK behind an apostrophe": (xlsx(HEAD, ["'00771", "Budi", "'T001"]), [READ[0] | {"store": "'T001"}]),
    "a NIK as a formula of a text": (csv("NIK;Nama;Kode Toko", '="00771";Budi;="T001"'), READ),
    "a NIK with decimals": (csv("NIK;Nama;Kode Toko", "00771.0;Budi;T001"), READ),
    "characters that nobody sees": (xlsx(HEAD, ["\u202a00771", "Bu\u200bdi", "T001\u00a0"]), READ),
    # ------------------------------------------------------------ what is not a row
    "a total": (csv(*TEXT.splitlines(), "Total;1;"), READ),
    "a total in a column that is not used": (csv("No;NIK;Nama;Kode Toko", "1;00771;Budi;T001", "Jumlah;;;1"), READ),
    "a signature": (xlsx(HEAD, BUDI, [], [None, "Jakarta, 30 November 2026"], ["Mengetahui,"], [], ["Ani S."]), READ),
    "repeated headings": (xlsx(HEAD, BUDI, HEAD), READ),
    "repeated headings of two rows": (
        csv("NIK;Nama;Penempatan", ";;Kode Toko", "00771;Budi;T001", "NIK;Nama;Penempatan", ";;Kode Toko"),
        READ,
    ),
    "empty but formatted rows": (files.coloured(LIST, 3), READ),
    "empty rows of a text": (csv(*TEXT.splitlines(), ";;", ";;"), READ),
    # ------------------------------------------------------------ what is none
    "a web page": (files.HTML.encode(), "Ini halaman web yang dinamai .xls; simpan sebagai .xlsx"),
    "a web page in UTF-16": (files.HTML.encode("utf-16"), "Ini halaman web yang dinamai .xls; simpan sebagai .xlsx"),
    "a table alone": (b"\r\n<table border=1><tr><td>NIK</td></tr></table>", "Ini halaman web yang dinamai .xls"),
    "a web page with its pictures": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "Ini halaman web"),
    "XML Spreadsheet 2003": (files.XML_2003.encode(), "Ini berkas XML yang dinamai .xls; buka di Excel, simpan"),
    "another XML": (b'<?xml version="1.0"?><karyawan/>', "Ini berkas XML, bukan daftar."),
    "an .xls of Excel 97": (files.ole("Root Entry", "Workbook"), "Ini berkas Excel lama (.xls)"),
    "a workbook with a password": (
        files.ole("Root Entry", "EncryptionInfo", "EncryptedPackage"),
        "Berkas ini terkunci dengan kata sandi.",
    ),
    "a Word document of 97": (files.ole("Root Entry", "WordDocument"), "Ini dokumen Word"),
    "a Word document": (zipped(**files.package("word/document.xml")), "Ini dokumen Word"),
    "a presentation": (zipped(**files.package("ppt/presentation.xml")), "Ini presentasi PowerPoint"),
    "a binary workbook": (zipped(**files.package("xl/workbook.bin")), "Ini berkas Excel biner (.xlsb)."),
    "an .ods": (
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<x/>"}),
        "Ini berkas OpenDocument (.ods). Simpan sebagai .xlsx",
    ),
    "a document of Numbers": (zipped(**{"Index/Document.iwa": b"x"}), "Ini berkas Numbers dari Apple."),
    "a list in an archive": (zipped(**{"daftar.xlsx": LIST}), "Ini arsip ZIP."),
    "a PDF": (b"%PDF-1.7 ...", "Ini berkas PDF, bukan daftar."),
    "a picture": (b"\x89PNG\r\n\x1a\n....", "Ini gambar, bukan daftar."),
    # ------------------------------------------------------------ headings that are not there
    "other headings": (
        csv("No.;NIK Pegawai;Nama Pegawai;Cabang;Jabatan", "1;00771;Budi;T001;Kasir"),
        "Judul kolom ini tidak ditemukan: NIK. Judul yang ada: No., NIK Pegawai, Nama Pegawai, Cabang, Jabatan. "
        "Judul yang dikenal: NIK, Nama, Peran, Toko, Divisi, Departemen, E-mail, Telepon, Status.",
    ),
    "other headings on two sheets": (
        files.sheets(Gaji=[["Pegawai", "Gaji"], ["Budi", 1]], Cuti=[["Pegawai", "Hari"], ["Budi", 2]]),
        "Judul kolom ini tidak ditemukan: NIK. Judul yang ada: Gaji: Pegawai, Gaji; Cuti: Pegawai, Hari.",
    ),
    "nothing but hidden sheets with the headings": (
        files.with_hidden(files.workbook(Lama=[HEAD, ANI], Catatan=[["Lihat"]]), "hidden", "Lama"),
        "Judul kolom ini tidak ditemukan: NIK. Judul yang ada: Catatan: Lihat.",
    ),
    "a heading twice under its groups": (
        csv("Data Baru;;Data Lama;", "NIK;Nama;NIK;Nama", "00771;Budi;00009;Bos"),
        "Judul kolom ini ada dua kali: Data Baru NIK. Hapus kolom yang salah atau ganti judulnya, lalu unggah lagi.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(OUTCOMES))
def test_a_list_as_an_office_sends_it_is_read_or_refused_with_advice(kind):
    content, outcome = OUTCOMES[kind]
    if isinstance(outcome, str):
        assert refusal(content).startswith(outcome)
    else:
        assert rows(content) == outcome


def test_a_refusal_names_the_hidden_sheets():
    content, _ = OUTCOMES["nothing but hidden sheets with the headings"]
    assert refusal(content).endswith("Lembar tersembunyi tidak dibaca: Lama.")


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if "name" in {column.name for column in noun.columns}])
@pytest.mark.parametrize("heading", ["Nama", "nama {}", "NAMA_{}"])
def test_the_name_of_every_noun_has_the_same_headings(noun, heading):
    others = [column.label for column in noun.columns if column.name in noun.key and column.name != "name"]
    content = csv(";".join([heading.format(noun.title), *others]), "Satu;dua")
    assert "name" in reader.read_sheet(content, columns_of(noun)).columns


def test_the_kind_of_goods_may_be_headed_by_its_short_name():
    found = reader.read_sheet(csv("Nama Jenis", "Genset"), columns_of(BY_NAME["asset_kind"]))
    assert [row.facts for row in found.rows] == [{"name": "Genset"}]


def test_headings_of_two_rows_that_are_not_used_are_named_whole():
    found = reader.read_sheet(
        csv("NIK;Nama;Penempatan;", ";;Cabang;Bagian", "00771;Budi;x;y"), columns_of(BY_NAME["employee"])
    )
    assert found.unused == ["Penempatan Cabang", "Penempatan Bagian"]
    assert [row.number for row in found.rows] == [3]


def test_joined_headings_are_kept_as_one_row_would_name_them():
    content = csv("NIK;Nama;Penempatan;;Toko", ";;Divisi;Bagian;Kode", "00771;Budi;Umum;x;T001")
    found = reader.read_sheet(content, columns_of(BY_NAME["employee"]))
    assert found.headings == ["NIK", "Nama", "Divisi", "Penempatan Bagian", "Toko"]


def test_a_row_without_a_key_below_the_headings_is_no_heading():
    assert faults_of(csv("NIK;Nama;Kode Toko", ";Budi;T001")) == [2]


def faults_of(content: bytes) -> list[int]:
    """The numbers of the rows that are read."""
    return [row.number for row in reader.read_sheet(content, columns_of(BY_NAME["employee"])).rows]


def test_a_list_of_one_column_keeps_the_commas_of_its_names():
    found = reader.read_sheet(xlsx(["Jenis"], ["Printer, kasir"], ["Rak, gudang"]), columns_of(BY_NAME["asset_kind"]))
    assert [row.facts["name"] for row in found.rows] == ["Printer, kasir", "Rak, gudang"]


def test_a_number_of_days_counts_from_the_epoch_of_its_workbook():
    book = files.workbook(Daftar=[["Label", "Tanggal Beli"], ["X-1", 43904], ["X-2", "43904"], ["X-3", 71589]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    found = list(reader.read_sheet(saved(book), columns_of(BY_NAME["asset"])).rows)
    assert [row.facts["bought_on"] for row in found] == ["2024-03-15", "2024-03-15", ""]  # the last is after 2099


def test_a_row_that_a_filter_hides_is_kept_as_hidden(person, query):
    book = files.workbook(Jawa=[HEAD, BUDI, ANI])
    book["Jawa"].row_dimensions[3].hidden = True
    one = dry_run(person("adi"), query, "employee", saved(book))
    found = query.select(
        "SELECT number, is_hidden FROM import_row WHERE import_id = %(id)s ORDER BY place", {"id": one.id}
    )
    assert [(row["number"], row["is_hidden"]) for row in found] == [(2, False), (3, True)]


# A file and what becomes of its rows in the dry run, by their number.
DRY_RUNS = {
    "signs for nothing": (
        "employee",
        csv("NIK;Nama;Kode Toko;Divisi;E-mail", "00771;Budi;T001;-;N/A", "00772;Ani;T001;–;Tidak ada"),
        {2: "create", 3: "create"},
    ),
    "states in any case": (
        "employee",
        csv("NIK;Nama;Kode Toko;Aktif", "00771;A;T001;FALSE", "00772;B;T001;Non-Aktif", "00773;C;T001;ya"),
        {2: "create", 3: "create", 4: "create"},
    ),
    "dates": (
        "asset",
        csv("Label;Jenis;Toko;Tanggal Beli", *(f"X-{n};AC;T001;{day}" for n, day in enumerate(
            ["2024/03/15", "15-03-2024", "15 Agus 2024", "45366", "03/15/2024", "Maret 2024", "-"]))),
        {2: "create", 3: "create", 4: "create", 5: "create", 8: "create",
         6: "Tanggal tidak dapat dibaca: 03/15/2024. Tulis hari sebelum bulan.",
         7: "Tanggal tidak dapat dibaca: Maret 2024. Tulis seperti 15-08-2024."},
    ),
    "a total and a signature": (
        "employee",
        csv("NIK;Nama;Kode Toko", "00771;Budi;T001", "Total;1;", ";Mengetahui, Manajer SDM;", "3/4;Ani;T001"),
        {2: "create", 3: "non_row", 4: "non_row", 5: "NIK tidak dapat dibaca: 3/4"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(DRY_RUNS))
def test_the_dry_run_says_what_becomes_of_each_row(person, query, kind):
    noun, content, outcome = DRY_RUNS[kind]
    one = dry_run(person("adi"), query, noun, content)
    found = {row.number: of for of in ("create", "change", "non_row") for row in Imports(query).changes(one.id, of)}
    assert found | {number: "; ".join(sentences) for number, sentences in faults(query, one).items()} == outcome
