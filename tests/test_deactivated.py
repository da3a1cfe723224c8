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


HAS = {
    "stores": ("T001", "9 karyawan dan 3 kendala terbuka"),
    "divisions": ("Aplikasi", "2 karyawan dan 1 kendala terbuka"),
    "categories": ("Jaringan", "2 kendala terbuka tetap memakai kategori ini."),
}


@pytest.mark.parametrize("plural", HAS)
def test_deactivating_says_what_the_row_has_before_and_after(adi, query, problem, plural):
    word, sentence = HAS[plural]
    for given in ("new", "at pandu", "at Umum", "closed"):
        problem(given)
    path = f"/{plural}/{row_id(query, plural, word)}"
    page = adi.get(f"{path}/edit")
    hint = page.find(id=page.select_one("[name=active]")["aria-describedby"])
    assert " ".join(hint.text.split()).startswith(f"Jika dinonaktifkan: {sentence}")
    adi.post(path, **form_values(page) | {"active": "no"})
    assert f"{word} dinonaktifkan; tetap ada: " in adi.get(f"/{plural}").select_one("main [role=status]").text
    assert "Jika dinonaktifkan" not in adi.get(f"{path}/edit").text
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"active": "yes"})
    assert adi.get(f"/{plural}").select_one("main [role=status]").text == "Perubahan tersimpan."


def offered_divisions(somebody, query_string: str = "") -> list[str]:
    page = somebody.get(f"/problems{query_string}")
    return [option.text.strip() for option in page.select(".filters [name=division] option")][1:]


def test_a_deactivated_division_stays_in_the_filter_while_problems_are_open_there(adi, person, query, problem):
    number, hadi = problem("at pandu"), person("hadi")
    assert offered_divisions(hadi) == ["Helpdesk", "IT (semua)", "Aplikasi", "Jaringan", "Umum"]
    for word in ("Aplikasi", "Umum"):
        deactivate(adi, query, "divisions", word)
    for somebody in (hadi, person("rini"), person("susi"), adi):
        assert offered_divisions(somebody) == ["Helpdesk", "IT (semua)", "Jaringan", "Aplikasi (nonaktif)"]
    query_string = f"?division={row_id(query, 'divisions', 'Aplikasi')}"
    page = hadi.get(f"/problems{query_string}")
    assert f"#{number}" in page.main.text and not page.select("main .alert-warning")
    assert page.select_one("[name=division] option[selected]").text == "Aplikasi (nonaktif)"
    person("pandu").act(number, "closures", solution="Selesai.")
    assert offered_divisions(hadi) == ["Helpdesk", "IT (semua)", "Jaringan"]


def test_what_stands_below_a_deactivated_division_stays_in_the_filter_too(adi, person, query, problem):
    problem("at pandu")
    deactivate(adi, query, "divisions", "IT")
    assert offered_divisions(person("hadi")) == ["Helpdesk", "Aplikasi (nonaktif)", "Umum"]
    group = person("hadi").get("/problems").select_one(".filters [name=division] optgroup")
    assert group["label"] == "IT"


def test_a_deactivated_store_is_still_filtered_by(adi, person, query, problem):
    number = problem(by="sari")
    problem()
    deactivate(adi, query, "stores", "T002")
    page = person("hadi").get("/problems?store=T002")
    assert [row["id"] for row in page.select("tr[id]")] == [f"p{number}"]
    assert page.select_one(".filters [name=store]")["value"] == "T002"


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
