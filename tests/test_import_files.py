"""Real-life import files: headings in two languages, numbers as text, references by name, several encodings."""

import datetime

import openpyxl
import pytest

from tests.import_files import bring, csv, dry_run, faults, saved, xlsx

NEW = {
    "store": (["Kode Toko", "Nama Toko", "Kota", "Zona"], ["T100", "Cinere", "Depok", "WITA"], "code"),
    "division": (["Division", "Parent"], ["Legal", "IT"], "name"),
    "department": (["Department", "Division"], ["Gudang", "Umum"], "name"),
    "category": (["Kategori", "Prioritas", "Divisi", "Aktif"], ["Listrik", "Tinggi", "umum", "Ya"], "name"),
    "ready_text": (["Nama", "Divisi", "Untuk", "Isi"], ["Rusak", "umum", "Jawaban", "Halo."], "name"),
    "slang": (["Kata", "Arti"], ["kompi", "komputer"], "name"),
    "asset_kind": (["Jenis Barang"], ["Genset"], "name"),
    "trouble": (["Kendala", "Jenis Barang"], ["Berbau", "ac"], "name"),
    "asset": (
        ["Asset Tag", "Type", "SN", "Store", "Purchase Date"],
        ["X-1", "ac", "9", "t001", "17/08/2024"],
        "label",
    ),
    "employee": (["Employee No", "Full Name", "Store", "Role", "Email"], ["0077", "Budi", "T001", "", "b@x.id"], "nik"),
}


@pytest.fixture
def adi(person):
    return person("adi")


def row(query, noun: str, name: str) -> dict:
    key = NEW[noun][2]
    return query.one_or_none(f"SELECT * FROM {noun}_sheet WHERE {key} = %(name)s", {"name": name})


@pytest.mark.parametrize("noun", list(NEW))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_kind_of_list_can_be_imported(adi, query, noun, kind):
    head, line, _ = NEW[noun]
    content = xlsx(head, line) if kind == "xlsx" else csv(";".join(head), ";".join(line))
    assert bring(adi, query, noun, content).counts["create"] == 1
    assert row(query, noun, line[0])["state"] in ("active", "without_pin")


def test_labels_are_translated_to_stored_codes(adi, query):
    for noun, (head, line, _) in NEW.items():
        bring(adi, query, noun, csv(";".join(head), ";".join(line)))
    assert row(query, "store", "T100")["time_zone"] == "Asia/Makassar"
    assert (row(query, "category", "Listrik")["priority"], row(query, "category", "Listrik")["division"]) == (
        "high",
        "Umum",
    )
    assert (row(query, "asset", "X-1")["kind"], row(query, "asset", "X-1")["bought_on"]) == ("AC", "2024-08-17")
    assert row(query, "employee", "0077")["role"] == "reporter"


@pytest.mark.parametrize("word", ["Tidak dipakai lagi", "Pensiun", "Retired"])
def test_a_good_that_is_no_longer_used_is_recognised_by_each_of_its_words(adi, query, word):
    bring(adi, query, "asset", csv("Label;Jenis;Toko;Kondisi", f"X-2;AC;T001;{word}"))
    assert row(query, "asset", "X-2")["state"] == "inactive"


