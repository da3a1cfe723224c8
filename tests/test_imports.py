"""Impor: a dry run shows all changes; then all are written, or none."""

import openpyxl
import pytest

from bench.databases import opened
from sih.background import imports
from sih.dao.query import Pool
from sih.domain import clock
from tests.concurrency import all_at_once
from tests.facts import alert, amount
from tests.import_files import bring, confirm, csv, dry_run, faults, found, saved, upload, write
from tests.master_forms import form_values
from tests.people import Person

HEAD = "NIK;Nama;Toko;Peran;Divisi"
NEW = "0050001;Baru;T002;;"
FILE = csv(HEAD, NEW, "10000001;Rini Baru;T001;Pelapor;", "10000002;Koko;T001;Pelapor;")
FAULTY = csv(HEAD, NEW, "10000003;Sari;T999;Raja;")


@pytest.fixture
def adi(person):
    return person("adi")


def names(query) -> dict[str, str]:
    return {row["nik"]: row["name"] for row in query.select("SELECT nik, name FROM employee")}


def text(adi, one) -> str:
    return " ".join(adi.get(f"/imports/{one.id}").main.text.split())


def test_the_dry_run_shows_the_changes_and_writes_nothing(adi, query):
    before = names(query)
    one = dry_run(adi, query, "employee", FILE)
    assert one.counts == {"rows": 3, "create": 1, "change": 1, "active": 11}
    page = text(adi, one)
    assert "0050001 Baru" in page and "Nama: Rini → Rini Baru" in page and "Koko" not in page
    assert names(query) == before


def test_the_page_shows_that_the_file_is_being_read(adi, query):
    number = upload(adi, "employee", FILE)
    assert "Berkas sedang diperiksa" in adi.get(f"/imports/{number}").main.text


def test_a_confirmed_import_writes_the_shown_changes_with_their_author(adi, query, employees):
    one = bring(adi, query, "employee", FILE)
    assert one.state == "written" and "Selesai: semua tersimpan." in text(adi, one)
    assert names(query)["0050001"] == "Baru" and names(query)["10000001"] == "Rini Baru"
    rows = query.select("SELECT kind, actor_id FROM audit WHERE source = %(s)s", {"s": f"import {one.id}"})
    assert [(row["kind"], row["actor_id"]) for row in rows] == [
        ("created", employees["adi"].id),
        ("changed", employees["adi"].id),
    ]


def test_importing_the_same_file_again_changes_nothing(adi, query):
    bring(adi, query, "employee", FILE)
    one = dry_run(adi, query, "employee", FILE)
    assert one.counts == {"rows": 3, "active": 12} and "semuanya sudah sama" in text(adi, one)


def test_a_faulty_file_names_each_row_and_changes_nothing_unasked(adi, query):
    one = dry_run(adi, query, "employee", FAULTY)
    assert faults(query, one) == {3: ["Peran tidak dikenal: Raja", "Toko tidak dikenal: T999"]}
    page = adi.get(f"/imports/{one.id}")
    assert "Ada 1 baris yang salah." in page.main.text and not page.select("main [name=skips_faults][checked]")
    assert alert(confirm(adi, one, 422)) == 'Centang "Lewati 1 baris yang salah", atau perbaiki baris itu.'
    assert write(query, one).state == "shown" and "0050001" not in names(query)


def test_a_new_person_has_no_pin_and_nothing_is_hashed(adi, query, monkeypatch):
    monkeypatch.setattr("sih.domain.pins.hash_pin", lambda *_: pytest.fail("hashed"))
    bring(adi, query, "employee", FILE)
    assert query.one_or_none("SELECT pin_hash, state FROM employee WHERE nik = '0050001'") == {
        "pin_hash": None,
        "state": "without_pin",
    }


def test_an_admin_cannot_change_the_own_account_by_an_import(adi, query):
    one = dry_run(adi, query, "employee", csv("NIK;Peran;Status", "40000001;Pelapor;Dibekukan"))
    assert faults(query, one)[2] == ["Peran dan status akun Anda sendiri hanya dapat diubah oleh admin lain."]


