"""Laporan saya says in plain words where each report stands, and how long problems like it usually take."""

from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from sih.background.worker import Worker
from sih.dao.usual_durations import FEWEST_CASES, UsualDurations
from sih.domain import clock, standings
from tests.facts import id_of

NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RANGE = "SELECT u.shortest, u.longest, u.cases FROM usual_duration u"
# Closed problems with the events that each needs.
CLOSED = """
WITH made AS (
    INSERT INTO problem (token, reported_at, store_id, reporter_id, asset_kind_id, status, priority, category_id,
                         holder_division_id, held_since, closed_at, last_event_id, title, description, diagnosis,
                         solution)
    SELECT gen_random_uuid(), f.held_since, %(store_id)s, %(id)s, %(kind_id)s, 'closed', 'low', f.category_id,
           f.division_id, f.held_since, f.closed_at, nextval(pg_get_serial_sequence('event', 'id')), 'x', 'x', 'x', 'x'
    FROM unnest(%(held)s::timestamptz[], %(closed)s::timestamptz[], %(categories)s::integer[],
                %(divisions)s::integer[]) AS f (held_since, closed_at, category_id, division_id)
    RETURNING *
), opened AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                       from_division_id, to_division_id, priority, category_id, note, recorded_at, reported_at,
                       held_since, store_id, asset_kind_id)
    SELECT nextval(pg_get_serial_sequence('event', 'id')), m.id, 'opened', m.held_since, %(id)s,
           -m.last_event_id, 'new', 'in_progress', m.holder_division_id, m.holder_division_id, m.priority,
           m.category_id, 'x', m.held_since, m.held_since, m.held_since, m.store_id, m.asset_kind_id
    FROM made m
    RETURNING id, problem_id
), reported AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id, recorded_at, reported_at,
                       held_since, store_id, asset_kind_id)
    SELECT -m.last_event_id, m.id, 'reported', m.held_since, %(id)s, 'new', m.holder_division_id, m.held_since,
           m.held_since, m.held_since, m.store_id, m.asset_kind_id
    FROM made m
)
INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                   from_division_id, to_division_id, priority, category_id, note, recorded_at, reported_at,
                   held_since, store_id, asset_kind_id)
SELECT m.last_event_id, m.id, 'closed', m.closed_at, %(id)s, o.id, 'in_progress', 'closed', m.holder_division_id,
       m.holder_division_id, m.priority, m.category_id, 'x', m.closed_at, m.held_since, m.held_since, m.store_id,
       m.asset_kind_id
FROM made m JOIN opened o ON o.problem_id = m.id
"""


def problem_at(status: str = "in_progress", **more):
    facts = {"status": status, "holder_division": "IT Jaringan", "holder_division_id": 3, "category_id": 2}
    facts |= {"held_since": NOW - DAY, "closed_at": None, "reopenable_until": None, "is_open": False}
    facts |= {"is_withdrawn": False, "asked_event_id": None} | more
    return SimpleNamespace(**facts, is_open_to_reporter=lambda now: facts["is_open"])


def said(problem, usual=None, language="id", zone=JAKARTA) -> str:
    return standings.of(problem, NOW, usual or {}, language, zone)


def add(query, employees, cases: list[tuple]) -> None:
    """Closed problems. Each case: when it came to the division, how long it took, category and division by id."""
    rini, kind = employees["rini"], id_of(query, "asset_kind", "Printer")
    facts = {"id": rini.id, "store_id": rini.store_id, "kind_id": kind}
    for start in range(0, len(cases), 500):
        some = cases[start : start + 500]
        facts |= {"held": [case[0] for case in some], "closed": [case[0] + case[1] for case in some]}
        facts |= {"categories": [case[2] for case in some], "divisions": [case[3] for case in some]}
        query.execute(CLOSED, facts)


@pytest.fixture
def place(query) -> tuple[int, int]:
    """A category and a division."""
    return id_of(query, "category", "Jaringan"), id_of(query, "division", "Helpdesk")


def test_the_sentence_of_each_status():
    assert said(problem_at()) == "Sedang ditangani IT Jaringan sejak kemarin"
    assert said(problem_at("new", held_since=NOW)) == "Menunggu dibuka IT Jaringan sejak hari ini"
    assert said(problem_at("escalated", held_since=NOW - 3 * DAY)) == "Menunggu diterima IT Jaringan sejak 7 Mar 2026"
    assert said(problem_at("closed", closed_at=NOW)) == "Selesai hari ini"
    assert said(problem_at("closed", closed_at=NOW - DAY, is_withdrawn=True)) == "Anda tarik kemarin"
    assert said(problem_at(asked_event_id=9)) == "IT Jaringan menunggu jawaban Anda"
    answerable = problem_at("closed", closed_at=NOW, reopenable_until=NOW + 3 * DAY, is_open=True)
    assert said(answerable) == "Selesai hari ini; “Beres” atau “Buka Lagi” sampai 13 Mar 2026 10.00"


