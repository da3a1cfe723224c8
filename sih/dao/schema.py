"""Making the database: roles, the database itself, and sql/schema.sql, each only if it is not there yet; and upgrading
it by the steps of sql/migrations.

A step NNN.sql is one transaction and sets the version itself. A step NNN.batches.sql is for a change of many rows: one
statement that changes some thousands of those that are left. It is repeated, each time in a transaction of its own,
until it changes no row. The file `checksums` holds the SHA-256 of each step (`sha256sum *.sql > checksums`)."""

import hashlib
from pathlib import Path

from sih.dao.query import Query
from sih.domain.errors import DatabaseBusy

SQL = Path(__file__).resolve().parents[2] / "sql"
SCHEMA, MIGRATIONS = SQL / "schema.sql", SQL / "migrations"
VERSION = 13  # of sql/schema.sql; the row of the table installation says which one a database has

HAS_ROLE = "SELECT 1 AS found FROM pg_roles WHERE rolname = %(name)s"
HAS_DATABASE = "SELECT 1 AS found FROM pg_database WHERE datname = %(name)s"
HAS_SCHEMA = "SELECT to_regclass('installation') IS NOT NULL AS found"
SCHEMA_VERSION = "SELECT schema_version FROM installation"
# Held by the session that prepares, so that several first starts at once make one installation.
LOCK = "SELECT pg_advisory_lock(hashtext('sih.prepare'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('sih.prepare'))"
# One upgrade at a time; held until the step is committed, so it works through a pooler, too.
LOCK_STEPS = "SELECT pg_advisory_xact_lock(hashtext('sih.upgrade'))"
# A step may take its time, but not wait for a lock: whoever comes after it queues behind it. It gives up before a
# request would (LIMITS), so that those requests are served.
STEP_LIMITS = "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '2s', true)"
SET_VERSION = "UPDATE installation SET schema_version = %(version)s"
HAS_EMPLOYEES = "SELECT EXISTS (SELECT FROM employee) AS found"

# Statements whose names PostgreSQL itself quotes: %(...)s is bound first, format() writes the statement.
CREATE_OWNER = "SELECT format('CREATE ROLE %%I NOLOGIN', %(owner)s) AS statement"
CREATE_APP = "SELECT format('CREATE ROLE %%I LOGIN', %(app)s) AS statement"
SET_PASSWORD = "SELECT format('ALTER ROLE %%I PASSWORD %%L', %(app)s, %(password)s) AS statement"  # noqa: S105
# How long a request may wait, for a lock and in all. In this database alone, where an older setting of the role itself
# gives way, and others that use the same role keep what they have. Any role may say so of itself; it holds through a
# pooler. What works in the background sets its own, transaction by transaction (sih/dao/query.py).
LIMIT_ITSELF = """
SELECT format('ALTER ROLE %%I IN DATABASE %%I SET %%I = %%L', current_user, current_database(), name, longest)
       AS statement
FROM (VALUES ('lock_timeout', %(lock)s), ('statement_timeout', %(statement)s)) AS limited (name, longest)
"""
LIMITS = {"lock": "3s", "statement": "15s"}
CREATE_DATABASE = """
SELECT format('CREATE DATABASE %%I OWNER %%I ENCODING ''UTF8'' TEMPLATE template0', %(database)s, %(owner)s)
       AS statement
"""
BE_OWNER = "SELECT format('SET LOCAL ROLE %%I', %(owner)s) AS statement"
# The application appends to history and audit and never rewrites them; what a problem refers to is never deleted.
GRANTS = """
SELECT format(template, %(app)s) AS statement
FROM (VALUES
    (1, 'GRANT USAGE ON SCHEMA public TO %%I'),
    (2, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %%I'),
    (3, 'REVOKE UPDATE, DELETE ON event, audit, ended_month, closed_month, closed_figure, open_at_month_end FROM %%I'),
    (4, 'REVOKE DELETE ON problem, employee, store, division, department, category, asset_kind, asset FROM %%I'),
    (5, 'REVOKE INSERT, UPDATE, DELETE ON installation FROM %%I'),
    (6, 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %%I'),
    (7, 'REVOKE UPDATE ON security_event FROM %%I'),
    (8, 'GRANT UPDATE (pin_key_check) ON installation TO %%I')) AS granted (place, template)
ORDER BY place
"""


class Schema:
    def __init__(self, query: Query) -> None:
        self._query = query

    def lock(self) -> None:
        """Waits until no other session prepares this server."""
        self._query.select(LOCK)

    def unlock(self) -> None:
        self._query.select(UNLOCK)

    def create_roles_and_database(self, database: str, app: str, password: str) -> None:
        """An owner without login, the application's role, and the database. Needs an administrator's connection."""
        names = {"database": database, "owner": owner_of(database), "app": app, "password": password}
        if not self._found(HAS_ROLE, names["owner"]):
            self._run(CREATE_OWNER, names)
        if not self._found(HAS_ROLE, app):
            self._run(CREATE_APP, names)
        self._run(SET_PASSWORD, names)
        if not self._found(HAS_DATABASE, database):
            self._run(CREATE_DATABASE, names)

    def create(self, owner: str | None = None, app: str | None = None) -> bool:
        """Applies sql/schema.sql whole, as its owner, with the application's rights. False if it was there."""
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
        """How long a statement of the role of this connection may take, from the next connection on."""
        with self._query.transaction():
            self._query.select(LOCK_STEPS)  # PostgreSQL refuses the second of two that do this at the same time
            self._run(LIMIT_ITSELF, LIMITS)

    def upgrade(self, owner: str | None = None, app: str | None = None) -> tuple[int, int]:
        """Brings an older schema up to date, a step of sql/migrations at a time; gives the versions before and after.
        As `owner`, where that role exists; `app` gets its rights to what is new. Raises CannotUpgrade where a step is
        not the released one, or has to wait for a lock; what was done until then stays, and a repeated call goes on."""
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
        """One transaction of the next step; False if there is none left."""
        with self._query.transaction():
            self._query.select(LOCK_STEPS)
            number = self._version() + 1
            step = next(MIGRATIONS.glob(f"{number:03}.*"), None)
            if number > VERSION or step is None:
                return False
            self._query.select(STEP_LIMITS)
            if owner:
                self._run(BE_OWNER, {"owner": owner})
            changed = self._query.execute(step.read_text(encoding="utf-8"))
            if step.name.endswith(".batches.sql") and not changed:
                self._query.execute(SET_VERSION, {"version": number})
            if app and owner and self._version() == VERSION:  # they name tables of the last step
                self._run(GRANTS, {"app": app})
        return True

    def version(self) -> int | None:
        """Of the schema in this database; None if there is none."""
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
    """Why an upgrade stopped, in a sentence for whoever runs it."""


def altered_steps() -> list[str]:
    """The names of the steps whose checksum is another, or that have none. A line may end as on Windows."""
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
