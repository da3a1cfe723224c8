"""Runs one worker process beside the web server: starts it, restarts it if it dies, stops it with the server."""

import os
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "flask", "--app", "sih", "worker", "--while-parent"]
LOOK_EVERY, PATIENCE = 2.0, 4.0  # seconds


class Background:
    """One worker process. The process that calls `start` calls `stop` once."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._over, self._owner = threading.Event(), os.getpid()

    def start(self) -> None:
        self._begin()
        threading.Thread(target=self._watch, daemon=True).start()

    def begin_stop(self) -> None:
        """Signals the worker to stop, without waiting. It gives its job back for the next worker."""
        self._over.set()
        if self._process is not None and os.getpid() == self._owner:
            self._process.terminate()

    def stop(self) -> None:
        """Stops the worker; kills it after PATIENCE seconds. Does nothing in a fork of the web server."""
        self.begin_stop()
        if self._process is None or os.getpid() != self._owner:
            return
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _begin(self) -> None:
        # In its own session, so that Ctrl-C reaches only the web server, which then stops the worker.
        self._process = subprocess.Popen([*COMMAND, str(self._owner)], cwd=ROOT, start_new_session=True)  # noqa: S603 - a constant

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            is_dead = self._process is not None and self._process.poll() is not None
            if is_dead and not self._over.is_set():
                self._begin()
