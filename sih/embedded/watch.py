"""Restarts the embedded PostgreSQL when it has died while in use."""

import logging
import threading
from collections.abc import Callable

EVERY = 1.0  # seconds between two checks

log = logging.getLogger(__name__)


class Watch:
    """A thread that calls `mend` every second until stop(). `mend` returns whether it had to start the server."""

    def __init__(self, mend: Callable[[], bool]) -> None:
        self._mend, self._over, self._last_fault = mend, threading.Event(), None
        threading.Thread(target=self._run, name="embedded-postgresql", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            try:
                if self._mend():
                    log.warning("The embedded PostgreSQL had died and was started again.")
                self._last_fault = None
            except Exception as error:  # whatever it is, the next check may succeed
                self._tell(str(error))

    def _tell(self, fault: str) -> None:
        if fault != self._last_fault:  # do not log the same line every second
            log.error("The embedded PostgreSQL has died and cannot be started: %s", fault)
        self._last_fault = fault
