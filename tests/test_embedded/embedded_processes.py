"""Processes that use the embedded PostgreSQL, and look-ups of their state."""

import json
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

APP = Path(__file__).with_name("app.py")
NORMAL_USER = "daemon"  # every system has it; the user of the tests, when root runs them
SECONDS = 30  # until something that ought to happen is given up


class App:
    """A process on the embedded PostgreSQL (app.py) and what it told about it."""

    def __init__(self, wish: dict, env: dict | None = None, before: tuple = ()) -> None:
        command = [*before, sys.executable, str(APP), json.dumps(wish)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        env = {**os.environ, **(env or {})}
        self.process = subprocess.Popen(command, env=env, start_new_session=True, **pipes)
        self._facts: dict | None = None

    @property
    def facts(self) -> dict:
        """Waits until the process has started the server. `error` instead, where it was refused."""
        if self._facts is None:
            assert select.select([self.process.stdout], [], [], SECONDS)[0], "the process says nothing"
            line = self.process.stdout.readline()
            assert line, "the process ended without a word"
            self._facts = json.loads(line)
        return self._facts

    @property
    def data(self) -> Path:
        return Path(self.facts["settings"]["data_directory"])

    @property
    def postmaster(self) -> int:
        return postmaster_of(self.data)

    def leave(self) -> None:
        """The ordinary end."""
        self.process.stdin.close()
        assert self.process.wait(SECONDS) == 0

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.facts["pid"], signal.SIGKILL)
        eventually(lambda: not lives(self.facts["pid"]))


def postmaster_of(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def lives(pid: int) -> bool:
    """A zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def owned_folder(folder: Path, name: str | None) -> Path:
    folder.mkdir()
    if name:
        os.chown(folder, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
    return folder


def family(pid: int) -> list[psutil.Process]:
    """A process, if it is there, and all that it began."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_all(processes: list[psutil.Process]) -> None:
    """kill -9; what ends by itself meanwhile, or because its parent did, is as dead."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
