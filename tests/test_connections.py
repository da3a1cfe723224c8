"""The limits of connections and requests, tested on a server in this process with a tiny application."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from sih.runtime import connections
from sih.runtime.connections import WebServer
from tests.serving import HOST, Client

LARGE = 40_000_000


class App:
    """Answers with what it was asked; /slow and a PIN wait until they are told to go on, /large is read by nobody."""

    def __init__(self) -> None:
        self.going_on, self.entered = threading.Event(), threading.Semaphore(0)
        self.has_arrived = threading.Event()  # what /receipt answered

    def __call__(self, environ: dict, start_response) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow" or (environ["PATH_INFO"], environ["REQUEST_METHOD"]) == ("/pin", "POST"):
            self.entered.release()
            self.going_on.wait(60)
        body = environ["wsgi.input"].read()
        answer = f"{environ['PATH_INFO']} {len(body)} {environ.get('HTTP_X_FORWARDED_FOR', '-')}".encode()
        answer = bytes(LARGE) if environ["PATH_INFO"] == "/large" else answer
        if environ["PATH_INFO"] == "/receipt":
            start_response("200 OK", [])
            return self.parts(environ)
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer] if environ["REQUEST_METHOD"] != "HEAD" else [b""]

    def parts(self, environ: dict) -> Iterator[bytes]:
        yield bytes(LARGE)
        environ["sih.on_receipt"](self.has_arrived.set)


@pytest.fixture
def app():
    return App()


class Served:
    """Called, it gives a new connection."""

    def __init__(self, web: WebServer, port: int) -> None:
        self.web, self._port, self._thread = web, port, threading.Thread(target=web.run)
        self._thread.start()

    def __call__(self) -> Client:
        return Client(self._port)

    def stop(self) -> None:
        self.web.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def serve(app):
    """serve(**limits) serves it with these; gives a way to connect."""
    served = []

    def serve(**limits) -> Served:
        listening = socket.create_server((HOST, 0))
        limits = {"threads": 2, "max_body": 1_000_000, "connections": 100} | limits
        web = WebServer(app, [listening], pin_paths={"/pin"}, health_paths={"/health"}, **limits)
        served.append(Served(web, listening.getsockname()[1]))
        return served[-1]

    yield serve
    app.going_on.set()
    for each in served:
        each.stop()


def get(path: str, more: str = "", version: str = "1.1") -> str:
    return f"GET {path} HTTP/{version}\r\nHost: sih\r\n{more}\r\n"


def post(path: str, length: int | str, more: str = "") -> str:
    return f"POST {path} HTTP/1.1\r\nHost: sih\r\nContent-Length: {length}\r\n{more}\r\n"


REFUSED = {
    "two lengths": (post("/", 4, "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400),
    "two equal lengths": (post("/", 4, "Content-Length: 4\r\n") + "four", 400),
    "chunks in HTTP/1.0": (get("/", "Transfer-Encoding: chunked\r\n", "1.0") + "0\r\n\r\n", 400),
    "an unknown coding": (get("/", "Transfer-Encoding: gzip\r\n"), 501),
    "a hidden coding": (get("/", "Transfer-Encoding: \x0bchunked\r\n"), 400),
    "a length of words": (post("/", "four"), 400),
    "a negative length": (post("/", "-1"), 400),
    "an endless length": (post("/", "9" * 5000), 400),
    "a space before the colon": (get("/", "Content-Length : 4\r\n") + "four", 400),
    "a bare line feed": ("GET / HTTP/1.1\nHost: sih\n\n\r\n\r\n", 400),
    "a newer version": (get("/", version="2.0"), 400),
    "no version": ("GET /\r\n\r\n", 400),
    "a huge header": (get("/", f"X: {'x' * 40_000}\r\n"), 431),
    "a huge path": (get("/" + "x" * 40_000), 431),
    "a huge body": (post("/", 1_000_001), 413),
    "a huge body that waits to be asked for": (post("/", 1_000_001, "Expect: 100-continue\r\n"), 413),
    "a chunk without an end": (get("/", "Transfer-Encoding: chunked\r\n") + "1;" + "x" * 30_000, 400),
    "a chunk of no number": (get("/", "Transfer-Encoding: chunked\r\n") + "x\r\n", 400),
    "a trailer without an end": (get("/", "Transfer-Encoding: chunked\r\n") + "0\r\nX: " + "x" * 30_000, 400),
}


@pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED)
def test_a_malformed_request_is_refused_and_the_connection_closed(serve, request_, status):
    with serve()() as client:
        client.send(request_)
        found, head, body = client.answer()
        assert found == status and "connection: close" in head.lower()
        assert body.startswith(b"<!doctype html>") and b'lang="id"' in body
        client.seconds_until_closed(20)


def test_search_user_account_refuses_long_headers_in_json(serve):
    with serve()() as client:
        status, head, body = client.send(post("/searchUserAccount", 4, f"X: {'x' * 40_000}\r\n")).answer()
        assert status == 431 and "application/json" in head and json.loads(body)["status"] is False


@pytest.mark.parametrize(("limit", "before"), [("HEADER_SECONDS", ""), ("IDLE_SECONDS", get("/a"))])
def test_empty_lines_do_not_hold_a_connection(serve, monkeypatch, limit, before):
    monkeypatch.setattr(connections, limit, 1.0)
    with serve()() as client:
        if before:
            client.send(before).answer()
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 30:
                client.send("\r\n")
                time.sleep(0.1)
        assert time.monotonic() - began < 20


@pytest.mark.parametrize("takes", [0, 1_000_000, None], ids=["nothing", "a part", "all"])
def test_a_response_counts_as_delivered_after_the_client_received_all_of_it(serve, app, takes):
    """What lies in the kernel's buffers, or in ours, has not."""
    with Client.__new__(Client) as client:
        client.socket = socket.socket()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.socket.connect((HOST, serve()._port))
        client.send(get("/receipt"))
        client.socket.settimeout(20)
        came = 0
        while part := client.socket.recv(65536) if takes is None or came <= takes else b"":
            came += len(part)
        time.sleep(0.5)  # the server has long put its answer away
        assert not app.has_arrived.is_set()
    assert app.has_arrived.wait(10 if takes is None else 1) == (takes is None)


