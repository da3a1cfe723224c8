"""The demo company: complete, plausible and deterministic."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from sih import demo, embedded
from sih.dao.query import Pool, Query
from sih.dao.schema import Schema
from sih.demo import problems

NOW = datetime(2026, 3, 17, 4, 30, tzinfo=UTC)
NO_HASH = "$argon2id$of "
numbers = itertools.count(1)

STANDING = """
SELECT p.status::text AS status, p.holder_employee_id IS NOT NULL AS is_at_pic, d.is_helpdesk,
       d.parent_id IS NOT NULL AS is_subdivision, e.kind::text AS last, count(*) AS amount
FROM problem p JOIN division d ON d.id = p.holder_division_id JOIN event e ON e.id = p.last_event_id
GROUP BY 1, 2, 3, 4, 5
"""
CONTENT = """
SELECT p.reported_at, p.token, p.title, p.description, r.nik, e.kind, e.at, e.note, a.nik AS actor
FROM problem p JOIN event e ON e.problem_id = p.id
JOIN employee r ON r.id = p.reporter_id JOIN employee a ON a.id = e.actor_id ORDER BY e.id
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = embedded.start(tmp_path_factory.mktemp("demo") / "instance", settings={"fsync": "off"})
    yield started
    started.stop()


@pytest.fixture(scope="module")
def empty(server):
    """Makes databases with nothing in them but the schema."""
    place = {"host": server.host, "port": server.port, "user": server.admin_user, "password": server.admin_password}
    admin, opened = Query(Pool(**place, dbname="postgres")), []

    def make() -> Query:
        name = f"demo_{next(numbers)}"
        admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        opened.append(Query(Pool(**place, dbname=name)))
        Schema(opened[-1]).create()
        return opened[-1]

    yield make
    for query in (admin, *opened):
        query.close()


def fill(query: Query, now: datetime = NOW) -> Query:
    salts = itertools.count()
    demo.fill(query, lambda pin: f"{NO_HASH}{pin} with {next(salts)}", now)
    return query


@pytest.fixture(scope="module")
def filled(empty):
    return fill(empty())


def one(query: Query, sql: str, **params):
    return next(iter(query.one(sql, params).values()))


def test_the_demo_company_has_its_documented_size_and_is_marked_as_demo_data(filled):
    assert one(filled, "SELECT has_demo_data FROM installation") is True
    assert one(filled, "SELECT count(*) FROM store") == 12
    assert one(filled, "SELECT count(DISTINCT time_zone) FROM store") == 3
    assert one(filled, "SELECT count(*) FROM employee") == 60
    assert one(filled, "SELECT count(*) FROM problem") == 300
    assert one(filled, "SELECT count(DISTINCT title) FROM problem") > 120


def test_categories_have_their_usual_priority_and_division_and_stores_their_number(filled):
    assert one(filled, "SELECT count(*) FROM category WHERE priority IS NOT NULL") == 15
    assert one(filled, "SELECT count(*) FROM category WHERE division_id IS NOT NULL") == 12
    assert one(filled, "SELECT count(DISTINCT phone) FROM store WHERE phone <> ''") == 12
    assert one(filled, "SELECT count(*) FROM employee WHERE phone <> ''") > 5


def test_the_helpdesk_and_it_have_a_few_ready_texts_for_each_purpose(filled):
    of = "SELECT count(DISTINCT t.purpose) FROM ready_text t JOIN division d ON d.id = t.division_id WHERE d.name = "
    assert one(filled, f"{of}'Helpdesk'") == 2 and one(filled, f"{of}'IT'") == 3


def test_each_pin_hash_is_unique_and_some_employees_have_no_pin(filled):
    rows = filled.select("SELECT pin_hash FROM employee WHERE pin_hash IS NOT NULL")
    assert len({row["pin_hash"] for row in rows}) == 59
    assert all(row["pin_hash"].startswith(f"{NO_HASH}{demo.PIN} ") for row in rows)
    assert one(filled, "SELECT count(*) FROM employee WHERE is_frozen") == 1


