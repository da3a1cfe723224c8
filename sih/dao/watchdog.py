"""Deadlines of our own side: a database that says nothing any more is left after a while, whatever it does."""

import contextlib
import itertools
import os
import socket
import threading
import time

LOOK_EVERY = 0.25  # seconds


class Watchdog:
    """Shuts the line down on which an answer is overdue: who waits there then gets an error, as if the network had
    said so. (libpq's own cancel asks the server, which does not answer.) One thread a process, begun at the first use,
    so that a server may fork before."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[float, socket.socket]] = {}
        self._numbers, self._lock, self._process = itertools.count(), threading.Lock(), None

    def begin(self, line: socket.socket, seconds: float) -> int:
        """From now on an answer is waited for on this line, so long; gives the number for end()."""
        if self._process != os.getpid():
            self._start()
        number = next(self._numbers)
        self._waiting[number] = (time.monotonic() + seconds, line)
        return number

    def end(self, number: int) -> bool:
        """The answer is there. False if it was too late: the line is dead by now."""
        if self._waiting.pop(number, None):
            return True
        with self._lock:  # the line may be closed, and its number be another's, only after it was shut down
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
                with contextlib.suppress(OSError):  # lost already
                    line.shutdown(socket.SHUT_RDWR)
