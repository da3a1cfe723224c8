"""A month is closed once, atomically, with all transactions begun before its end; later events never change it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest

from bench.databases import opened
from sih.background.worker import Worker
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.dao.recap import closing
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from tests.concurrency import all_at_once

OCTOBER, NOVEMBER = Period(202610), Period(202611)
END = datetime(2026, 10, 31, 17, tzinfo=UTC)  # midnight in Jakarta
REPORTED = ("all", 0, "reported")
BRIEF = timedelta(seconds=1)


@pytest.fixture
def report(query, employees):
    """report(at) makes a problem then; gives its number."""
    kind = query.one("SELECT min(id) AS id FROM asset_kind")["id"]
    words = {"title": "x", "description": "x", "asset_kind_id": kind, "asset_id": None}
    return lambda at, by=query: Problems(by).report(employees["rini"], at, uuid4(), words)


def test_a_month_that_has_ended_is_stored(query, report):
    report(END - BRIEF)
    report(END)
    assert Closing(query).close_months(END + SETTLED) == [OCTOBER]
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 1
    assert RecapChecks(query).stored(OCTOBER)[("all", 0, "open_at_end")] == 1


def test_the_current_month_is_not_stored(query, report):
    report(END - BRIEF)
    assert Closing(query).close_months(END + SETTLED - BRIEF) == []
    assert Recaps(query).closed() == {}


def test_without_reports_no_month_is_closed(query):
    assert Closing(query).close_months(END + SETTLED) == []


def test_months_without_events_are_closed_too(query, report):
    report(END - timedelta(days=70))
    closed = Closing(query).close_months(END + SETTLED)
    assert [month.number for month in closed] == [202608, 202609, 202610]
    assert RecapChecks(query).stored(OCTOBER)[("all", 0, "open_at_end")] == 1


def test_closing_twice_changes_nothing(query, report):
    report(END - BRIEF)
    Closing(query).close_months(END + SETTLED)
    before = RecapChecks(query).stored(OCTOBER)
    assert Closing(query).close_months(END + timedelta(days=9)) == []
    assert RecapChecks(query).stored(OCTOBER) == before


def test_two_concurrent_closings_close_a_month_once(database, query, report):
    report(END - BRIEF)

    def close() -> list:
        with opened(Pool(**database)) as own:
            return Closing(own).close_months(END + SETTLED)

    assert sorted(all_at_once([close, close])) == [[], [OCTOBER]]
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 1


def test_a_crash_while_closing_rolls_back(query, report, monkeypatch):
    report(END - BRIEF)
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(closing, "_before", lambda month: 1 / 0)
        Closing(query).close_months(END + SETTLED)
    assert Recaps(query).closed() == {} and RecapChecks(query).stored(OCTOBER) == {}
    assert Closing(query).close_months(END + SETTLED) == [OCTOBER]
    assert RecapChecks(query).differences(OCTOBER) == []


def test_closing_waits_for_transactions_open_at_midnight(database, query, report):
    closed = []

    def close() -> None:
        with opened(Pool(**database)) as own:
            closed.extend(Closing(own).close_months(END + SETTLED))

    report(END - timedelta(days=1))
    with opened(Pool(**database)) as slow, slow.transaction():
        report(END - BRIEF, slow)
        closer = threading.Thread(target=close)
        closer.start()
        closer.join(0.5)
        assert closer.is_alive() and not closed
    closer.join(20)
    assert closed == [OCTOBER]
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 2


def test_computing_the_figures_of_a_month_blocks_no_write(database, query, report):
    """Closing takes its time (here it waits for another folder), and whoever writes goes on meanwhile."""
    report(END - timedelta(days=1))
    closed = []

    def close() -> None:
        with opened(Pool(**database)) as own:
            closed.extend(Closing(own).close_months(END + SETTLED))

    with opened(Pool(**database)) as folder, folder.transaction():
        folder.select("SELECT pg_advisory_xact_lock(hashtext('sih.fold_recap'))")
        closer = threading.Thread(target=close)
        closer.start()
        while not query.select("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"):
            assert closer.is_alive()
        with query.transaction():
            query.execute("SET LOCAL lock_timeout = '5s'")
            report(END + SETTLED)
            report(END - BRIEF)  # its process had slept
        assert closer.is_alive() and not closed
    closer.join(20)
    assert closed == [OCTOBER]
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 1
    assert RecapChecks(query).differences(OCTOBER) == []


def test_a_long_transaction_delays_the_closing_and_no_other_write(database, query, report):
    report(END - timedelta(days=1))
    closed, took = [], []

    def close() -> None:
        with opened(Pool(**database)) as own:
            closed.extend(Closing(own).close_months(END + SETTLED))

    with opened(Pool(**database)) as slow, slow.transaction():
        report(END - BRIEF, slow)
        closer = threading.Thread(target=close)
        closer.start()
        for _ in range(20):
            began = time.monotonic()
            report(END + SETTLED)
            took.append(time.monotonic() - began)
            time.sleep(0.05)
        assert closer.is_alive() and not closed
    closer.join(20)
    assert closed == [OCTOBER] and RecapChecks(query).stored(OCTOBER)[REPORTED] == 2
    assert max(took) < 3


def test_a_transaction_begun_before_midnight_counts_in_the_old_month(query, report):
    report(END - timedelta(days=1))
    assert Closing(query).close_months(END + BRIEF) == []
    report(END - BRIEF)  # written a moment after midnight
    Closing(query).close_months(END + SETTLED)
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 2


def test_an_event_recorded_after_the_closing_is_a_correction(query, report):
    report(END - timedelta(days=1))
    Closing(query).close_months(END + SETTLED)
    report(END - BRIEF)  # its process had slept
    totals = Recaps(query).totals([OCTOBER, NOVEMBER])
    assert totals.figures[202610]["reported"] == 1 and totals.corrections[202610]["reported"] == 1
    assert totals.figures[202610]["open_at_end"] == 1 and totals.corrections[202610]["open_at_end"] == 1
    assert totals.figures[202611]["reported"] == 0 and totals.figures[202611]["open_at_end"] == 2
    assert RecapChecks(query).stored(OCTOBER)[REPORTED] == 1
    assert RecapChecks(query).differences(OCTOBER) == []


@pytest.mark.parametrize("table", ["closed_month", "closed_figure", "open_at_month_end"])
def test_stored_figures_are_never_rewritten(query, report, table):
    report(END - BRIEF)
    Closing(query).close_months(END + SETTLED)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET month = 1"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query.execute(statement)


def test_the_command_closes_months_and_checks_them(app, query, report, monkeypatch):
    report(END - BRIEF)
    monkeypatch.setattr(clock, "now", lambda: END + SETTLED)
    run = app.test_cli_runner().invoke
    assert run(args=["close-months"]).output == "Closed: 2026-10.\n"
    result = run(args=["close-months", "--check"])
    assert (
        result.output == "Closed: nothing new.\n1 closed months are what their events say.\n" and result.exit_code == 0
    )


def test_the_check_reports_a_wrong_figure(app, query, report, monkeypatch):
    report(END - BRIEF)
    monkeypatch.setattr(clock, "now", lambda: END + SETTLED)
    Closing(query).close_months(END + SETTLED)
    query.execute("INSERT INTO closed_figure VALUES (202610, 'store', 77, 5, 0, 0, 0, 0, 0, 0, 0)")
    result = app.test_cli_runner().invoke(args=["close-months", "--check"])
    assert "2026-10 store 77 reported: 5 / 0" in result.output and result.exit_code == 1


def test_the_worker_folds_and_closes(pool, query, report, monkeypatch):
    report(END - BRIEF)
    monkeypatch.setattr(clock, "now", lambda: END + SETTLED)
    assert Worker(pool).fold() and not Worker(pool).fold()
    Worker(pool).close_months()
    assert list(Recaps(query).closed()) == [202610]
