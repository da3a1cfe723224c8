"""`python main.py` as a service manager runs it: started again whenever it ends, with its log in a file."""

import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from bench.client import HOST
from faults.processes import family, free_port, kill
from faults.visitor import NoAnswer, Visitor

ROOT = Path(__file__).resolve().parent.parent
RESTARTS_AFTER, STARTS_WITHIN = 0.2, 120.0  # seconds
# Eight people work as fast as eight hundred; what one person may do in ten minutes is not what is tried here.
LIMITS = ("reports", "handler_reports", "comments", "files", "drafts")
SETTINGS = {
    "http_host": HOST,
    "WEB_CONCURRENCY": "2",
    "trusted_proxies": "1",  # so that 500 people may come from 500 addresses
    "db_timeout": "5",
    "secret_key": secrets.token_hex(16),
    "pin_key": secrets.token_hex(16),
    **{f"limit_{name}": "0" for name in LIMITS},
}


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment of main.py: these settings, and of this process only the common variables."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return kept | SETTINGS | settings


class Serving:
    """`pin` is the PIN of every account that the start prints."""

    def __init__(self, log: Path, settings: dict[str, str]) -> None:
        self.port, self._log, self._over = free_port(), log, threading.Event()
        self._environment = environment({"http_port": str(self.port), **settings})
        self._begin()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        self._wait_until_started()
        self.pin, self._people = _accounts(log.read_text("utf-8", "replace"))
        self._kinds_at_start = self._kinds()

    @property
    def main(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    def children(self, kind: str) -> list[psutil.Process]:
        """Of main: "web" or "worker"."""
        with suppress(psutil.NoSuchProcess):
            return [child for child in self.main.children() if _kind(child) == kind]
        return []

    def niks(self, role: str, division: str | None = None) -> list[str]:
        """Of the accounts that the start prints."""
        return [nik for nik, *its in self._people if its[0] == role and division in (None, its[1])]

    def is_whole(self) -> bool:
        """Whether it is ready with as many processes as at its start."""
        with suppress(NoAnswer, psutil.NoSuchProcess):
            return Visitor([self.port], "", "").get("/readyz").status == 200 and self._kinds() == self._kinds_at_start
        return False

    def stop(self) -> None:
        """As `systemctl stop`: it is told, then killed with all that it began."""
        self._over.set()
        self._keeper.join()
        processes = family(self._process.pid)
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        kill(processes)
        self._process.wait()

    def _begin(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "main.py"], cwd=ROOT, env=self._environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def _keep(self) -> None:
        while not self._over.wait(RESTARTS_AFTER):
            if self._process.poll() is not None:
                self._begin()

    def _wait_until_started(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            with suppress(NoAnswer):
                if Visitor([self.port], "", "").get("/readyz").status == 200:
                    return
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"main.py does not serve; what it said is in {self._log}")

    def restart(self) -> None:
        """By hand, with all that it began: where it did not come back by itself."""
        kill(family(self._process.pid))
        self._wait_until_started()

    def _kinds(self) -> Counter[str]:
        return Counter(kind for kind in ("web", "worker") for _ in self.children(kind))


def _kind(process: psutil.Process) -> str | None:
    """A zombie has no command line, and is none of both."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        command = process.cmdline()
        return "worker" if "worker" in command else "web" if "main.py" in command else None
    return None


def _accounts(output: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The PIN, and (NIK, role, division) of each account."""
    pin = re.search(r"^PIN\t(\S+)$", output, re.MULTILINE)[1]
    rows = re.findall(r"^(\w+)\t(\w+)\t[^\t\n]*\t([^\t\n]*)\t[^\t\n]*$", output, re.MULTILINE)
    return pin, rows