def test_a_nik_keeps_its_leading_zeros_as_text_and_as_a_formatted_number(adi, query):
    book = openpyxl.Workbook()
    book.active.append(["NIK", "Nama", "Toko"])
    book.active.append(["00012345", "Teks", "T001"])
    book.active.append([12346, "Angka", "T001"])
    book.active["A3"].number_format = "00000000"
    book.active.append([20160211.0, "Biasa", "T001"])
    bring(adi, query, "employee", saved(book))
    found = {r["name"]: r["nik"] for r in query.select("SELECT nik, name FROM employee WHERE pin_hash IS NULL")}
    assert found == {"Teks": "00012345", "Angka": "00012346", "Biasa": "20160211"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_delimiters_are_understood(adi, query, encoding, delimiter):
    lines = ["NIK;Nama;Toko", "0088;Réné Süß;T001"]
    bring(adi, query, "employee", "\r\n".join(lines).replace(";", delimiter).encode(encoding))
    assert row(query, "employee", "0088")["name"] == "Réné Süß"


@pytest.mark.parametrize("name", ["IT > Jaringan", "it / jaringan", "IT>Jaringan", "Jaringan"])
def test_a_division_is_found_by_its_path_or_by_a_unique_name(adi, query, name):
    bring(adi, query, "employee", csv("NIK;Nama;Toko;Peran;Divisi", f"0099;Budi;T001;Penanggung;{name}"))
    assert row(query, "employee", "0099")["division"] == "IT > Jaringan"


def test_an_ambiguous_division_name_is_an_error(adi, query):
    bring(adi, query, "division", csv("Nama;Induk", "Jaringan;Umum"))
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko;Peran;Divisi", "0099;Budi;T001;Penanggung;Jaringan"))
    assert "Divisi tidak dikenal: Jaringan" in faults(query, one)[2]


def test_subdivisions_can_be_imported_with_their_new_parents(adi, query):
    bring(adi, query, "division", csv("Nama;Induk", "Pajak;Keuangan", "Keuangan;", "Kas;Keuangan"))
    keys = {r["key"] for r in query.select("SELECT key FROM division_sheet")}
    assert {"Keuangan", "Keuangan > Pajak", "Keuangan > Kas"} <= keys


def test_a_third_level_of_divisions_is_an_error(adi, query):
    one = dry_run(adi, query, "division", csv("Nama;Induk", "Kabel;IT > Jaringan"))
    assert faults(query, one)[2][0].startswith("Divisi induk harus divisi utama")


def test_a_reference_to_a_deactivated_row_stays_but_cannot_be_added(adi, query):
    query.execute("UPDATE store SET is_active = false WHERE code = 'T002'")
    rows = ("20000004;Gita Baru;T002", "10000001;Rini;T002", "0077;Budi;T002")
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", *rows))
    assert faults(query, one) == {3: ["Toko sudah tidak aktif: T002"], 4: ["Toko sudah tidak aktif: T002"]}
    assert one.counts["change"] == 1


def test_an_empty_role_or_state_keeps_what_is_there(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Peran;Status", "20000001;Hadi;;"))
    assert one.counts.get("change") is None


def test_an_empty_cell_of_any_other_column_clears_the_value(adi, query):
    query.execute("UPDATE employee SET email = 'h@x.id' WHERE name = 'Hadi'")
    bring(adi, query, "employee", csv("NIK;E-mail", "20000001;"))
    assert row(query, "employee", "20000001")["email"] == ""


def test_unused_columns_are_named(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Gaji;Agama", "20000001;1;x"))
    assert one.unused == ["Gaji", "Agama"]
    assert "Kolom yang tidak dipakai: Gaji, Agama" in adi.get(f"/imports/{one.id}").main.text


def test_a_new_person_needs_a_name_and_a_store(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama", "0077;", "0078;Budi"))
    assert faults(query, one) == {2: ["Nama harus diisi."], 3: ["Toko harus diisi."]}


def test_a_duplicate_nik_is_an_error_of_both_rows(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", "0077;Budi;T001", "0077;Budi;T002", "0078;Ani;T001"))
    message = "NIK ini juga ada di baris lain: 0077"
    assert faults(query, one) == {2: [message], 3: [message]} and one.counts["create"] == 1


def test_a_file_of_one_store_changes_only_that_store(adi, query):
    one = bring(adi, query, "employee", csv("NIK;Nama;Toko", "10000003;Sari Baru;T002", "0077;Budi;T002"))
    assert (one.counts["change"], one.counts["create"], one.counts.get("deactivate")) == (1, 1, None)


DATES = [
    "17 Agustus 2024",
    "17 Agu 2024",
    "17-08-2024",
    "17/08/2024",
    "17.8.24",
    "2024-08-17",
    "Sabtu, 17 Agustus 2024",
]
DATES += ["17/08/2024 08:30", "2024-08-17 00:00:00", "2024-08-17T08.30.15"]
DATES += ["2024/08/17", "2024.8.17", "17 Agus 2024", "17-Agt-2024", "17 ags 24", "17 August 2024", "45521", "45521,354"]
DATES += ["Saturday, 17 August 2024", "17/08/2024 08:30 WIB", "2024-08-17 08:30:00 wita"]


@pytest.mark.parametrize("written", DATES)
def test_an_indonesian_date_is_read(adi, query, written):
    bring(adi, query, "asset", csv("Label;Jenis;Toko;Tanggal Beli", f"X-1;AC;T001;{written}"))
    assert row(query, "asset", "X-1")["bought_on"] == "2024-08-17"


def test_a_spreadsheet_date_is_read(adi, query):
    head = ["Label", "Jenis", "Toko", "Tanggal Perolehan"]
    days = {"X-1": datetime.date(2024, 8, 17), "X-2": datetime.datetime(2024, 8, 17, 8, 30)}
    bring(adi, query, "asset", xlsx(head, *([label, "AC", "T001", day] for label, day in days.items())))
    assert [row(query, "asset", label)["bought_on"] for label in days] == ["2024-08-17"] * 2


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2024",
        "32 Agustus 2024",
        "kemarin",
        "17 Augustus 2024",
        "17/08/2024 8",
        "Agustus 2024",
        "2024",
        "99999",
        "17-08-0024",
        "2024-08-17T17:00:00Z",
    ],
)
def test_an_invalid_date_is_an_error(adi, query, written):
    one = dry_run(adi, query, "asset", csv("Label;Jenis;Toko;Tanggal Beli", f"X-1;AC;T001;{written}"))
    assert faults(query, one)[2] == [f"Tanggal tidak dapat dibaca: {written}. Tulis seperti 15-08-2024."]


@pytest.mark.parametrize("written", ["08/17/2024", "8-17-24", "08/17/2024 09:30"])
def test_a_date_with_the_month_first_is_an_error_that_says_so(adi, query, written):
    one = dry_run(adi, query, "asset", csv("Label;Jenis;Toko;Tanggal Beli", f"X-1;AC;T001;{written}"))
    assert faults(query, one)[2] == [f"Tanggal tidak dapat dibaca: {written}. Tulis hari sebelum bulan."]


def test_the_day_stands_before_the_month_where_both_could_be_months(adi, query):
    bring(adi, query, "asset", csv("Label;Jenis;Toko;Tanggal Beli", "X-1;AC;T001;03/04/2024"))
    assert row(query, "asset", "X-1")["bought_on"] == "2024-04-03"


@pytest.mark.parametrize(
    "nothing", ["-", "–", "—", "--", "Tidak ada", "TIDAK ADA", "N/A", "n/a", " - ", "NA", "Nihil", "NULL", "Belum ada"]
)
def test_a_sign_for_nothing_clears_a_reference_a_date_and_an_email(adi, query, nothing):
    query.execute("UPDATE employee SET email = 'g@x.id' WHERE nik = '10000001'")
    bring(adi, query, "employee", csv("NIK;Divisi;Departemen;E-mail", ";".join(["10000001", *[nothing] * 3])))
    found = row(query, "employee", "10000001")
    assert (found["division"], found["department"], found["email"]) == ("", "", "")
    bring(adi, query, "asset", csv("Label;Jenis;Toko;Tanggal Beli", f"X-1;AC;T001;{nothing}"))
    assert row(query, "asset", "X-1")["bought_on"] == ""


def test_a_sign_for_nothing_is_no_store_and_stays_a_text(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", "0077;Budi;-", "0078;-;T001"))
    assert faults(query, one) == {2: ["Toko harus diisi."]} and one.counts["create"] == 1


YES = ["TRUE", "true", "Ya", "YA", "Aktif", "AKTIF", "BENAR", "1"]
NO = [
    "FALSE",
    "False",
    "Tidak",
    "tidak",
    "Non-Aktif",
    "NON AKTIF",
    "non-aktif",
    "Nonaktif",
    "Tidak Aktif",
    "SALAH",
    "0",
]


@pytest.mark.parametrize("word", [*YES, *NO])
def test_a_state_is_read_in_any_case(adi, query, word):
    bring(adi, query, "employee", csv("NIK;Nama;Toko;Aktif", f"0077;Budi;T001;{word}"))
    assert row(query, "employee", "0077")["active"] == ("yes" if word in YES else "no")


def test_a_state_is_read_from_a_cell_that_is_true_or_false(adi, query):
    bring(adi, query, "employee", xlsx(["NIK", "Nama", "Toko", "Aktif"], ["0077", "Budi", "T001", False]))
    assert row(query, "employee", "0077")["active"] == "no"


def test_a_store_is_found_behind_an_apostrophe(adi, query):
    bring(adi, query, "employee", csv("NIK;Nama;Toko", "'0077;Budi;'T001"))
    assert row(query, "employee", "0077")["store"] == "T001"
