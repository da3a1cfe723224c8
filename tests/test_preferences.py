"""Language and theme: one's own, by POST alone, before and after signing in."""

import pytest

from tests.company import PIN
from tests.people import Person

OF_RINI = "SELECT language, theme FROM employee WHERE nik = '10000001'"


def test_indonesian_and_the_systems_colours_are_the_default(person):
    page = person(None).get("/login")
    assert (page.html["lang"], page.html["data-theme"]) == ("id", "auto")


def test_the_accept_language_header_is_ignored(person):
    response = person(None).client.get("/login", headers={"Accept-Language": "en"})
    assert '<html lang="id"' in response.text


def test_before_signing_in_the_browser_stores_the_preferences(person, query):
    nobody = person(None)
    nobody.post("/language", language="en", next="/login")
    nobody.post("/theme", theme="dark", next="/login")
    page = nobody.get("/login")
    assert (page.html["lang"], page.html["data-bs-theme"]) == ("en", "dark")
    assert page.h1.text == "Sign in to the helpdesk"
    assert query.select("SELECT DISTINCT language, theme FROM employee") == [{"language": "id", "theme": "auto"}]


def test_after_signing_in_the_account_stores_the_preferences(app, person, employees, query):
    person("rini").post("/language", language="en")
    person("rini").post("/theme", theme="dark")
    assert query.one_or_none(OF_RINI) == {"language": "en", "theme": "dark"}
    page = Person(app, employees["rini"]).get("/problems")
    assert (page.html["lang"], page.html["data-theme"], page.h1.text) == ("en", "dark", "Problem List")


def test_preferences_of_the_account_override_those_of_the_browser(person, employees):
    nobody = person(None).speaks("en")
    nobody.post("/login", nik=employees["rini"].nik, pin=PIN)
    assert nobody.get("/problems").html["lang"] == "id"


def test_the_button_offers_the_other_language(person):
    rini = person("rini")
    assert rini.get("/problems").header.select_one("[name=language]")["value"] == "en"
    assert rini.speaks("en").get("/problems").header.select_one("[name=language]")["value"] == "id"


def test_both_themes_are_offered_and_the_stylesheet_hides_the_present_one(person):
    """The server does not know which one the system has; what is shown is tested in Chromium."""
    buttons = person("rini").get("/problems").header.select("button[name=theme]")
    assert [(button["value"], button.text) for button in buttons] == [("light", "Terang"), ("dark", "Gelap")]


@pytest.mark.parametrize("fields", [{}, {"language": ""}, {"language": "fr"}, {"language": "\x00"}])
def test_an_unknown_language_changes_nothing(person, query, fields):
    person("rini").post("/language", **fields)
    assert query.one(OF_RINI)["language"] == "id"


@pytest.mark.parametrize("theme", ["", "blue", "'; DROP TABLE employee --"])
def test_an_unknown_theme_changes_nothing(person, query, theme):
    person("rini").post("/theme", theme=theme)
    assert query.one(OF_RINI)["theme"] == "auto"


@pytest.mark.parametrize(("place", "leads_to"), [("/problems?year=2026", "/problems?year=2026"), ("//x", "/problems")])
def test_changing_a_preference_returns_to_the_same_page_of_this_site(person, place, leads_to):
    person("rini").post("/language", language="en", next=place)
    assert person("rini").response.location == leads_to
