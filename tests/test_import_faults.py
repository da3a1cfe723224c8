"""Baris yang salah: left out on request, and offered as a file that an import reads once it is mended."""

import io

import openpyxl
import pytest

from tests.concurrency import all_at_once
from tests.facts import alert, amount
from tests.import_files import bring, confirm, csv, dry_run, faults, found, saved, write, xlsx
from tests.master_forms import form_values
from tests.people import Person

HEAD = ["No", "NIK", "Nama Karyawan", "Kode Toko", "Jabatan"]
GOOD = ["1", "0050001", "Baru", "T002", "Kasir"]
BAD = ["2", "0050002", "Salah", "T999", "Kepala"]
WORSE = ["3", "x", "Lebih salah", "T001", "Kasir"]
FILE = xlsx(HEAD, GOOD, BAD, WORSE)


@pytest.fixture
def adi(person):
    return person("adi")


def names(query) -> dict[str, str]:
    return {row["nik"]: row["name"] for row in query.select("SELECT nik, name FROM employee")}


def text(adi, one) -> str:
    return " ".join(adi.get(f"/imports/{one.id}").main.text.split())


def mended(adi, one) -> openpyxl.Workbook:
    response = adi.client.get(f"/imports/{one.id}/faults")
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.data))


def table(book: openpyxl.Workbook) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]


