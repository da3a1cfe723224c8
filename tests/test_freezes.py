"""Bekukan and Aktifkan (docs/paper.md, R10): sessions end, signing in is refused, problems are handed on."""

import pytest

from tests.company import PIN
from tests.facts import alert, errors, events, options, state
from tests.people import Person

FROZEN = "Maaf akun ini telah dinonaktifkan oleh admin!"


@pytest.fixture
def adi(person):
    return person("adi")


def freeze(adi, employee, status: int = 303, **fields):
    return adi.post(f"/employees/{employee.id}/freezes", status, **{"reason": "Sudah keluar."} | fields)


def is_out(person) -> bool:
    return person.client.get("/problems").status_code == 302


def signs_in(app, employee) -> tuple[int, str]:
    nobody = Person(app)
    response = nobody.client.post("/login", data={**nobody.tokens, "nik": employee.nik, "pin": PIN})
    return response.status_code, response.get_data(as_text=True)


def test_a_frozen_employee_is_signed_out_and_cannot_sign_in(app, adi, person, employees):
    rini = person("rini")
    assert not is_out(rini)
    freeze(adi, employees["rini"])
    assert is_out(rini)
    status, text = signs_in(app, employees["rini"])
    assert status == 403 and FROZEN in text


def test_an_unfrozen_employee_can_sign_in(app, adi, employees):
    freeze(adi, employees["rini"])
    adi.post(f"/employees/{employees['rini'].id}/unfreezes", reason="Kembali bekerja.")
    assert signs_in(app, employees["rini"])[0] == 303


@pytest.mark.parametrize("noun", ["freezes", "unfreezes"])
def test_freezing_demands_a_reason(adi, employees, noun):
    page = adi.post(f"/employees/{employees['rini'].id}/{noun}", 422, reason=" ")
    assert errors(page) == {"reason": "Tuliskan alasan perubahan ini."}


def test_freezing_an_employee_without_problems_asks_for_no_handover(adi, employees):
    assert not adi.get(f"/employees/{employees['pandu'].id}/freezes/new").select("[name=handover]")


def test_freezing_a_holder_asks_where_the_problems_go(adi, employees, problem):
    problem("at pandu")
    page = adi.get(f"/employees/{employees['pandu'].id}/freezes/new")
    assert options(page, "handover") == ["Kembali ke divisinya", "Putri (0)", "Dibiarkan; helpdesk dapat menanganinya"]
    assert "handover" in errors(freeze(adi, employees["pandu"], 422))


@pytest.mark.parametrize(
    ("handover", "expected"),
    [
        ("division", ("escalated", "Aplikasi", None)),
        ("pic", ("escalated", "Aplikasi", "Putri")),
        ("stay", ("in_progress", "Aplikasi", "Pandu")),
    ],
)
def test_the_problems_go_to_the_chosen_holder(adi, query, employees, problem, handover, expected):
    number = problem("at pandu")
    chosen = f"pic:{employees['putri'].id}" if handover == "pic" else handover
    freeze(adi, employees["pandu"], handover=chosen)
    assert state(query, number) == expected
    if handover != "stay":
        assert events(query, number, "escalated")[-1]["actor"] == "Adi"
        assert events(query, number, "escalated")[-1]["note"] == "Sudah keluar."


def test_a_problem_not_yet_accepted_is_returned_to_its_sender(adi, query, employees, problem):
    number = problem("escalated to pandu")
    freeze(adi, employees["pandu"], handover="division")
    assert state(query, number) == ("in_progress", "Helpdesk", None)
    [event] = events(query, number, "returned")
    assert (event["actor"], event["note"]) == ("Adi", "Sudah keluar.")


def test_a_colleague_of_another_division_cannot_be_chosen(adi, employees, problem):
    problem("at pandu")
    page = freeze(adi, employees["pandu"], 422, handover=f"pic:{employees['gita'].id}")
    assert errors(page) == {"handover": "Pilihan ini tidak tersedia."}


def test_a_second_click_changes_nothing(adi, query, employees, problem):
    number = problem("at pandu")
    for _ in range(2):
        freeze(adi, employees["pandu"], handover="division")
    assert len(events(query, number, "escalated")) == 2  # one brought it to Pandu
    frozen = "SELECT count(*) AS amount FROM audit WHERE kind = 'changed' AND noun = 'employee'"
    assert query.one(frozen)["amount"] == 1


def test_a_frozen_pic_is_offered_no_longer(adi, person, query, employees, problem):
    freeze(adi, employees["pandu"])
    number = problem("in_progress")
    kasir = query.one("SELECT id FROM department WHERE name = 'Kasir'")["id"]
    fields = {"kind": "department", "department_id": kasir, "reason": "Perlu PIC."}
    page = person("hadi").act(number, "escalations", 200, **fields)
    assert options(page, "pic_id") == ["Putri (0)"]


def test_nobody_freezes_themselves(adi, query, employees):
    page = freeze(adi, employees["adi"], 422)
    assert alert(page).startswith("Peran dan status akun Anda sendiri")
    assert not query.one("SELECT is_frozen FROM employee WHERE name = 'Adi'")["is_frozen"]


def test_an_unknown_employee_is_not_found(adi):
    for number in (999_999, 2**62):
        adi.get(f"/employees/{number}/freezes/new", 404)
        adi.post(f"/employees/{number}/freezes", 404, reason="x")
        adi.post(f"/employees/{number}/unfreezes", 404, reason="x")
