"""Tutup Kendala: closing works; wrong role, stranger, wrong method, double click, stale form, invalid input."""

import pytest

from tests.facts import alert, errors, events, state, value


def close(person, number: int, status: int = 303, solution: str = "Kabel diganti.", **fields):
    return person.act(number, "closures", status, solution=solution, **fields)


def test_closing_stores_the_handler_and_the_solution(person, problem, query):
    number = problem("in_progress")
    close(person("hadi"), number)
    assert state(query, number) == ("closed", "Helpdesk", None)
    [event] = events(query, number, "closed")
    assert (event["actor"], event["note"]) == ("Hadi", "Kabel diganti.")


@pytest.mark.parametrize(("held", "name"), [("at Umum", "gita"), ("at pandu", "pandu"), ("at pandu", "hana")])
def test_the_holder_closes_or_the_helpdesk_for_an_absent_holder(person, problem, query, held, name):
    number = problem(held)
    close(person(name), number)
    assert events(query, number, "closed")[0]["actor"] == name.capitalize()


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "gita", "pandu"])
def test_everybody_else_is_refused(person, problem, query, name):
    number = problem("in_progress")
    close(person(name), number, 403)
    person(name).get(f"/problems/{number}/closures/new", 403)
    assert state(query, number)[0] == "in_progress"


def test_another_pic_of_the_same_department_is_refused(person, problem):
    close(person("putri"), problem("at pandu"), 403)


def test_a_missing_problem_is_not_found(person):
    person("hadi").post(f"/problems/{2**62}/closures", 404, seen="1", solution="x")


@pytest.mark.parametrize("other", ["new", "escalated", "closed"])
def test_only_a_problem_in_progress_can_be_closed(person, problem, query, other):
    number = problem(other)
    page = close(person("hadi"), number, 409)
    assert "Kabel diganti." in page.main.text
    assert state(query, number)[0] == other


def test_a_double_click_closes_once(person, problem, query):
    number = problem("in_progress")
    seen = person("hadi").seen(number)
    close(person("hadi"), number, seen=seen)
    close(person("hadi"), number, seen=seen)
    assert len(events(query, number, "closed")) == 1


def test_a_stale_form_names_the_faster_colleague_and_keeps_its_text(person, problem, query):
    number = problem("in_progress")
    seen = person("hana").seen(number)
    close(person("hadi"), number)
    page = close(person("hana"), number, 409, solution="Saya ganti kabelnya.", seen=seen)
    assert "Kendala ini sudah berubah" in alert(page)
    assert "Selesai" in page.main.text and "Saya ganti kabelnya." in page.main.text
    assert len(events(query, number, "closed")) == 1


def test_a_form_from_an_earlier_round_is_stale(person, problem, query):
    number = problem("in_progress")
    seen = person("hana").seen(number)
    close(person("hadi"), number)
    person("hadi").act(number, "reopenings", reason="Rusak lagi.")
    page = close(person("hana"), number, 409, seen=seen)
    assert "Ditangani" in page.main.text
    assert state(query, number)[0] == "in_progress"


@pytest.mark.parametrize(
    ("solution", "sentence"),
    [
        (" ", "Tuliskan bagaimana kendala ini ditangani."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, solution, sentence):
    number = problem("in_progress")
    page = close(person("hadi"), number, 422, solution=solution)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {"solution": sentence}
    assert value(page, "solution") == solution.strip().replace("\x00", "\ufffd")
    assert state(query, number)[0] == "in_progress"


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem):
    number = problem("in_progress")
    close(person("hadi"), number, next="/problems?q=printer&year=2026")
    assert person("hadi").response.location == f"/problems?q=printer&year=2026#p{number}"


@pytest.mark.parametrize("place", ["", "//evil.example", "https://evil.example", "\r\nX: y"])
def test_closing_from_the_problem_returns_to_the_problem(person, problem, place):
    number = problem("in_progress")
    close(person("hadi"), number, next=place)
    assert person("hadi").response.location == f"/problems/{number}"


def test_in_english(person, problem):
    page = close(person("hadi").speaks("en"), problem("in_progress"), 422, solution="")
    assert errors(page) == {"solution": "Write how this problem was solved."}
    assert page.h1.text == "Close Problem"
