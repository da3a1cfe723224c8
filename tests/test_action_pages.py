"""The pages of actions, which JavaScript shows as dialogs: what is decided on stands on them, at a few statements."""

import pytest

from sih.dao.events import Events
from sih.dao.query import Query
from sih.domain import clock
from tests.facts import events

PAGES = {
    "openings": ("new", "hadi"),
    "closures": ("in_progress", "hadi"),
    "escalations": ("in_progress", "hadi"),
    "returns": ("escalated", "gita"),
    "reopenings": ("closed", "rini"),
    "withdrawals": ("new", "rini"),
    "corrections": ("in_progress", "hadi"),
}
EACH = pytest.mark.parametrize("noun", PAGES)
# Those of the others are three: the person, the problem, its latest events.
STATEMENTS = {"escalations": 5, "corrections": 4, "openings": 4, "closures": 4}


@pytest.fixture
def page(person, problem):
    """page(noun): that of a problem with this button."""

    def get(noun: str, **words):
        before, name = PAGES[noun]
        return person(name).get(f"/problems/{problem(before, **words)}/{noun}/new")

    return get


@EACH
def test_a_page_shows_what_is_decided_on(page, query, noun):
    query.execute("UPDATE store SET phone = '(021) 555-0142 ext. 12' WHERE code = 'T001'")
    query.execute("UPDATE employee SET phone = '0812-3456-7890 / 021-1' WHERE name = 'Rini'")
    about = page(noun).select_one(".about")
    for words in ("Printer macet", "Kertas tersangkut.", "Printer", "T001 Kelapa Gading", "Rini (10000001)"):
        assert words in about.text
    assert [(link["href"], link.text) for link in about.select("a")] == [
        ("tel:0215550142", "(021) 555-0142 ext. 12"),
        ("tel:081234567890", "0812-3456-7890 / 021-1"),
    ]


@EACH
def test_without_a_number_none_is_shown(page, noun):
    assert page(noun).select(".about a") == []


def test_the_last_three_steps_and_remarks_are_shown(person, problem, query):
    number, hadi = problem("at Umum"), person("gita")
    Events(query).comment(
        number, person("rini").employee, clock.now(), "0b6c3a52-5a3c-4b43-9d3f-54b3f1f9d8aa", "Masih mati."
    )
    shown = hadi.get(f"/problems/{number}/closures/new").select(".latest li")
    assert [item.strong.text for item in shown] == ["Dialihkan", "Diterima", "Komentar"]
    assert "ke Umum" in shown[0].text and "Perlu teknisi." in shown[0].text and "Masih mati." in shown[2].text
    assert len(events(query, number, "commented")) == 1


def test_a_long_description_can_be_scrolled_by_keyboard(page):
    described = page("closures", description="Mati.\n" * 500).select_one(".described")
    assert (described["tabindex"], described["role"], described["aria-label"]) == ("0", "region", "Deskripsi")


@EACH
def test_a_page_takes_a_few_statements(page, person, problem, monkeypatch, noun):
    before, name = PAGES[noun]
    number, ran = problem(before), []
    person(name).get(f"/problems/{number}/{noun}/new")  # fills the cache of small master data
    run = Query.select
    monkeypatch.setattr(Query, "select", lambda self, sql, *rest: ran.append(sql) or run(self, sql, *rest))
    person(name).get(f"/problems/{number}/{noun}/new")
    assert len(ran) == STATEMENTS.get(noun, 3)


def test_the_load_stands_beside_every_division_and_department(person, problem):
    for state in ("escalated", "at pandu", "at pandu", "in_progress"):
        number = problem(state)
    page = person("hadi").get(f"/problems/{number}/escalations/new")
    hints = [hint.text.strip() for hint in page.select(".form-text:not(.ready-texts *)")]
    assert hints == [
        "Beban saat ini: Helpdesk 1, IT 2, Umum 1",
        "Beban saat ini: Aplikasi 2, Jaringan 0",
        "Beban saat ini: Kasir 2",
    ]


def test_in_english(person, problem):
    page = person("hadi").speaks("en").get(f"/problems/{problem()}/openings/new")
    assert "Latest steps" in page.main.text
