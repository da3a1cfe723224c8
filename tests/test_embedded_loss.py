"""The embedded PostgreSQL dies under `python main.py` while browsers keep asking: it is back within ten seconds."""

import os
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.test_start import page, start, startup_lines  # noqa: F401 - start is a fixture

BROWSERS, LIMIT = 4, 10.0  # seconds


class Browser(threading.Thread):
    """Asks for /readyz again and again, and notes when it was answered with 200."""

    def __init__(self, address: str, over: threading.Event) -> None:
        super().__init__()
        self.address, self.over, self.answered = address, over, 0.0

    def run(self) -> None:
        while not self.over.is_set():
            try:
                urllib.request.urlopen(f"{self.address}/readyz", timeout=30).read()
                self.answered = time.monotonic()
            except (urllib.error.URLError, OSError):
                self.over.wait(0.05)


def postmaster(instance: Path) -> int:
    where = instance / "postgresql.where"
    home = Path(where.read_text().strip()) if where.exists() else instance
    return int(next(home.glob("postgresql-??/postmaster.pid")).read_text().split()[0])


@pytest.mark.long
def test_the_embedded_server_is_restarted_under_load(start, tmp_path):  # noqa: F811
    address = startup_lines(start())[-1].removeprefix("SIH: ")
    page(address, "/readyz")
    over = threading.Event()
    browsers = [Browser(address, over) for _ in range(BROWSERS)]
    for browser in browsers:
        browser.start()
    try:
        for kind in (signal.SIGKILL, signal.SIGQUIT):
            killed = postmaster(tmp_path / "instance")
            os.kill(killed, kind)
            sent = time.monotonic()
            psutil.wait_procs([psutil.Process(killed)] if psutil.pid_exists(killed) else [], timeout=5)
            gone = time.monotonic()
            while not all(browser.answered > gone for browser in browsers):
                assert time.monotonic() - sent < LIMIT, "the database is still away"
                time.sleep(0.02)
            assert postmaster(tmp_path / "instance") != killed
    finally:
        over.set()
        for browser in browsers:
            browser.join()
