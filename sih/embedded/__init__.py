"""The embedded PostgreSQL: a real server with its data in one folder, shared by every process that starts it.

    server = start(Path("instance"))    # .host .port .admin_user .admin_password
    server.watch()                      # restarts PostgreSQL whenever it dies
    server.stop()                       # leaves; the last process to leave stops PostgreSQL

The caller makes roles, database and schema. Not tested on Windows and macOS."""

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
    """Address and superuser of a running server: password (scram) over TCP, without TLS. `data` is its data folder."""

    host: str
    port: int
    admin_user: str
    admin_password: str = field(repr=False)
    data: Path
    _users: Users = field(repr=False, compare=False)
    _cluster: Cluster = field(repr=False, compare=False)
    _watch: Watch | None = field(default=None, repr=False, compare=False)

    def watch(self) -> None:
        """Starts a thread that restarts a dead server on the same port. Several processes may each have one: the gate
        lets one at a time restart the server, and the next finds it running. A forked child has no such thread."""
        self._watch = self._watch or Watch(self._mend)

    def stop(self) -> None:
        """Leaves; the last process to leave stops the server. A second call, or one in a forked child, does nothing."""
        if self._watch:
            self._watch.stop()
        # The folder was deleted: postgres notices that itself and ends within a minute.
        with suppress(FileNotFoundError):
            if self._users.is_member():
                with self._users.gate():
                    _leave(self._users, self._cluster)

    def _mend(self) -> bool:
        if self._cluster.runs():
            return False
        with self._users.gate():
            # Not a member any more: stop() was called meanwhile, so the server is down on purpose.
            return self._users.is_member() and self._cluster.revive()


def start(
    folder: Path, binaries: Path | None = None, settings: Mapping[str, str] = MappingProxyType({})
) -> EmbeddedServer:
    """Joins the server of this folder as one of its users; creates the data and starts postgres if needed.

    `binaries` is a folder with initdb and postgres (default: see binaries.find); `settings` are additional parameters
    of postgres, which apply only if this call starts it. Waits until crash recovery is over, without a limit. Raises
    EmbeddedError. Source: https://www.postgresql.org/docs/current/app-postgres.html"""
    with _plain_refusals(folder):
        return _start(folder.resolve(), find(binaries), settings)


def place_of(folder: Path) -> Path:
    """The folder that holds the data: `folder`, or one in /var/lib/sih if PostgreSQL's account cannot enter `folder`.
    Raises EmbeddedError."""
    with _plain_refusals(folder):
        return home_of(folder.resolve(), Account())


def program(name: str) -> Path:
    """The path of a program of the PostgreSQL that start() would use, such as pg_dump. Raises EmbeddedError."""
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
