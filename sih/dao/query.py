"""The only door to PostgreSQL: a pool, and Query with the paper's two verbs (docs/paper.md, Kode Program 4)."""

import contextlib
import re
import select
import socket
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import starmap
from typing import TypeVar, overload

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from sih.dao.watchdog import Watchdog
from sih.domain.errors import (
    DatabaseBusy,
    DatabaseConflict,
    DatabaseFull,
    DatabaseGone,
    DatabaseReadOnly,
    DatabaseUnavailable,
    RuleViolated,
)

Record = TypeVar("Record")  # a dataclass
DatabaseFault = psycopg2.Error  # what rises as it is: a right that is missing, a statement that is wrong
psycopg2.extras.register_uuid()
LIFETIME = 1800.0  # seconds; a connection older than this is replaced, so that a failed-over host is left in time
TIMEOUT, ROLLBACK_TIMEOUT = 20.0, 3.0  # seconds
# A network that swallows packets is noticed within a minute: 20 s of silence, then a question every 10 s; what was sent
# and not acknowledged for 45 s counts as lost, too (in milliseconds).
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 45_000,
}
# By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html. The longest beginning that fits counts.
KINDS = {
    "08": DatabaseGone,
    "57P": DatabaseGone,  # the server stops, or starts
    "25P03": DatabaseGone,  # it has ended an idle transaction
    "55P03": DatabaseBusy,  # lock_timeout
    "57014": DatabaseBusy,  # statement_timeout
    "53": DatabaseBusy,  # memory, connections
    "53100": DatabaseFull,
    "40001": DatabaseConflict,
    "40P01": DatabaseConflict,
    "25006": DatabaseReadOnly,
}
# Of a connection that is refused libpq tells no SQLSTATE; PostgreSQL's own words, and PgBouncer's.
IS_CROWDED = re.compile("too many|connection slots are reserved|no more connections allowed")


@dataclass(frozen=True)
class Limits:
    """How long a statement may take: `deadline` in seconds on our side, None for ever; `server` are the statements that
    set the server's own limits for one transaction, '' for those of the role."""

    deadline: float | None
    server: str = ""


# What nobody waits for at a screen: the worker, commands. For each transaction anew, as PgBouncer has it.
BACKGROUND = Limits(600.0, "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '570s'; ")
UNLIMITED = Limits(None)  # making and upgrading a database


