"""What one process answers, and what it bears of its clients: waitress reads requests whole, in one loop and without a
thread; here are the limits that it lacks, and the threads that answer.

Sources: docs.pylonsproject.org/projects/waitress ("Design", "Arguments"); RFC 9110 and 9112."""

import heapq
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from html import escape
from socket import SHUT_WR, socket

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, Error

HEADER_SECONDS = 10.0  # from the first byte, or from connecting
IDLE_SECONDS = 75.0  # between two requests; proxies keep connections for 60 (nginx, HAProxy)
LINGER_SECONDS = 5.0  # for the client to notice that it was refused while it was still sending
RECEIPT_SECONDS = 300.0  # for the client to take what the kernels still hold of an answer, and to close
WINDOW_SECONDS, WINDOW_BYTES = 30.0, 30_000  # 1 kB/s over any such time, of a body or of an answer
STOP_SECONDS = 4.0  # for the requests in work when the server is told to stop
TICK_SECONDS = 0.5
HEADER_BYTES, CHUNK_LINE_BYTES = 32_768, 4_096
LINE_BYTES = 100  # of a request, which tell the paper's own address
BODIES_BYTES = 200_000_000  # of all requests of this process that are not answered yet
PIN_QUEUE = 500  # a sign-in takes about 30 ms: whoever comes later would wait longer than people do
PIN_WAIT_SECONDS = 20.0  # in that queue: browsers and people give up soon after, and would be checked for nobody
RETRY_SECONDS = 5
NEVER_WAIT = 1 << 40  # bytes; an answer that nobody reads lies in a temporary file, and holds no thread

log = logging.getLogger("sih")


class Busy(Error):
    code = 503
    reason = "Service Unavailable"


SENTENCES = {
    413: ("Yang Anda kirim terlalu besar. Belum ada yang disimpan.", "What you sent is too large. Nothing was stored."),
    503: (
        "SIH sedang sibuk. Belum ada yang disimpan. Kembalilah sebentar lagi, lalu coba sekali lagi.",
        "SIH is busy. Nothing was stored. Go back in a moment and try again.",
    ),
    500: (
        "Terjadi kesalahan pada sistem. Belum tentu ada yang disimpan.",
        "Something went wrong. Perhaps nothing was stored.",
    ),
}
UNREADABLE = ("Permintaan ini tidak dapat dibaca.", "This request cannot be read.")
PAGE = """<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{code} - SIH</title></head>
<body><main><h1>{code}</h1><p>{indonesian}</p><p lang="en">{english}</p></main></body>
</html>
"""
JSON = '{{"status": false, "message": "{indonesian}"}}\n'


class Refusal(ErrorTask):
    """The answer to a request that no view sees. It needs no session and no database, so nothing can hold it up."""

    def execute(self) -> None:
        code, reason = self.request.error.code, self.request.error.reason
        kind, form = ("application/json", JSON) if self.request.wants_json else ("text/html; charset=utf-8", PAGE)
        indonesian, english = SENTENCES.get(code, UNREADABLE)
        body = form.format(code=code, indonesian=escape(indonesian), english=escape(english)).encode()
        self.status = f"{code} {reason}"
        self.response_headers = [("Content-Type", kind), ("Cache-Control", "no-store")]
        self.response_headers += [("Retry-After", str(RETRY_SECONDS))] if code == Busy.code else []
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(b"" if self.request.command == "HEAD" else body)


class Answer(WSGITask):
    """The answer of a view."""

    def get_environment(self) -> dict:
        """`sih.on_receipt(call)`, at the end of an answer: `call` runs in a thread once the client has taken all of it.
        Such an answer ends its connection. A client that has read everything then closes it in order, one that goes
        away earlier resets it (RFC 9293, 3.6)."""
        environ = super().get_environment()
        environ.setdefault("sih.on_receipt", self._call_on_receipt)
        return environ

    def _call_on_receipt(self, call: Callable[[], None]) -> None:
        self.set_close_on_finish()
        self.channel.on_receipt = call


