"""Killed servers, killed programs and taken ports. Each test runs as root and as a normal user."""

import os
import signal
import socket
import subprocess
import sys

import psutil
from embedded_processes import eventually, family, kill_all, lives, postmaster_of


def test_six_processes_race_on_a_fresh_folder(app, fresh):
    apps = [app() for _ in range(6)]
    assert len({one.facts["port"] for one in apps}) == 1
    *first, last = apps
    for one in first:
        one.leave()
    postmaster = last.postmaster
    assert lives(postmaster)
    last.leave()
    assert not lives(postmaster)


def test_processes_start_while_others_stop(app):
    apps = [app()]
    assert apps[0].facts["starts"] == 1
    for _ in range(4):
        apps.append(app())
        apps[-2].leave()
    # Two begin at the same time, and either may come first.
    assert sorted(one.facts["starts"] for one in apps) == [1, 2, 3, 4, 5]
    apps[-1].leave()


def test_after_a_killed_process_the_next_one_finds_and_stops_the_server(app):
    first = app()
    postmaster = first.postmaster
    first.kill()
    assert lives(postmaster)
    second = app()
    assert (second.facts["starts"], second.postmaster) == (2, postmaster)
    second.leave()
    assert not lives(postmaster)


def test_a_killed_postmaster_is_replaced_on_the_same_data(app):
    first = app()
    killed = first.postmaster
    os.kill(killed, signal.SIGKILL)
    second = app()
    assert second.facts["starts"] == 2
    assert second.postmaster != killed
    first.leave()
    assert lives(second.postmaster)
    second.leave()


def test_data_survive_a_power_cut(app):
    first = app()
    kill_all(family(first.postmaster))
    first.kill()
    assert app().facts["starts"] == 2


def test_a_pid_file_with_the_pid_of_another_program_is_ignored(app):
    first = app()
    data, owner = first.data, first.data.stat()
    kill_all(family(first.postmaster))
    first.kill()
    other = subprocess.Popen(["sleep", "600"], **_as(owner))
    try:
        pid_file = data / "postmaster.pid"
        _, *rest = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(other.pid), *rest]))
        second = app()
        assert second.facts["starts"] == 2
        second.leave()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_killed_initdb_leaves_nothing(app, folder, fresh):
    for killed in (family, lambda pid: family(pid)[:1]):  # with its initdb, and alone
        one = app()
        eventually(lambda: list(folder.glob("*.new-*/data/base")))
        kill_all(killed(one.process.pid))
        one.process.wait(60)
        assert not list(folder.glob("postgresql-??"))
    assert app().facts["starts"] == 1
    assert sorted(path.suffix for path in folder.iterdir()) == ["", ".gate", ".users"]


def test_the_port_moves_when_it_is_taken_and_is_remembered(app, fresh):
    first = app()
    first.leave()
    with socket.create_server(("127.0.0.1", first.facts["port"])):
        second = app()
        assert second.facts["port"] != first.facts["port"]
        second.leave()
    third = app()
    assert (third.facts["starts"], third.facts["port"]) == (3, second.facts["port"])


def test_locale_and_libpq_variables_of_the_caller_are_ignored(app, fresh):
    languages = {"LANG": "xx", "LC_ALL": "xx_XX.UTF-8", "LC_COLLATE": "id_ID"}
    libpq = {"PGSSLMODE": "require", "PGPORT": "1", "PGDATA": "/nowhere", "PGOPTIONS": "-c nothing=1"}
    first = app(env={**languages, **libpq})
    assert first.facts["collation"][0] == "C.UTF-8"
    assert first.facts["settings"]["lc_messages"] == "C.UTF-8"
    assert not set(psutil.Process(first.postmaster).environ()) & {*languages, *libpq}
    assert app().facts["starts"] == 2


NEVER_REAPS = """
import ctypes, signal, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans come here, as they come to PID 1
subprocess.Popen(sys.argv[1:])
signal.pause()
"""


def test_a_zombie_postmaster_counts_as_dead(app):
    first = app(before=(sys.executable, "-c", NEVER_REAPS))
    zombie, data = first.postmaster, first.data
    first.kill()
    os.kill(zombie, signal.SIGKILL)
    eventually(lambda: not lives(zombie))
    os.kill(zombie, 0)  # as a number it is still there
    assert postmaster_of(data) == zombie
    second = app()
    assert second.facts["starts"] == 2
    second.leave()


def test_a_server_that_nobody_reaps_is_left_as_stopped(app):
    first = app(before=(sys.executable, "-c", NEVER_REAPS))
    assert first.facts["starts"] == 1
    first.kill()
    second = app()
    postmaster = second.postmaster
    second.leave()
    os.kill(postmaster, 0)
    assert app().facts["starts"] == 3


def _as(owner: os.stat_result) -> dict:
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
