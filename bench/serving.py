"""The production server, started on a database as an administrator would: settings through the environment."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bench.client import HOST, Connection, get
from bench.company import PIN_KEY
from bench.postgres import FOLDER, Postgres

ROOT = Path(__file__).resolve().parent.parent
APP, FLOOR = ["main.py"], ["-m", "bench.floor"]
PROCESSES = "2"
# Switched off: one invented person sends here what a company sends.
OFF = {f"limit_{name}": "0" for name in ("reports", "handler_reports", "comments", "files", "drafts")}


class Serving:
    def __init__(self, port: int, process: subprocess.Popen) -> None:
        self.port, self._process = port, psutil.Process(process.pid)

    def memory(self) -> float:
        """MB of the largest process, with all that it shares (RSS)."""
        processes = [self._process, *self._process.children(recursive=True)]
        return max(process.memory_info().rss for process in processes) / 1e6


@contextmanager
def serving(what: list[str], postgres: Postgres, database: str) -> Iterator[Serving]:
    port = _free_port()
    # What an earlier run said is of no use any more.
    with (FOLDER / f"{database}-{what[-1]}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *what], cwd=ROOT, env=_environment(postgres, database, port), stdout=log, stderr=log
        )
        try:
            _wait_until_ready(port, process)
            yield Serving(port, process)
        finally:
            process.terminate()
            process.wait(30)


def _environment(postgres: Postgres, database: str, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")}
    return (
        kept
        | OFF
        | {
            "db_host_postgres": str(postgres.admin["host"]),
            "db_port_postgres": str(postgres.admin.get("port", 5432)),
            "db_user_postgres": postgres.app["user"],
            "db_password_postgres": postgres.app["password"],
            "db_sid_postgres": database,
            "secret_key": secrets.token_hex(16),
            "pin_key": PIN_KEY,
            "http_host": HOST,
            "http_port": str(port),
            "WEB_CONCURRENCY": PROCESSES,
            "trusted_proxies": "1",  # so that those who sign in have an address each
        }
    )


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


def _wait_until_ready(port: int, process: subprocess.Popen) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with suppress(OSError):
            return Connection(port).ask(get("/readyz"))
        time.sleep(0.1)
    raise RuntimeError(f"{process.args} does not serve; what it said is in {FOLDER}")
