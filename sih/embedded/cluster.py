"""One data folder and the postgres on it: made whole or not at all, started, found again, stopped. Whoever
calls stands inside the gate (users.py)."""

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

STOP_SECONDS = 4  # a stop of SIH ends within ten; the rest of a checkpoint needs nobody to wait for it


class Cluster:
    """The cluster whose data folder is `data`, an absolute path without links."""

    def __init__(self, data: Path, binaries: Binaries, account: Account, settings: Mapping[str, str]) -> None:
        self._data, self._account, self._settings = data, account, settings
        self._binaries = reachable(binaries, account)

    def ensure(self) -> Access:
        """Makes the data if there are none, starts postgres if it does not run, and returns how to enter.
        Raises EmbeddedError."""
        if not self._data.exists():
            birth.create(self._data, self._binaries, self._account, sync=self._settings.get("fsync") != "off")
        entry = Access.read(self._data)
        return entry if self._finds(entry) else self._start(entry)

    def runs(self) -> bool:
        """Whether its process is there; cheap enough to ask every second."""
        return postmaster.runs(self._data)

    def revive(self) -> bool:
        """Starts postgres again on the same port, which its users know. False if that was not needed, or if the
        data are gone. Raises EmbeddedError."""
        if self.runs() or not self._data.exists():
            return False
        entry = Access.read(self._data)
        if not self._finds(entry):
            self._start(entry, may_move=False)
        return True

    def stop(self) -> None:
        """A fast shutdown. If it takes over STOP_SECONDS it goes on alone, and a later start waits for it."""
        if not postmaster.runs(self._data):
            return
        command = [self._binaries.program("pg_ctl"), "stop", "-D", self._data, "-m", "fast", "-W"]
        self._account.run(command)
        for waited in ticks("to stop"):
            if not postmaster.runs(self._data) or waited > STOP_SECONDS:
                break

    def _finds(self, entry: Access) -> bool:
        """Whether a server is there; one that is still recovering, or about to be gone, is waited for."""
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
            # Its port was snatched, or processes of a killed server still hold its memory: both pass.
            may_pass = not is_free(entry.port) or "shared memory" in last_words
            if not may_pass or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start on {self._data}. It said: {last_words}")
            time.sleep(0.2)

    def _with_free_port(self, entry: Access) -> Access:
        if not is_free(entry.port):
            entry = replace(entry, port=free_port())
            entry.write(self._data, self._account)
        return entry
