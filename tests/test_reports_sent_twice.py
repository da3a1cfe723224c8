"""The same report sent twice is one problem; an edited resubmission asks which text counts (docs/paper.md, R3)."""

import functools
from uuid import uuid4

import pytest

from tests import form_data
from tests.facts import alert, amount, id_of, value


@pytest.fixture
def report(query):
    return functools.partial(form_data.report, query)


def number_of(somebody) -> int:
    return int(somebody.response.location.rpartition("/")[2])


def test_the_same_form_and_words_give_the_same_number(person, query, report):
    rini, form = person("rini"), report()
    rini.post("/problems", **form)
    first = number_of(rini)
    for again in (form, {**form, "title": " Printer mati\r\n"}):
        rini.post("/problems", **again)
        assert number_of(rini) == first
    assert amount(query, "problem") == amount(query, "event") == 1


def test_a_resubmission_after_the_opening_gives_the_same_number(person, query, report):
    rini, form = person("rini"), report()
    rini.post("/problems", **form)
    first = number_of(rini)
    person("hadi").act(first, "openings", **form_data.opening(query))
    rini.post("/problems", **form)
    assert number_of(rini) == first and amount(query, "problem") == 1


@pytest.mark.parametrize("other", [{"title": "Printer hilang"}, {"description": "Asap."}])
def test_an_edited_resubmission_asks_which_text_counts(person, query, report, other):
    rini, form = person("rini"), report()
    rini.post("/problems", **form)
    first = number_of(rini)
    page = rini.post("/problems", 409, **form | other)
    assert page.h1.text == f"Sudah terkirim sebagai #{first}"
    assert "belum disimpan" in alert(page)
    assert page.select_one(f"section a[href='/problems/{first}']")
    assert amount(query, "problem") == 1


def test_both_texts_are_shown_and_a_button_sends_the_new_one(person, query, report):
    rini, form = person("rini"), report()
    new = {**form, "title": "Printer hilang", "description": "Tadi pagi masih ada."}
    rini.post("/problems", **form)
    page = rini.post("/problems", 409, **new)
    sent, typed = (section.text for section in page.select("section"))
    assert form["title"] in sent and form["description"] in sent
    assert new["title"] in typed and new["description"] in typed
    assert page.select_one("main form button").text == "Kirim sebagai kendala baru"
    fields = {name: value(page, name) for name in ("token", "good", "title", "description")}
    assert fields == {**new, "token": fields["token"]} and fields["token"] != form["token"]
    for _ in range(2):
        rini.post("/problems", **fields)
    assert [row["title"] for row in query.select("SELECT title FROM problem ORDER BY id")] == [
        form["title"],
        new["title"],
    ]


def test_a_resubmission_with_another_good_names_the_good(person, query, report):
    form = report()
    person("rini").post("/problems", **form)
    page = person("rini").post("/problems", 409, **{**form, "good": f"kind:{id_of(query, 'asset_kind', 'AC')}"})
    sent, typed = (section.text for section in page.select("section"))
    assert "Lainnya: Printer" in sent and "Lainnya: AC" in typed


def test_the_same_words_in_another_form_are_another_problem(person, query, report):
    for _ in range(2):
        person("rini").post("/problems", **report(anyway="1"))
    assert amount(query, "problem") == 2


def test_the_form_token_of_another_person_stores_and_reveals_nothing(person, query, report):
    form = report(title="Rahasia Rini")
    person("rini").post("/problems", **form)
    page = person("koko").post("/problems", 404, **{**form, "title": "Printer mati", "anyway": "1"})
    assert "Rahasia Rini" not in page.text and "Printer mati" in page.main.text
    assert amount(query, "problem") == 1


@pytest.mark.parametrize("token", ["", "x", "\x00", "1" * 5000])
def test_without_a_form_token_each_submission_is_a_problem(person, query, report, token):
    for _ in range(2):
        person("rini").post("/problems", **report(token=token, anyway="1"))
    assert amount(query, "problem") == 2


def test_every_page_brings_a_token_of_its_own_and_keeps_it_when_a_field_is_wrong(person, report):
    rini = person("rini")
    first, second = (value(rini.get("/problems/new"), "token") for _ in range(2))
    assert first != second
    assert value(rini.post("/problems", 422, **report(token=first, description="")), "token") == first


def test_in_english(person, report):
    rini, form = person("rini").speaks("en"), report(token=str(uuid4()))
    rini.post("/problems", **form)
    page = rini.post("/problems", 409, **{**form, "title": "Other"})
    assert page.h1.text == f"Sent already as {page.select_one('section a').text}"
    assert page.select_one("main form button").text == "Send as a new problem"
