"""The production server as an administrator starts it: slow clients, full threads, crowds at the sign-in, and stops."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest

from bench.databases import opened
from bench.session import Session
from sih.dao.query import Pool
from sih.domain import pins
from tests import company
from tests.conftest import PIN_KEY
from tests.people import Person
from tests.serving import HOST, KEPT, ROOT, Client, Server, free_port, serving
from tests.test_deadlines import Proxy

HALF = {
    "header": "GET /login HTTP/1.1\r\nHost: sih\r\n",
    "body": "POST /login HTTP/1.1\r\nHost: sih\r\nContent-Length: 400\r\n\r\nnik=1",
}
STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
CROWD = """
INSERT INTO employee (nik, name, role, store_id, pin_hash)
SELECT (700000000 + n)::text, 'Pelapor ' || n, 'reporter', (SELECT id FROM store WHERE code = 'T001'), %(pin_hash)s
FROM generate_series(1, %(amount)s) AS n
"""
LOCKED = """
SELECT count(*) AS amount FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(scope="module")
def server(shared_database, tmp_path_factory):
    """One for the tests that leave it as it was; it believes one proxy."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(shared_database, log, trusted_proxies="1") as server:
        yield server


@pytest.fixture
def own_server(shared_database, tmp_path):
    """own_server() starts one; all are stopped at the end."""
    started = []

    def start(**more: str) -> Server:
        started.append(Server(shared_database, tmp_path / f"log{len(started)}", **more))
        started[-1].wait_until_ready()
        return started[-1]

    yield start
    for each in started:
        each.stop()


def cookie_of(server: Server, nik: str) -> str:
    return Session(server.port).sign_in(nik, company.PIN).cookie_line


@pytest.fixture
def rinis_cookie(server):
    return cookie_of(server, company.PEOPLE["rini"][0])


@pytest.mark.parametrize("half", HALF.values(), ids=HALF)
def test_three_hundred_half_requests_hold_up_nobody(server, half):
    held = [server.connect().send(half) for _ in range(300)]
    try:
        for _ in range(12):
            assert server.get("/login", seconds=5)[0] == 200
    finally:
        for client in held:
            client.socket.close()


@pytest.mark.long
def test_slow_clients_are_closed_at_their_limits(server):
    """Half headers after 10 s, a body of 500 B/s after 30 s; one of 2 kB/s goes on as long as it takes."""
    began = time.monotonic()
    headers = [server.connect().send(HALF["header"]) for _ in range(150)] + [server.connect() for _ in range(150)]
    bodies = [server.connect().send(HALF["body"]) for _ in range(300)]
    head = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 80000\r\n\r\n"
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(send_slowly, server.connect().send(head), 500)
        steady = threads.submit(send_slowly, server.connect().send(head), 2000)
        for client in headers:
            client.seconds_until_closed(30)
        assert 9 <= time.monotonic() - began <= 20
        for client in bodies:
            client.seconds_until_closed(60)
        assert 29 <= time.monotonic() - began <= 45
        assert slow.result()[0] is None and 29 <= slow.result()[1] <= 45
        assert steady.result()[0] == 400, "It was read whole, and has no token."


def send_slowly(client: Client, bytes_a_second: int) -> tuple[int | None, float]:
    """The status of the answer to 80,000 bytes, or None if the server did not wait for it; and after how long."""
    began = time.monotonic()
    with client, suppress(OSError):
        for _ in range(80_000 // bytes_a_second):
            client.send(bytes(bytes_a_second))
            time.sleep(1)
        return client.answer()[0], time.monotonic() - began
    return None, time.monotonic() - began


def test_no_body_is_larger_than_the_largest_view_takes(server):
    with server.connect() as client:
        status, body = client.ask(f"POST /problems HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 110000001\r\n\r\n")
        assert status == 413 and "terlalu besar" in body.decode()
    with server.connect() as client:  # this one is for the application, which knows what this view takes
        head = f"POST /login HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 600000\r\n\r\n"
        assert client.ask(head.encode() + bytes(600_000))[0] == 413


def test_unfinished_bodies_of_more_than_200_mb_are_refused(own_server):
    """Those that are held go on sending a little: a disk may take longer for 200 MB than a silent client may."""
    server, most = own_server(WEB_CONCURRENCY="1"), 24_900_000
    head = f"POST /imports HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 25000000\r\n\r\n".encode()
    held, is_over = [], threading.Event()

    def go_on() -> None:
        while not is_over.wait(1):
            for client in list(held):
                client.send(bytes(2_000))

    with ThreadPoolExecutor(1) as thread:
        dripping = thread.submit(go_on)
        try:
            for _ in range(8):
                client = server.connect().send(head + bytes(most - 400_000))
                held.append(client)
            with server.connect() as late:
                status, answer_head, body = late.send(head + bytes(most)).answer()
                assert status == 503 and "retry-after" in answer_head.lower() and "sibuk" in body.decode()
        finally:
            is_over.set()
        dripping.result()
    for client in held:
        client.socket.close()


def test_health_is_answered_whatever_the_pages_do(server, shared_database, rinis_cookie):
    with opened(Pool(**shared_database)) as query, opened(Pool(**shared_database)) as other:
        with query.transaction():
            query.execute("LOCK TABLE problem IN ACCESS EXCLUSIVE MODE")
            ask = f"GET /problems HTTP/1.1\r\nHost: {HOST}\r\nCookie: {rinis_cookie}\r\n\r\n"
            blocked = [server.connect().send(ask) for _ in range(40)]
            for _ in range(12):
                wait_for(lambda: other.one(LOCKED)["amount"] > 0)
                assert server.get("/healthz", seconds=2) == (200, b'{"status":"ok"}\n')
        assert {client.answer()[0] for client in blocked} <= {200, 503}


def test_the_list_is_answered_while_a_crowd_signs_in(server, shared_database, rinis_cookie):
    amount = 400
    with opened(Pool(**shared_database)) as query:
        query.execute(CROWD, {"amount": amount, "pin_hash": pins.hash_pin(company.PIN, PIN_KEY)})
    crowd = sign_ins(server, amount)
    for _ in range(12):
        assert server.get("/problems", rinis_cookie, seconds=3)[0] == 200
    assert select.select([crowd[-1].socket], [], [], 0)[0] == [], "Some still wait."
    for client in crowd:
        assert client.answer()[0] == 303


def sign_ins(server: Server, amount: int) -> list[Client]:
    """So many at once, from an address each."""
    session = Session(server.port)
    page = session.page("/login")
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    clients = []
    for number in range(1, amount + 1):
        body = f"csrf_token={token}&nik={700000000 + number}&pin={company.PIN}"
        head = f"POST /login HTTP/1.1\r\nHost: {HOST}\r\nCookie: {session.cookie_line}\r\n"
        head += f"X-Forwarded-For: 10.1.{number // 200}.{number % 200 + 1}\r\nContent-Length: {len(body)}\r\n"
        clients.append(server.connect().send(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"))
    return clients


class Load:
    """Eight clients that ask for the list again and again, and 300 half requests."""

    def __init__(self, server: Server, cookie: str) -> None:
        self._server, self._cookie, self.answered, self._is_over = server, cookie, 0, False
        self._halves = [server.connect().send(half) for half in HALF.values() for _ in range(150)]
        self._threads = [threading.Thread(target=self._ask) for _ in range(8)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while not self._is_over:
            try:
                self._server.get("/problems", self._cookie)
                self.answered += 1
            except OSError:
                time.sleep(0.2)  # it is stopping

    def end(self) -> None:
        self._is_over = True
        for thread in self._threads:
            thread.join()
        for client in self._halves:
            client.socket.close()


def stops_within_ten_seconds(own_server, database: dict, number: signal.Signals, how: int) -> None:
    """In turn: told once, the whole group told as by a terminal, told twice, with a request that is blocked."""
    server = own_server()
    load = Load(server, cookie_of(server, company.PEOPLE["rini"][0]))
    wait_for(lambda: load.answered > 50)
    children = server.children()
    with opened(Pool(**database)) as query:
        if how == 3:
            query.execute("BEGIN")
            query.execute("LOCK TABLE problem IN ACCESS EXCLUSIVE MODE")
            with opened(Pool(**database)) as other:
                wait_for(lambda: other.one(LOCKED)["amount"] > 0)
        began = time.monotonic()
        for process in [server.process, *(children if how == 1 else [])]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        if how == 2:
            time.sleep(0.3)
            server.process.send_signal(number)
        code = server.process.wait(20)
        took = time.monotonic() - began
        if how == 3:
            query.execute("ROLLBACK")
    load.end()
    assert took < 10, f"{number.name} took {took:.1f} s"
    assert code == 0, server.log.read_text()[-2000:]
    assert psutil.wait_procs(children, 5)[1] == []
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize(("number", "how"), list(zip(STOPS, range(4), strict=True)))
def test_the_server_stops_under_load(own_server, shared_database, number, how):
    stops_within_ten_seconds(own_server, shared_database, number, how)


@pytest.mark.long
def test_the_server_stops_under_load_in_thirty_of_thirty_tries(own_server, shared_database):
    for turn in range(30):
        stops_within_ten_seconds(own_server, shared_database, STOPS[turn % 4], turn // 4 % 4)


def test_a_process_that_dies_is_replaced_and_the_others_go_on(own_server):
    server = own_server()
    first, second = server.web_processes()
    first.kill()
    for _ in range(12):
        assert server.get("/healthz")[0] == 200
    wait_for(lambda: len(server.web_processes()) == 2)
    assert second in server.web_processes() and first not in server.web_processes()


def test_a_process_that_hangs_is_replaced(shared_database, tmp_path):
    script = "import runpy; from sih.runtime import server; server.HUNG_SECONDS = 3; "
    script += "runpy.run_path('main.py', run_name='__main__')"
    server = Server(shared_database, tmp_path / "log", command=("-c", script))
    try:
        server.wait_until_ready()
        hung = server.web_processes()[0]
        hung.suspend()
        wait_for(lambda: not hung.is_running() and len(server.web_processes()) == 2)
        assert server.get("/healthz")[0] == 200
    finally:
        server.stop()


def test_no_process_outlives_the_one_that_started_it(own_server):
    server = own_server()
    children = server.children()
    server.process.kill()
    assert psutil.wait_procs(children, 30)[1] == []


def run(**more: str) -> subprocess.CompletedProcess:
    """main.py, which ends by itself."""
    environment = {name: value for name, value in os.environ.items() if name in KEPT} | more
    return subprocess.run([sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_taken_port_is_refused_in_one_sentence_before_any_setup(server, tmp_path):
    done = run(instance_path=str(tmp_path / "instance"), http_host=HOST, http_port=str(server.port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Port {server.port} is in use: perhaps SIH runs already. End that program, or set another port:"
        f" http_port={server.port + 1}.\n"
    )
    assert not (tmp_path / "instance" / "postgresql-18").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_a_host_of_another_machine_is_refused_in_one_sentence(tmp_path, host):
    done = run(instance_path=str(tmp_path / "instance"), http_host=host, http_port=str(free_port()))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The setting http_host must be an address of this machine, not {host!r}.\n"


def test_an_old_python_is_refused_in_one_sentence():
    script = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path('main.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "SIH needs Python 3.11 or later, and this is Python 3.9.\n"


def test_demo_data_is_not_shown_to_the_network(database, admin, tmp_path):
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as query:
        query.execute("UPDATE installation SET has_demo_data = true")
    server = Server(database, tmp_path / "refused", http_host="0.0.0.0")
    assert server.process.wait(60) == 1
    assert server.log.read_text() == (
        "This is demo data, whose PINs everybody knows, and http_host would show it to the network."
        " Set http_host=localhost, or allow_demo_on_network=1 if that is what you want.\n"
    )
    for number, more in enumerate(({"http_host": "0.0.0.0", "allow_demo_on_network": "1"}, {"http_host": "localhost"})):
        with serving(database, tmp_path / f"log{number}", **more) as server:
            assert server.get("/healthz")[0] == 200


@pytest.mark.parametrize("pin_key", [PIN_KEY, "quite another key of PINs"], ids=["its key", "another key"])
def test_a_database_unreachable_at_the_start_is_checked_when_it_returns(database, app, tmp_path, pin_key):
    """Its key is noted with the first PIN that is checked."""
    assert Person(app).post("/login", 303, nik=company.PEOPLE["rini"][0], pin=company.PIN)
    proxy, port = None, free_port()
    server = Server({**database, "host": HOST, "port": port}, tmp_path / "log", pin_key=pin_key)
    try:
        wait_for(lambda: "cannot be reached yet" in server.log.read_text())
        wait_for(lambda: answers(server, "/healthz") == 200)
        assert answers(server, "/login") == 503
        proxy = Proxy(database["host"], int(database["port"]), port)
        if pin_key == PIN_KEY:
            wait_for(lambda: answers(server, "/login") == 200)
        else:
            assert server.process.wait(60) == 1
            assert "another pin_key" in server.log.read_text()
    finally:
        if proxy:
            proxy.close()
        server.stop()


def answers(server: Server, path: str) -> int | None:
    with suppress(OSError):
        return server.get(path)[0]
    return None


def wait_for(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not come about.")