READ = {
    "HTTP/1.0": (get("/a", version="1.0"), b"/a 0 -"),
    "a whole address": (get("http://elsewhere/a"), b"/a 0 -"),
    "a query": (get("/a?b=c"), b"/a 0 -"),
    "slashes": (get("//a"), b"/a 0 -"),
    "a body": (post("/a", 4) + "four", b"/a 4 -"),
    "chunks": (get("/a", "Transfer-Encoding: chunked\r\n") + "4\r\nfour\r\n1\r\n!\r\n0\r\n\r\n", b"/a 5 -"),
    "a proxy's header": (get("/a", "X-Forwarded-For: 10.1.2.3\r\n"), b"/a 0 10.1.2.3"),
    "a header that looks like it": (get("/a", "X_Forwarded_For: 10.1.2.3\r\n"), b"/a 0 -"),
    "nothing expected": (get("/a", "Expect: 100-continue\r\n"), b"/a 0 -"),
}


@pytest.mark.parametrize(("request_", "answer"), READ.values(), ids=READ)
def test_an_unusual_valid_request_is_answered(serve, request_, answer):
    with serve()() as client:
        status, head, body = client.send(request_).answer()
        assert (status, body) == (200, answer)
        assert "\r\nserver:" not in head.lower()


def test_pipelined_requests_are_answered_in_order(serve):
    with serve()() as client:
        client.send("".join(get(f"/{number}") for number in range(50)) + get("/last", "Connection: close\r\n"))
        came = b""
        while part := client.socket.recv(65536):
            came += part
    assert [line.split()[0] for line in came.split(b"\r\n\r\n")[1:] if line.startswith(b"/")][:2] == [b"/0", b"/1"]
    assert came.count(b"HTTP/1.1 200 OK") == 51 and came.endswith(b"/last 0 -")


def test_a_head_response_has_no_body(serve):
    with serve()() as client:
        client.send("HEAD /a HTTP/1.1\r\nHost: sih\r\nConnection: close\r\n\r\n")
        came = b""
        while part := client.socket.recv(65536):
            came += part
    assert came.startswith(b"HTTP/1.1 200") and came.endswith(b"\r\n\r\n")


