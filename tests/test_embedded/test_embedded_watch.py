"""A server that dies while SIH runs is started again by itself. Each test runs as root and as a normal user."""

import os
import shutil
import signal
import threading
import time
from contextlib import suppress

import psutil
import psycopg2
import pytest
from embedded_processes import eventually, lives, postmaster_of

LIMIT = 10.0  # seconds that a server may be away
BUSY = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"


def enter(app):
    where = {key: app.facts[key] for key in ("port", "user", "password", "dbname")}
    return psycopg2.connect(host="127.0.0.1", connect_timeout=3, **where)


def is_back(app, killed: int) -> bool:
    """Whether another server answers on the port that the users know."""
    with suppress(psycopg2.OperationalError, FileNotFoundError, IndexError, ValueError):
        enter(app).close()
        return postmaster_of(app.data) != killed
    return False


@pytest.mark.parametrize("signal_sent", [signal.SIGKILL, signal.SIGQUIT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_dead_server_is_restarted_on_its_port_within_seconds(app, signal_sent):
    apps = [app(watch=True) for _ in range(2)]
    killed = {one.postmaster for one in apps}.pop()
    os.kill(killed, signal_sent)
    sent = time.monotonic()
    eventually(lambda: is_back(apps[0], killed))
    assert time.monotonic() - sent < LIMIT
    later = apps[1].postmaster
    for one in apps:
        one.leave()
    assert not lives(later), "The last to leave stops it, as ever."


def test_a_busy_backend_does_not_delay_the_restart(app):
    first = app(watch=True)
    killed, connection = first.postmaster, enter(first)
    busy = connection.get_backend_pid()
    caller = threading.Thread(target=run_for_ever, args=(connection,))
    caller.start()
    eventually(lambda: psutil.Process(busy).cpu_times().user > 0.2)
    os.kill(killed, signal.SIGKILL)
    sent = time.monotonic()
    eventually(lambda: is_back(first, killed))
    assert time.monotonic() - sent < LIMIT
    caller.join(30)
    assert not lives(busy)


def run_for_ever(connection) -> None:
    with suppress(psycopg2.Error):
        connection.cursor().execute(BUSY)


def test_the_server_is_restarted_repeatedly(app):
    first = app(watch=True)
    for _ in range(3):
        killed = first.postmaster
        os.kill(killed, signal.SIGKILL)
        eventually(lambda killed=killed: is_back(first, killed))


def test_a_deleted_data_folder_is_not_created_again(app, folder):
    first = app(watch=True)
    assert first.postmaster
    data = first.data
    shutil.rmtree(data)
    first.process.stdin.close()
    assert first.process.wait(60) == 0
    assert not data.exists()


def test_no_process_that_left_restarts_the_server(app):
    first, second = app(watch=True), app(watch=True)
    postmaster = first.postmaster
    for one in (first, second):
        one.leave()
    assert not lives(postmaster)
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(first.data) in (one.info["cmdline"] or [])]
