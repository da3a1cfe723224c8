"""The production server: several processes on one port where the kernel balances connections between them (Linux), one
process elsewhere (Windows, macOS)."""

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

THREADS, THREADS_ALONE = 4, 6  # for pages: in each of several processes; in a single process
CONNECTIONS, CONNECTIONS_OF_SELECT = 1000, 400  # of each process; select() on Windows is limited to 512 sockets
FILES = 4096  # open at once in a process: a connection may need files for its body and its answer
BACKLOG = 1024
BALANCES = sys.platform == "linux"  # elsewhere SO_REUSEPORT sends all connections to one process
STOP_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK") if hasattr(signal, name)
]
LOOK_EVERY, PAUSE, HUNG_SECONDS, KILL_AFTER = 1.0, 1.0, 30.0, STOP_SECONDS + 1

log = logging.getLogger("sih")


class CannotListen(Exception):
    """The address or port cannot be used. The message is a sentence for the person who starts SIH."""


def claim(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on all addresses of this host; connections are queued until serve(). Raises CannotListen."""
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
            fault = error  # for example, IPv6 may be disabled
    if not claimed:
        raise CannotListen(f"The setting http_host must be an address of this machine, not {host!r}.") from fault
    return claimed


def is_loopback(sockets: list[socket.socket]) -> bool:
    """Whether these sockets can be reached from this machine only."""
    return all(ipaddress.ip_address(each.getsockname()[0].partition("%")[0]).is_loopback for each in sockets)


def on_stop(handle: Callable[[], None]) -> None:
    """Calls `handle` at the first Ctrl-C, SIGTERM or closed terminal. Later signals are ignored, so that they cannot
    interrupt the shutdown. A SIGHUP that is already ignored (nohup) stays ignored."""

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
    """Serves until a stop signal, then calls `stopping` and waits for requests in progress. Later signals are
    ignored."""
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
        conversion_paths={rule.rule for rule in app.url_map.iter_rules() if _has(app, rule, "converts")},
        health_paths={rule.rule for rule in app.url_map.iter_rules() if _has(app, rule, "answers_always")},
    )


def _has(app: Flask, rule, mark: str) -> bool:
    return getattr(app.view_functions.get(rule.endpoint), mark, False)


class _Processes:
    """`amount` processes, each with its own sockets on the same port: the kernel then spreads connections evenly, which
    it does not between processes that share a socket. The parent keeps all sockets open, so that connections queued at
    a process that died are answered by its successor."""

    def __init__(self, app: Flask, sockets: list[socket.socket], amount: int, connections: int) -> None:
        self._app, self._connections, self._is_stopping = app, connections, False
        self._sockets = [sockets, *([_twin(each) for each in sockets] for _ in range(amount - 1))]
        self._children: list[int | None] = [None] * amount
        self._started = [-PAUSE] * amount
        self._beats = mmap.mmap(-1, 8 * amount)  # for each child, when its loop last ran (monotonic seconds)
        self._lifeline = os.pipe()  # only the parent holds the writing end, so its death stops the children
        self._wakeup = os.pipe()

    def run(self, stopping: Callable[[], None]) -> None:
        on_stop(self._stop)
        # The handlers only wake the loop below, so one signal never interrupts the handling of another.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        os.set_blocking(self._wakeup[1], False)
        signal.set_wakeup_fd(self._wakeup[1], warn_on_full_buffer=False)
        while not self._is_stopping:
            self._look()
            if select.select([self._wakeup[0]], [], [], LOOK_EVERY)[0]:
                os.read(self._wakeup[0], 4096)
        stopping()
        self._end()

    def _stop(self) -> None:
        self._is_stopping = True

    def _look(self) -> None:
        """Starts missing children, each at most once in PAUSE seconds, and kills those that hang."""
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
            if not self._is_stopping:
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
                os._exit(code)  # skip atexit handlers, which belong to the parent

    def _work(self, place: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _ignore_stops()  # a terminal signals the whole group; the parent coordinates the stop
        os.close(self._lifeline[1])
        for other, sockets in enumerate(self._sockets):
            for each in sockets if other != place else ():
                each.close()
        web = _web_server(self._app, self._sockets[place], THREADS, self._connections)
        signal.signal(signal.SIGTERM, lambda *_: web.stop())  # systemd signals every process
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
    """A listening socket. SO_REUSEADDR allows a quick restart; on Windows it would let another program take the
    port."""
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
    """Another socket on the same address. The first was bound without SO_REUSEPORT, so that a second SIH on this port
    fails to start."""
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    twin = socket.socket(claimed.family, socket.SOCK_STREAM)
    twin.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    twin.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    twin.bind(claimed.getsockname())
    twin.listen(BACKLOG)
    return twin


def _raise_limits() -> int:
    """Raises the limit of open files up to FILES, if the system allows. Returns the possible number of connections."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            soft = limit
        return CONNECTIONS if soft == resource.RLIM_INFINITY else min(CONNECTIONS, soft // 4)
    return CONNECTIONS_OF_SELECT
