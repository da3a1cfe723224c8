"""One data folder and its postgres: created, started, found again, stopped. Callers hold the gate (users.py), so that
only one process at a time does any of this."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from . import birth, options, postmaster
from .access import Access, free_port, is_free
from .account import Account
from .binaries import Binaries
from .errors import EmbeddedError
from .home import reachable
from .launch import Launch
from .waiting import PATIENCE, ticks

STOP_SECONDS = 4  # SIH must stop within ten seconds; a longer shutdown checkpoint finishes without it


class Cluster:
    """The cluster whose data folder is `data`, an absolute path without symbolic links."""

    def __init__(self, data: Path, binaries: Binaries, account: Account, settings: Mapping[str, str]) -> None:
        self._data, self._account, self._settings = data, account, settings
        self._binaries = reachable(binaries, account)

    def ensure(self) -> Access:
        """Creates the data if there are none, starts postgres if it is not running, and returns port and password.
        Raises EmbeddedError."""
        if not self._data.exists():
            birth.create(self._data, self._binaries, self._account, sync=self._settings.get("fsync") != "off")
        entry = Access.read(self._data)
        return entry if self._finds(entry) else self._start(entry)

    def runs(self) -> bool:
        """Whether the postgres process exists; cheap enough to check every second."""
        return postmaster.runs(self._data)

    def revive(self) -> bool:
        """Restarts postgres on the same port, because its users already know it. Returns False if it was running, or if
        the data folder is gone. Raises EmbeddedError."""
        if self.runs() or not self._data.exists():
            return False
        entry = Access.read(self._data)
        if not self._finds(entry):
            self._start(entry, may_move=False)
        return True

    def stop(self) -> None:
        """Requests a fast shutdown and waits up to STOP_SECONDS. A longer shutdown continues by itself; the next start
        waits for its end."""
        if not postmaster.runs(self._data):
            return
        command = [self._binaries.program("pg_ctl"), "stop", "-D", self._data, "-m", "fast", "-W"]
        self._account.run(command)
        for waited in ticks("to stop"):
            if not postmaster.runs(self._data) or waited > STOP_SECONDS:
                break

    def _finds(self, entry: Access) -> bool:
        """Whether a server accepts connections. Waits while one is recovering or shutting down. Raises EmbeddedError if
        a ready server refuses SIH for PATIENCE seconds."""
        deaf_since = None
        for waited in ticks("to become ready, or to be gone"):
            if postmaster.says_ready(self._data):
                if postmaster.answers(self._data, entry):
                    return True
                deaf_since = waited if deaf_since is None else deaf_since
            if not postmaster.runs(self._data):
                break
            if deaf_since is not None and waited - deaf_since > PATIENCE:
                raise EmbeddedError(
                    f"A PostgreSQL runs on {self._data}, but does not let SIH in on port {entry.port}. "
                    f"Its log is in {options.log_folder(self._data)}."
                )
        return False

    def _start(self, entry: Access, may_move: bool = True) -> Access:
        deadline = time.monotonic() + PATIENCE
        postmaster.end_orphans(self._data)
        while True:
            entry = self._with_free_port(entry) if may_move else entry
            launch = Launch(self._data, self._binaries, self._account, options.of(entry.port, self._settings))
            if launch.serves(entry):
                return entry
            last_words = launch.last_words()
            # Another program took the port, or processes of a killed server still hold shared memory: a retry helps.
            may_pass = not is_free(entry.port) or "shared memory" in last_words
            if not may_pass or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start on {self._data}. It said: {last_words}")
            time.sleep(0.2)

    def _with_free_port(self, entry: Access) -> Access:
        if not is_free(entry.port):
            entry = replace(entry, port=free_port())
            entry.write(self._data, self._account)
        return entry
