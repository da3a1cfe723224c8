"""A cheap HTTP client: ready-made requests on kept-alive connections."""

import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """`data` is sent; `status` is the expected status. An error answer is quick and must not count."""

    data: bytes
    status: int


class WrongAnswer(Exception):
    """The server did not answer as it must."""


def get(path: str, cookies: str = "") -> Request:
    return Request(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{_cookie_line(cookies)}\r\n".encode(), 200)


def post(path: str, cookies: str, fields: dict[str, Any]) -> Request:
    """The request of a form; the expected answer is the redirect after storing it. A list is a field sent several
    times."""
    body = urlencode(fields, doseq=True).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{_cookie_line(cookies)}"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return Request(head.encode() + body, 303)


class Connection:
    """One answer at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._came, self._needed = None, bytearray(), None

    def send(self, request: Request) -> None:
        self._request, self._came, self._needed = request, bytearray(), None
        self.socket.sendall(request.data)

    def receive(self) -> bytes | None:
        """The whole answer, or None if more must come. Raises WrongAnswer."""
        part = self.socket.recv(1 << 18)
        self._came += part
        if self._needed is None and (end := self._came.find(b"\r\n\r\n")) >= 0:
            self._needed = end + 4 + _length(bytes(self._came[:end]))
        if not part or (self._needed and not self._came.startswith(b"HTTP/1.1 %d " % self._request.status)):
            raise WrongAnswer(f"{bytes(self._request.data[:300])!r}: {bytes(self._came[:300])!r}")
        return bytes(self._came) if self._needed == len(self._came) else None

    def ask(self, request: Request) -> bytes:
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer

    def close(self) -> None:
        self.socket.close()


def one_by_one(port: int, warm_up: Request, requests: Iterable[Request]) -> list[float]:
    """The milliseconds of each request, on one connection."""
    connection, took = Connection(port), []
    connection.ask(warm_up)
    for request in requests:
        began = time.perf_counter()
        connection.ask(request)
        took.append((time.perf_counter() - began) * 1000)
    connection.close()
    return took


def at_once(port: int, requests: Iterator[Request], seconds: float, clients: int = 8) -> float:
    """Answers a second to so many concurrent clients, each with one request at a time."""
    waiting, answered, began = selectors.DefaultSelector(), 0, time.perf_counter()
    for _, request in zip(range(clients), requests, strict=False):
        connection = Connection(port)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
    while waiting.get_map():
        for key, _ in waiting.select():
            if key.data.receive() is None:
                continue
            answered, last = answered + 1, time.perf_counter()
            _ask_again(waiting, key.data, None if last - began > seconds else next(requests, None))
    return answered / (last - began)


def _ask_again(waiting: selectors.BaseSelector, connection: Connection, request: Request | None) -> None:
    if request:
        connection.send(request)
    else:
        waiting.unregister(connection.socket)
        connection.close()


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return int(next(value for name, _, value in lines if name == b"content-length"))


def _cookie_line(cookies: str) -> str:
    return f"Cookie: {cookies}\r\n" if cookies else ""
