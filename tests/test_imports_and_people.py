"""The effects of an import on employees and their sessions; who may import, and for how long an import is kept."""

import io

import pytest

from tests.facts import amount, errors, events, state
from tests.import_files import bring, confirm, csv, dry_run, found, upload, write
from tests.people import Person

HELD_BY_UMUM = """
UPDATE problem SET holder_division_id = (SELECT id FROM division WHERE name = 'Umum')
WHERE id = (SELECT max(id) FROM problem)
"""
FILE = csv("NIK;Nama;Toko", "0050001;Baru;T002")


@pytest.fixture
def adi(person):
    return person("adi")


def is_out(person) -> bool:
    return person.client.get("/problems").status_code == 302


def test_a_changed_role_or_a_freeze_ends_the_sessions(adi, person, query):
    rini, koko, sari = person("rini"), person("koko"), person("sari")
    assert not (is_out(rini) or is_out(koko) or is_out(sari))
    rows = ("10000001;Atasan;Aktif", "10000002;Pelapor;Dibekukan", "10000003;Pelapor;Aktif")
    bring(adi, query, "employee", csv("NIK;Peran;Status", *rows))
    assert is_out(rini) and is_out(koko) and not is_out(sari)


@pytest.mark.parametrize("row", ["Penanggung;IT > Aplikasi;;Dibekukan", "Penanggung;Umum;;", "Pelapor;;;"])
def test_problems_of_a_removed_pic_go_to_the_division(adi, query, problem, row):
    number = problem("at pandu")
    one = bring(adi, query, "employee", csv("NIK;Peran;Divisi;Departemen;Status", f"20000005;{row}"))
    assert one.state == "written" and state(query, number) == ("escalated", "Aplikasi", None)
    last = events(query, number, "escalated")[-1]
    assert (last["actor"], last["note"]) == ("Adi", f"Pemegangnya tidak lagi di sini (impor {one.id}).")


@pytest.mark.parametrize("row", ["Penanggung;IT > Aplikasi;;Dibekukan", "Penanggung;Umum;;", "Pelapor;;;"])
def test_the_dry_run_says_how_many_problems_move_and_so_many_move(adi, query, problem, row):
    for given in ("at pandu", "escalated to pandu", "at Umum", "closed", "new"):
        problem(given)
    one = dry_run(adi, query, "employee", csv("NIK;Peran;Divisi;Departemen;Status", f"20000005;{row}"))
    page = " ".join(adi.get(f"/imports/{one.id}").main.text.split())
    assert one.counts["moving"] == 2 and "karena orangnya pindah atau keluar: 2." in page
    problem("at pandu")  # meanwhile: what is told afterwards is what moved
    confirm(adi, one)
    one = write(query, one)
    assert one.counts["moved"] == 3 == amount(query, "event WHERE note LIKE 'Pemegangnya%%'")
    assert "Kendala terbuka yang berpindah: 3." in adi.get(f"/imports/{one.id}").main.text


def test_who_leaves_takes_no_problem_along_from_a_former_division(adi, query, problem, employees):
    """Everything that waits at somebody who is gone moves, in whichever division it is held."""
    problem("at pandu"), problem("at pandu")
    query.execute(HELD_BY_UMUM)
    content = csv("NIK;Peran;Divisi;Departemen", "20000005;Penanggung;Umum;")
    one = dry_run(adi, query, "employee", content)
    assert one.counts["moving"] == 2
    confirm(adi, one)
    assert write(query, one).counts["moved"] == 2


def test_a_file_that_moves_nobody_moves_nothing(adi, query, problem):
    problem("at pandu")
    one = dry_run(adi, query, "employee", csv("NIK;Nama", "20000005;Pandu W."))
    assert "moving" not in one.counts
    assert "karena orangnya pindah atau keluar: 0." in " ".join(adi.get(f"/imports/{one.id}").main.text.split())
    confirm(adi, one)
    assert write(query, one).counts["moved"] == 0


CLOSED = {
    "store": ("Kode;Status", "T001;Nonaktif", "9 karyawan dan 4 kendala terbuka tetap di sini.", (9, 4)),
    "division": ("Nama;Status", "IT;Nonaktif", "3 karyawan dan 2 kendala terbuka tetap di sini.", (3, 2)),
    "category": ("Nama;Status", "Jaringan;Nonaktif", "4 kendala terbuka tetap memakai kategori ini.", (0, 4)),
}


