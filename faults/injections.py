"""The injected faults. Each is a context manager: it injects the fault on entry and cleans up on exit."""

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
from faults.testbeds import ROOMY, Testbed
from faults.visitor import NoAnswer, Visitor

SLOW = 300  # connections
HELD, PAUSED = 8.0, 25.0  # seconds, longer than db_timeout (sih's own in the cluster, else that of faults/serving.py)
HALF_HEADER = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
HALF_BODY = (
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nnik=1234"
)

Injection = Callable[[Testbed, Random], AbstractContextManager]


@dataclass(frozen=True)
class Fault:
    """`answers`: whether /healthz must answer during the fault; `within`: seconds until writes must succeed again,
    where that is promised."""

    name: str
    injection: Injection
    answers: bool = False
    within: float = inf


def killed(find: Callable[[Testbed], list[psutil.Process]], number: int = signal.SIGKILL) -> Injection:
    """Sends the signal to one of these processes."""

    @contextmanager
    def injection(testbed: Testbed, dice: Random) -> Iterator[None]:
        dice.choice(find(testbed)).send_signal(number)
        yield

    return injection


def backends(testbed: Testbed) -> list[psutil.Process]:
    """The PostgreSQL backends of the application."""
    found = []
    for process in testbed.postgres:
        with suppress(psutil.NoSuchProcess):
            if process.cmdline()[:1] and f": {testbed.account['user']} " in process.cmdline()[0]:
                found.append(process)
    return found


@contextmanager
def frozen(testbed: Testbed, dice: Random) -> Iterator[None]:
    """Freezes PostgreSQL for a while (SIGSTOP); its connections stay open."""
    processes = testbed.postgres
    freeze(processes)
    try:
        time.sleep(HELD)
    finally:
        thaw(processes)
    yield


@contextmanager
def swallowed(testbed: Testbed, dice: Random) -> Iterator[None]:
    """The network drops all packets for a while; connections stay open, data in transit is lost."""
    testbed.proxy.silence()
    time.sleep(HELD)
    testbed.proxy.resume()
    yield


@contextmanager
def cut(testbed: Testbed, dice: Random) -> Iterator[None]:
    """The network drops all packets for a while, then resets every connection."""
    testbed.proxy.silence()
    time.sleep(HELD)
    testbed.proxy.close_all()
    testbed.proxy.resume()
    yield


@contextmanager
def node_killed(testbed: Testbed, dice: Random) -> Iterator[None]:
    """The machine of the primary loses power and returns after the standby was promoted."""
    primary, standby = testbed.cluster.primary, testbed.cluster.standby
    primary.kill()
    wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
    yield
    primary.start()
    wait_for(testbed.cluster.is_whole, "the killed node is back as a standby")


@contextmanager
def node_frozen(testbed: Testbed, dice: Random) -> Iterator[None]:
    """Freezes the machine of the primary with its connections until well after the promotion."""
    primary, standby = testbed.cluster.primary, testbed.cluster.standby
    processes = primary.processes()
    freeze(processes)
    try:
        wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
        yield
    finally:
        thaw(processes)
    wait_for(testbed.cluster.is_whole, "the frozen node is back as a standby")


@contextmanager
def switched_over(testbed: Testbed, dice: Random) -> Iterator[None]:
    primary, standby = testbed.cluster.primary, testbed.cluster.standby
    facts = {"leader": primary.name, "candidate": standby.name}
    wait_for(lambda: primary.status_of("POST", "/switchover", facts) == 200, "Patroni agrees to switch over")
    wait_for(lambda: standby.is_a("primary"), "the standby is promoted")
    yield
    wait_for(testbed.cluster.is_whole, "the former primary is a standby")


@contextmanager
def paused(testbed: Testbed, dice: Random) -> Iterator[None]:
    """PgBouncer pauses every client for a while."""
    wait_for(lambda: testbed.bouncer.runs("PAUSE"), "PgBouncer pauses")
    time.sleep(PAUSED)
    wait_for(lambda: testbed.bouncer.runs("RESUME"), "PgBouncer resumes")
    yield


@contextmanager
def slow_connections(testbed: Testbed, dice: Random) -> Iterator[None]:
    """Half of them send half a header and no more, the others half a body; they stay open meanwhile."""
    with ExitStack() as stack:
        for place in range(SLOW):
            connection = stack.enter_context(socket.create_connection((HOST, testbed.serving.port), timeout=10))
            with suppress(OSError):  # refused or closed at once is fine
                connection.sendall(HALF_BODY if place % 2 else HALF_HEADER)
        time.sleep(1)
        yield


@contextmanager
def full_disk(testbed: Testbed, dice: Random) -> Iterator[None]:
    """The disk is full for a while: it is shrunk to the size of its data."""
    while not _shrunk(testbed):
        pass
    time.sleep(HELD)
    _resize(testbed, ROOMY)
    yield


@contextmanager
def sign_ins(testbed: Testbed, dice: Random) -> Iterator[None]:
    """The crowd signs in at once, each from an address of its own, and waits for its answer."""
    threads = [threading.Thread(target=_sign_in, args=(testbed, place)) for place in range(len(testbed.crowd))]
    for thread in threads:
        thread.start()
    time.sleep(1)
    yield
    for thread in threads:
        thread.join()


def _sign_in(testbed: Testbed, place: int) -> None:
    visitor = Visitor(
        [testbed.serving.port], testbed.crowd[place], testbed.serving.pin, f"10.1.{place // 250}.{place % 250}"
    )
    try:
        visitor.sign_in()
        testbed.writers.ledger.answered("signed in")
    except NoAnswer as refusal:
        testbed.writers.ledger.answered(f"not signed in: {refusal}")


def _shrunk(testbed: Testbed) -> bool:
    used = psutil.disk_usage(str(testbed.disk)).used
    return _resize(testbed, str(used)).returncode == 0


def _resize(testbed: Testbed, size: str) -> subprocess.CompletedProcess:
    return subprocess.run(["mount", "-o", f"remount,size={size}", testbed.disk], capture_output=True)


EMBEDDED = [
    Fault("web process killed", killed(lambda testbed: testbed.serving.children("web"))),
    Fault("main killed", killed(lambda testbed: [testbed.serving.main])),
    Fault("worker killed", killed(lambda testbed: testbed.serving.children("worker")), answers=True),
    Fault("backend killed", killed(backends), answers=True),
    Fault("postmaster killed", killed(lambda testbed: [testbed.postmaster]), answers=True),
    Fault("postmaster told to quit", killed(lambda testbed: [testbed.postmaster], signal.SIGQUIT), answers=True),
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
