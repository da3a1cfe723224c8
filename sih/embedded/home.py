"""Where a cluster lives. As root the given folder may be closed to PostgreSQL's account (/root is 0700); nothing
that is not ours is opened for it, but a place is made in /var/lib/sih."""

import hashlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from .account import Account
from .binaries import Binaries

SHARED = Path("/var/lib/sih")
UNNEEDED = shutil.ignore_patterns("*.a", "include", "pgxs", "__pycache__")


def home_of(folder: Path, account: Account) -> Path:
    """The folder itself, or a stable one for it in /var/lib/sih if the account cannot enter it."""
    private = SHARED / f"{folder.name}-{_short(str(folder))}"
    # Once chosen it stays, also if the folder is opened later: the data are there.
    if not private.is_dir() or account.uid is None:
        if account.reaches(folder):
            return folder
        _make_public(private)
    return private


def reachable(binaries: Binaries, account: Account) -> Binaries:
    """These binaries, or a copy of them in /var/lib/sih if the account cannot run them where they are."""
    program = binaries.program("postgres")
    if account.reaches(program):
        return binaries
    mark = _short(f"{program} {binaries.version} {program.stat().st_mtime_ns}")
    copy = SHARED / f"binaries-{binaries.version}-{mark}"
    if not copy.is_dir():
        _copy(binaries.trees, copy)
    return replace(binaries, folder=copy / binaries.folder.relative_to(binaries.package.parent))


def _copy(trees: list[Path], place: Path) -> None:
    _make_public(place.parent)
    draft = Path(tempfile.mkdtemp(prefix="copy-", dir=place.parent))
    for tree in trees:
        shutil.copytree(tree, draft / tree.name, ignore=UNNEEDED)
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(place)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)


def _make_public(folder: Path) -> None:
    for place in (folder.parent, folder):
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o755)  # ours, and whatever the umask said


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
