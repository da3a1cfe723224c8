"""Where the data of a cluster are stored. For root, PostgreSQL's account may be unable to enter the given folder (/root
has mode 0700). Its permissions are left alone, and a folder in /var/lib/sih is used instead."""

import hashlib
import os
import shlex
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .account import Account
from .binaries import Binaries
from .errors import EmbeddedError

SHARED = Path("/var/lib/sih")
MARK, OWNER = "postgresql.where", "folder"
UNNEEDED = shutil.ignore_patterns("*.a", "include", "pgxs", "__pycache__")


def home_of(folder: Path, account: Account) -> Path:
    """`folder`, or a folder in /var/lib/sih if the account cannot enter `folder`.

    A file in `folder` (MARK) then names that other folder, so that deleting `folder` means beginning with an empty
    database. A file there (OWNER) names `folder`, so that a copy of `folder` cannot use the data of the original.
    Raises EmbeddedError."""
    mark = folder / MARK
    if account.uid is not None and not mark.exists() and not account.reaches(folder):
        _find_place(folder.name, mark)
    if not mark.exists():
        return folder
    home = _read(mark)
    _claim(home, folder)
    return home


def reachable(binaries: Binaries, account: Account) -> Binaries:
    """These binaries, or a copy in /var/lib/sih if the account cannot run them in their folder."""
    program = binaries.program("postgres")
    if account.reaches(program):
        return binaries
    mark = hashlib.sha256(f"{program} {program.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = SHARED / f"binaries-{binaries.version}-{mark}"
    if not copy.is_dir():
        _copy(binaries.trees, copy)
    return replace(binaries, folder=copy / binaries.folder.relative_to(binaries.package.parent))


def _find_place(name: str, mark: Path) -> None:
    place = _new_folder(f"{name}-")
    draft = mark.with_name(place.name)
    draft.write_text(f"{place}\n")
    # The first of several processes wins, because a hard link, unlike a rename, never replaces an existing file.
    try:
        os.link(draft, mark)
    except FileExistsError:
        place.rmdir()
    finally:
        draft.unlink()


def _read(mark: Path) -> Path:
    home = Path(mark.read_text("utf-8").strip())
    if home.parent != SHARED or not home.is_dir():
        raise EmbeddedError(
            f"{mark} says that the database is in {home}, but there is no such place. If this folder was copied from "
            f"another machine, begin with a database of its own: {_removal(mark)}"
        )
    return home


def _claim(home: Path, folder: Path) -> None:
    """Records which folder these data belong to. A moved folder keeps them; a copy whose original still exists is
    refused. Raises EmbeddedError."""
    note = home / OWNER
    owner = Path(note.read_text("utf-8").strip()) if note.exists() else folder
    if owner != folder and _names(owner / MARK, home) and not owner.samefile(folder):
        raise EmbeddedError(
            f"{folder} is a copy of {owner}, and the data in {home} belong to that one. "
            f"To begin here with a database of its own: {_removal(folder / MARK)}"
        )
    if owner != folder or not note.exists():
        draft = home / f"{OWNER}.{os.getpid()}"
        draft.write_text(f"{folder}\n", "utf-8")
        draft.replace(note)


def _names(mark: Path, home: Path) -> bool:
    return mark.exists() and mark.read_text("utf-8").strip() == str(home)


def _removal(mark: Path) -> str:
    return f"rm {shlex.quote(str(mark))}"


def _copy(trees: list[Path], place: Path) -> None:
    draft = _new_folder("copy-")
    for tree in trees:
        shutil.copytree(tree, draft / tree.name, ignore=UNNEEDED)
    for path in draft.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    with suppress(OSError):  # another process has already made this copy
        draft.rename(place)
    shutil.rmtree(draft, ignore_errors=True)


def _new_folder(prefix: str) -> Path:
    if not SHARED.is_dir():
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o755)  # independent of the umask
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED))
    folder.chmod(0o755)
    return folder
