"""Each test gets a folder of its own and runs as root and as a normal user, in processes that it may kill."""

import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

APP = Path(__file__).with_name("app.py")
IS_ROOT = os.geteuid() == 0
NORMAL_USER = "daemon"  # every system has it; the user of the tests, when root runs them
SECONDS = 30  # until something that ought to happen is given up


class App:
    """A process on the embedded PostgreSQL (app.py) and what it told about it."""

    def __init__(self, wish: dict, env: dict, before: list[str]) -> None:
        command = [*before, sys.executable, str(APP), json.dumps(wish)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True, **pipes)
        self._facts: dict | None = None

    @property
    def facts(self) -> dict:
        """Waits until the process has started the server. `error` instead, where it was refused."""
        if self._facts is None:
            select.select([self.process.stdout], [], [], SECONDS)
            os.set_blocking(self.process.stdout.fileno(), False)
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


@pytest.fixture(params=["root", "user"])
def who(request) -> str | None:
    """The name to become; None: as whom the tests run."""
    if request.param == "root":
        if not IS_ROOT:
            pytest.skip("NOT RUN as root: these tests were started by a normal user")
        return None
    return NORMAL_USER if IS_ROOT else None


@pytest.fixture
def as_root() -> None:
    if not IS_ROOT:
        pytest.skip("NOT RUN: it takes root to become somebody else")


@pytest.fixture
def room():
    """A folder for the test, open to everyone above it; at the end no server is left on it."""
    # Not tmp_path: its parents are closed to other users.
    room = Path(tempfile.mkdtemp(prefix="sih-embedded-"))
    room.chmod(0o755)
    yield room
    for process in psutil.process_iter(["cmdline"]):
        if any(str(room) in part for part in process.info["cmdline"] or []):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    shutil.rmtree(room, ignore_errors=True)


@pytest.fixture
def folder(room, who) -> Path:
    """What SIH calls instance/, made by the user of this test."""
    return owned_folder(room / "instance", who)


def owned_folder(folder: Path, name: str | None) -> Path:
    folder.mkdir()
    if name:
        os.chown(folder, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
    return folder


@pytest.fixture
def app(folder, who):
    """Begins a process: app(fork=True), app(env={...}); the wish goes to app.main."""
    begun = []

    def begin(env: dict | None = None, before: tuple = (), **wish) -> App:
        wish = {name: str(value) if isinstance(value, Path) else value for name, value in wish.items()}
        begun.append(App({"folder": str(folder), "user": who, **wish}, env or {}, [*before]))
        return begun[-1]

    yield begin
    for one in begun:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()
        one.process.stdin.close()
        one.process.stdout.close()


def family(pid: int) -> list[psutil.Process]:
    """A process, if it is there, and all that it began."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