class Receipt:
    """What is done when an answer has arrived, as the threads take it."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def service(self) -> None:
        self._call()

    def cancel(self) -> None:
        """The server stops: nobody is told."""


class Bodies:
    """The bytes of all bodies that one process holds."""

    def __init__(self) -> None:
        self.held, self._lock = 0, threading.Lock()

    def add(self, amount: int) -> bool:
        """Counts them, and says whether there is still room."""
        with self._lock:
            self.held += amount
            return self.held <= BODIES_BYTES


class Request(HTTPRequestParser):
    """A request as it comes in."""

    command = path = ""  # until the first line has been read

    def __init__(self, adj: Adjustments, bodies: Bodies) -> None:
        super().__init__(adj)
        self._bodies, self._held, self._line = bodies, 0, b""

    @property
    def place(self) -> str:
        """The path as the application will see it."""
        return "/" + self.path.lstrip("/")

    @property
    def wants_json(self) -> bool:
        """Also of the paper's own address, whose headers may be too long to have been read."""
        target = self._line.split(b" ")[1:2]
        return "application/json" in self.headers.get("ACCEPT", "") or target == [b"/searchUserAccount"]

    @property
    def is_blank(self) -> bool:
        """Nothing came but empty lines, which may stand before a request (RFC 9112, 2.2)."""
        return not self.headers_finished and not self.header_plus.strip()

    def received(self, data: bytes) -> int:
        self._line += data[: LINE_BYTES - len(self._line)]
        consumed = super().received(data)
        if self.body_rcv is not None and not self.error:
            self._bound_chunks()
            self._count(self.body_bytes_received - self._held)
        if self.error:
            self.close()  # before its client can know: the next request finds the room
        if self.completed:
            self.expect_continue = False  # nothing more is asked for, least of all a body that was refused
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a Content-Length of thousands of digits
            raise ParsingError("Content-Length is invalid") from error
        # Two ways to tell a body's length are how a second request is smuggled past a proxy (RFC 9112, 6.1).
        if self.version == "1.0" and "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Transfer-Encoding and Content-Length")
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("HTTP version is not supported")

    def close(self) -> None:
        """Lets go of the body. May be called again."""
        self._count(-self._held)
        super().close()

    def _count(self, amount: int) -> None:
        self._held += amount
        if amount and not self._bodies.add(amount) and amount > 0:
            self._refuse(Busy("bodies"))

    def _bound_chunks(self) -> None:
        """waitress joins and searches such a line anew with each packet: its cost grows with the square."""
        line, trailer = (getattr(self.body_rcv, name, b"") for name in ("control_line", "trailer"))
        if max(len(line), len(trailer)) > CHUNK_LINE_BYTES:
            self._refuse(BadRequest("chunk"))

    def _refuse(self, error: Error) -> None:
        self.error, self.completed = error, True


