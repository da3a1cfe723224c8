"""Buka Lagi: the reporter within three days and before "Beres", a handler at any time; it waits at the last holder."""

from datetime import timedelta

import pytest

from tests.facts import alert, errors, events, state, value
from tests.problem_pages import buttons

LATE = timedelta(days=3)


def reopen(person, number: int, status: int = 303, reason: str = "Macet lagi.", **fields):
    return person.act(number, "reopenings", status, reason=reason, **fields)


@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_a_reopened_problem_is_in_progress(person, problem, query, name):
    number = problem("closed")
    reopen(person(name), number)
    assert state(query, number) == ("in_progress", "Helpdesk", None)
    [event] = events(query, number, "reopened")
    assert (event["actor"], event["note"]) == (name.capitalize(), "Macet lagi.")
    page = person(name).get(f"/problems/{number}")
    assert "Rol diganti." in page.select_one(".history").text


@pytest.mark.parametrize(
    ("state_before", "name", "holder"),
    [("at Umum", "gita", ("Umum", None)), ("at pandu", "pandu", ("Aplikasi", "Pandu"))],
)
def test_a_reopened_problem_waits_at_the_last_holder(person, problem, query, state_before, name, holder):
    number = problem(state_before)
    person(name).act(number, "closures", solution="Selesai di sini.")
    reopen(person("rini"), number)
    assert state(query, number) == ("in_progress", *holder)


@pytest.mark.parametrize(("after", "status"), [(LATE - timedelta(seconds=1), 303), (LATE, 403)])
def test_the_reporter_may_reopen_for_three_days(person, problem, query, moved_clock, after, status):
    closed_at, number = moved_clock(), problem("closed")
    moved_clock(closed_at + after)
    reopen(person("rini"), number, status)
    assert state(query, number)[0] == ("in_progress" if status == 303 else "closed")


def test_after_three_days_the_reporter_finds_no_button_and_a_handler_does(person, problem, moved_clock):
    number = problem("closed")
    moved_clock(days=3, seconds=1)
    for name, expected in {"rini": [], "hadi": ["Buka Lagi"]}.items():
        page = person(name).get(f"/problems/{number}")
        assert buttons(page) == expected
    person("rini").get(f"/problems/{number}/reopenings/new", 403)


def test_after_the_confirmation_only_a_handler_may_reopen(person, problem, query):
    number = problem("closed")
    person("rini").act(number, "confirmations")
    reopen(person("rini"), number, 403)
    assert state(query, number)[0] == "closed"
    reopen(person("hadi"), number)
    assert query.one_or_none("SELECT status, confirmed_at FROM problem") == {
        "status": "in_progress",
        "confirmed_at": None,
    }


def test_a_handler_may_reopen_years_later(person, problem, query, moved_clock):
    number = problem("closed")
    moved_clock(days=800)
    reopen(person("hadi"), number)
    assert state(query, number)[0] == "in_progress"


@pytest.mark.parametrize("name", ["koko", "susi", "adi", "gita", "pandu"])
def test_everybody_else_is_refused(person, problem, query, name):
    number = problem("closed")
    reopen(person(name), number, 403)
    person(name).get(f"/problems/{number}/reopenings/new", 403)
    assert state(query, number)[0] == "closed"


def test_a_stranger_gets_not_found(person, problem):
    number = problem("closed")
    reopen(person("sari"), number, 404)
    person("sari").get(f"/problems/{number}/reopenings/new", 404)


def test_a_double_click_reopens_once(person, problem, query):
    number = problem("closed")
    seen = person("rini").seen(number)
    reopen(person("rini"), number, seen=seen)
    reopen(person("rini"), number, seen=seen)
    assert len(events(query, number, "reopened")) == 1


def test_a_stale_form_names_the_faster_colleague_and_keeps_its_text(person, problem, query):
    number = problem("closed")
    seen = person("rini").seen(number)
    reopen(person("hadi"), number)
    page = reopen(person("rini"), number, 409, reason="Kertas tetap tersangkut.", seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and "Kertas tetap tersangkut." in page.main.text
    assert [event["actor"] for event in events(query, number, "reopened")] == ["Hadi"]


@pytest.mark.parametrize("other", ["new", "in_progress", "escalated"])
def test_only_a_closed_problem_can_be_reopened(person, problem, query, other):
    number = problem(other)
    reopen(person("hadi"), number, 409)
    assert events(query, number, "reopened") == []


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (" ", "Tuliskan mengapa kendala ini belum beres."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, reason, sentence):
    number = problem("closed")
    page = reopen(person("rini"), number, 422, reason=reason)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {"reason": sentence}
    assert value(page, "reason") == reason.strip().replace("\x00", "\ufffd")
    assert state(query, number)[0] == "closed"


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem):
    number = problem("closed")
    reopen(person("hadi"), number, next="/problems?year=2026")
    assert person("hadi").response.location == f"/problems?year=2026#p{number}"


def test_in_english(person, problem):
    page = reopen(person("rini").speaks("en"), problem("closed"), 422, reason="")
    assert errors(page) == {"reason": "Write why this problem is not solved."}
    assert page.h1.text == "Reopen"
