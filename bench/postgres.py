"""The PostgreSQL that is measured: an embedded one of its own, or, where SIH_TEST_PG names it, a given server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import databases
from sih import embedded
from sih.dao.query import Pool, Query
from sih.dao.schema import owner_of

FOLDER = Path(__file__).resolve().parent.parent / "instance" / "bench"
# What an administrator would give a server of this size; everything that guards the data keeps its default.
SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "shared_preload_libraries": "pg_stat_statements",
}
UNGUARDED = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # while loading, never measured
LOADING = 86_400.0  # seconds; a statement of the loader may take its time
SHOWN = ("server_version", "shared_buffers", "fsync", "full_page_writes", "synchronous_commit", "jit")

COUNT_AGAIN = "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = %(name)s"
COUNTED = """
SELECT coalesce(sum(s.calls), 0)::integer AS calls
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = %(name)s AND s.query !~* '^(BEGIN|COMMIT|ROLLBACK)'
  AND s.query !~ '(UPDATE|DELETE FROM) (job|import) '
"""


class Postgres:
    """`admin` is an administrator's address, `app` names the role of the application and its password."""

    def __init__(self, admin: dict, is_own: bool) -> None:
        self.admin, self._is_own = admin, is_own
        self.app = {"user": databases.APP, "password": databases.APP_PASSWORD}
        self.can_count = is_own

    def copy(self, kept: str, name: str) -> None:
        """A database to be written to, so that the kept one stays as it was loaded."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name} TEMPLATE {kept} OWNER {owner_of(kept)} STRATEGY FILE_COPY")

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def opened(self, database: str = "postgres") -> databases.opened:
        """A Query of an administrator."""
        return databases.opened(Pool(**self.admin, dbname=database, timeout=LOADING))

    def run(self, statement: str) -> None:
        databases.with_admin(self.admin, statement)

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """Without durability, for loading. Settings of a given server are not touched."""
        self._set(UNGUARDED)
        try:
            yield
        finally:
            self._set(dict.fromkeys(UNGUARDED, "DEFAULT"))
            self.run("CHECKPOINT")

    @contextmanager
    def counting(self, database: str) -> Iterator["Count"]:
        """Counts the statements that this database is sent by whoever uses it."""
        with self.opened() as query:
            query.select(COUNT_AGAIN, {"name": database})
            yield Count(query, database)

    def description(self) -> str:
        """The settings that matter, for the report."""
        with self.opened() as query:
            return ", ".join(f"{name} {query.one(f'SHOW {name}')[name]}" for name in SHOWN)

    def _set(self, settings: dict[str, str]) -> None:
        if self._is_own:
            for name, value in settings.items():
                self.run(f"ALTER SYSTEM SET {name} = {value}")
            self.run("SELECT pg_reload_conf()")


class Count:
    def __init__(self, query: Query, database: str) -> None:
        self._query, self._database = query, database

    def so_far(self) -> int:
        """Without BEGIN, COMMIT and ROLLBACK."""
        return self._query.one(COUNTED, {"name": self._database})["calls"]


@contextmanager
def started() -> Iterator[Postgres]:
    if named := databases.named_server():
        yield Postgres(named, is_own=False)
        return
    server = embedded.start(FOLDER, settings=SETTINGS)
    try:
        place = {"host": server.host, "port": server.port, "sslmode": "disable"}
        postgres = Postgres({**place, "user": server.admin_user, "password": server.admin_password}, is_own=True)
        postgres.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        yield postgres
    finally:
        server.stop()
