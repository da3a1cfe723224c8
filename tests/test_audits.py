"""Riwayat perubahan: every administrative change with author, time, old and new values; append-only."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg2
import pytest

from bench.databases import opened
from sih.dao.query import Pool
from sih.domain.errors import RuleViolated
from tests.company import PIN
from tests.import_files import bring, csv
from tests.master_forms import NEW, add, form_values
from tests.people import Person

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def adi(person):
    return person("adi")


def lines(adi, query_string: str = "") -> list[str]:
    return [" ".join(row.text.split()) for row in adi.get(f"/audits{query_string}").select("tbody tr")]


def test_an_entry_shows_author_time_and_values(adi, query, moved_clock):
    moved_clock(datetime(2026, 3, 5, 9, 30, tzinfo=WIB))
    number = add(adi, query, "stores")
    adi.post(f"/stores/{number}", **form_values(adi.get(f"/stores/{number}/edit")) | {"city": "Bogor", "active": "no"})
    changed, made, *_ = lines(adi, "?noun=store&nik=40000001")
    assert changed.startswith("5 Mar 2026 09.30 40000001 Adi Toko T100 Cinere") and "Baru" not in changed
    assert "Kota: Depok → Bogor" in changed and "Aktif: Ya → Tidak" in changed and "Nama" not in changed
    assert "Baru" in made and "Kode: T100" in made and "Zona waktu: WIB" in made


def test_references_to_other_rows_are_shown_by_name(adi, employees):
    path = f"/employees/{employees['gita'].id}"
    adi.post(
        path, **form_values(adi.get(f"{path}/edit")) | {"store": "T001", "division": "IT > Jaringan", "role": "handler"}
    )
    [line] = lines(adi, "?nik=40000001")
    assert "Toko: T002 Panakkukang → T001 Kelapa Gading" in line and "Divisi: Umum → IT > Jaringan" in line


def test_a_reason_is_shown_with_its_change(adi, employees):
    adi.post(f"/employees/{employees['rini'].id}/freezes", reason="Sudah pindah kerja.")
    [line] = lines(adi, "?nik=40000001")
    assert "Dibekukan: Tidak → Ya" in line and "Alasan: Sudah pindah kerja." in line


def test_a_change_by_the_command_line_has_no_author(adi, app):
    app.test_cli_runner().invoke(args=["freeze", "10000001"])
    assert "Baris perintah" in lines(adi, "?noun=employee")[0]


def test_the_filters_show_the_matching_entries(adi, query, employees, moved_clock):
    moved_clock(datetime(2026, 3, 5, 0, 0, tzinfo=WIB))
    store = add(adi, query, "stores")
    moved_clock(datetime(2026, 3, 5, 23, 59, 59, tzinfo=WIB))
    add(adi, query, "categories")
    moved_clock(datetime(2026, 3, 6, 0, 0, tzinfo=WIB))
    add(adi, query, "assets")
    day = "since=2026-03-05&until=2026-03-05"
    assert [line.split("Adi ")[1].split()[0] for line in lines(adi, f"?{day}")] == ["Kategori", "Toko"]
    assert len(lines(adi, "?since=2026-03-06&nik=40000001")) == 1 and lines(adi, "?nik=10000001") == []
    assert len(lines(adi, f"?noun=store&row={store}")) == 1 and len(lines(adi, "?noun=category&nik=40000001")) == 1


def test_invalid_filters_are_named(adi):
    page = adi.get("/audits?noun=x&since=x&until=2026-02-31&nik=%00&after=x&row=1")
    message = page.select_one("main [role=status]").text
    assert all(label in message for label in ("Data", "NIK pengubah", "Dari tanggal", "Sampai tanggal", "Halaman"))


def test_the_audit_log_is_paginated(adi, query):
    query.execute("INSERT INTO category (name) SELECT 'Kategori ' || n FROM generate_series(1, 120) AS n")
    seen, path = [], "/audits?noun=category"
    while path:
        page = adi.get(path)
        seen += [link.text for link in page.select("tbody a")]
        following = page.find("a", string="Berikutnya")
        path = following and following["href"]
    assert len(seen) == len(set(seen)) == 122  # two are of the company, the first one of the schema has no author


@pytest.mark.parametrize("statement", ["UPDATE audit SET source = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_audit_entries_are_append_only(admin, database, query, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute(statement)
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only")
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty, refused:
        mighty.execute(statement)


def test_a_change_without_an_author_is_refused(admin, database):
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty, pytest.raises(RuleViolated):
        mighty.execute("UPDATE store SET city = 'Bogor'")


def test_language_theme_and_pin_are_no_administrative_change(adi, query, person):
    before = query.one_or_none("SELECT count(*) AS amount FROM audit")
    rini = person("rini")
    rini.post("/theme", theme="dark")
    rini.speaks("en").post("/pin", pin=PIN, new_pin="640285", repeated_pin="640285")
    assert query.one_or_none("SELECT count(*) AS amount FROM audit") == before


def test_the_audit_log_holds_no_secret(adi, query, employees):
    for plural in NEW:
        add(adi, query, plural)
    adi.post(f"/employees/{employees['rini'].id}/activation-codes", 200)
    adi.post("/pin", pin=PIN, new_pin="640285", repeated_pin="640285")
    text = " ".join(row["t"] for row in query.select("SELECT a::text AS t FROM audit a"))
    for secret in ("argon2", "pin_hash", "code_hmac", "session_version", PIN, "640285"):
        assert secret not in text


def test_the_application_signs_its_changes(adi, query, employees):
    for plural in NEW:
        number = add(adi, query, plural)
        adi.post(
            f"/{plural}/{number}", **form_values(adi.get(f"/{plural}/{number}/edit")) | {"name": "Lain", "serial": "9"}
        )
    since = query.select("SELECT source, actor_id FROM audit WHERE at > '2026-01-02Z' AND source <> 'test'")
    assert len(since) == 2 * len(NEW)
    assert {(row["source"], row["actor_id"]) for row in since} == {("page", employees["adi"].id)}


def test_no_other_way_of_changing_data_audits_a_secret(adi, app, query, employees, problem):
    """By the command line, a list with a column of PINs, a sheet of codes, a first sign-in, a freeze."""
    problem("at pandu")
    run = app.test_cli_runner().invoke
    output = (
        run(args=["reset-pin", "10000001"]).output + run(args=["create-admin"], input="99990001\nBaru\n\n\n\n").output
    )
    bring(adi, query, "employee", csv("NIK;Nama;Toko;PIN;Kode aktivasi", "0050001;Baru;T001;640285;ABCDE12345"))
    newcomer = query.one("SELECT id FROM employee WHERE nik = '0050001'")["id"]
    page = adi.post(f"/employees/{newcomer}/activation-codes", 200)
    codes = [code.text for code in page.select("[data-code]")] + re.findall(r"days: (\S+)", output)
    nobody = Person(app)
    fields = {"nik": "0050001", "code": codes[0], "new_pin": "508213", "repeated_pin": "508213"}
    assert nobody.client.post("/activations", data={**nobody.tokens, **fields}).status_code == 303
    run(args=["freeze", "20000006"])
    adi.post(f"/employees/{employees['pandu'].id}/freezes", reason="Keluar.", handover="division")
    text = " ".join(row["t"] for row in query.select("SELECT a::text AS t FROM audit a"))
    plain = [code.replace("-", "") for code in codes]
    assert len(codes) == 3
    for secret in ("argon2", "hmac", "640285", "508213", "ABCDE12345", PIN, *codes, *plain):
        assert secret not in text


@pytest.mark.parametrize("path", ["/audits", "/imports/new", "/employees/1/freezes/new", "/stores", "/employees/new"])
def test_the_menu_marks_master_data_as_current_on_each_of_its_pages(adi, path):
    page = adi.get(path)
    assert page.select_one("header nav [aria-current]").text == "Data Induk"