def test_the_confirming_admin_is_the_author_and_cannot_be_demoted(adi, person, query, employees):
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    one = dry_run(adi, query, "employee", csv("NIK;Nama;Peran", "30000001;Susi;Pelapor", "10000001;Rini Baru;"))
    confirm(person("susi"), one)
    again = write(query, one)
    assert (again.state, again.has_differed) == ("shown", True)
    assert faults(query, again) == {2: ["Peran dan status akun Anda sendiri hanya dapat diubah oleh admin lain."]}
    one = dry_run(adi, query, "employee", csv("NIK;Nama", "10000001;Rini Baru"))
    confirm(person("susi"), one)
    assert write(query, one).state == "written"
    [entry] = query.select("SELECT actor_id FROM audit WHERE source = %(s)s", {"s": f"import {one.id}"})
    assert entry["actor_id"] == employees["susi"].id


def change_rini(adi, employees):
    path = f"/employees/{employees['rini'].id}"
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"store": "T002"})


def test_an_outcome_that_changed_since_the_dry_run_is_shown_again_and_not_written(adi, query, employees):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one)
    change_rini(adi, employees)
    again = write(query, one)
    assert (again.state, again.has_differed) == ("shown", True) and "0050001" not in names(query)
    assert "Data berubah sejak hasil ini pertama kali ditampilkan." in text(adi, again)
    assert "Toko: T002 → T001" in text(adi, again)
    confirm(adi, one, 409)
    confirm(adi, again)
    assert write(query, again).state == "written"


def test_an_employee_added_since_the_dry_run_is_shown_again(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one)
    adi.post("/employees", nik="0050001", name="Lain", role="reporter", store="T001")
    again = write(query, one)
    assert (again.state, again.has_differed) == ("shown", True) and names(query)["0050001"] == "Lain"


def test_two_confirmations_and_two_workers_write_an_import_once(database, adi, app, query, employees):
    one = dry_run(adi, query, "employee", FILE)
    send = [Person(app, employees["adi"]) for _ in range(2)]
    for each in send:
        assert each.tokens
    answers = all_at_once([lambda each=each: confirm(each, one) for each in send])
    assert len(answers) == 2 and amount(query, "job WHERE kind = 'write_import'") == 1

    def work():
        with opened(Pool(**database)) as mine:
            imports.write(mine, one.id, clock.now(), lambda *_: None)

    all_at_once([work, work])
    assert found(query, one.id).state == "written"
    assert amount(query, f"audit WHERE source = 'import {one.id}'") == 2


def test_a_crash_while_writing_an_import_rolls_back(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one)

    def crash(*_):
        raise MemoryError

    with pytest.raises(MemoryError):
        write(query, one, crash)
    assert "0050001" not in names(query) and found(query, one.id).state == "writing"
    assert write(query, one).state == "written"


def test_the_page_says_the_order_of_a_first_import(adi):
    order = [item.text.strip() for item in adi.get("/imports/new").select("main ol li")]
    assert order == ["Divisi", "Departemen", "Toko", "Karyawan", "Jenis Barang", "Inventaris"]


def test_rows_that_a_filter_hides_are_marked_and_read(adi, query):
    book = openpyxl.Workbook()
    for row in (["NIK", "Nama", "Toko"], ["0050001", "Baru", "T002"], ["0050002", "Baru Juga", "T002"]):
        book.active.append(row)
    book.active.auto_filter.ref = "A1:C3"
    book.active.row_dimensions[3].hidden = True
    one = dry_run(adi, query, "employee", saved(book))
    assert one.counts == {"rows": 2, "create": 2, "active": 11, "hidden": 1}
    page = adi.get(f"/imports/{one.id}")
    marked = ["disembunyikan di Excel" in row.td.text for row in page.select("table.masters tbody tr")]
    assert marked == [False, True] and "1 baris disembunyikan di Excel" in page.main.text