def test_expect_100_continue_is_answered(serve):
    with serve()() as client:
        client.send(post("/a", 4, "Expect: 100-continue\r\n"))
        assert client.socket.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.ask("four") == (200, b"/a 4 -")


def test_a_client_that_keeps_sending_still_receives_the_413(serve):
    with serve()() as client:
        status, body = client.ask(post("/", 5_000_000).encode() + bytes(5_000_000))
        assert status == 413 and "terlalu besar" in body.decode()


def test_search_user_account_refuses_a_large_body_in_json(serve):
    with serve()() as client:
        _, head, body = client.send(post("/searchUserAccount", 1_000_001)).answer()
    assert "application/json" in head and body.startswith(b'{"status": false, "message": "')


def test_the_total_size_of_pending_bodies_is_bounded(serve, app, monkeypatch):
    monkeypatch.setattr(connections, "BODIES_BYTES", 250_000)
    monkeypatch.setattr(connections, "FORMS_BYTES", 0)
    connect = serve()
    held = [connect().send(post("/", 100_001).encode() + bytes(100_000)) for _ in range(2)]
    wait_for(lambda: connect.web.bodies.held == 200_000)
    with connect() as late:
        status, head, body = late.send(post("/", 60_000).encode() + bytes(60_000)).answer()
        assert status == 503 and "retry-after: 5" in head.lower() and "sibuk" in body.decode()
    with connect() as chunked:
        chunks = b"ea60\r\n" + bytes(60_000) + b"\r\n0\r\n\r\n"
        assert chunked.ask(get("/", "Transfer-Encoding: chunked\r\n").encode() + chunks)[0] == 503
    assert held[0].ask(b"x") == (200, b"/ 100001 -")
    held[1].socket.close()
    wait_for(lambda: connect.web.bodies.held == 0)


def test_uploads_that_fill_the_room_leave_some_to_forms(serve, monkeypatch):
    monkeypatch.setattr(connections, "BODIES_BYTES", 250_000)
    monkeypatch.setattr(connections, "FORM_BYTES", 100_000)
    connect = serve()
    held = connect().send(post("/", 250_000).encode() + bytes(249_999))
    wait_for(lambda: connect.web.bodies.held == 249_999)
    with connect() as form, connect() as upload:
        assert form.ask(post("/", 90_000).encode() + bytes(90_000))[0] == 200
        assert upload.send(post("/", 150_000).encode() + bytes(150_000)).answer()[0] == 503
    held.socket.close()


def test_a_photo_being_converted_holds_no_thread_of_pages(serve, app):
    connect = serve(threads=1, conversion_paths={"/slow"})
    with connect() as uploading, connect() as reading:
        uploading.send(post("/slow", 1) + "x")
        assert app.entered.acquire(timeout=10)
        assert reading.ask(get("/"))[0] == 200
        app.going_on.set()
        assert uploading.answer()[0] == 200


@pytest.mark.parametrize("sent", ["", "GET / HT", post("/", 100), post("/", 100) + "x"])
def test_a_client_that_stops_in_the_middle_is_closed(serve, monkeypatch, sent):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(connections, "WINDOW_SECONDS", 0.3)
    with serve()() as client:
        assert client.send(sent).seconds_until_closed(20) >= 0.2


def test_a_connection_with_slow_headers_is_closed(serve, monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1.0)
    with serve()() as client, pytest.raises(OSError):
        for letter in get("/", "X: " + "x" * 2000):
            client.send(letter)
            time.sleep(0.02)
            if client.socket.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b"":
                raise ConnectionError


