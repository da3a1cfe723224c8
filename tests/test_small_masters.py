"""Small master data (divisions, categories, ...) is cached by each process and never served stale."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from sih.dao import small_masters as module
from sih.dao.audits import signed
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.dao.small_masters import small_masters
from sih.domain import clock
from tests.serving import Server
from tests.test_server import cookie_of

RENAME = "UPDATE division SET name = %(name)s WHERE name = %(before)s"
RENAME_CATEGORY = "UPDATE category SET name = %(name)s WHERE name LIKE 'Lain-lain%%'"
VERSION = "SELECT version FROM small_masters_version"
CHANGES = {
    "division": "INSERT INTO division (name) VALUES ('Baru')",
    "division again": "UPDATE division SET is_active = false WHERE NOT is_helpdesk",
    "department": "INSERT INTO department (division_id, name) SELECT max(id), 'Baru' FROM division",
    "department again": "UPDATE department SET name = name || ' 2'",
    "category": "INSERT INTO category (name) VALUES ('Baru')",
    "category again": "UPDATE category SET priority = 'high'",
    "ready text": "INSERT INTO ready_text (division_id, name, purpose, words) SELECT 1, 'Baru', 'answer', 'Halo.'",
    "ready text again": "UPDATE ready_text SET words = 'Halo lagi.'",
    "shop word": "INSERT INTO slang (name, meaning) VALUES ('kompi', 'komputer')",
    "shop word again": "UPDATE slang SET meaning = 'laptop'",
    "trouble": "INSERT INTO trouble (kind_id, name) SELECT max(id), 'Baru' FROM asset_kind",
    "trouble again": "UPDATE trouble SET is_active = false",
    "kind": "INSERT INTO asset_kind (name) VALUES ('Baru')",
    "kind again": "UPDATE asset_kind SET is_active = false",
}


def version(query: Query):
    return query.one(VERSION)["version"]


def change(query: Query, sql: str, **params) -> None:
    with signed(query, clock.now(), None, "test"):
        query.execute(sql, params or None)


def names(query: Query, as_of=None) -> list[str]:
    return [division.name for division in small_masters(query, as_of).divisions]


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_of_master_data_changes_its_version(query, what):
    before = version(query)
    change(query, CHANGES[what])
    assert version(query) != before


def test_other_changes_keep_the_version(query, person, problem):
    before = version(query)
    problem("at pandu")
    change(query, "UPDATE store SET name = name || ' 2'")
    change(query, "UPDATE employee SET name = name || ' 2'")
    assert version(query) == before


def test_master_data_is_loaded_once_for_each_version(query, monkeypatch):
    now = version(query)
    kept = small_masters(query, now)
    monkeypatch.setattr(module, "_load", None)
    assert small_masters(query, now) is kept and kept.version == now


def test_uncommitted_changes_are_seen_only_in_their_transaction(query, pool):
    before, other = version(query), Query(pool)
    with pytest.raises(ZeroDivisionError), signed(query, clock.now(), None, "test"):
        query.execute(RENAME, {"name": "Teknologi", "before": "IT"})
        within = small_masters(query, version(query))
        assert "Teknologi" in [division.name for division in within.divisions]
        assert version(other) == before and "IT" in names(other, version(other))
        small_masters(query, version(query))
        raise ZeroDivisionError
    assert version(query) == before and "IT" in names(query, before)
    other.close()


def test_a_change_between_reading_version_and_rows_is_cached_under_the_new_version(query, monkeypatch):
    monkeypatch.setattr(module, "_kept", None)
    before = version(query)
    change(query, RENAME, name="Teknologi", before="IT")
    found = small_masters(query, before)
    assert found.version == version(query) != before and "Teknologi" in names(query, found.version)
    change(query, RENAME, name="IT", before="Teknologi")
    assert "IT" in names(query, version(query))


def test_two_concurrent_changes_are_both_seen(query, pool):
    other, seen = Query(pool), Query(pool)
    with ThreadPoolExecutor(1) as threads:
        with signed(query, clock.now(), None, "test"):
            query.execute(RENAME, {"name": "Teknologi", "before": "IT"})
            second = threads.submit(change, other, CHANGES["division"])
            with pytest.raises(TimeoutError):
                second.result(0.3)  # it waits: versions come one after the other
            assert "IT" in names(seen, version(seen))
        second.result(20)
    assert {"Teknologi", "Baru"} <= set(names(seen, version(seen)))
    other.close(), seen.close()


def test_an_unknown_version_loads_the_current_rows(query):
    assert small_masters(query, uuid4()).version == version(query)


def test_concurrent_readers_never_see_an_older_name(database):
    """Sixty renames while four ask: each sees at least what was committed before it asked."""
    pool, done = Pool(size=6, **database), [0]

    def rename() -> None:
        query = Query(pool)
        for number in range(1, 61):
            change(query, RENAME_CATEGORY, name=f"Lain-lain {number}")
            done[0] = number
        query.close()

    def ask(_) -> int:
        query, amount = Query(pool), 0
        while done[0] < 60:
            least = done[0]
            categories = [
                c.name for c in small_masters(query, version(query)).categories if c.name.startswith("Lain-lain ")
            ]
            assert not least or int(categories[0].removeprefix("Lain-lain ")) >= least
            amount += 1
        query.close()
        return amount

    with ThreadPoolExecutor(5) as threads:
        renaming, asking = threads.submit(rename), [threads.submit(ask, place) for place in range(4)]
        renaming.result(60)
        assert all(each.result(60) for each in asking)
    pool.close()


def test_every_process_shows_a_new_name_at_its_next_request(database, tmp_path, query, employees):
    server = Server(database, tmp_path / "log", WEB_CONCURRENCY="3")
    try:
        server.wait_until_ready()
        cookie, before = cookie_of(server, employees["hadi"].nik), "IT"
        for name in ("Teknologi", "Komputer", "Peladen"):
            pages = [server.get("/problems", cookie)[1].decode() for _ in range(12)]
            assert [before in page and name not in page for page in pages] == [True] * 12
            change(query, RENAME, name=name, before=before)
            before = name
        assert before in server.get("/problems", cookie)[1].decode()
    finally:
        server.stop()


@pytest.fixture
def statements(monkeypatch) -> list[str]:
    """The statements that were run since the last clear()."""
    run, statements = Query._run, []

    def noted(self, cursor, sql, params):
        statements.append(sql)
        return run(self, cursor, sql, params)

    monkeypatch.setattr(Query, "_run", noted)
    return statements


@pytest.mark.parametrize(("name", "most"), [("rini", 5), ("hadi", 4), ("susi", 4), ("adi", 4)])
def test_the_filters_of_the_list_run_no_statement(person, problem, statements, name, most):
    problem()
    somebody = person(name)
    somebody.get("/problems")
    statements.clear()
    somebody.get("/problems")
    assert len(statements) <= most, statements


def test_the_page_of_a_problem_reads_no_names_of_small_master_data(person, problem, statements):
    number, hadi = problem("closed"), person("hadi")
    hadi.get(f"/problems/{number}")
    statements.clear()
    hadi.get(f"/problems/{number}")
    found, history = statements[-2:]
    assert not [sql for sql in (found, history) if re.search(r"(FROM|JOIN) (division|category|asset_kind)\b", sql)]


def test_names_of_inactive_rows_and_of_rows_younger_than_the_version_are_shown(query, employees, problem):
    number, before = problem("closed"), version(query)
    small_masters(query, before)
    change(query, "INSERT INTO category (name) VALUES ('Baru')")
    change(query, "UPDATE problem SET category_id = (SELECT max(id) FROM category) WHERE id = %(id)s", id=number)
    change(query, "UPDATE category SET is_active = false WHERE name = 'Baru'")
    hadi = replace(employees["hadi"], small_masters_version=before)
    found = Problems(query).visible_to(hadi, number)
    assert found.category == "Baru" and "Baru" not in [c.name for c in small_masters(query, version(query)).categories]
