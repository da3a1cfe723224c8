"""requirements.txt and requirements-dev.txt are locks: every package that is needed stands there with the hashes of its
files, and there is a wheel of each for every system on which SIH may be installed."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
ENTRY = re.compile(
    r"^(?P<requirement>[a-z].*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
MANYLINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
# What pip calls the system, the tags of its wheels, and what environment markers say there.
SYSTEMS = {
    "Windows x86_64": (["win_amd64"], "win32", "Windows", "AMD64"),
    "macOS arm64": ([f"macosx_{n}_0_arm64" for n in (14, 13, 12, 11)], "darwin", "Darwin", "arm64"),
    "Linux arm64": ([f"{tag}_aarch64" for tag in MANYLINUX], "linux", "Linux", "aarch64"),
    "Linux x86_64": ([f"{tag}_x86_64" for tag in MANYLINUX], "linux", "Linux", "x86_64"),
}


def entries(name: str) -> list[re.Match]:
    return list(ENTRY.finditer((ROOT / name).read_text()))


def wanted(name: str) -> dict[str, Requirement]:
    """The short list, with what it includes."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonical(one.name): one for one in found}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_of_a_lock_is_an_exact_version_with_hashes(lock):
    text = (ROOT / lock).read_text()
    assert re.sub(r"^ *#.*\n", "", ENTRY.sub("", text), flags=re.MULTILINE) == ""
    for entry in entries(lock):
        assert re.fullmatch(r"==[\w.]+", str(Requirement(entry["requirement"]).specifier))


@pytest.mark.parametrize(
    ("short", "lock"), [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")]
)
def test_a_lock_was_made_from_the_short_list_beside_it(short, lock):
    locked = {canonical(one.name): one for one in (Requirement(entry["requirement"]) for entry in entries(lock))}
    for name, requirement in wanted(short).items():
        assert locked[name].specifier == requirement.specifier, f"{short} changed: run make lock"


def test_the_tests_run_on_the_versions_that_are_installed():
    run, dev = ({entry.group() for entry in entries(name)} for name in ("requirements.txt", "requirements-dev.txt"))
    assert run <= dev


@pytest.mark.parametrize(
    ("lock", "places"),
    [
        ("requirements.txt", ["main.py", "settings.py", "sih"]),
        ("requirements-dev.txt", ["main.py", "settings.py", "sih", "tests", "bench", "faults"]),
    ],
)
def test_every_imported_package_is_in_the_lock(lock, places):
    """A package that stands in no lock may be installed here by an earlier try, and is missing elsewhere."""
    locked = {canonical(Requirement(entry["requirement"]).name) for entry in entries(lock)}
    packages = packages_distributions()
    foreign = imported(places) - sys.stdlib_module_names - {"sih", "settings", "tests", "bench", "faults", "main"}
    assert len(foreign) > 10
    local = {path.stem for path in ROOT.glob("tests/**/*.py")}  # helpers beside the tests
    missing = {name for name in foreign - local if not {canonical(one) for one in packages.get(name, [])} & locked}
    assert missing == set()


def imported(places: list[str]) -> set[str]:
    """The top-level names of all imports, those within functions too."""
    files = [
        path
        for place in places
        for path in ([ROOT / place] if place.endswith(".py") else ROOT.glob(f"{place}/**/*.py"))
    ]
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_system_has_a_wheel_of_each_package(lock, system, tmp_path):
    tags, *_ = SYSTEMS[system]
    chosen = tmp_path / lock
    # pip takes the markers of the machine that it runs on, whatever --platform says: they are applied here.
    chosen.write_text("".join(lines_for(system, lock)))
    which = [f"--platform={tag}" for tag in tags] + ["--implementation=cp", "--python-version=3.11.9"]
    how = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *how, *which, "--dest", tmp_path / "wheels", "-r", chosen]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "wheels").iterdir())) == len(lines_for(system, lock)) > 20


def lines_for(system: str, lock: str) -> list[str]:
    _, sys_platform, platform_system, machine = SYSTEMS[system]
    place = {"sys_platform": sys_platform, "platform_system": platform_system, "platform_machine": machine}
    place |= {"os_name": "nt" if sys_platform == "win32" else "posix", "python_full_version": "3.11.9"}
    found = []
    for entry in entries(lock):
        requirement = Requirement(entry["requirement"])
        if requirement.marker is None or requirement.marker.evaluate(place):
            found.append(f"{requirement.name}{requirement.specifier} \\\n{entry['hashes']}")
    return found
