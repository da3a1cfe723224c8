"""Berkas ini daftar lengkap: only then does absence mean something, and never for the one who asks."""

import pytest

from sih.dao.imports import Imports
from tests.facts import alert, amount
from tests.import_files import bring, confirm, csv, dry_run, write


@pytest.fixture
def adi(person):
    return person("adi")


def names(query) -> dict[str, str]:
    return {row["nik"]: row["name"] for row in query.select("SELECT nik, name FROM employee")}


def text(adi, one) -> str:
    return " ".join(adi.get(f"/imports/{one.id}").main.text.split())


def test_who_is_absent_stays_unless_the_list_is_complete(adi, query):
    one = bring(adi, query, "employee", csv("NIK;Nama", "10000001;Rini Baru"))
    assert one.counts.get("deactivate") is None and amount(query, "employee WHERE is_frozen") == 0


def test_a_complete_list_names_who_would_go_and_the_number_must_be_typed(adi, query):
    others = [f"{nik};{name}" for nik, name in names(query).items() if nik not in ("10000003", "40000001")]
    one = dry_run(adi, query, "employee", csv("NIK;Nama", *others), is_complete="y")
    assert one.counts["deactivate"] == 1  # Sari; the admin who imports is absent, too, and never counts
    assert "10000003 Sari" in text(adi, one)
    assert alert(confirm(adi, one, 422, amount="2")) == "Ketik 1 untuk menonaktifkan sebanyak itu."
    confirm(adi, one, amount="1")
    write(query, one)
    assert query.select("SELECT name FROM employee WHERE is_frozen") == [{"name": "Sari"}]


@pytest.mark.parametrize(("away", "typed"), [(5, False), (6, True)])
def test_five_per_cent_need_no_typing_and_more_does(adi, query, away, typed):
    query.execute("INSERT INTO asset_kind (name) SELECT 'Jenis ' || n FROM generate_series(1, 97) AS n")
    names = [row["name"] for row in query.select("SELECT name FROM asset_kind ORDER BY id")]
    one = dry_run(adi, query, "asset_kind", csv("Nama", *names[away:]), is_complete="y")
    assert (one.counts["active"], one.counts["deactivate"]) == (100, away)
    assert bool(adi.get(f"/imports/{one.id}").select("main [name=amount]")) == typed
    confirm(adi, one, 422 if typed else 303)


def test_a_small_part_needs_no_typing(adi, query):
    query.execute("INSERT INTO asset_kind (name) SELECT 'Jenis ' || n FROM generate_series(1, 100) AS n")
    kept = [row["name"] for row in query.select("SELECT name FROM asset_kind WHERE name <> 'AC'")]
    one = bring(adi, query, "asset_kind", csv("Nama", *kept), is_complete="y")
    assert one.state == "written"
    assert query.select("SELECT name FROM asset_kind WHERE NOT is_active") == [{"name": "AC"}]


def test_the_helpdesk_never_counts(adi, query):
    one = dry_run(adi, query, "division", csv("Nama;Induk", "IT;", "Umum;"), is_complete="y")
    rows = Imports(query).changes(one.id, "deactivate")
    assert [row.row_name for row in rows] == ["IT > Aplikasi", "IT > Jaringan"]
