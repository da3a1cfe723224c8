"""Copies of a template database. A test leaves its copy as it found it: the rows and sequences are put back, which
takes a tenth of the time of a new copy."""

import io
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg2

from bench.databases import APP, APP_PASSWORD, opened, with_admin
from sih.dao.query import Pool, Query
from sih.dao.schema import owner_of

MOST_GROWTH = 2_000_000  # bytes; then a new copy: deleted rows stay in tables and indexes until they are vacuumed
numbers = itertools.count(1)

TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
SEQUENCES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
SIZE = """
SELECT sum(pg_relation_size(oid))::bigint
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
# Every change of schema, rights, settings or limits gives a row of the catalog a new version.
SCHEMA_VERSION = """
SELECT count(*), sum(version::text::bigint)
FROM (SELECT xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
      UNION ALL SELECT xmin FROM pg_attrdef
      UNION ALL SELECT xmin FROM pg_constraint
      UNION ALL SELECT xmin FROM pg_trigger
      UNION ALL SELECT xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT xmin FROM pg_enum
      UNION ALL SELECT xmin FROM pg_namespace
      UNION ALL SELECT s.xmin FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                WHERE d.datname = current_database()
      UNION ALL SELECT xmin FROM pg_database WHERE datname = current_database()) AS catalog (version)
"""


@dataclass(frozen=True)
class Content:
    """What a database holds: the rows of each table as COPY writes them, and statements that set the sequences."""

    rows: dict[str, bytes]
    sequences: str


class Copies:
    def __init__(self, template: str, admin: dict) -> None:
        self._template, self._admin, self._free = template, admin, []
        self._content, self._filled = self._content_of(template), {}

    @contextmanager
    def fresh(self, fill: Callable[[Query], None] | None = None) -> Iterator[dict]:
        """The address of a database like the template, as the application's role; with what `fill` stores in it, which
        is called only once."""
        copy = self._take(self._filled.get(fill))
        address = {**self._admin, "user": APP, "password": APP_PASSWORD, "dbname": copy.name}
        if fill and fill not in self._filled:
            with opened(Pool(**address)) as query:
                fill(query)
            self._filled[fill] = self._content_of(copy.name)
        try:
            yield address
        finally:
            if copy.restore(self._content):
                self._free.append(copy)
            else:
                self._drop(copy)

    def close(self) -> None:
        while self._free:
            self._drop(self._free.pop())

    def _take(self, content: Content | None) -> "Copy":
        """A copy with this content; None: the template's."""
        copy = self._free.pop() if self._free else self._make()
        while content and not copy.restore(content):  # it has grown, or somebody holds a lock
            self._drop(copy)
            copy = self._make()
        return copy

    def _content_of(self, database: str) -> Content:
        connection = psycopg2.connect(**self._admin, dbname=database)
        found = content(connection)
        connection.close()
        return found

    def _make(self) -> "Copy":
        name, owner = f"{self._template}_{next(numbers)}", owner_of(self._template)
        make = f"CREATE DATABASE {name} TEMPLATE {self._template} OWNER {owner} STRATEGY FILE_COPY"
        with_admin(self._admin, make)
        return Copy(name, self._admin)

    def _drop(self, copy: "Copy") -> None:
        copy.close()
        with_admin(self._admin, f"DROP DATABASE {copy.name} WITH (FORCE)")


class Copy:
    def __init__(self, name: str, admin: dict) -> None:
        self.name = name
        self._connection = psycopg2.connect(**admin, dbname=name, options="-c lock_timeout=20s")
        with self._connection, self._connection.cursor() as cursor:
            self._schema_version, self._size = schema_version(cursor), size(cursor)

    def restore(self, content: Content) -> bool:
        """Ends every other session here and puts the content back; False where this copy cannot be used again."""
        with suppress(psycopg2.Error), self._connection, self._connection.cursor() as cursor:
            cursor.execute(END_OTHERS)
            cursor.execute(f"LOCK TABLE {', '.join(content.rows)}")  # waits until they have ended
            if schema_version(cursor) == self._schema_version and size(cursor) < self._size + MOST_GROWTH:
                cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
                cursor.execute(";".join(f"DELETE FROM {table}" for table in content.rows))
                for table, rows in content.rows.items():
                    if rows:
                        cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(rows))
                cursor.execute(content.sequences)
                return True
        return False

    def close(self) -> None:
        self._connection.close()


def content(connection) -> Content:
    with connection, connection.cursor() as cursor:
        rows = {table: _rows(cursor, table) for table in _names(cursor, TABLES)}
        return Content(rows, ";".join(_as_it_stands(cursor, sequence) for sequence in _names(cursor, SEQUENCES)))


def schema_version(cursor) -> tuple:
    cursor.execute(SCHEMA_VERSION)
    return cursor.fetchone()


def size(cursor) -> int:
    cursor.execute(SIZE)
    return cursor.fetchone()[0]


def _names(cursor, sql: str) -> list[str]:
    cursor.execute(f"{sql} ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def _rows(cursor, table: str) -> bytes:
    written = io.BytesIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", written)
    return written.getvalue()


def _as_it_stands(cursor, sequence: str) -> str:
    cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
    return "SELECT setval('{}', {}, {})".format(sequence, *cursor.fetchone())
