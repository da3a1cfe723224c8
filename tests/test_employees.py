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
from tests.master_forms import add, form_values

PLACE = """
SELECT d.name AS division, m.name AS department
FROM employee e LEFT JOIN division d ON d.id = e.division_id LEFT JOIN department m ON m.id = e.department_id
WHERE e.name = %(name)s
"""
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


def found(adi, query_string: str) -> list[str]:
    return [row.select("td")[1].text for row in adi.get(f"/employees?{query_string}").select("tbody tr")]


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
        (
            {"role": "handler", "division": "Umum", "department": "IT > Aplikasi > Kasir"},
            "department",
            "Departemen ini bukan bagian dari divisi itu.",
        ),
        ({"nik": "1"}, "nik", "NIK tidak dapat dibaca: 1"),
        ({"nik": "1234/56"}, "nik", "NIK tidak dapat dibaca: 1234/56"),
        ({"email": "bukan alamat"}, "email", "E-mail tidak dapat dibaca: bukan alamat"),
        ({"store": "T999"}, "store", "Toko tidak dikenal: T999"),
        ({"role": "raja"}, "role", "Peran tidak dikenal: raja"),
        ({"name": "x" * 107}, "name", "Nama terlalu panjang: paling banyak 100 karakter, kelebihan 7."),
        ({"nik": "9" * 21}, "nik", "NIK terlalu panjang: paling banyak 20 karakter, kelebihan 1."),
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
    ("query_string", "names"),
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
def test_the_search_finds_employees(adi, query, query_string, names):
    query.execute("INSERT INTO employee (nik, name, store_id) VALUES ('K777', 'Siti Aminah Putri', 2)")
    assert sorted(found(adi, query_string)) == sorted(names)


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


def test_suggestions_are_for_admins_and_for_the_filters_of_the_list(person, adi):
    adi.get("/pickers?noun=store&q=kelapa")
    assert json.loads(adi.response.data) == [{"value": "T001", "text": "Kelapa Gading"}]
    for name in ("rini", "hadi", "susi"):
        person(name).get("/pickers?noun=store&q=kelapa")
        person(name).get("/pickers?noun=employee&q=koko", 403 if name == "rini" else 200)
        person(name).get("/pickers?noun=division&q=it", 403)
    adi.get("/pickers?noun=secret&q=kelapa", 404)
    adi.get("/pickers?noun=store&q=---")
    assert json.loads(adi.response.data) == []


def test_a_nik_and_a_name_are_kept_without_characters_that_nobody_sees(adi, query):
    adi.post("/employees", **FACTS | {"nik": "\u202a5000-0001\u202c", "name": "Bu\u200bdi\u00a0Santoso\u200e"})
    [row] = query.select("SELECT nik, name FROM employee WHERE nik LIKE '5000%%'")
    assert (row["nik"], row["name"]) == ("50000001", "Budi Santoso")


def test_somebody_is_found_by_a_pasted_name(adi):
    assert found(adi, "q=Ri%E2%80%8Bni") == found(adi, "q=Rini") != []


def created(page) -> tuple[str, dict[str, str]]:
    """The sentence after creating a row, and its links by their text."""
    message = page.select_one("main [role=status]")
    return " ".join(message.get_text().split()), {" ".join(a.text.split()): a["href"] for a in message.select("a")}


def test_a_new_person_is_named_with_a_link_and_what_comes_next(adi, query):
    for _ in range(2):  # a second click says the same
        adi.post("/employees", **FACTS | {"name": "<b>Budi</b>"})
        sentence, links = created(adi.get("/employees"))
        number = query.one("SELECT id FROM employee WHERE nik = '50000001'")["id"]
        assert sentence.startswith("Karyawan tersimpan: 50000001 <b>Budi</b>")
        assert links == {
            "50000001 <b>Budi</b>": f"/employees/{number}/edit",
            "Tambah lagi": "/employees/new",
            "Buat kode aktivasi": f"/employees/{number}/activation-codes/new",
        }
    for address in links.values():
        adi.get(address)


def test_a_new_store_is_named_with_a_link_and_no_code(adi, query):
    add(adi, query, "stores")
    sentence, links = created(adi.get("/stores"))
    assert sentence.startswith("Toko tersimpan: T100 Cinere") and list(links) == ["T100 Cinere", "Tambah lagi"]


def enabled_fields(page) -> dict[str, bool]:
    """Whether the form asks for division and department."""
    fields = {name: page.select_one(f"main [name={name}]") for name in ("division", "department")}
    return {name: not field.has_attr("disabled") for name, field in fields.items()}


def test_only_a_handler_is_asked_for_division_and_department(adi, employees):
    assert set(enabled_fields(adi.get("/employees/new")).values()) == {False}
    for name, employee in employees.items():
        is_handler = employee.role == "handler"
        assert set(enabled_fields(adi.get(f"/employees/{employee.id}/edit")).values()) == {is_handler}, name
    page = adi.post("/employees", 422, **FACTS | {"role": "handler"})  # without JavaScript they come with the answer
    assert set(enabled_fields(page).values()) == {True} and errors(page) == {
        "division": "Penanggung memerlukan divisi."
    }


def test_what_a_role_does_not_have_is_taken_with_the_role(edit, query):
    edit("pandu", role="reporter")
    assert query.one(PLACE, {"name": "Pandu"}) == {"division": None, "department": None}


def test_a_division_from_a_file_stays_with_a_reporter(edit, query):
    query.execute("UPDATE employee SET division_id = (SELECT id FROM division WHERE name = 'Umum') WHERE name = 'Rini'")
    edit("rini", email="rini@toko.example", division="", department="IT > Aplikasi > Kasir")
    assert query.one(PLACE, {"name": "Rini"}) == {"division": "Umum", "department": None}
