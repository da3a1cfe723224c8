"""Year filter (docs/paper.md, R7): a problem belongs to the year of its report in Jakarta; unknown ones are named."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.problem_pages import notes, numbers, tabs

NEW_YEAR = datetime(2025, 12, 31, 17, tzinfo=UTC)  # 00:00:00 WIB
FAULTS = {
    "year": ["0", "1999", "2027", "99999", "-1", "2026.0", "٢٠٢٦", "semua", "\x00", "' OR 1=1", "9" * 5000],
    "status": ["open", "NEW", "<b>", "\x00"],
    "priority": ["urgent", "1", "%"],
    "division": ["0", "-1", "999", "IT", "9" * 30, "1 OR 1=1", "²"],
    "q": ["...", "\x00", "\U0001f5a8"],
    "after": ["x", "-", "1", "1-", "-1-1", "1-x", "١-١", "9" * 18 + "-1", "1-" + "9" * 19, "\x00", "1-1-1"],
}
LABELS = {
    "year": "Tahun",
    "status": "Status",
    "priority": "Prioritas",
    "division": "Divisi",
    "q": "Cari",
    "after": "Halaman",
}
UNKNOWN = [(name, value) for name, all_of_it in FAULTS.items() for value in all_of_it]


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_the_last_second_and_the_first_are_of_two_years(person, problem, moved_clock, name):
    moved_clock(NEW_YEAR - timedelta(microseconds=1))
    old = problem()
    moved_clock(NEW_YEAR)
    new = problem()
    assert numbers(person(name).get("/problems?year=2025")) == [old]
    assert numbers(person(name).get("/problems?year=2026")) == [new]
    assert numbers(person(name).get("/problems")) == [new, old]


@pytest.mark.parametrize("words", ["", "&q=printer", "&waiting=1", "&status=new"])
def test_whatever_else_is_chosen(person, problem, moved_clock, words):
    moved_clock(NEW_YEAR - timedelta(seconds=1))
    old = problem()
    moved_clock(NEW_YEAR)
    new = problem()
    assert numbers(person("hadi").get(f"/problems?year=2025{words}")) == [old]
    assert numbers(person("hadi").get(f"/problems?year=2026{words}")) == [new]


def test_it_is_counted_in_the_year_in_which_it_is_listed(person, problem, moved_clock):
    moved_clock(NEW_YEAR - timedelta(seconds=1))
    problem(), problem()
    moved_clock(NEW_YEAR)
    problem()
    assert tabs(person("gita").get("/problems?year=2025"))["Baru"] == 2
    assert tabs(person("gita").get("/problems?year=2026"))["Baru"] == 1


@pytest.mark.parametrize(("at", "years"), [(-1, ["2025"]), (0, ["2026", "2025"])])
def test_the_years_that_hold_something_and_this_one_are_offered(person, problem, moved_clock, at, years):
    moved_clock(NEW_YEAR - timedelta(days=9))
    problem()
    moved_clock(NEW_YEAR + timedelta(seconds=at))
    offered = person("rini").get("/problems").select("[name=year] option")
    assert [option.text for option in offered] == ["Semua tahun", *years]


def test_a_year_without_a_problem_is_an_empty_list(person, problem, moved_clock):
    moved_clock(NEW_YEAR)
    problem()
    page = person("hadi").get("/problems?year=2003")
    assert numbers(page) == notes(page) == []
    assert page.select_one("[name=year] option[selected]").text == "2003"


@pytest.mark.parametrize(("name", "value"), UNKNOWN, ids=[f"{name}-{i}" for i, (name, _) in enumerate(UNKNOWN)])
def test_what_is_unknown_is_named_and_the_list_is_shown(person, problem, moved_clock, name, value):
    moved_clock(NEW_YEAR)
    number, hadi = problem(), person("hadi")
    place = hadi.client.get("/problems", query_string={name: value}).request.full_path
    page = hadi.get(place)
    assert notes(page) == [f"Filter {LABELS[name]} tidak dikenal dan diabaikan."]
    assert numbers(page) == [number]


@pytest.mark.parametrize(
    "query_string", ["year=%ED%A0%80", "q=%FF%FE", "%00=1", "year=2026&year=x", "q[]=1", "&&&=", "x=1"]
)
def test_no_address_breaks_it(person, problem, query_string):
    problem()
    person("rini").get(f"/problems?{query_string}")


@pytest.mark.parametrize("after", ["0-0", "1-1", "9" * 17 + "-1", "1-" + "9" * 18])
def test_a_page_beyond_the_ends_is_a_list(person, problem, after):
    number = problem()
    for words in ("", "&q=printer", "&year=2025", "&waiting=1"):
        assert set(numbers(person("hadi").get(f"/problems?after={after}{words}"))) <= {number}


def test_several_faults_are_each_named(person):
    page = person("rini").get("/problems?year=x&status=y&division=z")
    assert [note.split()[1] for note in notes(page)] == ["Tahun", "Status", "Divisi"]
