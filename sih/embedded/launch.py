"""One attempt to start postgres. Source: https://www.postgresql.org/docs/current/app-postgres.html"""

import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from . import options, postmaster
from .access import Access
from .account import Account
from .binaries import Binaries
from .waiting import ticks

APPEARS_WITHIN = 2  # seconds


class Launch:
    def __init__(self, data: Path, binaries: Binaries, account: Account, parameters: list[str]) -> None:
        self._data = data
        postmaster.forget(data)
        options.tidy_log(data)
        # Output before postgres opens its log; only this attempt needs it, so the file has no name.
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 lives as long as the attempt
        command = _command(data, binaries, parameters)
        with _not_lost(data):
            self._process = account.launch(command, stdout=self._words, stderr=subprocess.STDOUT)

    def serves(self, entry: Access) -> bool:
        """Waits until postgres accepts connections on these data (True) or has ended (False)."""
        with _not_lost(self._data):
            for _ in ticks("to start; after a crash it recovers first"):
                ended = self._process.poll() is not None
                if postmaster.says_ready(self._data) and postmaster.answers(self._data, entry):
                    return True
                if ended:
                    break
        return False

    def last_words(self) -> str:
        """The last output of a postgres that has ended, on one line."""
        self._words.seek(0)
        early = self._words.read().decode("utf-8", "replace")
        return " / ".join([*early.split("\n")[-4:], options.last_words(self._data)]).strip(" /")


@contextmanager
def _not_lost(data: Path) -> Generator[None]:
    """On Ctrl-C, waits up to APPEARS_WITHIN seconds for the pid file: stop() finds the server only through it."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        for waited in ticks("to appear"):
            if postmaster.runs(data) or waited > APPEARS_WITHIN:
                break
        raise


def _command(data: Path, binaries: Binaries, parameters: list[str]) -> list:
    if os.name != "nt":
        return [binaries.program("postgres"), "-D", data, *parameters]
    # Windows lets an administrator start postgres only through pg_ctl, which waits and then ends (not tested).
    waiting = ["-w", "-t", "86400"]
    joined = subprocess.list2cmdline(parameters)
    return [binaries.program("pg_ctl"), "start", "-D", data, *waiting, "-o", joined]