def test_an_idle_connection_is_kept_for_the_next_request(serve, monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(connections, "IDLE_SECONDS", 3.0)
    with serve()() as client:
        assert client.ask(get("/a")) == (200, b"/a 0 -")
        time.sleep(1.0)
        assert client.ask(get("/b")) == (200, b"/b 0 -")
        assert client.seconds_until_closed(20) >= 2.9


def test_a_body_that_comes_slowly_but_steadily_is_taken(serve, monkeypatch):
    monkeypatch.setattr(connections, "WINDOW_SECONDS", 1.0)
    monkeypatch.setattr(connections, "WINDOW_BYTES", 1000)
    with serve()() as client:
        client.send(post("/a", 12_000))
        for _ in range(12):
            client.send(bytes(1000))
            time.sleep(0.2)
        assert client.answer()[2] == b"/a 12000 -"


def test_a_client_that_never_reads_its_answer_holds_no_thread_and_is_closed(serve, monkeypatch):
    monkeypatch.setattr(connections, "WINDOW_SECONDS", 1.0)
    connect = serve(threads=1)
    with connect() as other, connect() as deaf:
        assert other.ask(get("/a")) == (200, b"/a 0 -")
        deaf.send(get("/large") * 3)
        wait_for(lambda: any(phase == "output" for phase in phases(connect.web)))
        assert other.ask(get("/a"), seconds=20) == (200, b"/a 0 -")
        wait_for(lambda: phases(connect.web) == ["idle"])


def phases(web: WebServer) -> list[str]:
    return [each.phase for each in list(web.map.values()) if isinstance(each, connections.Connection)]


def test_health_and_refusals_do_not_wait_for_pages(serve, app):
    connect = serve(threads=2)
    blocked = [connect().send(get("/slow")) for _ in range(6)]
    for _ in range(2):
        assert app.entered.acquire(timeout=20)
    with connect() as client:
        assert client.ask(get("/health"), seconds=20) == (200, b"/health 0 -")
    with connect() as client:
        assert client.ask(post("/", 1_000_001), seconds=20)[0] == 413
    app.going_on.set()
    assert [client.answer()[0] for client in blocked] == [200] * 6


def test_pin_checks_run_one_at_a_time_and_a_crowd_is_told_to_come_back(serve, app, monkeypatch):
    monkeypatch.setattr(connections, "PIN_QUEUE", 3)
    connect = serve()
    waiting = [connect().send(post("//pin", 0))]
    assert app.entered.acquire(timeout=20)
    waiting += [connect().send(post("/pin", 0)) for _ in range(3)]
    wait_for(lambda: len(connect.web.pin_checks.queue) == 3)
    with connect() as late:
        status, head, body = late.send(post("/pin", 0)).answer(20)
        assert status == 503 and "retry-after: 5" in head.lower() and "sibuk" in body.decode()
    with connect() as page:
        assert page.ask(get("/pin"), seconds=20) == (200, b"/pin 0 -"), "Pages go on, the sign-in page too."
    assert not app.entered.acquire(blocking=False), "One at a time."
    app.going_on.set()
    assert [client.answer()[0] for client in waiting] == [200] * 4


def test_a_pin_check_that_waited_too_long_is_refused(serve, app, monkeypatch):
    connect = serve()
    working = connect().send(post("/pin", 0))
    assert app.entered.acquire(timeout=20)
    late = connect().send(post("/pin", 0))
    wait_for(lambda: len(connect.web.pin_checks.queue) == 1)
    monkeypatch.setattr(connections, "PIN_WAIT_SECONDS", 0.0)
    app.going_on.set()
    assert working.answer()[0] == 200
    status, head, _ = late.answer()
    assert status == 503 and "retry-after: 5" in head.lower()
    assert not app.entered.acquire(blocking=False), "No view sees it."


def test_too_many_connections_push_out_those_that_wait_for_their_client(serve, app):
    connect = serve(connections=30)
    working = connect().send(get("/slow"))
    assert app.entered.acquire(timeout=20)
    idle = connect()
    assert idle.ask(get("/a"))[0] == 200
    halves = [connect().send("GET / HT") for _ in range(60)]
    with connect() as client:
        assert client.ask(get("/b"), seconds=20) == (200, b"/b 0 -")
    app.going_on.set()
    assert working.answer()[0] == 200, "What is in work is never cut off."
    assert halves[0].seconds_until_closed(5) < 5
    for client in halves:
        client.socket.close()


def test_stopping_answers_running_requests_and_closes_other_connections(serve, app):
    connect = serve()
    working, idle, half = connect().send(get("/slow")), connect(), connect().send("GET / HT")
    assert idle.ask(get("/a"))[0] == 200
    assert app.entered.acquire(timeout=20)
    connect.web.stop()
    for client in (idle, half):
        assert client.seconds_until_closed(20) < 20
    app.going_on.set()
    assert working.answer()[0] == 200


def wait_for(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("It did not come about.")
