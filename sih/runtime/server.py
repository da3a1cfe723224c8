"""The production server: waitress, in several processes where the system shares a port between them (Linux), in one
elsewhere (Windows, macOS)."""

import errno
import ipaddress
import logging
import mmap
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask

from settings import Settings
from sih.runtime.connections import STOP_SECONDS, WebServer
from sih.web import largest_body

THREADS, THREADS_ALONE = 4, 6  # for pages, of each process; of the only one
CONNECTIONS, CONNECTIONS_OF_SELECT = 1000, 400  # of each process; Windows' select() bears 512 sockets
FILES = 4096  # open at once in a process: each connection may have a body and an answer in a file
BACKLOG = 1024
BALANCES = sys.platform == "linux"  # SO_REUSEPORT exists elsewhere, and gives all to one process
STOP_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK") if hasattr(signal, name)
]
LOOK_EVERY, PAUSE, HUNG_SECONDS, KILL_AFTER = 1.0, 1.0, 30.0, STOP_SECONDS + 1

log = logging.getLogger("sih")


class CannotListen(Exception):
    """The message is a sentence."""


def claim(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on all addresses of this host; what comes in waits until serve(). Raises CannotListen."""
    claimed, fault = [], None
    try:
        addresses = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotListen(f"The setting http_host must be an address of this machine, not {host!r}.") from error
    for family, *_, address in dict.fromkeys(addresses):
        try:
            claimed.append(_listening(family, address))
        except PermissionError as error:
            raise CannotListen(f"Port {port} is reserved. Set another one: http_port=8080.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotListen(
                    f"Port {port} is in use: perhaps SIH runs already. End that program, or set another port:"
                    f" http_port={port + 1 if port < 65535 else 8080}."
                ) from error
            fault = error  # IPv6 may be off
    if not claimed:
        raise CannotListen(f"The setting http_host must be an address of this machine, not {host!r}.") from fault
    return claimed


def is_loopback(sockets: list[socket.socket]) -> bool:
    """Whether nobody but this machine can reach them."""
    return all(ipaddress.ip_address(each.getsockname()[0].partition("%")[0]).is_loopback for each in sockets)


def on_stop(handle: Callable[[], None]) -> None:
    """What happens at the first Ctrl-C, SIGTERM or closed terminal: a second one never breaks off the stop. nohup keeps
    its meaning."""

    def handle_first(*_) -> None:
        _ignore_stops()
        handle()

    for number in STOP_SIGNALS:
        if not (signal.Signals(number).name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
            signal.signal(number, handle_first)


def _ignore_stops() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def serve(
    app: Flask, settings: Settings, sockets: list[socket.socket], stopping: Callable[[], None] = lambda: None
) -> None:
    """Serves until it is told to stop, and calls `stopping` before it waits for what is in work. Signals that come
    later change nothing any more."""
    logging.getLogger("waitress").handlers, logging.getLogger("waitress").propagate = app.logger.handlers, False
    connections = _raise_limits()
    if BALANCES:
        _Processes(app, sockets, settings.processes, connections).run(stopping)
    else:
        web = _web_server(app, sockets, THREADS_ALONE, connections)

        def stop() -> None:
            stopping()
            web.stop()

        on_stop(stop)
        web.run()


def _web_server(app: Flask, sockets: list[socket.socket], threads: int, connections: int) -> WebServer:
    return WebServer(
        app,
        sockets,
        threads=threads,
        max_body=largest_body(app),
        connections=connections,
        pin_paths={rule.rule for rule in app.url_map.iter_rules() if _has(app, rule, "checks_pin")},
        health_paths={rule.rule for rule in app.url_map.iter_rules() if _has(app, rule, "answers_always")},
    )


def _has(app: Flask, rule, mark: str) -> bool:
    return getattr(app.view_functions.get(rule.endpoint), mark, False)


class _Processes:
    """So many processes, each with sockets of its own on the same port: the kernel spreads connections evenly, which it
    does not for processes that share a socket. This one holds the sockets too, so that what waits in one whose process
    died is answered by the next."""

    def __init__(self, app: Flask, sockets: list[socket.socket], amount: int, connections: int) -> None:
        self._app, self._connections, self._is_told_to_stop = app, connections, False
        self._sockets = [sockets, *([_twin(each) for each in sockets] for _ in range(amount - 1))]
        self._children: list[int | None] = [None] * amount
        self._started = [-PAUSE] * amount
        self._beats = mmap.mmap(-1, 8 * amount)  # when each was last seen at work
        self._lifeline = os.pipe()  # held open by this process alone: its end is the others' end
        self._wakeup = os.pipe()

    def run(self, stopping: Callable[[], None]) -> None:
        on_stop(self._stop)
        # Both handlers only wake the loop below, so no signal meets another halfway.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        os.set_blocking(self._wakeup[1], False)
        signal.set_wakeup_fd(self._wakeup[1], warn_on_full_buffer=False)
        while not self._is_told_to_stop:
            self._look()
            if select.select([self._wakeup[0]], [], [], LOOK_EVERY)[0]:
                os.read(self._wakeup[0], 4096)
        stopping()
        self._end()

    def _stop(self) -> None:
        self._is_told_to_stop = True

    def _look(self) -> None:
        """Starts whatever does not run; one that died at once after a pause."""
        now = time.monotonic()
        for place in range(len(self._children)):
            self._reap(place)
            child = self._children[place]
            if child is None and now - self._started[place] >= PAUSE:
                self._start(place, now)
            elif child and now - struct.unpack_from("d", self._beats, 8 * place)[0] > HUNG_SECONDS:
                log.error("a process of the web server hangs and is killed")
                os.kill(child, signal.SIGKILL)

    def _reap(self, place: int) -> None:
        child = self._children[place]
        if child and os.waitpid(child, os.WNOHANG)[0]:
            self._children[place] = None
            if not self._is_told_to_stop:
                log.error("a process of the web server ended; another takes its place")

    def _start(self, place: int, now: float) -> None:
        self._started[place] = now
        struct.pack_into("d", self._beats, 8 * place, now)
        sys.stdout.flush()
        sys.stderr.flush()
        self._children[place] = os.fork()
        if self._children[place] == 0:
            code = 1
            try:
                self._work(place)
                code = 0
            except Exception:
                log.exception("a process of the web server failed")
            finally:
                os._exit(code)  # what is to be done at the end is the parent's

    def _work(self, place: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _ignore_stops()  # the terminal tells the parent, too
        os.close(self._lifeline[1])
        for other, sockets in enumerate(self._sockets):
            for each in sockets if other != place else ():
                each.close()
        web = _web_server(self._app, self._sockets[place], THREADS, self._connections)
        signal.signal(signal.SIGTERM, lambda *_: web.stop())  # systemd tells every process
        web.stop_with(self._lifeline[0])
        web.run(lambda: struct.pack_into("d", self._beats, 8 * place, time.monotonic()))

    def _end(self) -> None:
        os.close(self._lifeline[1])
        for each in (each for sockets in self._sockets for each in sockets):
            each.close()
        deadline = time.monotonic() + KILL_AFTER
        while any(self._children) and time.monotonic() < deadline:
            for place in range(len(self._children)):
                self._reap(place)
            time.sleep(0.02)
        for child in filter(None, self._children):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _listening(family: int, address: tuple) -> socket.socket:
    """On Windows SO_REUSEADDR would let another program take the port over; elsewhere it is needed to start again."""
    each = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind(address)
        each.listen(BACKLOG)
    except OSError:
        each.close()
        raise
    return each


def _twin(claimed: socket.socket) -> socket.socket:
    """Another one on the same address. The first was bound alone, so that a second SIH on this port is noticed."""
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    twin = socket.socket(claimed.family, socket.SOCK_STREAM)
    twin.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    twin.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    twin.bind(claimed.getsockname())
    twin.listen(BACKLOG)
    return twin


def _raise_limits() -> int:
    """As many open files as CONNECTIONS need, if the system allows; gives how many connections it allows."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            soft = limit
        return CONNECTIONS if soft == resource.RLIM_INFINITY else min(CONNECTIONS, soft // 4)
    return CONNECTIONS_OF_SELECT
