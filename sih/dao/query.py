"""All access to PostgreSQL: a connection pool, and Query with the two verbs of the paper (docs/paper.md, Kode Program
4)."""

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
DatabaseFault = psycopg2.Error  # raised for missing privileges and wrong statements
psycopg2.extras.register_uuid()
LIFETIME = 1800.0  # seconds; older connections are replaced, so that none stays at a host after a failover
TIMEOUT, ROLLBACK_TIMEOUT = 20.0, 3.0  # seconds
# A network that drops packets is detected within a minute: after 20 s of silence a probe every 10 s. A connection is
# also closed if sent data stay unacknowledged for 45 s (in milliseconds).
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 45_000,
}
# By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html. The longest matching prefix applies.
KINDS = {
    "08": DatabaseGone,
    "57P": DatabaseGone,  # the server is stopping or starting
    "25P03": DatabaseGone,  # idle_in_transaction_session_timeout
    "55P03": DatabaseBusy,  # lock_timeout
    "57014": DatabaseBusy,  # statement_timeout
    "53": DatabaseBusy,  # out of memory or connections
    "53100": DatabaseFull,
    "40001": DatabaseConflict,
    "40P01": DatabaseConflict,
    "25006": DatabaseReadOnly,
}
# libpq reports no SQLSTATE for a refused connection. These are the messages of PostgreSQL and of PgBouncer.
IS_CROWDED = re.compile("too many|connection slots are reserved|no more connections allowed")


@dataclass(frozen=True)
class Limits:
    """Time limits of a statement. `deadline`: seconds that the client waits, None for no limit. `server`: SQL that sets
    the server's limits for one transaction; '' for those of the role."""

    deadline: float | None
    server: str = ""


# For the worker and commands, where nobody waits at a screen. Set for each transaction, since PgBouncer may give each
# transaction another server connection.
BACKGROUND = Limits(600.0, "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '570s'; ")
UNLIMITED = Limits(None)  # for creating and upgrading a database


class Pool:
    """A pool of at most `size` connections, opened on demand, so that a server may fork before the first use."""

    def __init__(self, size: int = 8, wait: float = 3.0, timeout: float = TIMEOUT, **address) -> None:
        """`address`: libpq's parameters (host, port, user, password, dbname). `wait` for a free connection and
        `timeout` of a statement in seconds."""
        self.address = {"connect_timeout": 3, "target_session_attrs": "read-write", **KEEPALIVES, **address}
        self.timeout, self._wait, self._free, self._room = timeout, wait, [], size
        self._changed, self._lost_at = threading.Condition(), 0.0

    def borrow(self) -> "_Connection":
        """A live connection in autocommit mode. Raises DatabaseBusy after `wait` seconds without a free one,
        DatabaseGone if the server cannot be reached."""
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
        """Takes a borrowed connection back. An open transaction is rolled back, a broken connection is closed."""
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
        """Closes a connection that is lost or whose server is no longer the primary. All older connections lead to the
        same server and are replaced without trying each. The caller still gives this one back."""
        self._lost_at = time.monotonic()
        connection.close()

    def close(self) -> None:
        """Closes all idle connections, for example before a fork."""
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
        # A duplicate descriptor: libpq may close its own at any time, and the system may reuse the number.
        self._line = socket.fromfd(self.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def run(self, cursor, sql: str, params: dict | None, seconds: float | None) -> None:
        """Runs a statement. Raises psycopg2.InterfaceError after `seconds` without an answer; None: no limit."""
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
        """Whether the server is still connected. A closed connection has an end-of-file to read, which needs no round
        trip, unlike SELECT 1."""
        return not self.closed and not _has_input(self)

    def roll_back(self) -> bool:
        """Rolls an open transaction back. Returns whether the connection can be used again."""
        with contextlib.suppress(psycopg2.Error):
            if self.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
                self.run(self.cursor(), "ROLLBACK", None, ROLLBACK_TIMEOUT)
            return not self.closed
        return False

    def close(self) -> None:
        super().close()
        self._line.close()

    def __del__(self) -> None:
        if hasattr(self, "_line"):  # not set if connecting failed
            self._line.close()


def _has_input(connection: psycopg2.extensions.connection) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()  # select() is limited to descriptors below 1024
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class Query:
    """Runs statements on one connection, borrowed at the first statement and returned by close()."""

    def __init__(self, pool: Pool, limits: Limits | None = None) -> None:
        """`limits`: None for those of a request: the pool's timeout, and the role's limits on the server."""
        self._pool, self._depth = pool, 0
        self._connection: _Connection | None = None
        self._limits = limits or Limits(pool.timeout)

    @overload
    def select(self, sql: str, params: dict | None = None, record: None = None) -> list[dict]: ...

    @overload
    def select(self, sql: str, params: dict | None, record: type[Record]) -> list[Record]: ...

    def select(self, sql, params=None, record=None):
        """All rows, as dicts or as instances of `record`, a dataclass whose first fields are the columns in their
        order. Raises DatabaseUnavailable, RuleViolated, and TypeError if the columns differ from the fields."""
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
        """The single row of the result. Raises ValueError if there is none or more than one."""
        row = self.one_or_none(sql, params, record)
        if row is None:
            raise ValueError("one row was expected, none came")
        return row

    @overload
    def one_or_none(self, sql: str, params: dict | None = None, record: None = None) -> dict | None: ...

    @overload
    def one_or_none(self, sql: str, params: dict | None, record: type[Record]) -> Record | None: ...

    def one_or_none(self, sql, params=None, record=None):
        """The single row of the result, or None. Raises ValueError if there is more than one."""
        rows = self.select(sql, params, record)
        if len(rows) > 1:
            raise ValueError("one row was expected, several came")
        return rows[0] if rows else None

    def execute(self, sql: str, params: dict | None = None) -> int:
        """Runs a statement and returns the number of affected rows. Raises DatabaseUnavailable, RuleViolated."""
        with self._cursor() as cursor:
            self._run(cursor, sql, params)
            return cursor.rowcount

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """A transaction, rolled back by any exception. A nested one is part of the outer one. Raises RuntimeError at
        its end if a failed statement inside was ignored."""
        self._depth += 1
        try:
            if self._depth == 1:
                self.execute(f"BEGIN; {self._limits.server}")  # both in one round trip
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
        """Returns the connection to the pool and rolls back what was not committed. May be called more than once."""
        if self._connection is not None:
            self._pool.give_back(self._connection)
            self._connection = None

    def _commit(self) -> None:
        """Commits. Checks the state first, because PostgreSQL answers COMMIT in a failed transaction with ROLLBACK and
        no error."""
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
        """Runs a statement. Outside a transaction it is repeated once after a conflict; a transaction can only be
        repeated as a whole, by its caller."""
        if self._depth:
            self._ask(cursor, sql, params)
            return
        # In one message, the limits and the statement are one transaction and take one round trip.
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
    """The message on one line, for logs and commands."""
    return " ".join(str(error).split())


def _kind(error: psycopg2.Error, connection: _Connection) -> type[DatabaseUnavailable] | None:
    """The refusal for a fault of the database or connection; None if the statement is wrong."""
    code = error.pgcode or ""
    fitting = [beginning for beginning in KINDS if code.startswith(beginning)]
    if fitting:
        return KINDS[max(fitting, key=len)]
    return DatabaseGone if connection.closed or isinstance(error, psycopg2.InterfaceError) else None
