"""Changes of master data that would contradict a problem or an employee are refused, in forms and in dry runs."""

import pytest

from tests.facts import errors, options
from tests.import_files import confirm, csv, dry_run, faults
from tests.master_forms import add, form_values, row_id

REPORTED = "Barang ini sudah pernah dilaporkan; jenisnya tidak dapat diubah lagi."
HAS_PICS = "Departemen ini masih punya PIC. Pindahkan mereka dahulu, atau buat departemen baru."


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture
def edit(adi, query):
    """edit("assets", "T001-PRN-01", kind="AC") sends its form with this changed."""

    def edit(plural: str, name: str, status: int = 303, **facts):
        path = f"/{plural}/{row_id(query, plural, name)}"
        return adi.post(path, status, **form_values(adi.get(f"{path}/edit")) | facts)

    return edit


def test_a_good_that_was_reported_keeps_its_kind(edit, adi, query, problem):
    problem(asset_id=row_id(query, "assets", "T001-PRN-01"))
    assert errors(edit("assets", "T001-PRN-01", 422, kind="AC")) == {"kind": REPORTED}
    one = dry_run(adi, query, "asset", csv("Label;Jenis", "T001-PRN-01;AC", "T001-PRN-00;AC"))
    assert faults(query, one) == {2: [REPORTED]} and one.counts["change"] == 1
    confirm(adi, one, 422)


def test_a_good_that_was_never_reported_can_change_its_kind(edit, query):
    edit("assets", "T001-PRN-01", kind="AC", store="T002", serial="SN9")
    row = query.one_or_none("SELECT kind, store, serial FROM asset_sheet WHERE label = 'T001-PRN-01'")
    assert row == {"kind": "AC", "store": "T002", "serial": "SN9"}


def test_a_department_with_pics_stays_in_its_division(edit):
    assert errors(edit("departments", "Kasir", 422, division="Umum")) == {"division": HAS_PICS}


def test_a_department_shows_its_pics_with_their_problems(adi, query, problem):
    problem("at pandu")
    page = adi.get(f"/departments/{row_id(query, 'departments', 'Kasir')}/edit")
    assert [item.text for item in page.select("main section li")] == [
        "Pandu (1 kendala menunggu)",
        "Putri (0 kendala menunggu)",
    ]


def test_divisions_have_two_levels_and_the_helpdesk_cannot_change(edit, adi, query):
    assert "parent" in errors(edit("divisions", "Umum", 422, parent="IT > Jaringan"))
    assert "adalah helpdesk" in adi.get(f"/divisions/{row_id(query, 'divisions', 'Helpdesk')}/edit").main.text
    assert "adalah helpdesk" not in adi.get(f"/divisions/{row_id(query, 'divisions', 'Umum')}/edit").main.text
    assert errors(edit("divisions", "Helpdesk", 422, active="no")) == {"active": "Helpdesk harus tetap aktif."}


@pytest.mark.parametrize("name", ["Printer/Scanner", "HR › GA", "Sound System (TOA) > Rak"])
def test_a_name_with_a_separator_can_be_chosen_and_imported(adi, query, name):
    add(adi, query, "asset-kinds", name=name)
    add(adi, query, "assets", label="X-1", kind=name)
    one = dry_run(adi, query, "asset", csv("Label;Jenis;Toko", f"X-2;{name};T001", f"X-3;{name.lower()};T001"))
    assert one.counts["create"] == 2


def test_names_that_differ_in_case_are_distinct(adi, query):
    add(adi, query, "asset-kinds", name="ac")
    for label, kind in (("X-1", "AC"), ("X-2", "ac")):
        add(adi, query, "assets", label=label, kind=kind)
    kinds = query.select("SELECT kind FROM asset_sheet WHERE label LIKE 'X-%%' ORDER BY label")
    assert [row["kind"] for row in kinds] == ["AC", "ac"]


def test_whitespace_within_a_name_is_collapsed(adi, query):
    adi.post("/categories", name="Kabel \n  putus", active="yes")
    assert row_id(query, "categories", "Kabel putus")


def test_rows_below_a_deactivated_row_are_not_offered(adi, person, edit, problem, employees):
    number = problem("in_progress")
    edit("divisions", "IT", active="no")
    page = person("hadi").get(f"/problems/{number}/escalations/new")
    assert options(page, "kind") == ["Divisi Helpdesk", "Divisi Umum", "Departemen"]
    assert options(page, "department_id") == []
    page = adi.get(f"/employees/{employees['gita'].id}/edit")  # a handler is asked for them
    assert options(page, "division") == ["Helpdesk", "Umum"] and options(page, "department") == []
