"""Deadlines: a silent database blocks no request for ever, and the next request goes to a host that answers."""

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

import psutil
import pytest

from bench.databases import opened
from sih.dao.query import BACKGROUND, KEEPALIVES, Limits, Pool, Query
from sih.domain.errors import DatabaseBusy, DatabaseGone
from tests.facts import alert, amount
from tests.form_data import report

SOON, GENEROUS = 1.0, 15.0  # seconds: the deadline of these tests; what a busy machine may add to it


class Proxy:
    """Stands before the database; `swallow()` lets every connection be, and passes on nothing any more."""

    def __init__(self, host: str, port: int, own: int = 0) -> None:
        """`own`: the port where it stands; 0: any."""
        self._target, self._swallows, self._lines = (host, port), threading.Event(), []
        self._door = socket.create_server(("127.0.0.1", own))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def swallow(self) -> None:
        self._swallows.set()

    def answer(self) -> None:
        """To new connections."""
        self._swallows.clear()

    def close(self) -> None:
        for line in [self._door, *self._lines]:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near = self._door.accept()[0]
                far = socket.create_connection(self._target)
                self._lines += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        is_lost = False
        with suppress(OSError):
            while data := one.recv(65536):
                is_lost = is_lost or self._swallows.is_set()
                if not is_lost:
                    other.sendall(data)
            other.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(database):
    proxy = Proxy(database["host"], int(database["port"]))
    yield proxy
    proxy.close()


@pytest.fixture
def quiet(database, proxy):
    """A pool behind the proxy, whose requests wait a second."""
    pool = Pool(size=3, wait=1, timeout=SOON, **{**database, "host": "127.0.0.1", "port": proxy.port})
    yield pool
    pool.close()


