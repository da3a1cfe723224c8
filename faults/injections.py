"""The faults. Each is a context: it has happened when the body begins, and what it left is taken away at the end."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from math import inf
from random import Random

import psutil

from bench.client import HOST
from faults.cluster import wait_for
from faults.processes import freeze, thaw
from faults.stands import ROOMY, Stand
from faults.visitor import NoAnswer, Visitor

SLOW = 300  # connections
HELD, PAUSED = 8.0, 25.0  # seconds, longer than db_timeout (sih's own in the cluster, else that of faults/serving.py)
HALF_HEADER = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
HALF_BODY = (
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nnik=1234"
)

Cause = Callable[[Stand, Random], AbstractContextManager]


@dataclass(frozen=True)
class Fault:
    """`answers`: the process must say that it lives (/healthz) all the while; `within`: seconds until it must write
    again, where that is promised."""

    name: str
    cause: Cause
    answers: bool = False
    within: float = inf


def killed(find: Callable[[Stand], list[psutil.Process]], number: int = signal.SIGKILL) -> Cause:
    """One of these processes gets the signal."""

    @contextmanager
    def cause(stand: Stand, dice: Random) -> Iterator[None]:
        dice.choice(find(stand)).send_signal(number)
        yield

    return cause


def backends(stand: Stand) -> list[psutil.Process]:
    """Of PostgreSQL, for the application."""
    found = []
    for process in stand.postgres:
        with suppress(psutil.NoSuchProcess):
            if process.cmdline()[:1] and f": {stand.account['user']} " in process.cmdline()[0]:
                found.append(process)
    return found


@contextmanager
def frozen(stand: Stand, dice: Random) -> Iterator[None]:
    """PostgreSQL stands still for a while; its connections stay open."""
    processes = stand.postgres
    freeze(processes)
    try:
        time.sleep(HELD)
    finally:
        thaw(processes)
    yield


@contextmanager
def swallowed(stand: Stand, dice: Random) -> Iterator[None]:
    """The network swallows everything for a while; what was under way stays lost, its connections stay open."""
    stand.proxy.silence()
    time.sleep(HELD)
    stand.proxy.resume()
    yield


@contextmanager
def cut(stand: Stand, dice: Random) -> Iterator[None]:
    """The network swallows everything for a while, then ends every connection."""
    stand.proxy.silence()
    time.sleep(HELD)
    stand.proxy.close_all()
    stand.proxy.resume()
    yield


@contextmanager
def node_killed(stand: Stand, dice: Random) -> Iterator[None]:
    """The machine of the primary loses its power; it comes back when the other one is primary."""
    primary, standby = stand.cluster.primary, stand.cluster.standby
    primary.kill()
    wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
    yield
    primary.start()
    wait_for(stand.cluster.is_whole, "the killed node is back as a standby")


@contextmanager
def node_frozen(stand: Stand, dice: Random) -> Iterator[None]:
    """The machine of the primary stands still with all its connections, until well after the promotion."""
    primary, standby = stand.cluster.primary, stand.cluster.standby
    processes = primary.processes()
    freeze(processes)
    try:
        wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
        yield
    finally:
        thaw(processes)
    wait_for(stand.cluster.is_whole, "the frozen node is back as a standby")


@contextmanager
def switched_over(stand: Stand, dice: Random) -> Iterator[None]:
    primary, standby = stand.cluster.primary, stand.cluster.standby
    facts = {"leader": primary.name, "candidate": standby.name}
    wait_for(lambda: primary.asked("POST", "/switchover", facts) == 200, "Patroni agrees to switch over")
    wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
    yield
    wait_for(stand.cluster.is_whole, "the former primary is a standby")


@contextmanager
def paused(stand: Stand, dice: Random) -> Iterator[None]:
    """PgBouncer lets every client wait for a while without a word."""
    wait_for(lambda: stand.bouncer.told("PAUSE"), "PgBouncer pauses")
    time.sleep(PAUSED)
    wait_for(lambda: stand.bouncer.told("RESUME"), "PgBouncer resumes")
    yield


@contextmanager
def slow_connections(stand: Stand, dice: Random) -> Iterator[None]:
    """Half of them send half a header and no more, the others half a body; they stay open meanwhile."""
    with ExitStack() as stack:
        for place in range(SLOW):
            connection = stack.enter_context(socket.create_connection((HOST, stand.serving.port), timeout=10))
            with suppress(OSError):  # refused or closed at once is fine
                connection.sendall(HALF_BODY if place % 2 else HALF_HEADER)
        time.sleep(1)
        yield


@contextmanager
def full_disk(stand: Stand, dice: Random) -> Iterator[None]:
    """No byte is free for a while: the disk is made as small as what is on it."""
    while not _shrunk(stand):
        pass
    time.sleep(HELD)
    _resize(stand, ROOMY)
    yield


@contextmanager
def sign_ins(stand: Stand, dice: Random) -> Iterator[None]:
    """All of the crowd sign in at once, each from an address of its own; each is answered in the end."""
    threads = [threading.Thread(target=_sign_in, args=(stand, place)) for place in range(len(stand.crowd))]
    for thread in threads:
        thread.start()
    time.sleep(1)
    yield
    for thread in threads:
        thread.join()


def _sign_in(stand: Stand, place: int) -> None:
    visitor = Visitor([stand.serving.port], stand.crowd[place], stand.serving.pin, f"10.1.{place // 250}.{place % 250}")
    try:
        visitor.sign_in()
        stand.writers.ledger.answered("signed in")
    except NoAnswer as refusal:
        stand.writers.ledger.answered(f"not signed in: {refusal}")


def _shrunk(stand: Stand) -> bool:
    used = psutil.disk_usage(str(stand.disk)).used
    return _resize(stand, str(used)).returncode == 0


def _resize(stand: Stand, size: str) -> subprocess.CompletedProcess:
    return subprocess.run(["mount", "-o", f"remount,size={size}", stand.disk], capture_output=True)


EMBEDDED = [
    Fault("web process killed", killed(lambda stand: stand.serving.children("web"))),
    Fault("main killed", killed(lambda stand: [stand.serving.main])),
    Fault("worker killed", killed(lambda stand: stand.serving.children("worker")), answers=True),
    Fault("backend killed", killed(backends), answers=True),
    Fault("postmaster killed", killed(lambda stand: [stand.postmaster]), answers=True),
    Fault("postmaster told to quit", killed(lambda stand: [stand.postmaster], signal.SIGQUIT), answers=True),
    Fault("300 slow connections", slow_connections, answers=True),
]
SERVER = [
    Fault("PostgreSQL frozen", frozen, answers=True),
    Fault("network silent", swallowed, answers=True),
    Fault("network silent, then cut", cut, answers=True),
    Fault("500 sign-ins at once", sign_ins, answers=True),
]
SMALL_DISK = [Fault("disk full", full_disk, answers=True)]
CLUSTER = [
    Fault("primary killed", node_killed, answers=True, within=10),
    Fault("primary frozen", node_frozen, answers=True, within=10),
    Fault("primary switched over", switched_over, answers=True, within=10),
]
PGBOUNCER = [Fault("PgBouncer paused", paused, answers=True, within=10)]
