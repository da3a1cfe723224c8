"""The virtual environment of `make run`: made by install.py, for real, in folders of their own, from an index that is a
folder here. What goes wrong is one sentence, and the next try mends it."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_PYTHON = getattr(sys, "_base_executable", sys.executable)
MODULE = "tiny_package"


@pytest.fixture
def place(tmp_path) -> Path:
    """A clone with a lock of one package, which lies beside it as a wheel."""
    for name in ("Makefile", "install.py", "main.py"):
        shutil.copy(ROOT / name, tmp_path)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for lock, version in {"requirements.txt": "1.0", "requirements-dev.txt": "1.0"}.items():
        write_lock(tmp_path, lock, version)
    return tmp_path


def write_lock(place: Path, lock: str, version: str) -> None:
    wheel = place / "shelf" / f"{MODULE}-{version}-py3-none-any.whl"
    info = f"{MODULE}-{version}.dist-info"
    if not wheel.exists():
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{MODULE}.py", f"version = {version!r}\n")
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: {version}\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (place / lock).write_text(f"{MODULE}=={version} \\\n    --hash=sha256:{digest}\n")


def begin(place: Path, *command: str, **env: str) -> subprocess.Popen:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    index = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(place / "shelf")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = command or (SYSTEM_PYTHON, "install.py", "requirements.txt")
    # A shell's background job ignores Ctrl-C, and so would what it starts.
    hears = {"start_new_session": True, "preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    return subprocess.Popen(command, cwd=place, env={**plain, **index, **env}, **hears, **pipes)


def install(place: Path, *command: str, code: int = 0, **env: str) -> str:
    """The output of the installation."""
    with begin(place, *command, **env) as process:
        output, faults = process.communicate(timeout=300)
    assert process.returncode == code, output + faults
    assert "Traceback" not in faults
    return faults


def installed(place: Path) -> str:
    command = [place / ".venv" / "bin" / "python", "-c", f"import {MODULE}; print({MODULE}.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def without(place: Path, statement: str) -> str:
    """A PYTHONPATH under which the Python of this machine begins with this statement."""
    folder = place / "other-python"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(f"import sys\n{statement}\n")
    return str(folder)


@pytest.mark.long
def test_the_environment_is_made_once_and_follows_the_lock(place):
    output = install(place)
    assert "Installing the 1 packages of requirements.txt" in output and installed(place) == "1.0"
    assert install(place) == "", "Nothing has changed: nothing is done, and nothing said."
    write_lock(place, "requirements.txt", "2.0")
    install(place)
    assert installed(place) == "2.0"


@pytest.mark.long
def test_an_unfinished_environment_is_made_again(place):
    install(place)
    (place / ".venv" / "requirements.txt.installed").unlink()
    (place / ".venv" / "bin" / "pip").unlink()
    shutil.rmtree(next(place.glob(".venv/lib/python*/site-packages/pip")))
    assert "is incomplete and is made anew" in install(place)
    assert installed(place) == "1.0"


@pytest.mark.long
def test_an_environment_without_its_python_is_made_again(place):
    install(place)
    (place / ".venv" / "bin" / "python").unlink()
    (place / ".venv" / "bin" / "python").symlink_to(place / "no-python")
    assert "is incomplete and is made anew" in install(place)
    assert installed(place) == "1.0"


@pytest.mark.long
def test_ctrl_c_prints_a_sentence_and_the_next_try_succeeds(place):
    with begin(place) as process:
        while not (place / ".venv" / "pyvenv.cfg").exists():
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        faults = process.communicate(timeout=60)[1]
    assert process.returncode == 1 and faults.endswith("Stopped. The next try begins anew.\n")
    install(place)
    assert installed(place) == "1.0"


@pytest.mark.long
def test_two_first_runs_at_once_wait_for_each_other(place):
    both = [begin(place), begin(place)]
    outputs = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("Waiting for another installation in this folder." in one for one in outputs) == 1
    assert sum("Installing" in one for one in outputs) == 1
    assert installed(place) == "1.0"


def test_without_venv_the_missing_package_is_named(place):
    output = install(place, PYTHONPATH=without(place, "sys.modules['ensurepip'] = None"), code=1)
    assert output == "Python's venv is missing. As root: apt-get install python3-venv (Debian and Ubuntu)\n"
    assert not (place / ".venv").exists()


@pytest.mark.parametrize("command", [("install.py", "requirements.txt"), ("main.py",)])
def test_an_old_python_is_refused_in_a_sentence(place, command):
    old = without(place, "sys.version_info = (3, 9, 2, 'final', 0)")
    output = install(place, SYSTEM_PYTHON, *command, PYTHONPATH=old, code=1)
    assert output.startswith("SIH needs Python 3.11 or later, and this is Python 3.9.") and output.count("\n") == 1


def test_the_entry_points_parse_on_an_old_python():
    for name in ("install.py", "main.py"):
        compile((ROOT / name).read_text(), name, "exec", dont_inherit=True)
        feature_check = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 7))"
        subprocess.run([sys.executable, "-c", feature_check, ROOT / name], check=True)


@pytest.mark.parametrize("target", ["run", "test", "lint"])
def test_make_reports_a_missing_python_in_a_sentence(place, target):
    output = install(place, "make", target, "PYTHON=no-such-python", code=2)
    assert output.splitlines()[0] == "There is no no-such-python here: SIH needs Python 3.11 or later."
    old = without(place, "sys.version_info = (3, 9, 2, 'final', 0)")
    output = install(place, "make", target, f"PYTHON={SYSTEM_PYTHON}", PYTHONPATH=old, code=2)
    assert output.splitlines()[0].startswith("SIH needs Python 3.11 or later, and this is Python 3.9.")


@pytest.mark.long
def test_a_missing_network_is_a_sentence_and_the_next_try_succeeds(place):
    away = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    output = install(place, code=1, **away)
    assert output.splitlines()[-1] == (
        "The packages of requirements.txt cannot be fetched: no package index answers. Is there a network?"
    )
    install(place)
    assert installed(place) == "1.0"


@pytest.mark.long
def test_a_file_with_another_hash_is_refused(place):
    lock = place / "requirements.txt"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    assert "HASHES" in install(place, code=1)
