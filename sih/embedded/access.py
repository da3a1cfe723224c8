"""The superuser's password and the port of a cluster, kept in one file inside its data folder."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from .account import Account
from .errors import EmbeddedError

HOST, ADMIN = "127.0.0.1", "sih_admin"
NAME = "sih_access"


@dataclass(frozen=True)
class Access:
    """Stored as two lines, the password first, because initdb reads the first line of its --pwfile."""

    password: str
    port: int

    @classmethod
    def new(cls) -> "Access":
        return cls(secrets.token_urlsafe(32), free_port())

    @classmethod
    def read(cls, data: Path) -> "Access":
        """Reads the file of this data folder. Raises EmbeddedError if it is missing or damaged."""
        try:
            password, port = (data / NAME).read_text("utf-8").split()
            return cls(password, int(port))
        except (FileNotFoundError, ValueError) as error:
            raise EmbeddedError(
                f"{data / NAME}, which holds the password of this database, cannot be read. Put it back from "
                f"a backup, or move {data} away to begin with an empty database."
            ) from error

    def write(self, folder: Path, account: Account) -> Path:
        """Writes the file into `folder` by an atomic rename, readable by the account alone. Returns its path."""
        draft = folder / f"{NAME}.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"{self.password}\n{self.port}\n")
        account.own(draft)
        return draft.replace(folder / NAME)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1, as PostgreSQL does it: with SO_REUSEADDR."""
    with socket.socket() as probe:
        if os.name != "nt":  # on Windows SO_REUSEADDR would take over a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that the system considers free now; another program may take it before postgres does."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
