"""Programs that end by signals or fork. Each test runs as root and as a normal user."""

import os
import signal

from embedded_processes import eventually, lives


def test_ctrl_c_on_the_process_group_stops_the_server_which_starts_again(app):
    first = app()
    postmaster = first.postmaster
    os.killpg(first.process.pid, signal.SIGINT)
    assert first.process.wait(60) == 0
    assert not lives(postmaster)
    assert app().facts["starts"] == 2


def test_ctrl_c_during_the_start_leaves_no_server(app, folder, fresh):
    first = app()
    eventually(lambda: list(folder.glob("postgresql-??")))
    os.killpg(first.process.pid, signal.SIGINT)
    first.process.wait(60)
    eventually(lambda: not list(folder.glob("postgresql-??/postmaster.pid")))
    assert app().facts["starts"] <= 2


def test_sigterm_that_raises_systemexit_stops_the_server(app):
    first = app(exit_on_term=True)
    postmaster = first.postmaster
    first.process.terminate()
    assert first.process.wait(60) == 0
    assert not lives(postmaster)


def test_sigterm_without_a_handler_leaves_the_server_to_the_next_process(app):
    first = app()
    postmaster = first.postmaster
    first.process.terminate()
    first.process.wait(60)
    second = app()
    assert second.postmaster == postmaster
    second.leave()
    assert not lives(postmaster)


def test_a_forked_worker_is_no_user_of_the_server(app):
    first = app(fork=True)
    postmaster, worker = first.postmaster, first.facts["child"]
    assert lives(postmaster), "the worker must not stop what its parent uses"
    first.kill()
    second = app()
    second.leave()
    assert lives(worker)
    assert not lives(postmaster)
    os.kill(worker, signal.SIGKILL)
