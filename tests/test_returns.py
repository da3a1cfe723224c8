"""Kembalikan: an escalated problem goes back to its sender, with a reason."""

import pytest

from tests.facts import alert, errors, events, id_of, state, value


def send_back(person, number: int, status: int = 303, reason: str = "Bukan bagian kami.", **fields):
    return person.act(number, "returns", status, reason=reason, **fields)


def test_a_returned_problem_goes_back_to_the_division_that_escalated_it(person, problem, query):
    number = problem("escalated")
    send_back(person("gita"), number)
    assert state(query, number) == ("in_progress", "Helpdesk", None)
    [event] = events(query, number, "returned")
    assert event == {"actor": "Gita", "note": "Bukan bagian kami.", "division": "Helpdesk", "employee": None}


def test_a_returned_problem_goes_back_to_the_pic_who_escalated_it(person, problem, query):
    number = problem("at pandu")
    person("pandu").act(number, "escalations", kind=f"division:{id_of(query, 'division', 'Umum')}", reason="Listrik.")
    send_back(person("gita"), number)
    assert state(query, number) == ("in_progress", "Aplikasi", "Pandu")


def test_returning_restarts_the_waiting_time(person, problem, query, moved_clock):
    moved_clock()
    number = problem("escalated")
    at = moved_clock(hours=5)
    send_back(person("gita"), number)
    assert query.one("SELECT held_since FROM problem")["held_since"] == at


def test_a_pic_returns_a_misdirected_problem(person, problem, query):
    number = problem("escalated to pandu")
    send_back(person("putri"), number, 403)
    send_back(person("pandu"), number)
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_the_helpdesk_returns_for_an_absent_holder(person, problem, query):
    number = problem("escalated to pandu")
    send_back(person("hana"), number)
    assert events(query, number, "returned")[0]["actor"] == "Hana"


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "iwan", "pandu"])
def test_everybody_else_is_refused(person, problem, query, name):
    number = problem("escalated")
    send_back(person(name), number, 403)
    person(name).get(f"/problems/{number}/returns/new", 403)
    assert state(query, number)[0] == "escalated"


def test_a_missing_problem_is_not_found(person):
    person("hadi").post(f"/problems/{2**62}/returns", 404, seen="1", reason="x")


def test_an_accepted_problem_is_escalated_and_not_returned(person, problem, query):
    number = problem("at Umum")
    send_back(person("gita"), number, 409)
    person("gita").get(f"/problems/{number}/returns/new", 409)
    assert state(query, number) == ("in_progress", "Umum", None)


def test_a_double_click_returns_once(person, problem, query):
    number = problem("escalated")
    seen = person("gita").seen(number)
    send_back(person("gita"), number, seen=seen)
    send_back(person("gita"), number, seen=seen)
    assert len(events(query, number, "returned")) == 1


def test_a_stale_form_names_the_faster_colleague_and_keeps_its_text(person, problem, query):
    number = problem("escalated")
    seen = person("gita").seen(number)
    person("hana").act(number, "acceptances")
    page = send_back(person("gita"), number, 409, reason="Ini urusan gedung.", seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and "Ini urusan gedung." in page.main.text
    assert events(query, number, "returned") == []


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("\n ", "Tuliskan mengapa kendala ini dikembalikan."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, reason, sentence):
    number = problem("escalated")
    page = send_back(person("gita"), number, 422, reason=reason)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {"reason": sentence}
    assert value(page, "reason") == reason.strip().replace("\x00", "\ufffd")
    assert state(query, number)[0] == "escalated"


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem):
    number = problem("escalated")
    send_back(person("gita"), number, next="/problems?waiting=1")
    assert person("gita").response.location == f"/problems?waiting=1#p{number}"


def test_in_english(person, problem):
    page = send_back(person("gita").speaks("en"), problem("escalated"), 422, reason="")
    assert errors(page) == {"reason": "Write why this problem is returned."}
    assert page.h1.text == "Return"
