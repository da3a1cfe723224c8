"""The database of this installation: which one the settings name, and how it is created and upgraded. The embedded one
is created at the first start, one on a real server by `.venv/bin/flask --app sih init-db`."""

import atexit
import sys

from settings import Settings
from sih import demo, embedded
from sih.dao.clocks import Clocks
from sih.dao.demo import Demo
from sih.dao.pin_keys import PinKeys
from sih.dao.query import UNLIMITED, Limits, Pool, Query
from sih.dao.schema import VERSION, Schema, owner_of
from sih.domain import clock, pins
from sih.domain.errors import WrongClock

READY_WITHIN = 3.0  # seconds; a load balancer that gets no answer uses another process


def pool(settings: Settings) -> Pool:
    """The connection pool of the application's role. Without a server in the settings, starts and prepares the embedded
    PostgreSQL. Raises EmbeddedError."""
    if settings.is_embedded:
        _say("Starting the embedded PostgreSQL ...")
        server = embedded.start(settings.instance)
        atexit.register(server.stop)
        _prepare_embedded(settings, server)
        server.watch()
        return Pool(timeout=settings.db_timeout, **_place(server), **_account(settings))
    return Pool(timeout=settings.db_timeout, **_server(settings), **_account(settings))


def described(settings: Settings) -> str:
    """A phrase that names the database, for messages to administrators."""
    if settings.is_embedded:
        return f"the embedded PostgreSQL in {embedded.place_of(settings.instance)}"
    return f"database {settings.db_name} on {settings.db_host}, port {settings.db_port}"


def access(settings: Settings) -> dict[str, str]:
    """libpq's environment variables for PostgreSQL's programs: the superuser of the embedded server, which is started
    if needed, or the application's role on a real server."""
    if settings.db_host is not None:
        where = {"PGHOST": settings.db_host, "PGPORT": settings.db_port}
        who = {"PGUSER": settings.db_user, "PGPASSWORD": settings.db_password}
    else:
        server = embedded.start(settings.instance)
        atexit.register(server.stop)
        where = {"PGHOST": server.host, "PGPORT": str(server.port), "PGSSLMODE": "disable"}
        who = {"PGUSER": server.admin_user, "PGPASSWORD": server.admin_password}
    return {**where, **who, "PGDATABASE": settings.db_name}


def create_on_server(settings: Settings, admin_user: str | None, admin_password: str | None) -> bool:
    """init-db on a real server. An administrator creates roles, database and schema; without one, the application's
    role creates the schema in an existing database. Returns False if the schema existed already."""
    place = _server(settings)
    if admin_user is None:
        made = _create_schema(Pool(**place, **_account(settings)))
    else:
        made = _create_all(settings, {**place, "user": admin_user, "password": admin_password})
    _limit(settings, place)
    return made


def upgrade_on_server(settings: Settings, admin_user: str | None, admin_password: str | None) -> tuple[int, int] | None:
    """upgrade-db: returns the versions before and after, or None if there is no schema. Give an administrator if the
    tables belong to a separate role (init-db --admin-user); otherwise the application's role upgrades."""
    place, account = _server(settings), _account(settings)
    if admin_user:
        account |= {"user": admin_user, "password": admin_password}
    versions = _with(Pool(**place, **account), lambda query: _upgrade(query, settings, bool(admin_user)))
    if versions:
        _limit(settings, place)
    return versions


def _upgrade(query: Query, settings: Settings, is_admin: bool) -> tuple[int, int] | None:
    if Schema(query).version() is None:
        return None
    return Schema(query).upgrade(owner_of(settings.db_name) if is_admin else None, settings.db_user)


def schema_fault(pool: Pool) -> str | None:
    """A sentence that says why the schema does not fit this program; None if it does."""
    query = Query(pool, Limits(READY_WITHIN))
    try:
        found = Schema(query).version()
    finally:
        query.close()
    if found is None:
        return "The database has no schema yet. Run: .venv/bin/flask --app sih init-db"
    if found < VERSION:
        return (
            f"The database has schema {found}, this program needs {VERSION}. Run: .venv/bin/flask --app sih upgrade-db"
        )
    if found > VERSION:
        return f"The database has schema {found}, this program is older and needs {VERSION}. Use the newer program."
    return None


