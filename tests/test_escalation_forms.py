"""The fields of Penyelesaian follow the kind chosen, also without JavaScript; faults are named (docs/paper.md, R6)."""

import pytest

from sih.dao.employees import Employees
from tests.facts import alert, errors, id_of, options, state, value
from tests.form_data import escalation as to
from tests.test_escalations import hand_over

FIELDS = ("kind", "division_id", "department_id", "reason", "pic_id")


@pytest.fixture
def number(problem) -> int:
    return problem("in_progress")


def visible_fields(page) -> list[str]:
    """The fields that are shown and sent."""
    fields = page.select("form.action :is(select, textarea, input):not([disabled], [hidden], [type=hidden])")
    names = {field["name"] for field in fields if not field.find_parent(hidden=True)}
    return [name for name in FIELDS if name in names]


def test_every_top_level_division_is_offered_and_departments(person, query, number):
    query.execute("UPDATE division SET is_active = false WHERE name = 'Umum'")
    page = person("hadi").get(f"/problems/{number}/escalations/new")
    assert options(page, "kind") == ["Divisi Helpdesk", "Divisi IT", "Departemen"]
    assert visible_fields(page) == ["kind"]


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("Jaringan", ["kind", "division_id", "reason"]),
        ("Umum", ["kind", "reason"]),
        ("department", ["kind", "department_id", "reason"]),
    ],
)
def test_the_kind_decides_which_fields_are_shown(person, query, number, place, fields):
    page = hand_over(person, number, to(query, place, step="kind"), 200)
    assert visible_fields(page) == fields
    assert value(page, "reason") == "Perlu teknisi."
    assert page.select_one("main [role=alert]") is None
    assert state(query, number)[0] == "in_progress"


def test_a_division_asks_for_its_own_sub_divisions_with_their_load(person, problem, query, number):
    hand_over(person, problem("in_progress"), to(query, "Jaringan"))
    page = hand_over(person, number, to(query, "Jaringan", step="kind"), 200)
    assert options(page, "division_id") == ["Aplikasi", "Jaringan"]
    field = page.select_one("[data-for]:not([hidden])")
    assert field.label.text == "Divisi tujuan"
    assert "Aplikasi 0, Jaringan 1" in field.text


def test_a_department_leads_to_its_pics_with_their_load(person, problem, query, number):
    problem("at pandu"), problem("escalated to pandu")
    page = hand_over(person, number, to(query, "department"), 200)
    assert page.h1.text == "Pilih penerima" and visible_fields(page) == ["pic_id"]
    assert options(page, "pic_id") == ["Pandu (2)", "Putri (0)"]
    assert page.select_one("main [role=alert]") is None


def test_going_back_from_the_pics_keeps_all_fields(person, query, number):
    page = hand_over(person, number, to(query, "department", step="back"), 200)
    assert visible_fields(page) == ["kind", "department_id", "reason"]
    kept = [value(page, name) for name in ("kind", "department_id", "reason")]
    assert kept == ["department", str(id_of(query, "department", "Kasir")), "Perlu teknisi."]


@pytest.mark.parametrize(
    ("place", "missing", "sentence"),
    [
        ("Umum", "kind", "Pilih jenis penyelesaian."),
        ("Umum", "reason", "Tuliskan alasan penyelesaian ini."),
        ("Jaringan", "division_id", "Pilih divisi tujuan."),
        ("department", "department_id", "Pilih departemen."),
        ("Pandu", "pic_id", "Pilih PIC yang menerima kendala ini."),
    ],
)
def test_empty_fields_are_explained_and_nothing_is_stored(person, query, number, place, missing, sentence):
    page = hand_over(person, number, to(query, place, **{missing: ""}), 422)
    assert alert(page) == "Harap isi form kosong!"
    assert errors(page)[missing] == sentence
    if missing != "reason":
        assert "Perlu teknisi." in page.decode()
    assert state(query, number)[0] == "in_progress"


