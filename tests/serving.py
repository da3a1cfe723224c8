"""main.py as processes of its own, on a database of the tests, and clients with real sockets."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.conftest import PIN_KEY

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")
HOST = "127.0.0.1"


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


class Server:
    """One start of main.py, with these settings."""

    def __init__(self, database: dict, log: Path, command: tuple[str, ...] = ("main.py",), **more: str) -> None:
        self.port, self.log = free_port(), log
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        place = {
            "db_host_postgres": str(database["host"]),
            "db_port_postgres": str(database.get("port", 5432)),
            "db_user_postgres": database["user"],
            "db_password_postgres": database["password"],
            "db_sid_postgres": database["dbname"],
            "secret_key": "a key for tests alone",
            "pin_key": PIN_KEY,
            "http_host": HOST,
            "http_port": str(self.port),
            "bootstrap_serve_local": "1",
        }
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env={**kept, **place, **more}, stdout=file, stderr=file
            )

    def connect(self) -> "Client":
        return Client(self.port)

    def get(self, path: str, cookie: str = "", seconds: float = 60) -> tuple[int, bytes]:
        """Status and body, on a connection of its own."""
        with self.connect() as client:
            return client.ask(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n", seconds)

    def wait_until_ready(self) -> None:
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            with suppress(OSError):
                if self.get("/readyz")[0] == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def web_processes(self) -> list[psutil.Process]:
        """The forks, which alone have the command line of the one that started them."""
        command = psutil.Process(self.process.pid).cmdline()
        return [child for child in self.children() if child.cmdline() == command]

    def stop(self) -> None:
        children = self.children() if self.process.poll() is None else []
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in psutil.wait_procs(children, 5)[1]:
            child.kill()


class Client:
    """A socket, and what can be asked over it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=60)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, data: str | bytes) -> "Client":
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def ask(self, data: str | bytes, seconds: float = 60) -> tuple[int, bytes]:
        return self.send(data).answer(seconds)[::2]

    def answer(self, seconds: float = 60) -> tuple[int, str, bytes]:
        """Status, head and body of one answer."""
        self.socket.settimeout(seconds)
        came = b""
        while b"\r\n\r\n" not in came:
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError(f"closed after {came!r}")
            came += part
        head, _, body = came.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])
        while len(body) < length:
            body += self.socket.recv(65536)
        return int(head.split()[1]), head.decode("latin-1"), body

    def seconds_until_closed(self, at_most: float) -> float:
        """How long the server keeps the connection. Raises TimeoutError."""
        began = time.monotonic()
        self.socket.settimeout(at_most)
        with suppress(ConnectionError):
            while self.socket.recv(65536):
                self.socket.settimeout(max(0.01, at_most - (time.monotonic() - began)))
        return time.monotonic() - began


@contextmanager
def serving(database: dict, log: Path, **more: str) -> Iterator[Server]:
    server = Server(database, log, **more)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()
