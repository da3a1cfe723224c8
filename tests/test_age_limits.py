"""Batas umur: the limits past which an open problem is marked, set by admins, audited, and used at once."""

import pytest

from sih.dao.age_limits import AgeLimits
from tests.people import Person
from tests.problem_pages import row

SEEDED = {"critical": 4, "high": 24, "medium": 72, "low": 168, "none": 24}


@pytest.fixture
def adi(person):
    return person("adi")


def limits(query) -> dict[str, int]:
    return AgeLimits(query).all()[0]


def fields(page) -> dict[str, str]:
    return {name: page.select_one(f"main input[name={name}]")["value"] for name in (*SEEDED, "seen")}


def save(adi, status: int = 303, **hours):
    typed = fields(adi.get("/age-limits/edit")) | {name: str(number) for name, number in hours.items()}
    return adi.post("/age-limits", status, **typed)


def test_sensible_limits_are_there_from_the_start(adi, query):
    assert limits(query) == SEEDED
    assert fields(adi.get("/age-limits/edit")) | {"seen": ""} == {n: str(h) for n, h in SEEDED.items()} | {"seen": ""}


def test_an_admin_changes_them_for_every_list_at_once(adi, person, problem, query, moved_clock):
    problem_id, hadi = problem("in_progress"), person("hadi")
    moved_clock(hours=3)
    assert "lewat batas" not in row(hadi.get("/problems"), problem_id).text
    save(adi, high=2)
    assert limits(query) == SEEDED | {"high": 2}
    assert "lewat batas" in row(hadi.get("/problems"), problem_id).text


def test_a_change_is_audited(adi, query):
    save(adi, high=2, none=5)
    page = adi.get("/audits?noun=age_limit")
    words = [" ".join(entry.text.split()) for entry in page.select("tbody tr")]
    assert len(words) == 2 and {"Jam: 24 → 2" in text for text in words} == {True, False}
    assert any("Batas umur Tinggi" in text for text in words) and all("40000001 Adi" in text for text in words)
    assert [one["href"] for one in page.select("tbody a")] == ["/age-limits/edit"] * 2


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_only_admins_see_and_change_them(person, query, name):
    person(name).get("/age-limits/edit", 403)
    person(name).post("/age-limits", 403, **dict.fromkeys(SEEDED, "1"))
    assert limits(query) == SEEDED


def test_a_stranger_must_sign_in(app, query):
    assert Person(app).client.get("/age-limits/edit").location.startswith("/login")
    assert limits(query) == SEEDED


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "10000", "satu", "\u0663", "9" * 5000, "\x00"])
def test_what_is_no_number_of_hours_is_refused(adi, query, text):
    page = save(adi, 422, low=text)
    assert "Isi jumlah jam, dari 1 sampai 9999." in page.main.text and limits(query) == SEEDED
    assert page.select_one("[autofocus]")["name"] == "low"


def test_a_later_change_is_not_overwritten_unseen(adi, query):
    seen = fields(adi.get("/age-limits/edit"))
    save(adi, high=2)
    page = adi.post("/age-limits", 409, **seen | {"high": "48"})
    assert "sudah diubah orang lain" in page.main.text and "Tersimpan sekarang: 2 jam" in page.main.text
    assert limits(query)["high"] == 2
    adi.post("/age-limits", **fields(page))
    assert limits(query)["high"] == 48


def test_sent_twice_it_changes_once(adi, query):
    typed = fields(adi.get("/age-limits/edit")) | {"high": "2"}
    for _ in range(2):
        adi.post("/age-limits", **typed)
    assert query.one("SELECT count(*) AS amount FROM audit WHERE noun = 'age_limit'")["amount"] == 1


def test_in_english(adi):
    page = adi.speaks("en").get("/age-limits/edit")
    assert page.h1.text == "Age limits" and page.find("label", string="No priority yet")
