"""Waiting for a server, without a limit of its own: crash recovery takes what it takes."""

import logging
import time
from collections.abc import Iterator

STEP = 0.03  # seconds between two looks
PATIENCE = 60  # seconds, for what ought to take moments
TELL_AFTER = 10  # seconds of silence

log = logging.getLogger(__name__)


def ticks(what: str) -> Iterator[float]:
    """The seconds waited so far, again and again; says once what is being waited for."""
    began, has_warned = time.monotonic(), False
    while True:
        waited = time.monotonic() - began
        yield waited
        if waited > TELL_AFTER and not has_warned:
            log.warning("Waiting for the embedded PostgreSQL %s.", what)
            has_warned = True
        time.sleep(STEP)