def test_every_possible_holder_has_an_employee(filled):
    idle = """
    SELECT d.name FROM division d
    WHERE NOT EXISTS (SELECT FROM division below WHERE below.parent_id = d.id)
      AND NOT EXISTS (SELECT FROM employee e WHERE e.division_id = d.id AND e.role = 'handler')
    UNION ALL
    SELECT m.name FROM department m
    WHERE NOT EXISTS (SELECT FROM employee e WHERE e.department_id = m.id AND e.pin_hash IS NOT NULL)
    """
    assert filled.select(idle) == []


def test_problems_exist_in_every_status_at_every_holder(filled):
    rows = filled.select(STANDING)
    found = {(row["status"], row["is_at_pic"], row["is_helpdesk"], row["is_subdivision"]) for row in rows}
    helpdesk = (False, True, False)
    elsewhere = [
        (True, False, False),
        (False, False, False),
        (False, False, True),
    ]  # PIC, division, sub-division
    places = {"new": [helpdesk], "escalated": elsewhere}
    places |= dict.fromkeys(("in_progress", "closed"), [helpdesk, *elsewhere])
    assert found == {(status, *place) for status, where in places.items() for place in where}
    assert {"reopened", "returned", "accepted", "opened"} <= {row["last"] for row in rows}


def test_some_closed_problems_can_still_be_reopened_by_their_reporters(filled):
    sql = "SELECT count(*) FROM problem WHERE closed_at > %(since)s AND confirmed_at IS NULL"
    assert one(filled, sql, since=NOW - timedelta(days=3)) >= 3


def test_nothing_happens_in_the_future_and_every_recent_week_has_something(filled):
    assert one(filled, "SELECT max(at) FROM event") <= NOW
    for week in range(8):
        since, until = NOW - timedelta(days=7 * week + 7), NOW - timedelta(days=7 * week)
        sql = "SELECT count(*) FROM problem WHERE reported_at >= %(since)s AND reported_at < %(until)s"
        assert one(filled, sql, since=since, until=until) >= 2


def test_history_is_in_the_order_in_which_it_was_written(filled):
    rows = filled.select("SELECT id, problem_id FROM event ORDER BY at, id")
    assert rows == sorted(rows, key=lambda row: row["id"])


def test_years_begin_with_the_company(filled):
    sql = "SELECT month_of(reported_at) AS month FROM problem WHERE reported_at IN (%(before)s, %(after)s) ORDER BY 1"
    after = datetime(2025, 12, 31, 17, tzinfo=UTC)
    rows = filled.select(sql, {"before": after - timedelta(seconds=1), "after": after})
    assert [row["month"] for row in rows] == [202512, 202601]


def test_some_goods_fail_repeatedly_and_retired_goods_not_recently(filled):
    sql = "SELECT count(*) AS n FROM problem WHERE asset_id IS NOT NULL GROUP BY asset_id"
    assert sum(row["n"] >= 6 for row in filled.select(sql)) >= 3
    sql = """
    SELECT count(*) FROM problem p JOIN asset a ON a.id = p.asset_id
    WHERE a.is_retired AND p.reported_at > %(since)s
    """
    assert one(filled, sql, since=NOW - timedelta(days=365)) == 0


def test_no_text_holds_an_unfilled_placeholder(filled):
    sql = """
    SELECT count(*) FROM problem p JOIN event e ON e.problem_id = p.id
    WHERE concat(p.title, p.description, e.note) ~ '[{}]'
    """
    assert one(filled, sql) == 0


@pytest.mark.long
def test_demo_data_is_deterministic_for_a_moment(filled, empty):
    assert fill(empty()).select(CONTENT) == filled.select(CONTENT)


@pytest.mark.long
@pytest.mark.parametrize("moment", ["2024-02-29T17:00:00", "2025-12-31T16:59:59", "2026-01-01T00:30:00"])
def test_demo_data_can_be_made_at_any_moment(empty, moment):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    query = fill(empty(), now)
    assert one(query, "SELECT count(*) FROM problem") == 300
    assert one(query, "SELECT max(at) FROM event") <= now


def test_a_failure_while_making_demo_data_rolls_back(empty, monkeypatch):
    query = empty()

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(problems, "add", fail)
    with pytest.raises(RuntimeError):
        fill(query)
    assert one(query, "SELECT count(*) FROM employee") == 0
    assert one(query, "SELECT has_demo_data FROM installation") is False