class Connection(HTTPChannel):
    """One client. Whoever is to act next is given so much time: it for a request, this process for the answer."""

    task_class, error_task_class = Answer, Refusal
    request: Request | None  # as far as it has come in
    requests: list[Request]
    socket: socket
    refused = is_lingering = checks_pin = False
    on_receipt: Callable[[], None] | None = None
    bytes_received = bytes_sent = 0

    def __init__(self, server: "Listener", sock: socket, addr: tuple, adj: Adjustments, map: dict) -> None:
        self._phase, self.since, self._window = ("header", None), time.monotonic(), deque()
        super().__init__(server, sock, addr, adj, map)

    def parser_class(self, adj: Adjustments) -> Request:
        return Request(adj, self.server.web.bodies)

    @property
    def phase(self) -> str:
        """Who is to act, as of the last look: "work" is ours, the rest the client's."""
        return self._phase[0]

    def is_overdue(self, now: float) -> bool:
        self.look(now)
        linger = RECEIPT_SECONDS if self.on_receipt else LINGER_SECONDS
        seconds = {"header": HEADER_SECONDS, "idle": IDLE_SECONDS, "linger": linger}.get(self.phase)
        if seconds:
            return now - self.since > seconds
        return self.phase in ("body", "output") and self._is_slow(now)

    def look(self, now: float) -> None:
        """Notes a change of phase, with which its time begins."""
        phase = self._phase_now()
        if phase != self._phase:
            self._phase, self.since, self._window = phase, now, deque()

    def _phase_now(self) -> tuple[str, Request | None]:
        if self.is_lingering:
            return "linger", None
        if self.total_outbufs_len:
            return "output", None
        if self.requests:
            return "work", None
        if self.request is None or self.request.is_blank:
            return "idle" if self.bytes_sent else "header", None
        return "body" if self.request.headers_finished else "header", self.request

    def _is_slow(self, now: float) -> bool:
        """Whether any window, looked at twice a second, brought too little."""
        moved = self.bytes_received + self.bytes_sent
        self._window.append((now, moved))
        while len(self._window) > 1 and self._window[1][0] <= now - WINDOW_SECONDS:
            self._window.popleft()
        began, before = self._window[0]
        return now - began >= WINDOW_SECONDS and moved - before < WINDOW_BYTES

    def received(self, data: bytes) -> bool:
        consumed = super().received(data)
        self.look(time.monotonic())
        return consumed

    def service(self) -> None:
        """Answers the next request, in a thread; one that waited too long for its PIN to be checked is refused."""
        if self.checks_pin and time.monotonic() - self.since > PIN_WAIT_SECONDS:
            self.requests[0].error, self.refused = Busy("sign-ins"), True
        super().service()

    def recv(self, buffer_size: int) -> bytes:
        data = super().recv(buffer_size)
        self.bytes_received += len(data)
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent = super().send(data, do_close)
        self.bytes_sent += sent
        return sent

    def readable(self) -> bool:
        return self.is_lingering or super().readable()

    def handle_read(self) -> None:
        if not self.is_lingering:
            super().handle_read()
        elif self.on_receipt is None:
            self.recv(1 << 16)
        else:
            self._wait_for_end(self.on_receipt)

    def _wait_for_end(self, on_receipt: Callable[[], None]) -> None:
        try:
            is_over = not self.socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:  # reset: part of the answer never arrived
            self.handle_close()
            return
        if is_over:
            self.server.web.pages.add_task(Receipt(on_receipt))
            self.handle_close()

    def handle_write(self) -> None:
        if not ((self.refused or self.on_receipt) and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._linger()

    def _linger(self) -> None:
        """Closing while the client still sends would reset the connection, and the answer with it (RFC 9112, 9.6)."""
        self.close_when_flushed, self.is_lingering = False, True
        try:
            self.socket.shutdown(SHUT_WR)
        except OSError:
            self.handle_close()

    def handle_close(self) -> None:
        if self.request is not None:
            self.request.close()
        super().handle_close()


class Listener(TcpWSGIServer):
    """One listening socket."""

    channel_class = Connection

    def __init__(self, web: "WebServer", sock: socket, application: Callable, adj: Adjustments) -> None:
        self.web = web
        place = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(
            application, web.map, True, sock, dispatcher=web.pages, adj=adj, sockinfo=place, bind_socket=False
        )

    def readable(self) -> bool:
        return self.accepting and not self.web.is_full

    def handle_accept(self) -> None:
        super().handle_accept()
        self.web.make_room()

    def add_task(self, task: Connection) -> None:
        self.web.dispatch(task)

    def stop_accepting(self) -> None:
        """The trigger, which the threads pull, stays."""
        wasyncore.dispatcher.close(self)


class WebServer:
    """Answers what comes in on these sockets, with `threads` for pages, one for what checks a PIN, and one for
    `health_paths` and refusals, which wait for nobody.

    `pin_paths` are those whose POST checks a PIN. Argon2 takes a processor and lets go of the interpreter, so more of
    them at once would leave nothing for pages. `max_body` in bytes, `connections` the most at once."""

    def __init__(
        self,
        application: Callable,
        sockets: list[socket],
        *,
        threads: int,
        max_body: int,
        connections: int,
        pin_paths: Collection[str] = (),
        health_paths: Collection[str] = (),
    ) -> None:
        self.map, self.bodies, self.is_full = {}, Bodies(), False
        self._most, self._pin_paths, self._health_paths = connections, pin_paths, health_paths
        self.is_told_to_stop = False
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is no fault
        self.pages, self.pin_checks, self.quick = (_threads(amount) for amount in (threads, 1, 1))
        adj = Adjustments(
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=max_body + 1,
            outbuf_high_watermark=NEVER_WAIT,
            clear_untrusted_proxy_headers=False,  # ProxyFix knows which to believe
            log_socket_errors=False,  # a client that goes away is no fault
        )
        adj.ident = ""  # no Server header
        self._listeners = [Listener(self, sock, application, adj) for sock in sockets]

    def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Until stop() is called and the requests in work are answered, or STOP_SECONDS later. Calls `beat` at least
        once a second."""
        next_tick = 0.0
        while not self.is_told_to_stop:
            wasyncore.loop(TICK_SECONDS, use_poll=True, map=self.map, count=1)
            if (now := time.monotonic()) >= next_tick:
                next_tick = now + TICK_SECONDS
                beat()
                self._tick(now)
        self._finish()

    def stop(self) -> None:
        """May be called from anywhere, signal handlers included."""
        self.is_told_to_stop = True
        self._listeners[0].pull_trigger()

    def stop_with(self, pipe: int) -> None:
        """Stops at the end of this pipe, which the process that started this one holds open."""
        self.map[pipe] = _Lifeline(self)

    def dispatch(self, connection: Connection) -> None:
        """Gives the connection's next request to those who answer it."""
        request = connection.requests[0]
        checks_pin = request.command == "POST" and request.place in self._pin_paths
        if checks_pin and not request.error and len(self.pin_checks.queue) >= PIN_QUEUE:
            request.error = Busy("sign-ins")
        connection.checks_pin, connection.refused = checks_pin, request.error is not None
        if request.error or (request.command in ("GET", "HEAD") and request.place in self._health_paths):
            self.quick.add_task(connection)
        else:
            (self.pin_checks if checks_pin else self.pages).add_task(connection)

    def make_room(self) -> None:
        """Closes those who have waited for their own client the longest, once there are too many. An answer on its way
        is cut off last, and a request in work never."""
        if len(self.map) >= self._most:
            waiting = [one for one in self._connections() if one.phase != "work"]
            for one in heapq.nsmallest(self._most // 10, waiting, key=lambda one: (one.phase == "output", one.since)):
                one.handle_close()
        self.is_full = len(self.map) >= self._most

    def _tick(self, now: float) -> None:
        for connection in list(self._connections()):
            if connection.is_overdue(now):
                connection.handle_close()
        if self.is_full:
            self.make_room()

    def _finish(self) -> None:
        for listener in self._listeners:
            listener.stop_accepting()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            for connection in list(self._connections()):
                connection.look(time.monotonic())
                if connection.phase not in ("work", "output"):
                    connection.handle_close()
            if not any(self._connections()):
                break
            wasyncore.loop(TICK_SECONDS / 5, use_poll=True, map=self.map, count=1)

    def _connections(self) -> Iterator[Connection]:
        return (one for one in self.map.values() if isinstance(one, Connection))


class _Lifeline:
    """A pipe in the loop."""

    accepting = False

    def __init__(self, web: WebServer) -> None:
        self._web = web

    def readable(self) -> bool:
        return not self._web.is_told_to_stop

    def writable(self) -> bool:
        return False

    def handle_read_event(self) -> None:
        self._web.stop()

    handle_close = handle_read_event


def _threads(amount: int) -> ThreadedTaskDispatcher:
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(amount)
    return dispatcher
