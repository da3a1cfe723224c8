"""Penyelesaian (docs/paper.md, R6): handed over to a division, its sub-division, or through a department to a PIC."""

import pytest

from tests.facts import alert, events, id_of, options, state, value
from tests.form_data import escalation as to


def hand_over(person, number: int, fields: dict, status: int = 303, name: str = "hadi"):
    return person(name).act(number, "escalations", status, **fields)


@pytest.mark.parametrize(
    ("place", "division", "employee"),
    [("Umum", "Umum", None), ("Jaringan", "Jaringan", None), ("Pandu", "Aplikasi", "Pandu")],
)
def test_an_escalated_problem_waits_at_the_new_holder_until_accepted(person, problem, query, place, division, employee):
    number = problem("in_progress")
    hand_over(person, number, to(query, place))
    assert state(query, number) == ("escalated", division, employee)
    [event] = events(query, number, "escalated")
    assert event == {"actor": "Hadi", "note": "Perlu teknisi.", "division": division, "employee": employee}


def test_fields_of_another_kind_are_ignored(person, problem, query):
    number = problem("in_progress")
    others = {"division_id": id_of(query, "division", "Jaringan"), "pic_id": 1, "department_id": "x"}
    hand_over(person, number, to(query, "Umum", **others))
    assert state(query, number) == ("escalated", "Umum", None)


@pytest.mark.parametrize(("held", "name"), [("at Umum", "gita"), ("at pandu", "pandu"), ("at pandu", "hana")])
def test_the_holder_escalates_or_the_helpdesk_for_an_absent_holder(person, problem, query, held, name):
    number = problem(held)
    hand_over(person, number, to(query, "Jaringan"), name=name)
    assert events(query, number, "escalated")[-1]["actor"] == name.capitalize()


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "gita", "pandu"])
def test_everybody_else_is_refused(person, problem, query, name):
    number = problem("in_progress")
    hand_over(person, number, to(query, "Umum"), 403, name=name)
    person(name).get(f"/problems/{number}/escalations/new", 403)
    assert state(query, number)[0] == "in_progress"


def test_a_missing_problem_is_not_found(person, query):
    person("hadi").post(f"/problems/{2**62}/escalations", 404, seen="1", **to(query, "Umum"))


@pytest.mark.parametrize("other", ["new", "escalated", "closed"])
def test_escalating_again_is_possible_only_after_accepting(person, problem, query, other):
    number = problem(other)
    page = hand_over(person, number, to(query, "Jaringan"), 409)
    assert "Perlu teknisi." in page.main.text
    assert state(query, number)[0] == other


@pytest.mark.parametrize("place", ["Umum", "Jaringan", "Pandu"])
def test_a_double_click_hands_over_once(person, problem, query, place):
    number = problem("in_progress")
    fields = to(query, place, seen=person("hadi").seen(number))
    hand_over(person, number, fields)
    hand_over(person, number, fields)
    assert len(events(query, number, "escalated")) == 1


@pytest.mark.parametrize("place", ["Umum", "Jaringan", "Putri"])
def test_a_stale_form_names_the_faster_colleague_and_keeps_its_text(person, problem, query, place):
    number = problem("in_progress")
    seen = person("hana").seen(number)
    hand_over(person, number, to(query, "Umum"))
    page = hand_over(person, number, to(query, place, seen=seen, reason="Kabel di atap."), 409, name="hana")
    assert "Kendala ini sudah berubah" in alert(page)
    assert "Dialihkan" in page.main.text and "Kabel di atap." in page.main.text
    assert state(query, number) == ("escalated", "Umum", None)
    assert len(events(query, number, "escalated")) == 1


@pytest.mark.parametrize("place", ["Umum", "department", "Pandu"])
def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem, query, place):
    number, list_ = problem("in_progress"), "/problems?year=2026&status=in_progress"
    for step in ("kind", "back"):
        assert value(hand_over(person, number, to(query, place, next=list_, step=step), 200), "next") == list_
    if place == "department":
        assert value(hand_over(person, number, to(query, place, next=list_), 200), "next") == list_
    else:
        hand_over(person, number, to(query, place, next=list_))
        assert person("hadi").response.location == f"{list_}#p{number}"


def test_the_dialog_says_what_it_is_for(person, problem):
    page = person("hadi").get(f"/problems/{problem('in_progress')}/escalations/new")
    assert "Alihkan kendala ini ke divisi atau PIC." in page.select_one("[data-dialog]").text


def test_in_english(person, problem):
    page = person("hadi").speaks("en").get(f"/problems/{problem('in_progress')}/escalations/new")
    assert options(page, "kind") == ["Division Helpdesk", "Division IT", "Division Umum", "Department"]
    assert page.select_one("main button.btn-primary").text == "Hand over >>"