def test_a_day_begins_at_midnight_of_the_reader():
    problem = problem_at(held_since=datetime(2026, 3, 9, 16, tzinfo=UTC))  # 23.00 in Jakarta, 01.00 in Jayapura
    assert said(problem).endswith("kemarin") and said(problem, zone=JAYAPURA).endswith("hari ini")


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [
        (DAY, 2 * DAY + HOUR, "1-2 hari"),
        (3 * HOUR, 8 * HOUR, "3-8 jam"),
        (20 * HOUR / 60, HOUR, "20-60 menit"),
        (HOUR, 30 * DAY, "1-30 hari"),
        (HOUR / 60, HOUR / 60, "1 menit"),
        (HOUR / 3600, HOUR / 3600, "1 menit"),
    ],
)
def test_a_range_is_said_in_one_unit(shortest, longest, words):
    usual = {(2, 3): (int(shortest.total_seconds()), int(longest.total_seconds()))}
    assert said(problem_at(), usual) == f"Sedang ditangani IT Jaringan sejak kemarin; biasanya selesai {words}"
    assert "biasanya" not in said(problem_at("new", category_id=None), usual)
    assert "biasanya" not in said(problem_at(category_id=1), usual), "of another category"
    assert "biasanya" not in said(problem_at(holder_division_id=1), usual), "at another division"


def test_the_middle_four_fifths_of_the_last_year_are_reckoned(query, employees, place):
    now = clock.now()
    cases = [(now - 30 * DAY, hours * HOUR, *place) for hours in range(1, 102)]
    old = [(now - 400 * DAY, 500 * HOUR, *place)] * 50
    add(query, employees, cases + old)
    assert UsualDurations(query).reckon(now)
    assert query.one(RANGE) == {"shortest": 11 * 3600, "longest": 91 * 3600, "cases": 101}


def test_withdrawn_reports_are_not_counted(query, employees, person, problem):
    """One has no category, and took no time of anybody."""
    for _ in range(FEWEST_CASES):
        person("rini").act(problem(), "withdrawals", reason="Sudah menyala lagi.")
    assert UsualDurations(query).reckon(clock.now()) is False and query.select(RANGE) == []


@pytest.mark.parametrize(("amount", "is_said"), [(FEWEST_CASES - 1, False), (FEWEST_CASES, True)])
def test_under_twenty_cases_nothing_is_said(query, employees, person, problem, place, amount, is_said):
    add(query, employees, [(clock.now() - 30 * DAY, 5 * HOUR, *place)] * amount)
    problem("in_progress")
    UsualDurations(query).reckon(clock.now())
    page = person("rini").get("/problems?mine=1&status=in_progress")
    sentence = page.select_one(".standing").text
    assert sentence == f"Sedang ditangani Helpdesk sejak hari ini{'; biasanya selesai 5 jam' if is_said else ''}"


def test_the_worker_reckons_once_a_day_and_every_process_hears_of_it(app, query, employees, place, moved_clock):
    def kept() -> list[dict]:
        return query.select("SELECT cases, (SELECT version FROM small_masters_version) AS version FROM usual_duration")

    worker = Worker(app.extensions["pool"])
    add(query, employees, [(clock.now() - 30 * DAY, HOUR, *place)] * 30)
    worker.reckon()
    first = kept()
    add(query, employees, [(clock.now() - 30 * DAY, HOUR, *place)] * 30)
    worker.reckon()
    assert kept() == first and first[0]["cases"] == 30
    moved_clock(days=1, minutes=1)
    worker.reckon()
    assert kept()[0]["cases"] == 60 and kept()[0]["version"] != first[0]["version"]


def test_only_the_own_reports_say_it_and_the_list_takes_no_statement_more(person, problem):
    problem("in_progress"), problem("closed")
    rini = person("rini")
    assert [one.text.split()[0] for one in rini.get("/problems?mine=1").select(".standing")] == ["Selesai", "Sedang"]
    assert not rini.get("/problems").select(".standing") and not person("hadi").get("/problems").select(".standing")


def test_in_english(person, problem):
    problem("in_progress")
    page = person("rini").speaks("en").get("/problems?mine=1")
    assert page.select_one(".standing").text == "Being handled by Helpdesk since today"


@pytest.mark.long
def test_the_range_holds_four_fifths_of_the_next_quarter(query, employees):
    """20,000 problems over five quarters, of every pair of category and division, each with a distribution of its own;
    the range is reckoned from the first four."""
    dice, now = Random(15), clock.now()
    masters = "SELECT array_agg(id) AS ids FROM "
    pairs = [(c, d) for c in query.one(masters + "category")["ids"] for d in query.one(masters + "division")["ids"]]
    shape = {pair: (dice.uniform(1, 5), dice.uniform(0.3, 1.4)) for pair in pairs}
    cases = []
    for _ in range(20_000):
        pair = dice.choice(pairs)
        hours = min(dice.lognormvariate(*shape[pair]), 24 * 60)
        cases.append((now + dice.uniform(-365, 90) * DAY - hours * HOUR, hours * HOUR, *pair))
    add(query, employees, cases)
    UsualDurations(query).reckon(now)
    rows = query.select("SELECT category_id, division_id, shortest, longest FROM usual_duration")
    usual = {(row["category_id"], row["division_id"]): (row["shortest"], row["longest"]) for row in rows}
    later = [case for case in cases if case[0] + case[1] > now]
    held = [usual[case[2:]][0] <= case[1].total_seconds() <= usual[case[2:]][1] for case in later]
    assert len(usual) == len(pairs) and len(later) > 3000
    assert 0.75 <= sum(held) / len(held) <= 0.85
