"""Karyawan: the rules of role, store and division, and the search."""

import json

import pytest

from bench.databases import opened
from sih.dao.audits import signed
from sih.dao.query import Pool
from sih.domain import clock
from sih.domain.errors import RuleViolated
from tests.concurrency import all_at_once
from tests.facts import errors, value
from tests.master_forms import form_values

FACTS = {"nik": "50000001", "name": "Budi Santoso", "role": "reporter", "store": "T001"}


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture
def edit(adi, employees):
    """edit("rini", role="handler") changes it on her page; gives the page that answers."""

    def edit(who: str, status: int = 303, **facts):
        path = f"/employees/{employees[who].id}"
        return adi.post(path, status, **form_values(adi.get(f"{path}/edit")) | facts)

    return edit


def found(adi, asked: str) -> list[str]:
    return [row.select("td")[1].text for row in adi.get(f"/employees?{asked}").select("tbody tr")]


def is_out(person) -> bool:
    return person.client.get("/problems").status_code == 302


def test_another_role_ends_the_sessions_and_another_store_does_not(person, edit):
    rini = person("rini")
    assert not is_out(rini)
    edit("rini", store="T002")
    assert not is_out(rini)
    edit("rini", role="supervisor")
    assert is_out(rini)


def test_an_employee_who_moves_sees_the_new_store(person, edit, query):
    edit("rini", store="t002")
    assert "T002 Panakkukang" in person("rini").get("/problems").select_one("details.account").text


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"role": "handler"}, "division", "Penanggung memerlukan divisi."),
        ({"department": "IT > Aplikasi > Kasir"}, "department", "Hanya penanggung dapat menjadi PIC departemen."),
        (
            {"role": "handler", "division": "Umum", "department": "IT > Aplikasi > Kasir"},
            "department",
            "Departemen ini bukan bagian dari divisi itu.",
        ),
        ({"nik": "1"}, "nik", "NIK tidak dapat dibaca: 1"),
        ({"nik": "1234-56"}, "nik", "NIK tidak dapat dibaca: 1234-56"),
        ({"email": "kosong"}, "email", "E-mail tidak dapat dibaca: kosong"),
        ({"store": "T999"}, "store", "Toko tidak dikenal: T999"),
        ({"role": "raja"}, "role", "Peran tidak dikenal: raja"),
        ({"name": "x" * 101}, "name", f"Nama tidak dapat dibaca: {'x' * 80}"),
    ],
)
def test_each_violated_rule_is_explained_beside_its_field(adi, facts, field, sentence):
    page = adi.post("/employees", 422, **FACTS | facts)
    assert errors(page) == {field: sentence} and value(page, "nik") == (FACTS | facts)["nik"]


def test_an_admin_cannot_demote_the_own_account(edit, query, employees):
    page = edit("adi", 422, role="reporter")
    assert errors(page)["role"].startswith("Peran dan status akun Anda sendiri")
    with pytest.raises(RuleViolated) as refusal, signed(query, clock.now(), employees["adi"].id):
        query.execute("UPDATE employee SET is_frozen = true WHERE name = 'Adi'")
    assert refusal.value.constraint == "employee_not_by_oneself"


def test_the_last_admin_cannot_be_removed(query):
    with pytest.raises(RuleViolated) as refusal:
        query.execute("UPDATE employee SET role = 'reporter' WHERE name = 'Adi'")
    assert refusal.value.constraint == "employee_last_admin_stays"


