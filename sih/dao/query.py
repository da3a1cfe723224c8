"""The only door to PostgreSQL: a pool of connections, and Query with the paper's two verbs (Kode Program 4)."""

import contextlib
import select
import threading
import time
from collections.abc import Callable, Iterator

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from sih.errors import DatabaseGone, RuleViolated

DatabaseFault = psycopg2.Error  # what rises as it is: a right that is missing, a statement that is wrong
psycopg2.extras.register_uuid()
LIFETIME = 1800.0  # seconds; a connection older than this is replaced, so that a failed-over host is left in time


class Pool:
    """At most `size` connections of this process. Made lazily, so that a server may fork before the first use."""

    def __init__(self, size: int = 8, wait: float = 3.0, **address) -> None:
        """`address` is what libpq takes (host, port, user, password, dbname); `wait` in seconds."""
        self.address = {"connect_timeout": 3, "target_session_attrs": "read-write", **address}
        self._wait, self._free, self._room = wait, [], size
        self._changed = threading.Condition()

    def borrow(self) -> psycopg2.extensions.connection:
        """A live connection in autocommit. Raises DatabaseGone after `wait` seconds without one."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free or self._room, self._wait):
                raise DatabaseGone("every connection is in use")
            if self._free:
                connection, made = self._free.pop()
                if _is_alive(connection) and time.monotonic() - made < LIFETIME:
                    return connection
                connection.close()
            else:
                self._room -= 1
        return self._connect()

    def give_back(self, connection: psycopg2.extensions.connection) -> None:
        """Returns what borrow() lent; an unfinished transaction is rolled back, a broken connection dropped."""
        kept = _is_reusable(connection)
        with self._changed:
            if kept:
                self._free.append((connection, connection.sih_made))
            else:
                self._room += 1
            self._changed.notify()

    def close(self) -> None:
        """Closes what is not lent, for instance before a fork."""
        with self._changed:
            while self._free:
                self._free.pop()[0].close()
                self._room += 1

    def _connect(self) -> psycopg2.extensions.connection:
        try:
            connection = psycopg2.connect(connection_factory=_Connection, **self.address)
            connection.autocommit = True
            return connection
        except psycopg2.OperationalError as error:
            with self._changed:
                self._room += 1
                self._changed.notify()
            raise DatabaseGone(str(error)) from error


class _Connection(psycopg2.extensions.connection):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.sih_made = time.monotonic()


def _is_alive(connection: psycopg2.extensions.connection) -> bool:
    """A server that went away left an end-of-file to read: seen without a round trip, unlike SELECT 1."""
    return not connection.closed and not _has_input(connection)


def _has_input(connection: psycopg2.extensions.connection) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()  # select() knows no file number above 1023, and a web server has many clients
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _is_reusable(connection: psycopg2.extensions.connection) -> bool:
    with contextlib.suppress(psycopg2.Error):
        if connection.get_transaction_status() != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
            connection.cursor().execute("ROLLBACK")
        return not connection.closed
    connection.close()
    return False


class Query:
    """One connection of one request: borrowed at the first statement, returned by close()."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._connection, self._depth = pool, None, 0

    def select(self, sql: str, params: dict | None = None, record: Callable | None = None) -> list:
        """All rows, as dicts or each made into record(**row). Raises DatabaseGone, RuleViolated."""
        with self._cursor() as cursor:
            self._run(cursor, sql, params)
            names = [column.name for column in cursor.description]
            return [(record or dict)(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

    def select_one(self, sql: str, params: dict | None = None, record: Callable | None = None):
        """The only row, or None where there is none. Raises ValueError if there are several."""
        rows = self.select(sql, params, record)
        if len(rows) > 1:
            raise ValueError("one row was expected, several came")
        return rows[0] if rows else None

    def execute(self, sql: str, params: dict | None = None) -> int:
        """Changes something; gives how many rows. Raises DatabaseGone, RuleViolated."""
        with self._cursor() as cursor:
            self._run(cursor, sql, params)
            return cursor.rowcount

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """What happens inside is stored whole or not at all; an inner one belongs to the outer."""
        self._depth += 1
        try:
            if self._depth == 1:
                self.execute("BEGIN")
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
        if self._connection.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR:
            raise RuntimeError("a statement failed in this transaction and was passed over")
        self.execute("COMMIT")

    def _cursor(self):
        if self._connection is None:
            self._connection = self._pool.borrow()
        try:
            return self._connection.cursor()
        except psycopg2.InterfaceError as error:
            raise DatabaseGone(str(error)) from error

    def _run(self, cursor, sql: str, params: dict | None) -> None:
        try:
            cursor.execute(sql, params)
        except psycopg2.IntegrityError as error:
            raise RuleViolated(error.diag.constraint_name or "", str(error)) from error
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise DatabaseGone(str(error)) from error