def test_each_empty_field_has_its_own_sentence(person, query, number):
    page = hand_over(person, number, to(query, "Jaringan", division_id="", reason="  "), 422)
    assert errors(page) == {"division_id": "Pilih divisi tujuan.", "reason": "Tuliskan alasan penyelesaian ini."}
    page = hand_over(person, number, {}, 422)
    assert errors(page) == {"kind": "Pilih jenis penyelesaian."}


@pytest.mark.parametrize("choice", ["division:999", "division:", "division:" + "9" * 5000, "Divisi IT", "x", "\x00"])
def test_a_kind_that_is_not_offered_is_refused(person, query, number, choice):
    page = hand_over(person, number, to(query, "Umum", kind=choice), 422)
    assert alert(page) == "Harap isi form dengan benar!"
    assert list(errors(page)) == ["kind"]
    assert value(page, "reason") == "Perlu teknisi."


def test_a_sub_division_is_not_offered_as_a_kind(person, query, number):
    kind = f"division:{id_of(query, 'division', 'Jaringan')}"
    assert list(errors(hand_over(person, number, to(query, "Umum", kind=kind), 422))) == ["kind"]


@pytest.mark.parametrize("place", ["Umum", "Helpdesk", "IT"])
def test_a_sub_division_of_another_division_is_refused(person, query, number, place):
    page = hand_over(person, number, to(query, "Jaringan", division_id=id_of(query, "division", place)), 422)
    assert errors(page) == {"division_id": "Pilihan ini tidak tersedia."}
    assert state(query, number)[0] == "in_progress"


@pytest.mark.parametrize("name", ["Hadi", "Gita", "Rini"])
def test_an_employee_who_is_no_pic_of_the_department_is_refused(person, query, number, name):
    page = hand_over(person, number, to(query, name), 422)
    assert errors(page) == {"pic_id": "Pilihan ini tidak tersedia."}
    assert state(query, number)[0] == "in_progress"


def test_the_pic_of_another_department_is_refused(person, query, number):
    query.execute("INSERT INTO department (division_id, name) SELECT id, 'Gudang' FROM division WHERE name = 'Umum'")
    gudang = id_of(query, "department", "Gudang")
    page = hand_over(person, number, to(query, "Pandu", department_id=gudang), 422)
    assert list(errors(page)) == ["pic_id"] and options(page, "pic_id") == []


def test_a_frozen_pic_is_not_offered(person, query, number, employees):
    Employees(query).freeze(employees["pandu"].nik)
    assert options(hand_over(person, number, to(query, "department"), 200), "pic_id") == ["Putri (0)"]
    assert errors(hand_over(person, number, to(query, "Pandu"), 422)) == {"pic_id": "Pilihan ini tidak tersedia."}


@pytest.mark.parametrize(
    ("held", "place", "name", "field"),
    [
        ("in_progress", "Helpdesk", "hadi", "kind"),
        ("at Umum", "Umum", "gita", "kind"),
        ("at pandu", "Pandu", "pandu", "pic_id"),
    ],
)
def test_the_current_holder_is_refused(person, problem, query, held, place, name, field):
    page = hand_over(person, problem(held), to(query, place), 422, name=name)
    assert errors(page) == {field: "Kendala ini sudah berada di sana."}


def test_the_sub_division_that_holds_the_problem_is_refused(person, query, number):
    hand_over(person, number, to(query, "Jaringan"))
    person("iwan").act(number, "acceptances")
    page = hand_over(person, number, to(query, "Jaringan"), 422, name="iwan")
    assert errors(page) == {"division_id": "Kendala ini sudah berada di sana."}


@pytest.mark.parametrize("reason", ["x" * 5001, "a\x00b"])
@pytest.mark.parametrize("place", ["Umum", "department", "Pandu"])
def test_an_invalid_reason_is_refused(person, query, number, place, reason):
    page = hand_over(person, number, to(query, place, reason=reason), 422)
    assert list(errors(page)) == ["reason"]
    assert state(query, number)[0] == "in_progress"
