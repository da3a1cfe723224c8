"""The embedded PostgreSQL: a real server with its data in a folder of ours, shared by all who ask for it.

    server = start(Path("instance"))    # .host .port .admin_user .admin_password
    server.watch()                      # from now on it is started again whenever it dies
    server.stop()                       # leaves; the last user to leave stops PostgreSQL

Roles, database and schema are the caller's. Not tried: Windows, macOS."""

from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from . import access
from .account import Account
from .binaries import Binaries, find
from .cluster import Cluster
from .errors import EmbeddedError
from .home import home_of
from .users import Users
from .watch import Watch

__all__ = ["EmbeddedError", "EmbeddedServer", "place_of", "program", "start"]


@dataclass
class EmbeddedServer:
    """Where the server is and how its superuser signs in: by password (scram), over TCP, without TLS;
    `data` is its data folder."""

    host: str
    port: int
    admin_user: str
    admin_password: str = field(repr=False)
    data: Path
    _users: Users = field(repr=False, compare=False)
    _cluster: Cluster = field(repr=False, compare=False)
    _watch: Watch | None = field(default=None, repr=False, compare=False)

    def watch(self) -> None:
        """Begins a thread that starts the server again, on the same port, when it has died. Each user may have one:
        they take turns at the gate, and the second finds a server that runs. A forked child inherits none."""
        self._watch = self._watch or Watch(self._mend)

    def stop(self) -> None:
        """Leaves; the last user to leave stops the server. Does nothing twice, or in a forked child."""
        if self._watch:
            self._watch.stop()
        # No folder any more: postgres notices that too, and ends within a minute.
        with suppress(FileNotFoundError):
            if self._users.is_member():
                with self._users.gate():
                    _leave(self._users, self._cluster)

    def _mend(self) -> bool:
        if self._cluster.runs():
            return False
        with self._users.gate():
            # Somebody who left meanwhile stopped it on purpose.
            return self._users.is_member() and self._cluster.revive()


def start(
    folder: Path, binaries: Path | None = None, settings: Mapping[str, str] = MappingProxyType({})
) -> EmbeddedServer:
    """Joins the server of this folder, makes and starts it if need be, and counts as one of its users.

    `binaries` is a folder with initdb and postgres (default: the first that is found); `settings` are further
    parameters of postgres, used if this call starts it. Waits for as long as crash recovery takes. Raises
    EmbeddedError. Source: https://www.postgresql.org/docs/current/app-postgres.html"""
    with _plain_refusals(folder):
        return _start(folder.resolve(), find(binaries), settings)


def place_of(folder: Path) -> Path:
    """Where the data of this folder are: in it, or in /var/lib/sih where PostgreSQL's account could not enter it.
    Raises EmbeddedError."""
    with _plain_refusals(folder):
        return home_of(folder.resolve(), Account())


def program(name: str) -> Path:
    """A program of the PostgreSQL that start() would take, such as pg_dump. Raises EmbeddedError."""
    found = find().program(name)
    if not found.is_file():
        raise EmbeddedError(f"The PostgreSQL here has no program {name}.")
    return found


def _start(folder: Path, binaries: Binaries, settings: Mapping[str, str]) -> EmbeddedServer:
    folder.mkdir(parents=True, exist_ok=True)
    data = home_of(folder, Account.for_data(folder / binaries.data_name)) / binaries.data_name
    users = Users(data)
    with users.gate():
        cluster = Cluster(data, binaries, Account.for_data(data), settings)
        users.join()
        try:
            entry = cluster.ensure()
        except BaseException:
            _leave(users, cluster)
            raise
    return EmbeddedServer(access.HOST, entry.port, access.ADMIN, entry.password, data, users, cluster)


def _leave(users: Users, cluster: Cluster) -> None:
    if users.leave():
        cluster.stop()


@contextmanager
def _plain_refusals(folder: Path):
    try:
        yield
    except PermissionError as error:
        raise EmbeddedError(
            f"The embedded PostgreSQL in {folder} may not be used by this account ({error}). "
            "Start SIH as the user who made that folder, or name another one."
        ) from error
    except OSError as error:
        raise EmbeddedError(f"The embedded PostgreSQL in {folder} cannot be used: {error}.") from error
