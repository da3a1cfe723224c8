"""Each test gets a folder of its own and runs as root and as a normal user, in processes that it may kill."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from embedded_processes import NORMAL_USER, App, owned_folder

IS_ROOT = os.geteuid() == 0


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
def folder(room, who, fill, request) -> Path:
    """What SIH calls instance/, made by the user of this test; empty for a test that uses `fresh`."""
    folder = owned_folder(room / "instance", who)
    if "fresh" not in request.fixturenames:
        fill(folder, who)
    return folder


@pytest.fixture
def fresh() -> None:
    """The folder is to be empty."""


@pytest.fixture(scope="session")
def fill():
    """Copies data made once for each user: initdb takes longer than all the rest of most tests."""
    shelf = Path(tempfile.mkdtemp(prefix="sih-embedded-"))
    shelf.chmod(0o755)

    def fill(folder: Path, who: str | None) -> None:
        made = shelf / (who or "own")
        if not made.exists():
            owned_folder(made, who)
            App({"folder": str(made), "user": who, "make_only": True}).leave()
        subprocess.run(["cp", "-a", f"{made}/.", folder], check=True)

    yield fill
    shutil.rmtree(shelf)


@pytest.fixture
def app(folder, who):
    """Begins a process: app(fork=True), app(env={...}); the wish goes to app.main."""
    begun = []

    def begin(env: dict | None = None, before: tuple = (), **wish) -> App:
        wish = {name: str(value) if isinstance(value, Path) else value for name, value in wish.items()}
        begun.append(App({"folder": str(folder), "user": who, **wish}, env, before))
        return begun[-1]

    yield begin
    for one in begun:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait(60)
        one.process.stdin.close()
        one.process.stdout.close()
