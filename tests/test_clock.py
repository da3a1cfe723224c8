"""Time: one source for Python and SQL; a problem belongs to the year and month of its report in Jakarta; pages show the
time of the reader's store."""

from datetime import UTC, date, datetime

import pytest

from sih.domain import clock
from tests.problem_pages import numbers

LAST_OF_2025 = datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC)  # 23:59:59 WIB
FIRST_OF_2026 = datetime(2025, 12, 31, 17, 0, 0, tzinfo=UTC)


def test_a_year_is_that_of_the_company():
    since, until = clock.year_bounds(2025)
    assert since <= LAST_OF_2025 < until == FIRST_OF_2026


def test_today_is_the_companys_date(moved_clock):
    moved_clock(LAST_OF_2025)
    assert clock.today() == date(2025, 12, 31)
    moved_clock(seconds=1)
    assert clock.today() == date(2026, 1, 1)


def test_now_knows_its_zone():
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jayapura", "America/New_York", "Pacific/Kiritimati"])
def test_the_month_is_jakartas_whatever_zone_the_server_has(query, problem, moved_clock, zone):
    for at, month in ((LAST_OF_2025, 202512), (FIRST_OF_2026, 202601)):
        moved_clock(at)
        number = problem()
        with query.transaction():
            query.execute("SELECT set_config('TimeZone', %(zone)s, true)", {"zone": zone})
            found = "SELECT month_of(reported_at) AS month, reported_at FROM problem WHERE id = %(id)s"
            row = query.one_or_none(found, {"id": number})
        assert row == {"month": month, "reported_at": at}


def test_the_list_and_its_years_agree_with_the_month(person, problem, moved_clock):
    moved_clock(LAST_OF_2025)
    old = problem()
    moved_clock(seconds=1)
    new = problem()
    hadi = person("hadi")
    assert numbers(hadi.get("/problems?year=2025")) == [old]
    assert numbers(hadi.get("/problems?year=2026")) == [new]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Jakarta", "31 Des 2025 23.59 WIB"),
        ("Asia/Makassar", "1 Jan 2026 00.59 WITA"),
        ("Asia/Jayapura", "1 Jan 2026 01.59 WIT"),
    ],
)
def test_a_page_shows_the_time_of_the_readers_store(person, problem, query, moved_clock, zone, expected):
    moved_clock(LAST_OF_2025)
    number = problem()
    query.execute("UPDATE store SET time_zone = %(zone)s WHERE code = 'T001'", {"zone": zone})
    page = person("rini").get(f"/problems/{number}")
    assert expected in page.main.text


def test_what_a_request_writes_has_one_moment(person, problem, query, moved_clock):
    at = moved_clock(datetime(2026, 5, 1, tzinfo=UTC))
    number = problem("in_progress")
    person("hadi").act(number, "closures", solution="Beres.")
    row = query.one_or_none("SELECT p.closed_at, e.at FROM problem p JOIN event e ON e.id = p.last_event_id")
    assert row == {"closed_at": at, "at": at}
