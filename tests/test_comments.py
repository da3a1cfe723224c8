"""Komentar: a comment of anybody who sees the problem; it changes no status, and is stored once."""

from uuid import uuid4

import pytest

from tests.facts import alert, errors, events, state, value


def comment(person, number: int, status: int = 303, remark: str = "Masih menunggu teknisi.", **fields):
    fields.setdefault("token", str(uuid4()))
    return person.post(f"/problems/{number}/comments", status, remark=remark, **fields)


def remarks(query, number: int) -> list[str]:
    return [event["note"] for event in events(query, number, "commented")]


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "iwan", "gita", "pandu", "adi"])
def test_whoever_sees_the_problem_may_comment(person, problem, query, name):
    number = problem("in_progress")
    comment(person(name), number)
    [event] = events(query, number, "commented")
    assert (event["actor"], event["note"]) == (name.capitalize(), "Masih menunggu teknisi.")


def test_a_comment_changes_neither_status_nor_holder(person, problem, query):
    number = problem("at pandu")
    seen, before = person("rini").seen(number), state(query, number)
    comment(person("rini"), number)
    assert (person("rini").seen(number), state(query, number)) == (seen, before)


@pytest.mark.parametrize("in_state", ["new", "in_progress", "escalated", "closed"])
def test_comments_are_possible_in_every_status(person, problem, query, in_state):
    number = problem(in_state)
    comment(person("rini"), number)
    assert remarks(query, number) == ["Masih menunggu teknisi."]


def test_a_supervisor_comments_only_on_own_reports(person, problem, query):
    comment(person("susi"), problem("in_progress"), 403)
    own = problem(by="susi")
    comment(person("susi"), own)
    assert remarks(query, own) == ["Masih menunggu teknisi."]


def test_a_stranger_gets_not_found(person, problem):
    comment(person("sari"), problem(), 404)
    person("sari").get(f"/problems/{problem()}/comments/new", 404)


def test_the_problem_and_a_page_of_its_own_have_the_comment_form(person, problem):
    number = problem()
    for path in (f"/problems/{number}", f"/problems/{number}/comments/new"):
        form = person("rini").get(path).select_one(f"form[action='/problems/{number}/comments']")
        assert form.select_one("[name=remark]") and form.select_one("[name=token]")["value"]


def test_a_double_submission_comments_once(person, problem, query):
    number, token = problem(), str(uuid4())
    comment(person("rini"), number, token=token)
    comment(person("rini"), number, token=token)
    assert remarks(query, number) == ["Masih menunggu teknisi."]


def test_an_edited_resubmission_is_shown_again(person, problem, query):
    number, token = problem(), str(uuid4())
    comment(person("rini"), number, token=token)
    page = comment(person("rini"), number, 409, remark="Sudah datang.", token=token)
    assert "sudah pernah dikirim dengan isi lain" in alert(page)
    assert value(page, "remark") == "Sudah datang." and value(page, "token") != token
    comment(person("rini"), number, remark="Sudah datang.", token=value(page, "token"))
    assert remarks(query, number) == ["Masih menunggu teknisi.", "Sudah datang."]


def test_a_form_token_of_another_person_is_refused_and_the_text_kept(person, problem, query):
    number, token = problem(), str(uuid4())
    comment(person("rini"), number, token=token)
    page = comment(person("koko"), number, 409, token=token)
    assert value(page, "remark") == "Masih menunggu teknisi."
    assert len(remarks(query, number)) == 1


@pytest.mark.parametrize("token", ["", "x", "\x00"])
def test_without_a_form_token_each_submission_is_a_comment(person, problem, query, token):
    number = problem()
    comment(person("rini"), number, token=token)
    assert remarks(query, number) == ["Masih menunggu teknisi."]


@pytest.mark.parametrize(
    ("remark", "sentence"),
    [
        ("", "Tuliskan komentar Anda."),
        (" \r\n\t\u200b", "Tuliskan komentar Anda."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, remark, sentence):
    number, token = problem(), str(uuid4())
    page = comment(person("rini"), number, 422, remark=remark, token=token)
    assert errors(page) == {"remark": sentence}
    assert value(page, "token") == token
    assert remarks(query, number) == []


def test_five_thousand_characters_fit(person, problem, query):
    number = problem()
    comment(person("rini"), number, remark="é\r\n" * 2499 + "xy")
    assert remarks(query, number) == ["é\n" * 2499 + "xy"]


def test_in_english(person, problem):
    page = comment(person("rini").speaks("en"), problem(), 422, remark="")
    assert errors(page) == {"remark": "Write your comment."}
    assert page.h1.text == "Comment"
