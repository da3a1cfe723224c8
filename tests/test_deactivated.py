"""Deactivated master data is no longer offered as a choice; existing references stay."""

import pytest

from tests.facts import errors, options
from tests.master_forms import NEW, form_values, row_id


@pytest.fixture
def adi(person):
    return person("adi")


OFFERED = {
    "categories": ("hadi", "/problems/{new}/openings/new", "category_id", "Jaringan"),
    "asset-kinds": ("rini", "/problems/new", "good", "Printer"),
    "assets": ("rini", "/problems/new", "good", "T001-PRN-01"),
    "divisions": ("hadi", "/problems/{in_progress}/escalations/new", "kind", "Umum"),
    "departments": ("hadi", "/problems/{in_progress}/escalations/new", "department_id", "Kasir"),
}


@pytest.mark.parametrize("plural", list(OFFERED))
def test_deactivated_rows_are_not_offered(adi, person, query, problem, plural):
    name, path, field, word = OFFERED[plural]
    path = path.format(new=problem(), in_progress=problem("in_progress"))
    number = row_id(query, plural, word)

    def offers() -> bool:
        return any(word in option.text for option in person(name).get(path).select(f"[name={field}] option"))

    assert offers()
    adi.post(f"/{plural}/{number}", **form_values(adi.get(f"/{plural}/{number}/edit")) | {"active": "no"})
    assert not offers()


def deactivate(adi, query, plural: str, word: str) -> None:
    path = f"/{plural}/{row_id(query, plural, word)}"
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"active": "no"})


def test_a_deactivated_store_is_neither_suggested_nor_found_nor_taken(adi, query):
    deactivate(adi, query, "stores", "T002")
    adi.get("/pickers?noun=store&q=pana")
    assert adi.response.json == []
    page = adi.post("/employees", 200, **NEW["employees"] | {"store": "pana", "find": "store"})
    assert not page.select("[name=choose]")
    assert errors(adi.post("/employees", 422, **NEW["employees"] | {"store": "T002"})) == {
        "store": "T002 sudah tidak aktif."
    }
    assert "T002" in adi.get("/stores?state=inactive").select_one("tbody").text


def test_employees_of_a_deactivated_store_keep_working(adi, person, query, problem):
    number = problem(by="sari")
    deactivate(adi, query, "stores", "T002")
    assert person("sari").get(f"/problems/{number}").h1
    sari = f"/employees/{row_id(query, 'employees', '10000003')}"
    adi.post(sari, 303, **form_values(adi.get(f"{sari}/edit")) | {"name": "Sari W."})
    assert "T002 Panakkukang" in person("hadi").get(f"/problems/{number}").main.text


def test_an_old_problem_still_shows_deactivated_references(adi, person, query, problem):
    number = problem("at pandu", asset_id=row_id(query, "assets", "T001-PRN-01"))
    for plural, word in (("categories", "Jaringan"), ("assets", "T001-PRN-01"), ("asset-kinds", "Printer")):
        deactivate(adi, query, plural, word)
    for plural, word in (("departments", "Kasir"), ("divisions", "Aplikasi"), ("stores", "T001")):
        deactivate(adi, query, plural, word)
    for name in ("rini", "pandu", "susi"):
        text = person(name).get(f"/problems/{number}").main.text
        assert all(
            word in text for word in ("Jaringan", "Printer", "T001-PRN-01", "Kelapa Gading", "Aplikasi", "Pandu")
        )
        assert f"#{number}" in person(name).get("/problems").main.text


def test_a_reference_to_a_deactivated_row_stays_but_cannot_be_added(adi, query):
    number = row_id(query, "divisions", "Umum")
    adi.post(f"/divisions/{number}", **form_values(adi.get(f"/divisions/{number}/edit")) | {"active": "no"})
    gita = row_id(query, "employees", "20000004")
    page = adi.get(f"/employees/{gita}/edit")
    assert "Umum" in options(page, "division")
    adi.post(f"/employees/{gita}", 303, **form_values(page) | {"name": "Gita W."})
    assert "Umum" not in options(adi.get("/employees/new"), "division")
    page = adi.post("/departments", 422, **NEW["departments"])
    assert "division" in errors(page)
