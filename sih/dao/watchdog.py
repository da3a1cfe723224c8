"""Client-side deadlines of statements: a connection whose server does not answer in time is shut down."""

import contextlib
import itertools
import os
import socket
import threading
import time

LOOK_EVERY = 0.25  # seconds


class Watchdog:
    """Shuts down sockets on which an answer is overdue, so that the waiting thread gets an error as from the network.
    libpq's cancel would need an answer of the same server. One thread a process, started at the first use, so that a
    server may fork before."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[float, socket.socket]] = {}
        self._numbers, self._lock, self._process = itertools.count(), threading.Lock(), None

    def begin(self, line: socket.socket, seconds: float) -> int:
        """Starts a deadline of so many seconds for this socket. Returns the number for end()."""
        if self._process != os.getpid():
            self._start()
        number = next(self._numbers)
        self._waiting[number] = (time.monotonic() + seconds, line)
        return number

    def end(self, number: int) -> bool:
        """Ends the deadline. Returns False if it had expired: the socket is shut down."""
        if self._waiting.pop(number, None):
            return True
        with self._lock:  # wait for a running shutdown, before the caller may close the socket and its number be reused
            return False

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid():
                return
            self._process, self._waiting = os.getpid(), {}
            threading.Thread(target=self._watch, name="deadlines", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            now = time.monotonic()
            for number, (until, _) in self._waiting.copy().items():
                if until <= now:
                    self._cut(number)

    def _cut(self, number: int) -> None:
        with self._lock:
            _, line = self._waiting.pop(number, (0.0, None))
            if line is not None:
                with contextlib.suppress(OSError):  # already disconnected
                    line.shutdown(socket.SHUT_RDWR)
