"""A closed month is offered to each supervisor until opened or dismissed."""

import pytest

from tests.histories import first_of_march, lives

pytestmark = pytest.mark.filled(by=lives(40, seed=3, closes=False))


@pytest.fixture
def march(query, monkeypatch):
    return first_of_march(query, monkeypatch)


def banner(page):
    return page.select_one("form[action='/recap-notices']")


def test_the_closed_month_is_offered_and_opened(march, person):
    susi = person("susi")
    assert "Rekap Februari 2024 sudah siap" in banner(susi.get("/problems")).text
    page = susi.post("/recap-notices", period="2024-02", open="1", follow=True)
    assert page.h1.text == "Rekap Februari 2024"
    assert banner(susi.get("/problems")) is None


def test_dismissing_is_idempotent_and_only_for_this_supervisor(march, person, query):
    susi = person("susi")
    for _ in range(2):
        susi.post("/recap-notices", period="2024-02")
    assert banner(susi.get("/problems")) is None
    query.execute("UPDATE employee SET role = 'supervisor', session_version = session_version WHERE name = 'Koko'")
    assert banner(person("koko").get("/problems"))


@pytest.mark.parametrize("name", ["rini", "hadi", "adi"])
def test_only_supervisors_are_offered_the_closed_month(march, person, name):
    assert banner(person(name).get("/problems")) is None
    person(name).post("/recap-notices", 403, period="2024-02")


def test_a_month_without_problems_is_not_offered(person):
    assert banner(person("susi").get("/problems")) is None


@pytest.mark.parametrize("period", ["", "2024", "x", "2099-01"])
def test_an_invalid_month_is_not_found(march, person, period):
    person("susi").post("/recap-notices", 404, period=period)
