"""Creating the database (roles, database, sql/schema.sql; each only if it does not exist) and upgrading it by the steps
of sql/migrations.

A step NNN.sql is one transaction and sets the version itself. A step NNN.batches.sql changes many rows: its last
statement changes some thousands of the remaining rows, and it is repeated in separate transactions until that statement
changes no row.
NNN.sql, if there is one, runs after it. The file `checksums` holds the SHA-256 of each file
(`sha256sum *.sql > checksums`)."""

import hashlib
from pathlib import Path

from sih.dao.query import Query
from sih.domain.errors import DatabaseBusy

SQL = Path(__file__).resolve().parents[2] / "sql"
SCHEMA, MIGRATIONS = SQL / "schema.sql", SQL / "migrations"
VERSION = 36  # of sql/schema.sql; a database stores its version in the table installation

HAS_ROLE = "SELECT 1 AS found FROM pg_roles WHERE rolname = %(name)s"
HAS_DATABASE = "SELECT 1 AS found FROM pg_database WHERE datname = %(name)s"
HAS_SCHEMA = "SELECT to_regclass('installation') IS NOT NULL AS found"
SCHEMA_VERSION = "SELECT schema_version FROM installation"
# Held while a server is prepared, so that concurrent first starts create one installation.
LOCK = "SELECT pg_advisory_lock(hashtext('sih.prepare'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('sih.prepare'))"
# One upgrade at a time. Held until the end of the transaction, so that it works through a pooler.
LOCK_STEPS = "SELECT pg_advisory_xact_lock(hashtext('sih.upgrade'))"
# A step may run long but must not wait long for a lock, because later requests queue behind the waiting step. It gives
# up earlier than a request would (LIMITS), so that these requests succeed.
STEP_LIMITS = "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '2s', true)"
SET_VERSION = "UPDATE installation SET schema_version = %(version)s"
HAS_EMPLOYEES = "SELECT EXISTS (SELECT FROM employee) AS found"

# Statements with names as parameters: format() quotes them in PostgreSQL and returns the statement to run.
CREATE_OWNER = "SELECT format('CREATE ROLE %%I NOLOGIN', %(owner)s) AS statement"
CREATE_APP = "SELECT format('CREATE ROLE %%I LOGIN', %(app)s) AS statement"
SET_PASSWORD = "SELECT format('ALTER ROLE %%I PASSWORD %%L', %(app)s, %(password)s) AS statement"  # noqa: S105
# The time limits of requests, for a lock and for a statement. They are set for the role in this database, which
# overrides settings of the role and does not affect other databases. Every role may do this for itself, and it works
# through a pooler. Background work sets its own limits for each transaction (sih/dao/query.py). JIT is off, as in the
# embedded PostgreSQL: compiling takes longer than any statement of a page, and new tables without statistics bring it.
LIMIT_ITSELF = """
SELECT format('ALTER ROLE %%I IN DATABASE %%I SET %%I = %%L', current_user, current_database(), name, value)
       AS statement
FROM (VALUES ('lock_timeout', %(lock)s), ('statement_timeout', %(statement)s), ('jit', 'off')) AS setting (name, value)
"""
LIMITS = {"lock": "3s", "statement": "15s"}
CREATE_DATABASE = """
SELECT format('CREATE DATABASE %%I OWNER %%I ENCODING ''UTF8'' TEMPLATE template0', %(database)s, %(owner)s)
       AS statement
"""
BE_OWNER = "SELECT format('SET LOCAL ROLE %%I', %(owner)s) AS statement"
# The application may only append to history and audit, and may not delete rows that problems refer to.
GRANTS = """
SELECT format(template, %(app)s) AS statement
FROM (VALUES
    (1, 'GRANT USAGE ON SCHEMA public TO %%I'),
    (2, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %%I'),
    (3, 'REVOKE UPDATE, DELETE ON event, mention, audit, ended_month, closed_month, closed_figure, open_at_month_end
         FROM %%I'),
    (4, 'REVOKE DELETE ON problem, employee, store, division, department, category, ready_text, slang,
         asset_kind, trouble, asset FROM %%I'),
    (5, 'REVOKE INSERT, UPDATE, DELETE ON installation FROM %%I'),
    (6, 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %%I'),
    (7, 'REVOKE UPDATE ON security_event FROM %%I'),
    (8, 'GRANT UPDATE (pin_key_check, sends_mail) ON installation TO %%I'),
    (9, 'REVOKE INSERT, DELETE ON age_limit FROM %%I')) AS granted (place, template)
ORDER BY place
"""