@contextmanager
def frozen(*processes: psutil.Process):
    """Meanwhile these are stopped by SIGSTOP."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


def backend(query: Query) -> psutil.Process:
    return psutil.Process(query.one("SELECT pg_backend_pid() AS pid")["pid"])


def took(work) -> float:
    """How many seconds, until it was said that the database is gone."""
    began = time.monotonic()
    with pytest.raises(DatabaseGone):
        work()
    return time.monotonic() - began


def test_a_frozen_backend_is_abandoned_at_the_deadline(database):
    pool = Pool(timeout=SOON, **database)
    with opened(pool) as query, frozen(backend(query)):
        assert SOON <= took(lambda: query.select("SELECT 1")) < GENEROUS
        query.close()
        assert query.one_or_none("SELECT 1 AS one") == {"one": 1}, "The next one gets another backend."


@pytest.mark.parametrize("statement", ["SELECT 1", "COMMIT", "big"])
def test_a_query_with_dropped_packets_ends_at_the_deadline(quiet, proxy, statement):
    with pytest.raises(DatabaseGone), opened(quiet) as query, query.transaction():
        query.execute("CREATE TEMPORARY TABLE held (text text)")
        proxy.swallow()
        if statement == "big":  # more than the network takes: it hangs while it is sent
            query.execute("INSERT INTO held VALUES (%(text)s)", {"text": "x" * 40_000_000})
        elif statement == "SELECT 1":
            query.select(statement)


def test_rolling_back_on_a_silent_network_ends_at_the_deadline(quiet, proxy):
    query = Query(quiet)
    query.execute("BEGIN")
    proxy.swallow()
    began = time.monotonic()
    query.close()
    assert time.monotonic() - began < GENEROUS
    proxy.answer()
    assert query.one_or_none("SELECT 1 AS one") == {"one": 1}


def test_idle_connections_are_dropped_together_after_a_deadline(quiet, proxy):
    queries = [Query(quiet) for _ in range(3)]
    assert len({backend(query).pid for query in queries}) == 3
    for query in queries:
        query.close()
    proxy.swallow()
    took(lambda: queries[0].select("SELECT 1"))
    proxy.answer()
    for query in queries:
        query.close()
        assert query.one_or_none("SELECT 1 AS one") == {"one": 1}


def test_the_next_request_goes_to_the_host_that_answers(database, proxy):
    hosts, ports = f"127.0.0.1,{database['host']}", f"{proxy.port},{database['port']}"
    pool = Pool(timeout=SOON, **{**database, "host": hosts, "port": ports})
    with opened(pool) as query:
        assert query.one_or_none("SELECT 1 AS one") == {"one": 1}
        proxy.swallow()
        took(lambda: query.select("SELECT 1"))
        query.close()
        assert query.one_or_none("SELECT 1 AS one") == {"one": 1}


def test_deadlines_of_two_queries_are_independent(quiet):
    patient, hasty = Query(quiet, Limits(60.0)), Query(quiet)
    waiting = threading.Thread(target=lambda: found.append(patient.one("SELECT pg_sleep(2.5), 1 AS one")["one"]))
    found = []
    waiting.start()
    took(lambda: hasty.select("SELECT pg_sleep(30)"))
    waiting.join()
    assert found == [1]
    patient.close(), hasty.close()


def test_the_watchdog_outlives_a_fork(quiet):
    with opened(quiet) as query:
        backend(query)
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            took(lambda: Query(quiet).select("SELECT pg_sleep(60)"))
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_tcp_keepalive_notices_a_dead_network_within_a_minute(query):
    query.select("SELECT 1")
    line = query._connection._line
    idle, interval, count, unheard = (
        line.getsockopt(socket.IPPROTO_TCP, option)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    )
    assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert idle + interval * count <= 60 and 0 < unheard <= 60_000
    assert unheard == KEEPALIVES["tcp_user_timeout"]


def test_pages_and_forms_keep_their_text_at_the_deadline(app, person, query, quiet, proxy):
    rini, fields = person("rini"), report(query)
    tokens = rini.tokens
    app.extensions["pool"] = quiet
    rini.get("/problems")
    proxy.swallow()
    page = rini._page(rini.client.post("/problems", data={**tokens, **fields}), 503)
    assert alert(page).startswith("Basis data sedang tidak dapat dihubungi.")
    assert page.select_one("main form [name=title]").text.strip() == fields["title"]
    proxy.answer()
    rini.client.post("/problems", data={**tokens, **fields})
    assert amount(query, "problem") == 1


def test_readyz_answers_of_a_silent_database(app, quiet, proxy):
    app.extensions["pool"], client = quiet, app.test_client()
    assert client.get("/readyz").status_code == 200
    proxy.swallow()
    began = time.monotonic()
    assert client.get("/readyz").status_code == 503
    assert time.monotonic() - began < GENEROUS
    proxy.answer()
    assert client.get("/readyz").status_code == 200


@pytest.fixture
def pgbouncer(database, tmp_path):
    """PgBouncer in transaction mode before the database: its address, and what its console takes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "users.txt").write_text(f'"{database["user"]}" "{database["password"]}"\n"boss" "boss"\n')
    (tmp_path / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={database['host']} port={database['port']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = plain\nunix_socket_dir =\n"
        f"auth_file = {tmp_path}/users.txt\nadmin_users = boss\npool_mode = transaction\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )
    account = ["-u", "nobody"] if os.getuid() == 0 else []
    for path in [tmp_path, *tmp_path.parents[:3]]:
        path.chmod(path.stat().st_mode | 0o755)
    command = ["/usr/sbin/pgbouncer", "-q", *account, str(tmp_path / "pgbouncer.ini")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = {**database, "host": "127.0.0.1", "port": port}

    def console(command: str) -> None:
        words = ["psql", f"host=127.0.0.1 port={port} user=boss password=boss dbname=pgbouncer", "-qc", command]
        subprocess.run(words, check=True, capture_output=True, timeout=30)

    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.1)
    yield address, console
    process.terminate()
    process.wait(20)


@pytest.mark.long
def test_a_paused_pgbouncer_blocks_no_request_beyond_the_deadline(app, person, pgbouncer, problem):
    address, console = pgbouncer
    pool = Pool(timeout=SOON, wait=1, **address)
    number, rini = problem(), person("rini")
    app.extensions["pool"] = pool
    rini.get(f"/problems/{number}")
    console("PAUSE")
    began = time.monotonic()
    for _ in range(2):  # one that was connected, and one that has to connect
        rini.get(f"/problems/{number}", 503)
    assert time.monotonic() - began < 2 * GENEROUS
    console("RESUME")
    rini.get(f"/problems/{number}")
    pool.close()


@pytest.mark.long
def test_through_pgbouncer_background_work_has_its_own_limits(pgbouncer):
    address, _ = pgbouncer
    timeouts = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement"
    with opened(Pool(**address)) as request:
        before = request.one(timeouts)
        query = Query(Pool(**address), BACKGROUND)
        assert query.one_or_none(timeouts) == {"lock": "1min", "statement": "570s"}
        with query.transaction():
            assert query.one_or_none(timeouts) == {"lock": "1min", "statement": "570s"}
        query.close()
        assert request.one(timeouts) == before, "And leaves nothing behind on the server's connection."


def test_no_free_connection_is_busy_and_not_gone(database):
    pool = Pool(size=1, wait=0.1, **database)
    with opened(pool) as query:
        backend(query)
        with pytest.raises(DatabaseBusy):
            Query(pool).select("SELECT 1")
