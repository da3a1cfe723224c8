"""The account under which PostgreSQL runs. PostgreSQL refuses root, so root starts it as a system user.
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
FOREIGN = ("LC_", "LANG", "PG")  # variables that change how text sorts, or where and how a program connects


@dataclass(frozen=True)
class Account:
    """A system user by its numbers; None stands for the user of this process."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_data(cls, data: Path) -> "Account":
        """The owner of an existing data folder; otherwise, for root, a system user. Raises EmbeddedError if the data
        belong to root or to another user."""
        owner = data.stat() if pwd and data.exists() else None
        if not is_root():
            if owner and owner.st_uid != os.geteuid():
                raise EmbeddedError(_stranger(data, owner.st_uid))
            return cls()
        if owner and owner.st_uid == 0:
            raise EmbeddedError(f"{data} belongs to root, as which PostgreSQL never runs: chown -R {OWN} {data}")
        return cls(owner.st_uid, owner.st_gid) if owner else _system_user()

    def run(self, command: list) -> subprocess.CompletedProcess:
        """Runs a program to its end and captures its output as text. Raises EmbeddedError if this is not permitted."""
        return self._begin(subprocess.run, command, capture_output=True, text=True)

    def launch(self, command: list, **pipes) -> subprocess.Popen:
        """Starts a program in its own session, so that Ctrl-C does not reach it. Raises as run."""
        return self._begin(subprocess.Popen, command, start_new_session=True, **pipes)

    def own(self, path: Path) -> None:
        """Makes this account the owner of a file or folder that this process has just created."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter this folder or run this program. Asks the system (`test -x`), because mode bits
        alone do not decide it: the folders above count too."""
        return self.uid is None or self.run(["test", "-x", path]).returncode == 0

    def _begin(self, how, command: list, **more):
        drop = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            # Run in "/", because the account may not be able to enter the current folder.
            return how(command, env=clean_environment(), stdin=subprocess.DEVNULL, cwd=os.sep, **drop, **more)
        except PermissionError as error:
            raise EmbeddedError(f"PostgreSQL's account may not run {command[0]}: {error}.") from error


def is_root() -> bool:
    return pwd is not None and os.geteuid() == 0


def clean_environment() -> dict[str, str]:
    """The environment without the variables of FOREIGN, so that the server is the same on every machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def _system_user() -> Account:
    if not _user(OWN) and shutil.which(USERADD[0]):
        # The result is not checked here: if another process was faster, the user exists and the loop below finds it.
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
