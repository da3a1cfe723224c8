"""The worker: runs due jobs, survives failing ones, and leaves unfinished ones to the next worker."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from sih.background import imports
from sih.background import worker as worker_module
from sih.background.supervisor import Background
from sih.background.worker import Worker
from sih.dao.imports import Imports
from sih.dao.jobs import LEASE, Jobs
from sih.dao.problem_exports import ProblemExports
from sih.dao.query import Query
from sih.domain import clock
from tests.facts import amount, without_database
from tests.log_records import captured_log

PROGRAM = """
import json, sys
from sih.dao.query import Pool
from sih.background.worker import Worker
Worker(Pool(**json.loads(sys.argv[1]))).run()
"""
FILE = b"Kode;Nama;Kota\nT100;Baru;Depok\n"


@pytest.fixture
def one(pool):
    return Worker(pool)


@pytest.fixture
def kind(monkeypatch):
    """kind(work) is a kind of job that does this: "test"."""
    return lambda work: monkeypatch.setitem(worker_module.KINDS, "test", work)


@pytest.fixture
def import_id(query, employees):
    """A file with a new store, whose dry run waits for a worker."""
    facts = {"noun": "store", "file_name": "x", "content": FILE, "is_complete": False, "actor_id": employees["adi"].id}
    with query.transaction():
        number = Imports(query).add(facts, clock.now())
        Imports(query).enqueue(number, "check_import", clock.now())
    return number


def test_the_worker_runs_the_dry_run_and_writes_the_import(one, query, import_id):
    assert one.step()
    dry_run = Imports(query).of(import_id, clock.now())
    assert (dry_run.state, dry_run.counts["create"]) == ("shown", 1)
    assert Imports(query).confirm(import_id, dry_run.fingerprint, None)
    Imports(query).enqueue(import_id, "write_import", clock.now())
    assert one.step() and not one.step()
    assert Imports(query).of(import_id, clock.now()).state == "written"
    assert query.one("SELECT name FROM store WHERE code = 'T100'")["name"] == "Baru"


def test_a_failing_job_is_logged_with_its_traceback_and_retried(one, query, kind):
    def fail(*_):
        raise ValueError("a fault of the work")

    kind(fail)
    number = Jobs(query).add("test", {}, clock.now())
    with captured_log() as log:
        assert one.step()
    assert "a fault of the work" in log.text and "Traceback" in log.text
    found = Jobs(query).of(number)
    assert (found.state, found.error) == ("waiting", "ValueError: a fault of the work")


def test_a_job_of_an_unknown_kind_does_not_stop_the_worker(one, query):
    number = Jobs(query).add("of a newer program", {}, clock.now())
    assert one.step() and Jobs(query).of(number).state == "waiting"


def test_a_failing_job_is_rolled_back(one, query, kind):
    def half(query, facts, now, progress):
        with query.transaction():
            query.execute("INSERT INTO category (name) VALUES ('Setengah')")
            raise ValueError

    kind(half)
    Jobs(query).add("test", {}, clock.now())
    one.step()
    assert query.select("SELECT 1 AS found FROM category WHERE name = 'Setengah'") == []


def test_progress_is_visible_while_a_job_runs(one, query, kind):
    seen = []

    def work(_, facts, now, progress):
        progress(1, 2)
        seen.append((Jobs(query).of(number).done, Jobs(query).of(number).total))

    kind(work)
    number = Jobs(query).add("test", {}, clock.now())
    one.step()
    assert seen == [(1, 2)]


def test_a_stopped_worker_gives_its_job_back(one, query, kind):
    def stop(*_):
        raise SystemExit

    kind(stop)
    number = Jobs(query).add("test", {}, clock.now())
    with pytest.raises(SystemExit):
        one.step()
    assert Jobs(query).of(number).state == "waiting" and Jobs(query).claim(clock.now()).attempts == 1


@pytest.fixture
def runs(one):
    """The worker runs in a thread until the test is over."""
    thread = threading.Thread(target=one.run, args=(os.getppid(),), daemon=True)
    thread.start()
    yield
    one.stop()
    thread.join(30)
    assert not thread.is_alive()


def until(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never")


def is_done(query, number: int) -> bool:
    return Jobs(query).of(number).state == "done"


def test_the_worker_waits_for_a_lost_database(one, pool, query, import_id, monkeypatch):
    monkeypatch.setattr(worker_module, "PAUSE", 0.05)
    with without_database(pool), captured_log() as log:
        thread = threading.Thread(target=one._repeat, args=(one.step, 0.05), daemon=True)
        thread.start()
        until(lambda: "database unavailable" in log.text)
    until(lambda: Imports(query).of(import_id, clock.now()).state == "shown")
    one._over.set()
    thread.join()


@pytest.mark.parametrize("task", ["sweep", "fold", "close_months", "switch_mails_off"])
def test_a_failing_periodic_task_delays_no_job(one, query, kind, monkeypatch, request, task):
    def fail(*_):
        raise ValueError("a fault of the task")

    monkeypatch.setattr(one, task, fail)
    with captured_log() as log:
        request.getfixturevalue("runs")
        kind(lambda *_: None)
        number = Jobs(query).add("test", {}, clock.now())
        until(lambda: is_done(query, number))
        until(lambda: "a fault of the task" in log.text)


def test_slow_files_delay_no_other_job(one, query, kind, monkeypatch, request):
    over = threading.Event()
    monkeypatch.setitem(worker_module.KINDS, "check_import", lambda *_: over.wait(60))
    kind(lambda *_: None)
    for _ in range(3):
        Jobs(query).add("check_import", {}, clock.now())
    number = Jobs(query).add("test", {}, clock.now())
    request.getfixturevalue("runs")
    until(lambda: is_done(query, number))
    over.set()


def test_a_given_up_job_is_finished_when_its_import_was_written(one, query, import_id, moved_clock):
    one.step()
    dry_run = Imports(query).of(import_id, moved_clock())
    Imports(query).confirm(import_id, dry_run.fingerprint, None)
    Imports(query).enqueue(import_id, "write_import", moved_clock())
    number = query.one("SELECT job_id FROM import")["job_id"]

    def suspended(done, total):
        """For so long that three others were given this job, and none could do it."""
        for _ in range(3):
            Jobs(query).claim(moved_clock(seconds=LEASE.seconds + 1))
        assert Jobs(query).of(number).state == "failed"

    claimed = Jobs(query).claim(moved_clock())
    with one._opened() as own:
        imports.write(own, import_id, moved_clock(), suspended)
    Jobs(query).fail(claimed, "too late", moved_clock())
    assert Imports(query).of(import_id, moved_clock()).state == "written"
    assert (Jobs(query).of(number).state, Jobs(query).of(number).error) == ("done", None)


@pytest.fixture
def stopped(database, pool, query, import_id, one):
    """A worker in a process of its own that was stopped by SIGSTOP while it wrote the import, with its lease over."""
    one.step()
    dry_run = Imports(query).of(import_id, clock.now())
    Imports(query).confirm(import_id, dry_run.fingerprint, None)
    Imports(query).enqueue(import_id, "write_import", clock.now())
    other = Query(pool)
    with other.transaction():
        other.execute("LOCK TABLE store IN SHARE MODE")  # so that it is stopped in its transaction
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, json.dumps(database)])
        until(lambda: waiting(query) == 1)
        process.send_signal(signal.SIGSTOP)
    other.close()
    end_lease(query)
    yield process
    process.kill()
    process.wait()


def waiting(query) -> int:
    """How many wait for a lock of this database."""
    found = "pid IN (SELECT pid FROM pg_locks WHERE NOT granted) AND datname = current_database()"
    return query.one(f"SELECT count(*) AS amount FROM pg_stat_activity WHERE {found}")["amount"]


def end_lease(query) -> None:
    query.execute("UPDATE job SET leased_until = leased_until - interval '61 seconds' WHERE state = 'running'")


def is_written(query, import_id: int) -> bool:
    return Imports(query).of(import_id, clock.now()).state == "written"


@pytest.mark.long
def test_a_stopped_worker_and_the_next_one_write_once(stopped, one, query, import_id):
    next_one = threading.Thread(target=one.step)
    next_one.start()
    until(lambda: waiting(query) == 1)
    stopped.send_signal(signal.SIGCONT)
    next_one.join(30)
    number = query.one("SELECT job_id FROM import")["job_id"]
    assert not next_one.is_alive() and is_written(query, import_id) and is_done(query, number)
    assert Jobs(query).of(number).claims == 2
    assert query.one("SELECT count(*) AS amount FROM store WHERE code = 'T100'")["amount"] == 1


@pytest.mark.long
def test_a_stopped_worker_whose_job_was_given_up_finishes_it(stopped, query, import_id):
    number = query.one("SELECT job_id FROM import")["job_id"]
    while Jobs(query).claim(clock.now()):
        end_lease(query)
    assert Jobs(query).of(number).state == "failed"
    stopped.send_signal(signal.SIGCONT)
    until(lambda: is_done(query, number))
    assert is_written(query, import_id) and Jobs(query).of(number).error is None


@pytest.mark.parametrize("by", [{"days": 40}, {"hours": 30}], ids=str)
def test_a_worker_whose_clock_is_ahead_deletes_no_file_of_today(one, query, employees, import_id, monkeypatch, by):
    ProblemExports(query).add(employees["susi"], "csv", {}, clock.now())
    true = clock.machine
    monkeypatch.setattr(clock, "machine", lambda: true() + timedelta(**by))
    monkeypatch.setattr(clock, "now", clock.machine)
    one.sweep()
    Imports(query).add({"noun": "store", "file_name": "y", "content": FILE, "is_complete": False, "actor_id": None},
                       clock.now())  # fmt: skip
    assert amount(query, "import") == 2 and amount(query, "problem_export") == 1


def test_two_workers_store_one_file_of_an_export(query, employees):
    exports = ProblemExports(query)
    number = exports.add(employees["susi"], "csv", {}, clock.now())
    job = Jobs(query).claim(clock.now())
    for content in (b"first", b"second"):
        exports.keep(number, io.BytesIO(content), clock.now())
    Jobs(query).fail(job, "too late", clock.now())
    assert list(exports.parts(number)) == [b"first"] and is_done(query, job.id)


def test_an_error_with_characters_that_postgresql_cannot_store_is_kept(one, query, kind, monkeypatch):
    monkeypatch.setattr(logging.getLogger("sih"), "disabled", True)  # pytest-xdist cannot send half a surrogate pair

    def fail(*_):
        raise ValueError("\x00\ud800")

    kind(fail)
    number = Jobs(query).add("test", {}, clock.now())
    one.step()
    assert Jobs(query).of(number).error == "ValueError: \ufffd?"


def test_the_worker_sweeps_expired_rows(one, query, import_id, moved_clock):
    one.step()
    moved_clock(days=2)
    one.sweep()
    left = query.one_or_none("SELECT (SELECT count(*) FROM import) AS files, (SELECT count(*) FROM import_row) AS rows")
    assert left == {"files": 0, "rows": 0}


def test_the_worker_ends_with_its_parent_process(one):
    assert one.run(parent=2**22) is None  # nobody's number


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A stand-in for the worker's process, which writes down each start."""
    script = f"import os, time; open({str(tmp_path / 'starts')!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    monkeypatch.setattr("sih.background.supervisor.COMMAND", [sys.executable, "-c", script])
    monkeypatch.setattr("sih.background.supervisor.LOOK_EVERY", 0.05)
    return tmp_path / "starts"


def starts(path, amount: int) -> list[int]:
    """The processes that were started, once there are so many."""
    for _ in range(600):
        found = path.read_text().split() if path.exists() else []
        if len(found) >= amount:
            return [int(number) for number in found]
        time.sleep(0.05)
    raise AssertionError("not started")


def test_the_web_server_restarts_a_dead_worker_and_stops_it_at_the_end(program):
    background = Background()
    background.start()
    [first] = starts(program, 1)
    os.kill(first, signal.SIGKILL)
    second = starts(program, 2)[-1]
    background.stop()
    assert subprocess.run(["kill", "-0", str(second)], capture_output=True).returncode != 0


def test_a_fork_of_the_web_server_stops_nothing(program, monkeypatch):
    background = Background()
    background.start()
    [number] = starts(program, 1)
    with monkeypatch.context() as fork:
        fork.setattr("sih.background.supervisor.os.getpid", lambda: -1)
        background.stop()
    os.kill(number, 0)
    background.stop()
