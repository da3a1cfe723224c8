"""Daftar Kendala (docs/paper.md, R2): who sees what, newest first, what a row shows, and what an empty list says."""

from datetime import UTC, datetime

import pytest

from sih.domain import clock
from tests.problem_pages import address, notes, numbers, pages, row

OF_STORE_1, OF_STORE_2 = {"rini", "koko", "adi"}, {"sari"}


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "hadi", "iwan", "gita", "pandu", "susi", "adi"])
def test_a_reporter_sees_the_own_store_and_a_handler_all(person, problem, name):
    reported = {by: problem(by=by) for by in ("rini", "koko", "sari", "hadi")}
    unseen = {"sari"} if name in OF_STORE_1 else {"rini", "koko", "hadi"} if name in OF_STORE_2 else set()
    expected = {number for by, number in reported.items() if by not in unseen}
    assert set(numbers(person(name).get("/problems?all=1"))) == expected


def test_own_reports_are_still_seen_after_moving_to_another_store(person, problem, query):
    own, of_colleague, of_new_store = problem(by="rini"), problem(by="koko"), problem(by="sari")
    query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Rini'")
    assert numbers(person("rini").get("/problems")) == [of_new_store, own]
    assert numbers(person("koko").get("/problems")) == [of_colleague, own]


def test_the_newest_stands_first(person, problem, moved_clock):
    moved_clock()
    made = {}
    for hours in (0, 2, -3, 2):
        moved_clock(hours=hours)
        made[clock.now()] = problem()
    assert numbers(person("hadi").get("/problems")) == [made[at] for at in sorted(made, reverse=True)]


def test_a_row_shows_title_store_holder_and_waiting_time(person, problem, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    number = problem("escalated to pandu", title="Printer kasir mati")
    text = row(person("susi").get("/problems"), number).text
    words = ["Dialihkan", "Tinggi", "Printer kasir mati", "T001 Kelapa Gading", "Pandu (Aplikasi)", "Rini"]
    for word in [*words, f"#{number}", "5 Jan 2026 16.00", "baru saja"]:
        assert word in text, word


def test_times_are_those_of_the_readers_store(person, problem, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    number = problem()
    assert "5 Jan 2026 16.00" in row(person("hadi").get("/problems"), number).text
    assert "5 Jan 2026 17.00" in row(person("gita").get("/problems?all=1"), number).text


def test_a_closed_problem_waits_no_longer(person, problem):
    number = problem("closed")
    place = row(person("hadi").get("/problems?all=1"), number).select_one(".holder").text
    assert "Ditutup" in place and "Helpdesk" not in place


def test_the_header_shows_nik_and_name_of_the_signed_in_employee(person, employees):
    for name in ("rini", "sari"):
        header = person(name).get("/problems").header.text
        assert employees[name].nik in header and employees[name].name in header


def test_without_any_problem_it_says_what_to_do(person):
    page = person("rini").get("/problems")
    assert "Belum ada kendala di sini." in page.main.text
    assert address(page, "Lapor Kendala") == "/problems/new"
    assert notes(page) == [] and pages(person("rini")) == [[]]


def test_without_a_match_it_offers_to_take_the_filters_away(person, problem):
    problem()
    page = person("rini").get("/problems?q=kulkas")
    assert "Tidak ada kendala yang cocok" in page.main.text
    assert address(page, "Hapus semua filter") == "/problems"


def test_the_filter_of_priorities_is_called_as_they_are(person):
    assert person("rini").get("/problems").select_one("label[for=filter-priority]").text == "Prioritas"


def test_in_english(person, problem):
    number = problem("in_progress")
    page = person("hadi").speaks("en").get("/problems")
    assert page.h1.text == "Problem List" and "In progress" in row(page, number).text
    assert person("hadi").get("/problems?year=x").select_one("main [role=status]").text.count("Year") == 1
