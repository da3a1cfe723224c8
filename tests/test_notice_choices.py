"""The table of the profile: of what a person hears in the page, by mail, both, or not at all, and "Ringkasan pagi"."""

import dataclasses

import pytest

from settings import Smtp
from tests.test_notices import comment, heard

CHOSEN = "SELECT notice_ways, has_digest FROM employee WHERE nik = %(nik)s"
BOTH = (True, True)
USUAL = {"report": (True, True), "remark": (True, True), "progress": (True, False)}
OF_HANDLERS = ["assigned", "in_my_place", "report", "remark", "answer", "unanswered", "progress"]


def ticks(page) -> dict[str, tuple[bool, bool]]:
    """By topic, what is ticked: in the page, by mail."""
    boxes = {(box["name"], box["value"]): box.has_attr("checked") for box in page.select(".choices input")}
    return {topic: (is_on, boxes["mail", topic]) for (name, topic), is_on in boxes.items() if name == "page"}


def save(somebody, **fields):
    return somebody.post("/profile/notices", shown="1", follow=True, **fields)


@pytest.mark.parametrize(("name", "usual"), [("rini", USUAL), ("adi", USUAL), ("susi", USUAL),
                                             ("pandu", dict.fromkeys(OF_HANDLERS, BOTH) | USUAL)])  # fmt: skip
def test_the_table_shows_the_topics_of_the_role_as_they_usually_are(person, name, usual):
    page = person(name).get("/profile")
    assert ticks(page) == usual and list(ticks(page)) == list(usual)
    assert not page.select_one("#digest").has_attr("checked")


def test_a_choice_is_kept_and_is_the_own_alone(person, query):
    rini = person("rini")
    page = save(rini, page=["report"], mail=["report", "progress"], digest="1")
    assert "Pilihan pemberitahuan Anda sudah disimpan." in page.text
    assert ticks(page) == {"report": (True, True), "remark": (False, False), "progress": (False, True)}
    assert page.select_one("#digest").has_attr("checked")
    save(rini, page=["report"], mail=["report", "progress"], digest="1")  # twice
    assert query.one(CHOSEN, {"nik": "10000001"})["has_digest"]
    assert query.one(CHOSEN, {"nik": "10000002"}) == {"notice_ways": {}, "has_digest": False}
    assert query.select("SELECT 1 FROM audit WHERE kind = 'changed'") == []
    page = save(rini)
    assert set(ticks(page).values()) == {(False, False)} and not page.select_one("#digest").has_attr("checked")


def test_what_is_switched_off_is_not_told_in_the_page(person, problem, query):
    save(person("rini"), page=["remark"])
    number = problem("closed")
    comment(person("hadi"), number)
    assert [kind for kind, name in heard(query, number) if name == "rini"] == ["commented"]


def test_unknown_topics_and_those_of_others_are_passed_over(person, query):
    save(person("rini"), page=["assigned", "x", "report"], mail=["in_my_place"])
    ways = query.one(CHOSEN, {"nik": "10000001"})["notice_ways"]
    assert ways == {"report": "page", "remark": "none", "progress": "none"}


def test_a_form_that_is_not_whole_changes_nothing(person, query):
    person("rini").post("/profile/notices", 404)
    nobody = person(None)
    nobody.post("/profile/notices", shown="1")
    assert nobody.response.location.startswith("/login")
    assert query.select("SELECT 1 FROM employee WHERE notice_ways <> '{}'") == []


def test_it_says_where_no_mail_will_come(person, query, app, settings, monkeypatch):
    assert "SIH ini belum mengirim e-mail." in person("rini").get("/profile").main.text
    smtp = Smtp("127.0.0.1", 25, None, None, "sih@example.com")
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, smtp=smtp))
    assert "Anda belum punya alamat e-mail" in person("rini").get("/profile").main.text
    query.execute("UPDATE employee SET email = 'rini@example.com' WHERE name = 'Rini'")
    text = person("rini").get("/profile").main.text
    assert "Anda belum punya alamat e-mail" not in text and "belum mengirim" not in text


def test_in_english(person):
    assert "Morning summary" in person("rini").speaks("en").get("/profile").main.text