def test_two_admins_who_demote_each_other_at_once_leave_one(database, query, employees):
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    adi, susi = employees["adi"].id, employees["susi"].id

    def demote(by: int, whom: int):
        def run() -> str:
            with opened(Pool(**database)) as mine:
                try:
                    with signed(mine, clock.now(), by):
                        mine.execute("UPDATE employee SET role = 'reporter' WHERE id = %(id)s", {"id": whom})
                except RuleViolated as error:
                    return error.constraint
            return "done"

        return run

    assert sorted(all_at_once([demote(adi, susi), demote(susi, adi)])) == ["done", "employee_last_admin_stays"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("q=siti", ["Siti Aminah Putri"]),
        ("q=putri siti", ["Siti Aminah Putri"]),
        ("q=AMI put", ["Siti Aminah Putri"]),
        ("q=20000", ["Hadi", "Hana", "Iwan", "Gita", "Pandu", "Putri"]),
        ("q=20000001", ["Hadi"]),
        ("q=putri&role=reporter", ["Siti Aminah Putri"]),
        ("q=putri", ["Siti Aminah Putri", "Putri"]),
        ("q=minah", []),
        ("store=t002", ["Gita", "Sari", "Siti Aminah Putri"]),
        ("store=T002&role=handler", ["Gita"]),
        ("role=admin", ["Adi"]),
        ("state=without_pin", ["Siti Aminah Putri"]),
        ("state=frozen", []),
        ("role=supervisor&state=active&store=T001", ["Susi"]),
    ],
)
def test_the_search_finds_employees(adi, query, asked, names):
    query.execute("INSERT INTO employee (nik, name, store_id) VALUES ('K777', 'Siti Aminah Putri', 2)")
    assert sorted(found(adi, asked)) == sorted(names)


def test_the_search_follows_a_changed_name(adi, edit, query):
    edit("rini", name="Rini Lestari")
    assert found(adi, "q=lestari") == ["Rini Lestari"] and found(adi, "q=rini") == ["Rini Lestari"]
    edit("rini", name="Dewi Sartika")
    assert found(adi, "q=lestari") == found(adi, "q=rini") == []


def test_without_a_script_a_store_is_found_in_the_form_itself(adi):
    page = adi.post("/employees", 200, **FACTS | {"store": "panak", "find": "store"})
    [choice] = page.select("main [name=choose]")
    assert choice["value"] == "store:T002" and value(page, "name") == "Budi Santoso"
    page = adi.post("/employees", 200, **FACTS | {"store": "panak", "choose": "store:T002"})
    assert value(page, "store") == "T002" and value(page, "name") == "Budi Santoso"


def test_an_ambiguous_store_offers_similar_stores(adi):
    page = adi.post("/employees", 422, **FACTS | {"store": "T0"})
    assert [choice["value"] for choice in page.select("main [name=choose]")] == ["store:T001", "store:T002"]


def test_suggestions_include_employees_without_pin_and_exclude_frozen_ones(adi, query):
    query.execute("UPDATE employee SET pin_hash = NULL WHERE name LIKE 'Rini%%'")
    adi.get("/pickers?noun=employee&q=rini")
    assert len(json.loads(adi.response.data)) == 1
    query.execute("UPDATE employee SET is_frozen = true WHERE name LIKE 'Rini%%'")
    adi.get("/pickers?noun=employee&q=rini")
    assert json.loads(adi.response.data) == []


def test_suggestions_are_for_admins_alone(person, adi):
    adi.get("/pickers?noun=store&q=kelapa")
    assert json.loads(adi.response.data) == [{"value": "T001", "text": "Kelapa Gading"}]
    for name in ("rini", "hadi", "susi"):
        person(name).get("/pickers?noun=store&q=kelapa", 403)
    adi.get("/pickers?noun=secret&q=kelapa", 404)
    adi.get("/pickers?noun=store&q=---")
    assert json.loads(adi.response.data) == []


def test_a_nik_and_a_name_are_kept_without_characters_that_nobody_sees(adi, query):
    adi.post("/employees", **FACTS | {"nik": "\u202a5000-0001\u202c", "name": "Bu\u200bdi\u00a0Santoso\u200e"})
    [row] = query.select("SELECT nik, name FROM employee WHERE nik LIKE '5000%%'")
    assert (row["nik"], row["name"]) == ("50000001", "Budi Santoso")


def test_somebody_is_found_by_a_pasted_name(adi):
    assert found(adi, "q=Ri%E2%80%8Bni") == found(adi, "q=Rini") != []
