"""Waiting for a server. There is no time limit here, because crash recovery may take long."""

import logging
import time
from collections.abc import Iterator

STEP = 0.03  # seconds between two checks
PATIENCE = 60  # seconds, for steps that normally take moments
WARN_AFTER = 10  # seconds

log = logging.getLogger(__name__)


def ticks(what: str) -> Iterator[float]:
    """Yields the seconds waited so far, every STEP seconds; logs once, after WARN_AFTER, what the wait is for."""
    began, has_warned = time.monotonic(), False
    while True:
        waited = time.monotonic() - began
        yield waited
        if waited > WARN_AFTER and not has_warned:
            log.warning("Waiting for the embedded PostgreSQL %s.", what)
            has_warned = True
        time.sleep(STEP)
