"""The clocks of database server and machine: which one counts where they differ."""

import json
import os
import platform
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from main import StartCheck
from sih.background.worker import Worker
from sih.dao.clocks import APART, Clocks
from sih.dao.jobs import LEASE, Jobs
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.errors import WrongClock
from tests.facts import amount
from tests.log_records import captured_log

ROOT = Path(__file__).resolve().parent.parent
CLAIM = """
import json, sys
from sih.domain import clock
from sih.dao.jobs import Jobs
from sih.dao.query import Pool, Query
job = Jobs(Query(Pool(**json.loads(sys.argv[1])))).claim(clock.now())
print(job and job.id)
"""


@pytest.fixture
def machine(monkeypatch):
    """machine(days=40): from now on this machine's clock is wrong by so much, and with it all that SIH asks."""
    true = clock.machine

    def wrong(**by) -> timedelta:
        monkeypatch.setattr(clock, "machine", lambda: true() + timedelta(**by))
        monkeypatch.setattr(clock, "now", clock.machine)
        return timedelta(**by)

    return wrong


def test_a_correct_machine_clock_has_no_offset(query):
    assert Clocks(query).ahead() == timedelta() and Clocks(query).fault() is None


@pytest.mark.parametrize("by", [{"days": 40}, {"days": -40}, {"minutes": 3}, {"minutes": -3}], ids=str)
def test_a_wrong_machine_clock_is_reported(query, machine, by):
    wrong = machine(**by)
    assert abs(Clocks(query).ahead() - wrong) < timedelta(seconds=30)
    assert abs(Clocks(query).fault() - wrong) < timedelta(seconds=30)
    assert abs(Clocks(query).on_server(clock.now()) - (clock.now() - wrong)) < timedelta(seconds=30)


@pytest.mark.parametrize("seconds", [90, -90])
def test_an_offset_under_two_minutes_is_tolerated(query, machine, seconds):
    assert abs(machine(seconds=seconds)) < APART and Clocks(query).fault() is None


def test_a_clock_moved_by_a_test_is_not_a_wrong_machine_clock(query, moved_clock):
    moved_clock(days=40)
    assert Clocks(query).ahead() == timedelta()


def test_a_worker_whose_clock_is_ahead_takes_no_leased_job(query, machine):
    number = Jobs(query).add("check_import", {}, clock.now())
    assert Jobs(query).claim(clock.now()).id == number
    machine(days=40)
    assert Jobs(query).claim(clock.now()) is None
    assert Jobs(query).of(number).attempts == 1


def test_a_worker_whose_clock_is_behind_keeps_the_normal_lease(query, machine, monkeypatch):
    number = Jobs(query).add("check_import", {}, clock.now())
    with monkeypatch.context() as meanwhile:
        true = clock.machine
        meanwhile.setattr(clock, "machine", lambda: true() - timedelta(days=40))
        meanwhile.setattr(clock, "now", clock.machine)
        assert Jobs(query).claim(clock.now()).id == number
        Jobs(query).renew(Jobs(query).of(number), clock.now())
    assert Jobs(query).claim(clock.now()) is None, "Another one has to leave it alone for as long as the lease runs."
    assert Jobs(query).claim(clock.now() + LEASE + timedelta(seconds=1)).id == number


def test_a_job_queued_by_a_machine_with_a_wrong_clock_runs_at_once(query, machine, monkeypatch):
    with monkeypatch.context() as meanwhile:
        true = clock.machine
        meanwhile.setattr(clock, "machine", lambda: true() + timedelta(days=40))
        number = Jobs(query).add("check_import", {}, clock.machine())
    assert Jobs(query).claim(clock.now()).id == number


FAR = {"days": 40}


def test_a_worker_with_a_wrong_clock_closes_no_month_and_logs_it(pool, person, query, problem, machine, monkeypatch):
    problem()
    machine(**FAR)
    with captured_log() as log:
        Worker(pool).close_months()
        Worker(pool).close_months()
    assert Recaps(query).closed() == {}
    assert {line["message"] for line in log.lines} == {"wrong clock"} and "57600 minutes ahead" in log.text
    monkeypatch.undo()
    [alert] = person("susi").get("/recaps").select("main .alert-danger")
    assert "berbeda 57600 menit" in alert.text and "Tidak ada bulan yang ditutup" in alert.text
    Worker(pool).close_months()
    assert person("susi").get("/recaps").select("main .alert-danger") == []


def test_the_offset_of_a_machine_that_is_gone_expires(pool, query, machine, monkeypatch):
    monkeypatch.setattr(platform, "node", lambda: "gone")
    machine(**FAR)
    with pytest.raises(WrongClock):
        Clocks(query).check()
    monkeypatch.undo()
    Clocks(query).check()
    assert amount(query, "wrong_clock") == 1
    query.execute("UPDATE wrong_clock SET seen_at = seen_at - interval '11 minutes'")
    Clocks(query).check()
    assert amount(query, "wrong_clock") == 0


def test_the_command_closes_no_month_with_a_wrong_clock(app, query, problem, machine):
    problem()
    machine(**FAR)
    result = app.test_cli_runner().invoke(args=["close-months"])
    assert result.exit_code == 1 and "no month is closed by it." in result.output
    assert Recaps(query).closed() == {}


def test_the_start_warns_of_a_wrong_clock(app, capsys, machine):
    machine(days=-40)
    StartCheck(app, True)
    assert "57600 minutes behind the database server's" in capsys.readouterr().err


@pytest.mark.long
def test_a_process_with_a_faked_system_clock_is_noticed(query, database):
    """By Debian's faketime: what the machine shows, and not what a test says that it shows."""
    number = Jobs(query).add("check_import", {}, clock.now())
    Jobs(query).claim(clock.now())
    assert _claimed(database, "+40d") == "None"
    assert Jobs(query).of(number).attempts == 1


def _claimed(database: dict, clock_of: str) -> str:
    """What a process takes whose clock is that wrong."""

    command = ["faketime", "-f", clock_of, sys.executable, "-c", CLAIM, json.dumps(database)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