@pytest.mark.parametrize("noun", CLOSED)
def test_the_dry_run_says_what_a_deactivated_row_has(adi, query, problem, noun):
    head, row, sentence, amounts = CLOSED[noun]
    for given in ("at pandu", "escalated to pandu", "at Umum", "closed", "in_progress"):
        problem(given)
    one = dry_run(adi, query, noun, csv(head, row))
    assert (one.counts.get("people", 0), one.counts.get("problems", 0)) == amounts
    page = " ".join(adi.get(f"/imports/{one.id}").main.text.split())
    assert sentence in page
    assert f"masih punya {amounts[0]} karyawan dan {amounts[1]} kendala terbuka. Semuanya tetap di sana" in page
    confirm(adi, one)
    assert write(query, one).counts["moved"] == 0


def test_what_a_division_and_its_sub_division_have_is_counted_once(adi, query, problem):
    problem("at pandu")
    one = dry_run(adi, query, "division", csv("Nama;Divisi induk;Status", "IT;;Nonaktif", "Aplikasi;IT;Nonaktif"))
    assert (one.counts["people"], one.counts["problems"]) == (3, 1)


def test_absent_stores_of_a_complete_list_say_what_they_have(adi, query, problem):
    problem(by="sari")
    one = dry_run(adi, query, "store", csv("Kode;Nama;Kota", "T001;Kelapa Gading;Jakarta"), is_complete="y")
    assert (one.counts["deactivate"], one.counts["people"], one.counts["problems"]) == (1, 2, 1)
    assert "2 karyawan dan 1 kendala terbuka tetap di sini." in adi.get(f"/imports/{one.id}").main.text


def test_another_admin_may_confirm_an_import(adi, person, query):
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    one = dry_run(adi, query, "employee", FILE)
    person("susi").post(f"/imports/{one.id}/confirmations", fingerprint=one.fingerprint)
    assert found(query, one.id).state == "writing"


def test_an_unconfirmed_import_expires_after_a_day(app, adi, query, employees, moved_clock):
    one = dry_run(adi, query, "employee", FILE)
    moved_clock(hours=23)
    adi = Person(app, employees["adi"])  # the session of yesterday is over
    adi.get(f"/imports/{one.id}")
    moved_clock(hours=2)
    adi.get(f"/imports/{one.id}", 404)
    adi.post(f"/imports/{one.id}/confirmations", 404, fingerprint=one.fingerprint)
    upload(adi, "employee", FILE)
    assert amount(query, "import") == 1 and amount(query, "import_row") == 0


def test_a_missing_import_is_not_found(adi):
    for number in (999_999, 2**62):
        adi.get(f"/imports/{number}", 404)
        adi.post(f"/imports/{number}/confirmations", 404)


def test_a_missing_file_or_list_is_demanded(adi, query):
    messages = errors(adi.post("/imports", 422, noun=""))
    assert messages == {"noun": "Pilih daftar yang diimpor.", "file": "Pilih berkas XLSX atau CSV yang tidak kosong."}
    assert amount(query, "import") == 0


def test_an_upload_may_be_larger_than_a_form_up_to_its_limit(adi, person):
    big = b"NIK;Nama\n" + b"x" * 1_000_000
    upload(adi, "employee", big)
    data = {**adi.tokens, "noun": "employee", "file": (io.BytesIO(b"x" * 25_100_000), "x")}
    assert adi.client.post("/imports", data=data, content_type="multipart/form-data").status_code == 413
    rini = person("rini")
    data = {**rini.tokens, "noun": "employee", "file": (io.BytesIO(big), "x")}
    assert rini.client.post("/imports", data=data, content_type="multipart/form-data").status_code == 413


def test_the_name_of_a_file_is_escaped_and_truncated(adi, query):
    data = {**adi.tokens, "noun": "employee", "file": (io.BytesIO(FILE), "<b>x</b>\x1b" + "y" * 300)}
    answer = adi.client.post("/imports", data=data, content_type="multipart/form-data")
    assert not adi.get(answer.location).select("main b")
