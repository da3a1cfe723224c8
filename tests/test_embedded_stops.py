"""`python main.py` with the embedded PostgreSQL is stopped while browsers keep asking: all ends within ten seconds."""

import itertools
import os
import signal
import threading
import time
import urllib.error
import urllib.request

import psutil
import pytest

from tests.test_start import page, start, startup_lines  # noqa: F401 - start is a fixture

BROWSERS, LIMIT = 8, 10.0  # seconds
STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def ask(address: str, over: threading.Event, answered: itertools.count) -> None:
    while not over.is_set():
        try:
            urllib.request.urlopen(f"{address}/login", timeout=30).read()
            next(answered)
        except (urllib.error.URLError, OSError):
            over.wait(0.1)  # it is stopping


def stopped(process, number: signal.Signals, of_the_group: bool) -> float:
    """Seconds until it and all that it started are gone, under load. Of the group: each is told, as by a terminal."""
    address = startup_lines(process)[-1].removeprefix("SIH: ")
    page(address, "/readyz")
    over, answered = threading.Event(), itertools.count()
    browsers = [threading.Thread(target=ask, args=(address, over, answered)) for _ in range(BROWSERS)]
    for browser in browsers:
        browser.start()
    try:
        while next(answered) < 100:
            time.sleep(0.05)
        children = psutil.Process(process.pid).children(recursive=True)
        assert {"postgres"} < {child.name() for child in children}, "PostgreSQL, and the processes of SIH."
        group = os.getpgid(process.pid)
        began = time.monotonic()
        for child in [process, *children] if of_the_group else [process]:
            if psutil.pid_exists(child.pid) and os.getpgid(child.pid) == group:
                child.send_signal(number)
        code = process.wait(30)
        left = psutil.wait_procs(children, timeout=5)[1]
        took = time.monotonic() - began
    finally:
        over.set()
        for browser in browsers:
            browser.join()
    assert (code, left) == (0, [])
    return took


@pytest.mark.long
def test_main_stops_within_ten_seconds_with_its_postgresql(start, tmp_path):  # noqa: F811
    for number, of_the_group in itertools.product(STOPS, (False, True)):
        took = stopped(start(), number, of_the_group)
        assert took < LIMIT, f"{number.name} took {took:.1f} s"
        assert not list((tmp_path / "instance").glob("postgresql-??/postmaster.pid")), "It was shut down in order."
