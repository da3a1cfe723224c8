"""The web server of one process. waitress reads each request whole in one event loop, without a thread; this module
adds the limits of time and memory that waitress lacks, and the threads that answer.

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

HEADER_SECONDS = 10.0  # for the headers, from the first byte or, at the first request, from connecting
IDLE_SECONDS = 75.0  # between two requests; longer than the 60 s for which nginx and HAProxy keep a connection
LINGER_SECONDS = 5.0  # for a client that still sends to read that it was refused
RECEIPT_SECONDS = 300.0  # for the client to receive what is still in socket buffers, and to close
WINDOW_SECONDS, WINDOW_BYTES = 30.0, 30_000  # minimum rate of a body or an answer: 1 kB/s in every such window
STOP_SECONDS = 4.0  # for requests in progress when the server stops
TICK_SECONDS = 0.5
HEADER_BYTES, CHUNK_LINE_BYTES = 32_768, 4_096
LINE_BYTES = 100  # of the request line, enough to recognise /searchUserAccount
BODIES_BYTES = 200_000_000  # of all bodies of unanswered requests in this process; longer ones are on disk
FORM_BYTES, FORMS_BYTES = 600_000, 50_000_000  # what is left, when uploads fill that, to bodies no longer than a form
PIN_QUEUE = 500  # sign-ins, of about 30 ms each: further ones would wait longer than people do
PIN_WAIT_SECONDS = 20.0  # in that queue; people give up soon after, so a later check would be wasted
RETRY_SECONDS = 5
NEVER_WAIT = 1 << 40  # bytes; a thread never waits for a slow reader, since waitress buffers the answer in a file

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
    """The answer to a request that is refused before any view. It uses no session and no database, so it is never
    delayed by either."""

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
        """Adds `sih.on_receipt(call)`: `call` runs in a thread once the client has received the whole answer.

        Such an answer closes its connection: a client that has read everything closes in order, one that leaves early
        resets the connection (RFC 9293, 3.6), and then `call` does not run."""
        environ = super().get_environment()
        environ.setdefault("sih.on_receipt", self._call_on_receipt)
        return environ

    def _call_on_receipt(self, call: Callable[[], None]) -> None:
        self.set_close_on_finish()
        self.channel.on_receipt = call


class Receipt:
    """A task for a thread: runs `call` after an answer was received."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def service(self) -> None:
        self._call()

    def cancel(self) -> None:
        """Called by waitress when the server stops: `call` does not run."""


class Bodies:
    """Counts the bytes of all request bodies that this process holds."""

    def __init__(self) -> None:
        self.held, self._lock = 0, threading.Lock()

    def add(self, amount: int, of: int) -> bool:
        """Adds `amount` bytes (negative: releases them) of a body that has `of` by now. Returns whether the total is
        within its limit."""
        with self._lock:
            self.held += amount
            return self.held <= BODIES_BYTES + (FORMS_BYTES if of <= FORM_BYTES else 0)


class Request(HTTPRequestParser):
    """A request while it is being received, with the limits of this server."""

    command = path = ""  # until the first line has been read

    def __init__(self, adj: Adjustments, bodies: Bodies) -> None:
        super().__init__(adj)
        self._bodies, self._held, self._line = bodies, 0, b""

    @property
    def place(self) -> str:
        """The path as the application sees it."""
        return "/" + self.path.lstrip("/")

    @property
    def wants_json(self) -> bool:
        """Whether to refuse in JSON. The request line counts too, since headers that are too long are never parsed."""
        target = self._line.split(b" ")[1:2]
        return "application/json" in self.headers.get("ACCEPT", "") or target == [b"/searchUserAccount"]

    @property
    def is_blank(self) -> bool:
        """Whether only empty lines were received, which may precede a request (RFC 9112, 2.2)."""
        return not self.headers_finished and not self.header_plus.strip()

    def received(self, data: bytes) -> int:
        self._line += data[: LINE_BYTES - len(self._line)]
        consumed = super().received(data)
        if self.body_rcv is not None and not self.error:
            self._bound_chunks()
            self._count(self.body_bytes_received - self._held)
        if self.error:
            self.close()  # before the client is answered, so that its next request finds room
        if self.completed:
            self.expect_continue = False  # never invite the rest of a body that is complete or refused
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a Content-Length of thousands of digits
            raise ParsingError("Content-Length is invalid") from error
        # Two statements of a body's length allow smuggling a second request past a proxy (RFC 9112, 6.1).
        if self.version == "1.0" and "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Transfer-Encoding and Content-Length")
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("HTTP version is not supported")

    def close(self) -> None:
        """Releases the body. May be called more than once."""
        self._count(-self._held)
        super().close()

    def _count(self, amount: int) -> None:
        self._held += amount
        if amount and not self._bodies.add(amount, self._held) and amount > 0:
            self._refuse(Busy("bodies"))

    def _bound_chunks(self) -> None:
        """Bounds chunk headers and trailers: waitress searches them again with each packet, at quadratic cost."""
        line, trailer = (getattr(self.body_rcv, name, b"") for name in ("control_line", "trailer"))
        if max(len(line), len(trailer)) > CHUNK_LINE_BYTES:
            self._refuse(BadRequest("chunk"))

    def _refuse(self, error: Error) -> None:
        self.error, self.completed = error, True


