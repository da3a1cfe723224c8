"""Creates .venv beside this file with the packages of a lock file: `python3 install.py requirements.txt`.

`make` calls it each time; it returns at once if nothing has changed. It must be valid code for old Python versions too,
so that it can say that they are too old. An incomplete .venv (Ctrl-C, no network, a removed Python) is created
again."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError")


def main(lock: str) -> None:
    if sys.version_info < OLDEST:
        version = "{}.{}".format(*sys.version_info[:2])
        sys.exit(
            f"SIH needs Python 3.11 or later, and this is Python {version}. "
            "Name a newer one: make run PYTHON=python3.12"
        )
    try:
        with _alone():
            if not _is_done(lock):
                _install(lock)
    except KeyboardInterrupt:
        sys.exit("Stopped. The next try begins anew.")
    except OSError as error:
        sys.exit(f"{VENV} cannot be made: {error}.")


@contextmanager
def _alone():
    """A lock that lets one installation at a time run in this folder. The kernel releases it when the process ends."""
    with open(ROOT / ".venv.lock", "w") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _say("Waiting for another installation in this folder.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_done(lock: str) -> bool:
    mark = _mark(lock)
    return mark.exists() and mark.read_text() == _fingerprint(lock) and _works()


def _works() -> bool:
    try:
        return subprocess.run([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    except OSError:
        return False


def _install(lock: str) -> None:
    marks = list(VENV.glob("*.installed"))
    if not (marks and _works()):
        _make()
    for mark in marks:
        mark.unlink(missing_ok=True)  # incomplete from here until all packages are installed
    _fetch(lock)
    for name in {lock, "requirements.txt"}:  # requirements-dev.txt includes requirements.txt
        _mark(name).write_text(_fingerprint(name))
    _say("Done.")


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python's venv is missing. As root: apt-get install python3-venv (Debian and Ubuntu)")
    if VENV.exists() or VENV.is_symlink():
        _say("The virtual environment .venv is incomplete and is made anew.")
        shutil.rmtree(VENV)
    else:
        _say("Making the virtual environment .venv.")
    done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(f"Python could not make .venv: {(done.stdout + done.stderr).strip()}")


def _fetch(lock: str) -> None:
    total = sum("==" in line for line in (ROOT / lock).read_text().splitlines())
    _say(f"Installing the {total} packages of {lock}; the first time this takes a minute or two.")
    how = ["--disable-pip-version-check", "--no-input", "--retries=2", "--progress-bar=off"]
    command = [PYTHON, "-m", "pip", "install", *how, "-r", ROOT / lock]
    output, reached = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603
        for line in pip.stdout:
            output.append(line.rstrip())
            if line.startswith(("Collecting", "Requirement already")):
                reached += 1
                if reached % 10 == 0:
                    _say(f"  {reached} of {total} packages")
            elif line.startswith("Installing collected"):
                _say("  all packages are here; unpacking them")
    if pip.returncode:
        sys.exit(_why("\n".join(output), lock))


def _why(output: str, lock: str) -> str:
    if any(word in output for word in NO_NETWORK):
        return f"The packages of {lock} cannot be fetched: no package index answers. Is there a network?"
    faults = [line for line in output.splitlines() if line.startswith("ERROR")] or output.splitlines()[-1:]
    return f"The packages of {lock} cannot be installed. pip says: {' '.join(faults)}"


def _mark(lock: str) -> Path:
    return VENV / f"{lock}.installed"


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
