"""Buka Kendala (docs/paper.md, R4): the helpdesk opens a problem, which demands its identification."""

import functools

import pytest

from tests import form_data
from tests.facts import alert, errors, events, options, state, value

FACTS = """
SELECT c.name AS category, p.priority, p.diagnosis
FROM problem p LEFT JOIN category c ON c.id = p.category_id
WHERE p.id = %(id)s
"""
NOTHING = {"category": None, "priority": None, "diagnosis": None}


@pytest.fixture
def fill(query):
    """A form filled in; fill(priority="") leaves one empty."""
    return functools.partial(form_data.opening, query)


def open_(person, number: int, fields: dict, status: int = 303):
    return person.act(number, "openings", status, **fields)


def test_an_opened_problem_is_identified_and_in_progress_at_the_helpdesk(person, problem, query, fill):
    number = problem()
    open_(person("hadi"), number, fill())
    assert state(query, number) == ("in_progress", "Helpdesk", None)
    facts = {"category": "Perangkat keras", "priority": "high", "diagnosis": "Rol aus."}
    assert query.one_or_none(FACTS, {"id": number}) == facts
    [event] = events(query, number, "opened")
    assert (event["actor"], event["note"]) == ("Hadi", "Rol aus.")


def test_the_opening_page_shows_the_report_and_offers_the_choices(person, problem, query):
    query.execute("UPDATE category SET is_active = false WHERE name = 'Jaringan'")
    page = person("hadi").get(f"/problems/{problem()}/openings/new")
    assert "Kertas tersangkut." in page.main.text
    assert options(page, "category_id") == ["Lain-lain", "Perangkat keras"]
    assert options(page, "priority") == ["Kritis", "Tinggi", "Sedang", "Rendah"]


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "iwan", "gita", "pandu"])
def test_everybody_else_is_refused(person, problem, query, fill, name):
    number = problem()
    open_(person(name), number, fill(), 403)
    person(name).get(f"/problems/{number}/openings/new", 403)
    assert state(query, number)[0] == "new"


def test_a_missing_problem_is_not_found(person, fill):
    person("hadi").post(f"/problems/{2**62}/openings", 404, seen="1", **fill())


def test_a_double_click_opens_once(person, problem, query, fill):
    number = problem()
    fields = fill(seen=person("hadi").seen(number))
    open_(person("hadi"), number, fields)
    open_(person("hadi"), number, fields)
    assert len(events(query, number, "opened")) == 1


@pytest.mark.parametrize(("name", "other"), [("diagnosis", "Rol patah."), ("priority", "low"), ("category_id", "1")])
def test_other_words_in_a_second_click_are_not_the_same_click(person, problem, query, fill, name, other):
    number = problem()
    seen = person("hadi").seen(number)
    open_(person("hadi"), number, fill(seen=seen))
    before = query.one_or_none(FACTS, {"id": number})
    page = open_(person("hadi"), number, fill(**{"seen": seen, name: other}), 409)
    assert fill(**{name: other})["diagnosis"] in page.main.text
    assert query.one_or_none(FACTS, {"id": number}) == before


def test_a_stale_form_names_the_faster_colleague_and_keeps_its_text(person, problem, query, fill):
    number = problem()
    seen = person("hana").seen(number)
    open_(person("hadi"), number, fill())
    page = open_(person("hana"), number, fill(seen=seen, diagnosis="Kabel putus."), 409)
    assert "Kendala ini sudah berubah" in alert(page)
    assert "Ditangani" in page.main.text and "Kabel putus." in page.main.text
    assert [event["actor"] for event in events(query, number, "opened")] == ["Hadi"]


def test_the_page_of_an_opened_problem_says_so(person, problem):
    page = person("hana").get(f"/problems/{problem('in_progress')}/openings/new", 409)
    assert "Kendala ini sudah berubah" in alert(page)


def test_without_the_identification_nothing_is_stored(person, problem, query):
    number = problem()
    page = open_(person("hadi"), number, {}, 422)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {
        "category_id": "Pilih kategori kendala ini.",
        "priority": "Pilih prioritas kendala ini.",
        "diagnosis": "Tuliskan apa yang menjadi masalahnya.",
    }
    assert query.one_or_none(FACTS, {"id": number}) == NOTHING


@pytest.mark.parametrize("left_out", ["category_id", "priority", "diagnosis"])
def test_one_field_left_empty_keeps_the_others(person, problem, query, fill, left_out):
    number, kept = problem(), fill()
    del kept[left_out]
    page = open_(person("hadi"), number, fill(**{left_out: " "}), 422)
    assert list(errors(page)) == [left_out]
    assert {name: value(page, name) for name in kept} == {name: str(text) for name, text in kept.items()}
    assert query.one_or_none(FACTS, {"id": number}) == NOTHING


@pytest.mark.parametrize("name", ["category_id", "priority"])
@pytest.mark.parametrize("choice", ["999", "urgent", "-1", "9" * 30, "<b>", "\x00"])
def test_a_choice_that_is_not_offered_is_refused(person, problem, query, fill, name, choice):
    number = problem()
    page = open_(person("hadi"), number, fill(**{name: choice}), 422)
    assert list(errors(page)) == [name]
    assert value(page, "diagnosis") == "Rol aus."
    assert query.one_or_none(FACTS, {"id": number}) == NOTHING


def test_a_category_that_is_no_longer_used_is_refused(person, problem, query, fill):
    query.execute("UPDATE category SET is_active = false WHERE name = 'Perangkat keras'")
    page = open_(person("hadi"), problem(), fill(), 422)
    assert errors(page) == {"category_id": "Pilihan ini tidak tersedia."}


@pytest.mark.parametrize("diagnosis", ["x" * 5001, "a\x00b"])
def test_a_diagnosis_that_cannot_be_kept_is_refused(person, problem, query, fill, diagnosis):
    number = problem()
    page = open_(person("hadi"), number, fill(diagnosis=diagnosis), 422)
    assert list(errors(page)) == ["diagnosis"]
    assert query.one_or_none(FACTS, {"id": number}) == NOTHING


def test_an_action_from_the_list_returns_to_the_same_place_in_the_list(person, problem, fill):
    number, place = problem(), "/problems?status=new&q=printer"
    page = person("hadi").get(f"/problems/{number}/openings/new?next={place.replace('&', '%26')}")
    assert value(page, "next") == place
    page = open_(person("hadi"), number, fill(diagnosis="", next=place), 422)
    assert value(page, "next") == place
    open_(person("hadi"), number, fill(next=place))
    assert person("hadi").response.location == f"{place}#p{number}"


def test_in_english(person, problem, fill):
    page = open_(person("hadi").speaks("en"), problem(), fill(priority=""), 422)
    assert alert(page) == "Please fill in the form correctly!"
    assert errors(page) == {"priority": "Choose the priority of this problem."}
    assert options(page, "priority") == ["Critical", "High", "Medium", "Low"]