class Schema:
    def __init__(self, query: Query) -> None:
        self._query = query

    def lock(self) -> None:
        """Waits until no other session is preparing this server, and locks it."""
        self._query.select(LOCK)

    def unlock(self) -> None:
        self._query.select(UNLOCK)

    def create_roles_and_database(self, database: str, app: str, password: str) -> None:
        """Creates an owner without login, the application's role and the database, where missing, and sets the
        password. Needs an administrator's connection."""
        names = {"database": database, "owner": owner_of(database), "app": app, "password": password}
        if not self._found(HAS_ROLE, names["owner"]):
            self._run(CREATE_OWNER, names)
        if not self._found(HAS_ROLE, app):
            self._run(CREATE_APP, names)
        self._run(SET_PASSWORD, names)
        if not self._found(HAS_DATABASE, database):
            self._run(CREATE_DATABASE, names)

    def create(self, owner: str | None = None, app: str | None = None) -> bool:
        """Runs sql/schema.sql as `owner` and grants privileges to `app`, in one transaction. Returns False if the
        schema exists."""
        if self._query.one(HAS_SCHEMA)["found"]:
            return False
        with self._query.transaction():
            if owner:
                self._run(BE_OWNER, {"owner": owner})
            self._query.execute(SCHEMA.read_text(encoding="utf-8"))
            if app:
                self._run(GRANTS, {"app": app})
        return True

    def limit(self) -> None:
        """Sets LIMITS, and JIT off, for the role of this connection, effective from its next connection on."""
        with self._query.transaction():
            self._query.select(LOCK_STEPS)  # concurrent ALTER ROLE statements fail
            self._run(LIMIT_ITSELF, LIMITS)

    def upgrade(self, owner: str | None = None, app: str | None = None) -> tuple[int, int]:
        """Upgrades the schema step by step. Returns the versions before and after. Runs as `owner` if that role exists,
        and grants privileges on new tables to `app`. Raises CannotUpgrade if a step differs from the released file or
        could not get a lock; finished steps stay, and another call continues."""
        first = self._version()
        if altered := altered_steps():
            raise CannotUpgrade(
                f"sql/migrations/{altered[0]} is not the file that was released; nothing was changed. Give it back "
                "as it was released."
            )
        try:
            while self._step(owner if owner and self._found(HAS_ROLE, owner) else None, app):
                pass
        except DatabaseBusy as error:
            raise CannotUpgrade(
                "The upgrade gave up waiting for somebody who uses the database, so that nobody waits behind it. "
                f"Nothing is half done; run it again in a quieter moment: {error}"
            ) from error
        return first, self._version()

    def _step(self, owner: str | None, app: str | None) -> bool:
        """Runs one transaction of the next step. Returns False if there is no step left."""
        with self._query.transaction():
            self._query.select(LOCK_STEPS)
            number = self._version() + 1
            batches, step = MIGRATIONS / f"{number:03}.batches.sql", MIGRATIONS / f"{number:03}.sql"
            if number > VERSION or not (batches.exists() or step.exists()):
                return False
            self._query.select(STEP_LIMITS)
            if owner:
                self._run(BE_OWNER, {"owner": owner})
            if batches.exists() and self._query.execute(batches.read_text(encoding="utf-8")):
                return True
            if step.exists():
                self._query.execute(step.read_text(encoding="utf-8"))
            else:
                self._query.execute(SET_VERSION, {"version": number})
            if app and owner and self._version() == VERSION:  # GRANTS names tables of the last version
                self._run(GRANTS, {"app": app})
        return True

    def version(self) -> int | None:
        """The version of the schema in this database; None without a schema."""
        if not self._query.one(HAS_SCHEMA)["found"]:
            return None
        return self._version()

    def has_no_employees(self) -> bool:
        return not self._query.one(HAS_EMPLOYEES)["found"]

    def _version(self) -> int:
        return self._query.one(SCHEMA_VERSION)["schema_version"]

    def _found(self, sql: str, name: str) -> bool:
        return self._query.one_or_none(sql, {"name": name}) is not None

    def _run(self, sql: str, names: dict) -> None:
        for row in self._query.select(sql, names):
            self._query.execute(row["statement"])


class CannotUpgrade(Exception):
    """An upgrade stopped. The message is a sentence for the administrator."""


def altered_steps() -> list[str]:
    """The names of steps whose checksum differs from the released one or is missing on either side. Line ends of
    Windows make no difference."""
    lines = (MIGRATIONS / "checksums").read_text(encoding="utf-8").splitlines()
    released = {name: checksum for checksum, name in (line.split() for line in lines)}
    found = {path.name: path.read_text(encoding="utf-8").encode() for path in MIGRATIONS.glob("*.sql")}
    return sorted(
        name
        for name in released.keys() | found.keys()
        if hashlib.sha256(found.get(name, b"")).hexdigest() != released.get(name)
    )


def owner_of(database: str) -> str:
    """The name of the role that owns this database and everything in it."""
    return f"{database}_owner"
