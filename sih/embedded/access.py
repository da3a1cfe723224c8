"""How the cluster is entered: its superuser's password and its port, in one file inside the data folder."""

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
    """Kept as two lines, the password first: so initdb takes the file as its --pwfile."""

    password: str
    port: int

    @classmethod
    def new(cls) -> "Access":
        return cls(secrets.token_urlsafe(32), free_port())

    @classmethod
    def read(cls, data: Path) -> "Access":
        """Raises EmbeddedError if the file is gone or spoilt."""
        try:
            password, port = (data / NAME).read_text("utf-8").split()
            return cls(password, int(port))
        except (FileNotFoundError, ValueError) as error:
            raise EmbeddedError(
                f"{data / NAME}, which holds the password of this database, cannot be read. Put it back from "
                f"a backup, or move {data} away to begin with an empty database."
            ) from error

    def write(self, folder: Path, account: Account) -> Path:
        """Puts the file into the folder, readable by the account alone, whole or not at all."""
        draft = folder / f"{NAME}.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"{self.password}\n{self.port}\n")
        account.own(draft)
        return draft.replace(folder / NAME)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1, as PostgreSQL does it: with SO_REUSEADDR."""
    with socket.socket() as probe:
        if os.name != "nt":  # there it would steal the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