def test_faulty_rows_are_left_out_on_request(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    page = adi.get(f"/imports/{one.id}")
    assert page.select_one("label[for=skips_faults]").text.strip() == "Lewati 2 baris yang salah"
    confirm(adi, one, skips_faults="y")
    assert write(query, one).state == "written"
    assert names(query)["0050001"] == "Baru" and "0050002" not in names(query)
    assert "Selesai: semua tersimpan, kecuali 2 baris yang salah." in text(adi, one)


def test_without_the_tick_nothing_is_written(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    assert alert(confirm(adi, one, 422)) == 'Centang "Lewati 2 baris yang salah", atau perbaiki baris itu.'
    assert found(query, one.id).state == "shown" and amount(query, "job WHERE kind = 'write_import'") == 0


def test_where_all_rows_are_faulty_there_is_nothing_to_confirm(adi, query):
    one = dry_run(adi, query, "employee", xlsx(HEAD, BAD))
    page = adi.get(f"/imports/{one.id}")
    assert not page.select("main [name=fingerprint]") and page.select(f"main a[href='/imports/{one.id}/faults']")


def test_the_file_to_mend_has_the_headings_and_cells_of_the_list_and_says_what_is_wrong(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    assert table(mended(adi, one)) == [
        [*HEAD, "Kesalahan"],
        ["2", "0050002", "Salah", "T999", "Kepala", "Toko tidak dikenal: T999"],
        ["3", "x", "Lebih salah", "T001", "Kasir", "NIK tidak dapat dibaca: X"],
    ]


def test_the_mended_file_is_read_again(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one, skips_faults="y")
    write(query, one)
    book = mended(adi, one)
    book.active["D2"], book.active["B3"] = "T001", "0050003"
    two = bring(adi, query, "employee", saved(book))
    assert (two.state, two.counts["create"], two.counts.get("fault")) == ("written", 2, None)
    assert (names(query)["0050002"], names(query)["0050003"]) == ("Salah", "Lebih salah")


def test_a_file_that_is_mended_in_part_has_one_column_of_faults(adi, query):
    book = mended(adi, dry_run(adi, query, "employee", FILE))
    book.active["D2"] = "T001"
    two = dry_run(adi, query, "employee", saved(book))
    assert two.counts["create"] == 1
    assert table(mended(adi, two)) == [
        [*HEAD, "Kesalahan"],
        ["3", "x", "Lebih salah", "T001", "Kasir", "NIK tidak dapat dibaca: X"],
    ]


def test_headings_of_two_rows_are_read_again_from_the_file_to_mend(adi, query):
    lines = ["NIK;Nama;Penempatan;", ";;Kode Toko;Bagian", "0050002;Salah;T999;Kasir"]
    book = mended(adi, dry_run(adi, query, "employee", csv(*lines)))
    assert table(book)[0] == ["NIK", "Nama", "Toko", "Penempatan Bagian", "Kesalahan"]
    book.active["C2"] = "T001"
    assert dry_run(adi, query, "employee", saved(book)).counts["create"] == 1


def test_what_is_not_mended_stays_wrong(adi, query):
    lines = ["NIK;Nama;Toko", "0077;Budi;T001;lebih", "2.02E+15;Ani;T001", "0078;Ida;#REF!", "0079;Eka;T001"]
    one = dry_run(adi, query, "employee", csv(*lines, "0079;Eka;T001"))
    again = dry_run(adi, query, "employee", saved(mended(adi, one)))
    assert [*faults(query, again).values()] == [*faults(query, one).values()]
    assert again.counts["fault"] == 5 and "create" not in again.counts


def test_rows_that_are_faulty_only_beside_others_are_in_the_file(adi, query):
    lines = ["NIK;Nama;Toko;Peran;Divisi", "0077;Budi;T001;;", "0077;Ani;T001;;", "0078;Ida;T001;Penanggung;"]
    one = dry_run(adi, query, "employee", csv(*lines))
    message = "NIK ini juga ada di baris lain: 0077"
    assert [row[-1] for row in table(mended(adi, one))[1:]] == [message, message, "Penanggung memerlukan divisi."]


def test_the_file_to_mend_is_for_admins_and_where_there_are_faults(adi, person, query):
    one = dry_run(adi, query, "employee", FILE)
    person("rini").get(f"/imports/{one.id}/faults", 403)
    adi.get("/imports/999999/faults", 404)
    good = dry_run(adi, query, "employee", xlsx(HEAD, GOOD))
    adi.get(f"/imports/{good.id}/faults", 404)


def test_downloading_the_file_is_a_security_event(adi, query):
    mended(adi, dry_run(adi, query, "employee", FILE))
    assert amount(query, "security_event WHERE kind = 'list_downloaded' AND detail = 'karyawan-salah.xlsx'") == 1


def test_in_english(adi, query):
    query.execute("UPDATE employee SET language = 'en' WHERE nik = '40000001'")
    one = dry_run(adi, query, "employee", FILE)
    assert "Leave out 2 faulty rows" in text(adi, one)
    assert table(mended(adi, one))[0][-1] == "Fault"


def everybody(query, *away: str) -> list[str]:
    return [f"{nik};{name};T001" for nik, name in names(query).items() if nik not in away]


def test_in_a_complete_list_who_stands_in_a_skipped_row_is_not_absent(adi, query):
    lines = ["NIK;Nama;Toko", *everybody(query, "10000001", "10000003"), "10000001;Rini;T999"]
    one = dry_run(adi, query, "employee", csv(*lines), is_complete="y")
    assert one.counts["deactivate"] == 1
    confirm(adi, one, skips_faults="y", amount="1")
    assert write(query, one).state == "written"
    assert query.select("SELECT name FROM employee WHERE is_frozen") == [{"name": "Sari"}]


@pytest.mark.parametrize("nik", ["", "1000/0001", "1.0000001E+15", "#N/A"])
def test_in_a_complete_list_a_row_without_a_key_cannot_be_skipped(adi, query, nik):
    lines = ["NIK;Nama;Toko", *everybody(query, "10000001", "10000003"), f"{nik};Rini;T001"]
    one = dry_run(adi, query, "employee", csv(*lines), is_complete="y")
    message = f"NIK di baris {len(lines)} tidak dapat dibaca. Dalam daftar lengkap tidak jelas siapa atau apa itu"
    assert message in text(adi, one) and not adi.get(f"/imports/{one.id}").select("main [name=fingerprint]")
    answer = confirm(adi, one, 422, skips_faults="y", amount=str(one.counts["deactivate"]))
    assert alert(answer).startswith("Baris yang salah tidak dapat dilewati")
    assert write(query, one).state == "shown" and amount(query, "employee WHERE is_frozen") == 0


def test_a_row_without_a_key_can_be_skipped_where_the_list_is_not_complete(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", ";Siapa;T001", "0050001;Baru;T001"))
    confirm(adi, one, skips_faults="y")
    assert write(query, one).state == "written" and "0050001" in names(query)


def test_a_division_whose_parent_is_unknown_has_no_key(adi, query):
    lines = ["Nama;Induk", "IT;", "Umum;", "Aplikasi;IT", "Jaringan;ITT"]
    one = dry_run(adi, query, "division", csv(*lines), is_complete="y")
    assert (one.counts["fault"], one.counts["without_key"]) == (1, 1)


def test_what_stands_below_a_skipped_row_is_faulty_too(adi, query):
    lines = ["Nama;Induk;Status", "Keuangan;;Entah", "Pajak;Keuangan;", "Legal;;", "Kontrak;Legal;"]
    one = dry_run(adi, query, "division", csv(*lines))
    assert faults(query, one)[3] == ["Divisi induk ada di baris yang salah: Keuangan"]
    confirm(adi, one, skips_faults="y")
    assert write(query, one).state == "written"
    keys = {row["key"] for row in query.select("SELECT key FROM division_sheet")}
    assert {"Legal", "Legal > Kontrak"} <= keys and not {"Keuangan", "Pajak"} & keys


def test_a_row_that_becomes_faulty_before_the_writing_is_shown_and_not_skipped_unasked(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one, skips_faults="y")
    query.execute("UPDATE store SET is_active = false WHERE code = 'T002'")
    query.execute("UPDATE import_row SET inactive = '{store}' WHERE number = 2")  # as if it had been read afterwards
    again = write(query, one)
    assert (again.state, again.has_differed, again.counts["fault"]) == ("shown", True, 3)
    assert [row[1] for row in table(mended(adi, again))[1:]] == ["0050001", "0050002", "x"]
    confirm(adi, one, 409, skips_faults="y")
    assert "0050001" not in names(query)


def test_an_outcome_that_changed_is_confirmed_anew_with_its_faults(adi, query, employees):
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Toko", "10000001;Rini Baru;T001", "0077;Budi;T999"))
    confirm(adi, one, skips_faults="y")
    path = f"/employees/{employees['rini'].id}"
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"store": "T002"})
    again = write(query, one)
    assert (again.state, again.has_differed) == ("shown", True) and names(query)["10000001"] == "Rini"
    confirm(adi, one, 409, skips_faults="y")
    confirm(adi, again, skips_faults="y")
    assert write(query, again).state == "written" and names(query)["10000001"] == "Rini Baru"


def test_two_confirmations_at_once_write_once(adi, app, query, employees):
    one = dry_run(adi, query, "employee", FILE)
    send = [Person(app, employees["adi"]) for _ in range(2)]
    for each in send:
        assert each.tokens
    all_at_once([lambda each=each: confirm(each, one, skips_faults="y") for each in send])
    assert amount(query, "job WHERE kind = 'write_import'") == 1
