"""Tombol keyboard: the page that lists the keys, and the switch of the single ones in the profile (WCAG 2.1.4)."""

import pytest

from tests.facts import amount

SWITCHED = "SELECT name FROM employee WHERE NOT has_keys"


def of_script(page) -> str:
    return page.select_one("script[src*=keyboard]")["data-keys"]


@pytest.mark.parametrize("name", ["rini", "hadi", "susi", "adi"])
def test_everybody_switches_the_own_keys(person, query, name):
    somebody = person(name)
    page = somebody.get("/profile")
    assert page.select_one("button[name=keys][aria-pressed=true]")["value"] == "on" and of_script(page) == "on"
    page = somebody.post("/keys", follow=True, keys="off", next="/profile")
    assert page.select_one("button[name=keys][aria-pressed=true]")["value"] == "off" and of_script(page) == "off"
    assert [row["name"].lower() for row in query.select(SWITCHED)] == [name]
    assert "sedang dimatikan" in somebody.get("/keys").main.text
    somebody.post("/keys", keys="on"), somebody.post("/keys", keys="on")
    assert somebody.response.location == "/profile" and of_script(somebody.get("/problems")) == "on"


@pytest.mark.parametrize("keys", ["", "x", "ON", "1"])
def test_anything_else_changes_nothing(person, query, keys):
    person("rini").post("/keys", 404, keys=keys)
    assert query.select(SWITCHED) == []


def test_it_leads_to_no_other_site(person):
    person("rini").post("/keys", keys="on", next="//evil.example")
    assert person("rini").response.location == "/profile"


def test_it_is_no_fact_of_master_data(person, query):
    person("rini").post("/keys", keys="off")
    assert amount(query, "audit WHERE kind = 'changed'") == 0


def test_every_key_is_listed(person):
    page = person("rini").get("/keys")
    keys = [one.text for one in page.select("kbd")]
    assert keys == ["j", "↓", "k", "↑", "Enter", "b", "t", "a", "c", "x", "/", "?", "Ctrl+Enter", "Esc"]
    assert page.select_one("[data-dialog] h1") and person("rini").get("/profile").select_one("a[href='/keys']")


def test_a_visitor_has_no_keys(person):
    assert person(None).get("/login").select_one("script[src*=keyboard]") is None
    person(None).get("/keys", 302)


def test_in_english(person):
    page = person("rini").speaks("en").get("/keys")
    assert page.h1.text == "Keyboard keys" and "Next problem" in page.text
