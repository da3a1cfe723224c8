"""What was deactivated is offered no longer where one chooses; where it stands already, it stays."""

import pytest

from tests.facts import errors, options
from tests.mastered import NEW, filled, row_id


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
def test_the_deactivated_is_offered_no_longer(adi, person, query, problem, plural):
    name, path, field, word = OFFERED[plural]
    path = path.format(new=problem(), in_progress=problem("in_progress"))
    number = row_id(query, plural, word)

    def offers() -> bool:
        return any(word in option.text for option in person(name).get(path).select(f"[name={field}] option"))

    assert offers()
    adi.post(f"/{plural}/{number}", **filled(adi.get(f"/{plural}/{number}/edit")) | {"active": "no"})
    assert not offers()


def test_what_names_something_deactivated_keeps_it_and_nothing_new_may(adi, query):
    number = row_id(query, "divisions", "Umum")
    adi.post(f"/divisions/{number}", **filled(adi.get(f"/divisions/{number}/edit")) | {"active": "no"})
    gita = row_id(query, "employees", "20000004")
    page = adi.get(f"/employees/{gita}/edit")
    assert "Umum" in options(page, "division")
    adi.post(f"/employees/{gita}", 303, **filled(page) | {"name": "Gita W."})
    assert "Umum" not in options(adi.get("/employees/new"), "division")
    page = adi.post("/departments", 422, **NEW["departments"])
    assert "division" in errors(page)
