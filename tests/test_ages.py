"""The age of a problem in words, and which open problems have waited longer than the limit of their priority."""

from datetime import UTC, datetime, timedelta

import pytest

from sih.domain import ages
from tests.problem_pages import row

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AGES = [
    (timedelta(seconds=-5), "baru saja", "just now"),
    (timedelta(seconds=59), "baru saja", "just now"),
    (timedelta(minutes=1), "1 menit", "1 minute"),
    (timedelta(minutes=59, seconds=59), "59 menit", "59 minutes"),
    (timedelta(hours=1), "1 jam", "1 hour"),
    (timedelta(hours=23, minutes=59), "23 jam", "23 hours"),
    (timedelta(days=1), "1 hari", "1 day"),
    (timedelta(days=4, hours=23), "4 hari", "4 days"),
    (timedelta(days=141), "141 hari", "141 days"),
]


@pytest.mark.parametrize(("passed", "indonesian", "english"), AGES)
def test_an_age_is_its_largest_whole_unit(passed, indonesian, english):
    assert ages.relative(NOW - passed, NOW, "id") == indonesian
    assert ages.relative(NOW - passed, NOW, "en") == english


@pytest.mark.parametrize(
    ("state", "hours", "is_overdue"),
    [("new", 24, False), ("new", 25, True), ("in_progress", 24, False), ("escalated", 25, True), ("closed", 99, False)],
)
def test_a_row_is_marked_past_the_limit_of_its_priority(person, problem, moved_clock, state, hours, is_overdue):
    """New problems have no priority yet; the others of these tests are of high priority."""
    number = problem(state)
    moved_clock(hours=hours)
    place = row(person("susi").get("/problems"), number)
    assert ("lewat batas" in place.text, bool(place.select(".is-overdue"))) == (is_overdue, is_overdue)


def test_a_row_has_both_ages_and_the_times_in_full(person, problem, moved_clock):
    moved_clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
    number = problem("escalated")
    moved_clock(days=4)
    place = row(person("susi").get("/problems"), number)
    assert " ".join(place.select_one(".holder").text.split()) == "Umum 4 hari (sejak 5 Jan 2026 16.00)"
    assert " ".join(place.select_one(".reported").text.split()) == "4 hari lewat batas 5 Jan 2026 16.00"
    words = "Printer macet · dilaporkan 5 Jan 2026 16.00, menunggu sejak 5 Jan 2026 16.00"
    assert place.a["title"] == words


def test_the_problem_says_its_age_too(person, problem, moved_clock):
    number = problem("in_progress")
    moved_clock(days=2)
    assert person("susi").get(f"/problems/{number}").select_one(".is-overdue").text == "2 hari lewat batas"