def start_fault(pool: Pool, settings: Settings, may_be_demo: bool) -> str | None:
    """Why SIH must not be served on this database, in a sentence; None if it may. Raises DatabaseUnavailable."""
    fault = schema_fault(pool) or pin_key_fault(pool, settings)
    if not fault and not may_be_demo and has_demo_data(pool):
        return (
            "This is demo data, whose PINs everybody knows, and http_host would show it to the network."
            " Set http_host=localhost, or allow_demo_on_network=1 if that is what you want."
        )
    return fault


def has_demo_data(pool: Pool) -> bool:
    """Whether this database was filled with the demo company. Raises DatabaseUnavailable."""
    return _with(pool, lambda query: Demo(query).is_marked())


def clock_fault(pool: Pool) -> str | None:
    """A sentence that says why this machine closes no month; None if its clock is right."""
    query = Query(pool, Limits(READY_WITHIN))
    try:
        ahead = Clocks(query).fault()
    finally:
        query.close()
    return f"{WrongClock(ahead)}." if ahead else None


def pin_key_fault(pool: Pool, settings: Settings) -> str | None:
    """A sentence that says that pin_key is not the key of the stored PINs; None if it is, or if their key is
    unknown."""
    if not _with(pool, lambda query: PinKeys(query).is_other(pins.key_check(settings.pin_key))):
        return None
    place = f"{settings.instance / 'secrets.json'}, which holds it," if settings.is_embedded else "the setting pin_key"
    return (
        f"The PINs in this database were made with another pin_key: none would be right. Give {place} back from a "
        "backup. If it is lost, take every PIN away and begin with this one: .venv/bin/flask --app sih reset-all-pins"
    )


def _prepare_embedded(settings: Settings, server: embedded.EmbeddedServer) -> None:
    place = _place(server)
    admin = {"user": server.admin_user, "password": server.admin_password}
    gate = Query(Pool(size=1, **place, **admin, dbname="postgres"), UNLIMITED)
    Schema(gate).lock()
    try:
        _create_all(settings, {**place, **admin})
        _with(Pool(**place, **admin, dbname=settings.db_name), lambda query: _upgrade(query, settings, True))
        _fill_if_empty(settings, Pool(**place, **admin, dbname=settings.db_name))
        _limit(settings, place)
    finally:
        Schema(gate).unlock()
        gate.close()


def _create_all(settings: Settings, admin: dict) -> bool:
    account = _account(settings)
    _with(
        Pool(**admin, dbname="postgres"),
        lambda query: Schema(query).create_roles_and_database(account["dbname"], account["user"], account["password"]),
    )
    owner = owner_of(settings.db_name)
    return _create_schema(Pool(**admin, dbname=settings.db_name), owner, settings.db_user)


def _create_schema(pool: Pool, owner: str | None = None, app: str | None = None) -> bool:
    return _with(pool, lambda query: Schema(query).create(owner, app))


def _fill_if_empty(settings: Settings, pool: Pool) -> None:
    """Fills a database without employees with demo data. Checked at every start, because the first one may have been
    killed after the schema was created."""

    def fill(query: Query) -> None:
        if Schema(query).has_no_employees():
            _say("Making the invented company of the first start; this takes up to a minute ...")
            with query.transaction():
                PinKeys(query).know(pins.key_check(settings.pin_key))
                demo.fill(query, lambda pin: pins.hash_pin(pin, settings.pin_key), clock.now())

    _with(pool, fill)


def _say(what: str) -> None:
    """Progress of a long start, on standard error, because programs may read the standard output."""
    print(what, file=sys.stderr, flush=True)


def _limit(settings: Settings, place: dict) -> None:
    """The application's role sets its own limits, so this works with and without an administrator."""
    _with(Pool(**{**place, **_account(settings)}), lambda query: Schema(query).limit())


def _with(pool: Pool, work):
    query = Query(pool, UNLIMITED)
    try:
        return work(query)
    finally:
        query.close()
        pool.close()


def _place(server: embedded.EmbeddedServer) -> dict:
    """Plain TCP on this machine, independent of PG* environment variables."""
    return {"host": server.host, "port": server.port, "sslmode": "disable", "gssencmode": "disable", "options": ""}


def _server(settings: Settings) -> dict:
    return {"host": settings.db_host, "port": settings.db_port}


def _account(settings: Settings) -> dict:
    return {"user": settings.db_user, "password": settings.db_password, "dbname": settings.db_name}