class Pool:
    """At most `size` connections of this process. Made lazily, so that a server may fork before the first use."""

    def __init__(self, size: int = 8, wait: float = 3.0, timeout: float = TIMEOUT, **address) -> None:
        """`address` is what libpq takes (host, port, user, password, dbname); in seconds `wait` for a connection and
        `timeout` for a statement."""
        self.address = {"connect_timeout": 3, "target_session_attrs": "read-write", **KEEPALIVES, **address}
        self.timeout, self._wait, self._free, self._room = timeout, wait, [], size
        self._changed, self._lost_at = threading.Condition(), 0.0

    def borrow(self) -> "_Connection":
        """A live connection in autocommit. Raises DatabaseBusy after `wait` seconds without one, DatabaseGone."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free or self._room, self._wait):
                raise DatabaseBusy("every connection is in use")
            if self._free:
                connection = self._free.pop()
                if connection.is_alive() and self._is_trusted(connection):
                    return connection
                connection.close()
            else:
                self._room -= 1
        return self._connect()

    def give_back(self, connection: "_Connection") -> None:
        """Returns what borrow() lent; an unfinished transaction is rolled back, a broken connection dropped."""
        kept = self._is_trusted(connection) and connection.roll_back()
        if not kept:
            connection.close()
        with self._changed:
            if kept:
                self._free.append(connection)
            else:
                self._room += 1
            self._changed.notify()

    def drop(self, connection: "_Connection") -> None:
        """This one is lost, or leads to a server that is no longer the primary: and so do all that are as old, which
        need not be tried one by one. It is given back all the same."""
        self._lost_at = time.monotonic()
        connection.close()

    def close(self) -> None:
        """Closes what is not lent, for instance before a fork."""
        with self._changed:
            while self._free:
                self._free.pop().close()
                self._room += 1

    def _is_trusted(self, connection: "_Connection") -> bool:
        return connection.made > max(self._lost_at, time.monotonic() - LIFETIME)

    def _connect(self) -> "_Connection":
        try:
            connection = psycopg2.connect(connection_factory=_Connection, **self.address)
            connection.autocommit = True
            return connection
        except psycopg2.OperationalError as error:
            with self._changed:
                self._room += 1
                self._changed.notify()
            raise (DatabaseBusy if IS_CROWDED.search(str(error)) else DatabaseGone)(_reason(error)) from error


class _Connection(psycopg2.extensions.connection):
    _watchdog = Watchdog()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.made = time.monotonic()
        # A copy of libpq's own descriptor, which libpq may close, and the system give to another, at any moment.
        self._line = socket.fromfd(self.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def run(self, cursor, sql: str, params: dict | None, seconds: float | None) -> None:
        """Raises psycopg2.InterfaceError when the answer takes longer than `seconds`; None waits for ever."""
        if seconds is None:
            cursor.execute(sql, params)
            return
        number, fault = self._watchdog.begin(self._line, seconds), None
        try:
            cursor.execute(sql, params)
        except psycopg2.Error as error:
            fault = error
        finally:
            in_time = self._watchdog.end(number)
        if fault is not None:
            raise fault if in_time else psycopg2.InterfaceError(f"no answer within {seconds:g} s")

    def is_alive(self) -> bool:
        """A server that went away left an end-of-file to read: seen without a round trip, unlike SELECT 1."""
        return not self.closed and not _has_input(self)

    def roll_back(self) -> bool:
        """Ends what was begun; False if it cannot be used again."""
        with contextlib.suppress(psycopg2.Error):
            if self.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
                self.run(self.cursor(), "ROLLBACK", None, ROLLBACK_TIMEOUT)
            return not self.closed
        return False

    def close(self) -> None:
        super().close()
        self._line.close()

    def __del__(self) -> None:
        if hasattr(self, "_line"):  # else it was never connected
            self._line.close()


def _has_input(connection: psycopg2.extensions.connection) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()  # select() knows no file number above 1023, and a web server has many clients
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class Query:
    """One connection of one request: borrowed at the first statement, returned by close()."""

    def __init__(self, pool: Pool, limits: Limits | None = None) -> None:
        """`limits`: None for those of a request, the pool's timeout and what the role has on the server."""
        self._pool, self._depth = pool, 0
        self._connection: _Connection | None = None
        self._limits = limits or Limits(pool.timeout)

    @overload
    def select(self, sql: str, params: dict | None = None, record: None = None) -> list[dict]: ...

    @overload
    def select(self, sql: str, params: dict | None, record: type[Record]) -> list[Record]: ...

    def select(self, sql, params=None, record=None):
        """All rows, as dicts, or each made into a record: a dataclass whose fields are the columns in their order.
        Raises DatabaseUnavailable, RuleViolated."""
        with self._cursor() as cursor:
            self._run(cursor, sql, params)
            names, rows = tuple(column.name for column in cursor.description), cursor.fetchall()
        if record is None:
            return [dict(zip(names, row, strict=True)) for row in rows]
        if names != record.__match_args__[: len(names)]:
            raise TypeError(f"the fields of {record.__name__} are not the columns {', '.join(names)}")
        return list(starmap(record, rows))

    @overload
    def one(self, sql: str, params: dict | None = None, record: None = None) -> dict: ...

    @overload
    def one(self, sql: str, params: dict | None, record: type[Record]) -> Record: ...

    def one(self, sql, params=None, record=None):
        """The only row. Raises ValueError if there is none, or if there are several."""
        row = self.one_or_none(sql, params, record)
        if row is None:
            raise ValueError("one row was expected, none came")
        return row

    @overload
    def one_or_none(self, sql: str, params: dict | None = None, record: None = None) -> dict | None: ...

    @overload
    def one_or_none(self, sql: str, params: dict | None, record: type[Record]) -> Record | None: ...

    def one_or_none(self, sql, params=None, record=None):
        """The only row, or None where there is none. Raises ValueError if there are several."""
        rows = self.select(sql, params, record)
        if len(rows) > 1:
            raise ValueError("one row was expected, several came")
        return rows[0] if rows else None

    def execute(self, sql: str, params: dict | None = None) -> int:
        """Changes something; gives how many rows. Raises DatabaseUnavailable, RuleViolated."""
        with self._cursor() as cursor:
            self._run(cursor, sql, params)
            return cursor.rowcount

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """What happens inside is stored whole or not at all; an inner one belongs to the outer."""
        self._depth += 1
        try:
            if self._depth == 1:
                self.execute(f"BEGIN; {self._limits.server}")  # one message
            yield
            if self._depth == 1:
                self._commit()
        except BaseException:
            if self._depth == 1:
                self.close()
            raise
        finally:
            self._depth -= 1

    def close(self) -> None:
        """Gives the connection back, rolling back what was not committed. May be called again."""
        if self._connection is not None:
            self._pool.give_back(self._connection)
            self._connection = None

    def _commit(self) -> None:
        """PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK, and with no error."""
        if self._connection is None:
            raise RuntimeError("the connection was given back within this transaction")
        if self._connection.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR:
            raise RuntimeError("a statement failed in this transaction and was passed over")
        self.execute("COMMIT")

    def _borrowed(self) -> _Connection:
        if self._connection is None:
            self._connection = self._pool.borrow()
        return self._connection

    def _cursor(self) -> psycopg2.extensions.cursor:
        connection = self._borrowed()
        try:
            return connection.cursor()
        except psycopg2.InterfaceError as error:
            raise DatabaseGone(str(error)) from error

    def _run(self, cursor, sql: str, params: dict | None) -> None:
        """A statement that stands alone is tried again where it met another one; of a transaction only its author can
        try the whole again."""
        if self._depth:
            self._ask(cursor, sql, params)
            return
        # In one message with the statement they are one transaction, in one round trip.
        sql = self._limits.server + sql
        try:
            self._ask(cursor, sql, params)
        except DatabaseConflict:
            self._ask(cursor, sql, params)

    def _ask(self, cursor, sql: str, params: dict | None) -> None:
        connection = self._borrowed()
        try:
            connection.run(cursor, sql, params, self._limits.deadline)
        except psycopg2.IntegrityError as error:
            raise RuleViolated(error.diag.constraint_name or "", str(error)) from error
        except psycopg2.Error as error:
            kind = _kind(error, connection)
            if kind is None:
                raise
            if kind in (DatabaseGone, DatabaseReadOnly):
                self._pool.drop(connection)
            raise kind(_reason(error)) from error


def _reason(error: psycopg2.Error) -> str:
    """In one line, for logs and for commands."""
    return " ".join(str(error).split())


def _kind(error: psycopg2.Error, connection: _Connection) -> type[DatabaseUnavailable] | None:
    """What the database cannot do for the moment, or None where the statement is at fault."""
    code = error.pgcode or ""
    fitting = [beginning for beginning in KINDS if code.startswith(beginning)]
    if fitting:
        return KINDS[max(fitting, key=len)]
    return DatabaseGone if connection.closed or isinstance(error, psycopg2.InterfaceError) else None