class Connection(HTTPChannel):
    """One client connection. Each phase in which the client must act has a time limit: sending a request, receiving an
    answer, closing. The phase in which the application works has none."""

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
        """The phase at the last look(): "header", "body", "work", "output", "linger" or "idle". The client must act in
        all but "work"."""
        return self._phase[0]

    def is_overdue(self, now: float) -> bool:
        """Whether the client exceeded the time limit of its phase, or its minimum rate. `now`: monotonic seconds."""
        self.look(now)
        linger = RECEIPT_SECONDS if self.on_receipt else LINGER_SECONDS
        seconds = {"header": HEADER_SECONDS, "idle": IDLE_SECONDS, "linger": linger}.get(self.phase)
        if seconds:
            return now - self.since > seconds
        return self.phase in ("body", "output") and self._is_slow(now)

    def look(self, now: float) -> None:
        """Records a change of phase and restarts the clock of the phase."""
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
        """Whether fewer than WINDOW_BYTES moved in the last WINDOW_SECONDS. Called every TICK_SECONDS."""
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
        """Answers the next request, in a thread. Refuses one that waited longer than PIN_WAIT_SECONDS for its PIN
        check."""
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
        """Half-closes and keeps reading: closing while the client still sends would reset the connection, and the
        client would lose the answer (RFC 9112, 9.6)."""
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
        """Closes the socket only. The trigger stays open, since threads still use it to wake the loop."""
        wasyncore.dispatcher.close(self)


class WebServer:
    """Serves `application` on these sockets: `threads` threads for pages, one for PIN checks, one for
    photos, and one for `health_paths` and refusals, so that these never wait behind pages.

    A POST to one of `pin_paths` checks a PIN. Argon2 releases the interpreter lock and occupies a whole processor, so
    several checks at once would slow down all pages. A POST to one of `conversion_paths` converts a photo, in a thread
    of its own, too. `max_body` in bytes; `connections` is the maximum at once."""

    def __init__(
        self,
        application: Callable,
        sockets: list[socket],
        *,
        threads: int,
        max_body: int,
        connections: int,
        pin_paths: Collection[str] = (),
        conversion_paths: Collection[str] = (),
        health_paths: Collection[str] = (),
    ) -> None:
        self.map, self.bodies, self.is_full = {}, Bodies(), False
        self._most, self._pin_paths, self._health_paths = connections, pin_paths, health_paths
        self._conversion_paths = conversion_paths
        self.is_stopping = False
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # waitress warns about every queued request
        self.pages, self.pin_checks, self.conversions, self.quick = map(_threads, (threads, 1, 1, 1))
        adj = Adjustments(
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=max_body + 1,
            outbuf_high_watermark=NEVER_WAIT,
            clear_untrusted_proxy_headers=False,  # ProxyFix decides which of them to trust
            log_socket_errors=False,  # a client that disconnects is not an error
        )
        adj.ident = ""  # no Server header
        self._listeners = [Listener(self, sock, application, adj) for sock in sockets]

    def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Serves until stop() is called, then for at most STOP_SECONDS until requests in progress are answered. Calls
        `beat` at least once a second."""
        next_tick = 0.0
        while not self.is_stopping:
            wasyncore.loop(TICK_SECONDS, use_poll=True, map=self.map, count=1)
            if (now := time.monotonic()) >= next_tick:
                next_tick = now + TICK_SECONDS
                beat()
                self._tick(now)
        self._finish()

    def stop(self) -> None:
        """Ends run(). Safe to call from any thread and from signal handlers."""
        self.is_stopping = True
        self._listeners[0].pull_trigger()

    def stop_with(self, pipe: int) -> None:
        """Stops when this pipe closes. The parent process holds its other end, so its death stops this process too."""
        self.map[pipe] = _Lifeline(self)

    def dispatch(self, connection: Connection) -> None:
        """Queues the connection's next request for the threads that answer its kind."""
        request = connection.requests[0]
        checks_pin = request.command == "POST" and request.place in self._pin_paths
        if checks_pin and not request.error and len(self.pin_checks.queue) >= PIN_QUEUE:
            request.error = Busy("sign-ins")
        connection.checks_pin, connection.refused = checks_pin, request.error is not None
        if request.error or (request.command in ("GET", "HEAD") and request.place in self._health_paths):
            self.quick.add_task(connection)
        else:
            converts = request.command == "POST" and request.place in self._conversion_paths
            (self.pin_checks if checks_pin else self.conversions if converts else self.pages).add_task(connection)

    def make_room(self) -> None:
        """At the maximum number of connections, closes the tenth that has waited longest for its client. Connections
        that are receiving an answer come last, and those whose request is being worked on are never closed."""
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
    """The pipe of WebServer.stop_with as an object of the event loop."""

    accepting = False

    def __init__(self, web: WebServer) -> None:
        self._web = web

    def readable(self) -> bool:
        return not self._web.is_stopping

    def writable(self) -> bool:
        return False

    def handle_read_event(self) -> None:
        self._web.stop()

    handle_close = handle_read_event


def _threads(amount: int) -> ThreadedTaskDispatcher:
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(amount)
    return dispatcher
