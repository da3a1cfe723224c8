"""The page of a good: its changes and its problems, and who may see them."""

import pytest

from sih.domain import clock


@pytest.fixture
def asset(query) -> int:
    return query.one("SELECT id FROM asset WHERE label = 'T001-PRN-01'")["id"]


@pytest.fixture
def broken(problem, asset):
    """Twice: once closed, once new."""
    return [problem(state, asset_id=asset, title=f"Macet {state}") for state in ("closed", "new")]


def test_the_page_shows_the_good_and_its_number_of_problems(person, asset, broken):
    text = person("rini").get(f"/assets/{asset}").main.text
    assert "Printer T001-PRN-01" in text and "T001 Kelapa Gading" in text and "SN1" in text
    assert f"#{broken[0]}" in text and "Macet closed" in text and "Ditutup" in text and f"#{broken[1]}" in text


def test_problems_are_counted_by_year(person, asset, broken):
    total, *years = person("rini").get(f"/assets/{asset}").select_one("dl.facts dd:last-child").stripped_strings
    assert (total, years) == ("2", [f"{clock.today().year}: 2"])


def test_a_good_without_problems_says_so(person, asset):
    assert "Belum pernah bermasalah." in person("rini").get(f"/assets/{asset}").main.text


def test_changes_of_the_good_are_shown(person, asset, query):
    query.execute("UPDATE asset SET is_retired = true WHERE id = %(id)s", {"id": asset})
    text = " ".join(person("rini").get(f"/assets/{asset}").main.text.split())
    assert "Didaftarkan" in text and "Tidak dipakai lagi: Tidak → Ya" in text


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "gita", "pandu", "susi", "adi"])
def test_the_own_store_staff_who_see_all_problems_and_admins_see_the_good(person, asset, name):
    person(name).get(f"/assets/{asset}")


def test_a_stranger_gets_not_found(person, asset):
    person("sari").get(f"/assets/{asset}", 404)
    person("rini").get("/assets/999999", 404)
    person("rini").get(f"/assets/{2**62}", 404)


def test_an_admin_of_another_store_sees_only_the_number_of_problems(person, asset, broken, query, employees):
    query.execute("UPDATE employee SET store_id = 2 WHERE name = 'Adi'")
    page = person("adi").get(f"/assets/{asset}")
    assert "2 kendala lain tidak ditampilkan di sini." in page.main.text and "Macet" not in page.main.text


def test_a_retired_good_offers_no_report(person, query):
    retired = query.one("SELECT id FROM asset WHERE label = 'T001-PRN-00'")["id"]
    page = person("rini").get(f"/assets/{retired}")
    assert "Tidak dipakai lagi" in page.h1.text and not page.select("main a[href^='/problems/new']")


def test_a_problem_leads_to_its_good(person, asset, broken):
    assert person("rini").get(f"/problems/{broken[1]}").select_one(f"main a[href='/assets/{asset}']")


def test_only_the_admin_sees_the_edit_link(person, asset):
    path = f"main a[href='/assets/{asset}/edit']"
    assert person("adi").get(f"/assets/{asset}").select(path)
    assert not person("rini").get(f"/assets/{asset}").select(path)
