"""Creates a data folder under a temporary name and renames it when it is complete.
Source: https://www.postgresql.org/docs/current/app-initdb.html"""

import shutil
import tempfile
from pathlib import Path

from .access import ADMIN, NAME, Access
from .account import Account
from .binaries import Binaries
from .errors import EmbeddedError

BUILTIN_SINCE = 17  # first version with the locale provider "builtin", which sorts the same on every system


def create(data: Path, binaries: Binaries, account: Account, sync: bool) -> None:
    """Runs initdb for `data`, which must not exist; `sync`: flush the files to disk. Raises EmbeddedError."""
    _refuse_other_version(data)
    _clear_remains(data)
    # A unique name: the initdb of a killed process may still be writing into an older draft.
    draft = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    try:
        account.own(draft)
        _initdb(draft, binaries, account, sync)
        (draft / NAME).rename(draft / "data" / NAME)
        (draft / "data").rename(data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _initdb(draft: Path, binaries: Binaries, account: Account, sync: bool) -> None:
    who = [f"--username={ADMIN}", f"--pwfile={Access.new().write(draft, account)}"]
    how = [*_choices(binaries), *([] if sync else ["--no-sync"])]
    done = account.run([binaries.program("initdb"), "-D", draft / "data", *who, *how])
    if done.returncode != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data folder. It said: {done.stderr.strip()}")


def _choices(binaries: Binaries) -> list[str]:
    provider = ["--locale-provider=builtin"] if binaries.major >= BUILTIN_SINCE else []
    same_everywhere = ["--encoding=UTF8", "--locale=C.UTF-8", *provider, "--text-search-config=simple"]
    return [*same_everywhere, "--data-checksums", "--auth=scram-sha-256"]


def _refuse_other_version(data: Path) -> None:
    others = [found.parent for found in data.parent.glob("postgresql-[0-9][0-9]/PG_VERSION") if found.parent != data]
    if others:
        raise EmbeddedError(
            f"{others[0]} holds data of another PostgreSQL version than the one found here ({data.name}). "
            "Install that version, or move the folder away to begin with an empty database."
        )


def _clear_remains(data: Path) -> None:
    for remains in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(remains, ignore_errors=True)
