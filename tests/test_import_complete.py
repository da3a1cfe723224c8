"""Berkas ini daftar lengkap: only a complete list deactivates absent rows, and never the importing admin."""

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


def test_employees_absent_from_an_incomplete_list_stay_active(adi, query):
    one = bring(adi, query, "employee", csv("NIK;Nama", "10000001;Rini Baru"))
    assert one.counts.get("deactivate") is None and amount(query, "employee WHERE is_frozen") == 0


def test_a_complete_list_names_the_employees_to_freeze_and_asks_for_their_number(adi, query):
    others = [f"{nik};{name}" for nik, name in names(query).items() if nik not in ("10000003", "40000001")]
    one = dry_run(adi, query, "employee", csv("NIK;Nama", *others), is_complete="y")
    assert one.counts["deactivate"] == 1  # Sari; the admin who imports is absent, too, and never counts
    assert "10000003 Sari" in text(adi, one)
    assert alert(confirm(adi, one, 422, amount="2")) == "Ketik 1 untuk menonaktifkan sebanyak itu."
    confirm(adi, one, amount="1")
    write(query, one)
    assert query.select("SELECT name FROM employee WHERE is_frozen") == [{"name": "Sari"}]


@pytest.mark.parametrize(("away", "typed"), [(5, False), (6, True)])
def test_deactivating_over_five_per_cent_asks_for_the_number(adi, query, away, typed):
    query.execute("INSERT INTO asset_kind (name) SELECT 'Jenis ' || n FROM generate_series(1, 97) AS n")
    names = [row["name"] for row in query.select("SELECT name FROM asset_kind ORDER BY id")]
    one = dry_run(adi, query, "asset_kind", csv("Nama", *names[away:]), is_complete="y")
    assert (one.counts["active"], one.counts["deactivate"]) == (100, away)
    assert bool(adi.get(f"/imports/{one.id}").select("main [name=amount]")) == typed
    confirm(adi, one, 422 if typed else 303)


def test_deactivating_a_small_share_asks_for_no_number(adi, query):
    query.execute("INSERT INTO asset_kind (name) SELECT 'Jenis ' || n FROM generate_series(1, 100) AS n")
    kept = [row["name"] for row in query.select("SELECT name FROM asset_kind WHERE name <> 'AC'")]
    one = bring(adi, query, "asset_kind", csv("Nama", *kept), is_complete="y")
    assert one.state == "written"
    assert query.select("SELECT name FROM asset_kind WHERE NOT is_active") == [{"name": "AC"}]


def test_a_complete_list_never_deactivates_the_helpdesk(adi, query):
    one = dry_run(adi, query, "division", csv("Nama;Induk", "IT;", "Umum;"), is_complete="y")
    rows = Imports(query).changes(one.id, "deactivate")
    assert [row.row_name for row in rows] == ["IT > Aplikasi", "IT > Jaringan"]
