"""The account under which PostgreSQL runs: it refuses root, so root lends it a system user.
Source: https://www.postgresql.org/docs/current/postgres-user.html"""

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedError

try:
    import pwd
except ImportError:  # Windows
    pwd = None

OWN, OTHERS = "sih", ("postgres", "nobody")
USERADD = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN]
FOREIGN = ("LC_", "LANG", "PG")  # would change how text sorts, or where and how a program connects


@dataclass(frozen=True)
class Account:
    """A user by numbers; without them it is whoever runs this process."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_data(cls, data: Path) -> "Account":
        """The owner of data that exist, else a system user if we are root. Raises EmbeddedError."""
        owner = data.stat() if pwd and data.exists() else None
        if not is_root():
            if owner and owner.st_uid != os.geteuid():
                raise EmbeddedError(_stranger(data, owner.st_uid))
            return cls()
        if owner and owner.st_uid == 0:
            raise EmbeddedError(f"{data} belongs to root, as which PostgreSQL never runs: chown -R {OWN} {data}")
        return cls(owner.st_uid, owner.st_gid) if owner else _system_user()

    def run(self, command: list) -> subprocess.CompletedProcess:
        """Runs a program to its end and captures what it says as text. Raises EmbeddedError if it may not."""
        return self._begin(subprocess.run, command, capture_output=True, text=True)

    def launch(self, command: list, **pipes) -> subprocess.Popen:
        """Starts a program in a session of its own, where no Ctrl-C of ours reaches it."""
        return self._begin(subprocess.Popen, command, start_new_session=True, **pipes)

    def own(self, path: Path) -> None:
        """Gives away what we have just made."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether it may enter this folder, or run this program: the system is asked, not the mode bits."""
        return self.uid is None or self.run(["test", "-x", path]).returncode == 0

    def _begin(self, how, command: list, **more):
        drop = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            # From "/": the folder that this process stands in may be closed to the account.
            return how(command, env=clean_environment(), stdin=subprocess.DEVNULL, cwd=os.sep, **drop, **more)
        except PermissionError as error:
            raise EmbeddedError(f"PostgreSQL's account may not run {command[0]}: {error}.") from error


def is_root() -> bool:
    return pwd is not None and os.geteuid() == 0


def clean_environment() -> dict[str, str]:
    """The environment without language and libpq settings, so that every machine gets the same server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def _system_user() -> Account:
    if not _user(OWN) and shutil.which(USERADD[0]):
        # Whether it failed, or another process was quicker, is seen below.
        subprocess.run(USERADD, capture_output=True)  # noqa: S603 constant
    for name in (OWN, *OTHERS):
        if user := _user(name):
            return Account(user.pw_uid, user.pw_gid)
    raise EmbeddedError(f"PostgreSQL never runs as root, and there is no user {OWN}, postgres or nobody.")


def _user(name: str):
    if pwd is None:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _stranger(data: Path, uid: int) -> str:
    name = str(uid)
    if pwd is not None:
        with suppress(KeyError):
            name = pwd.getpwuid(uid).pw_name
    return (
        f"The database in {data} belongs to user {name}: start SIH as the one who made it "
        "(as root, if root did), or name another folder."
    )
