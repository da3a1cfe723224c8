"""init-db on a real server: roles, database and schema, made once; the application's role may not rewrite history."""

import dataclasses
import itertools

import pytest

from bench.databases import opened, with_admin
from sih import create_app, web
from sih.background.worker import Worker
from sih.dao.query import Pool

numbers = itertools.count(1)
LIMITS = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement"
LIMITED = {"lock": "3s", "statement": "15s"}
FORBIDDEN = [
    "UPDATE event SET note = 'x'",
    "DELETE FROM event",
    "TRUNCATE event",
    "DELETE FROM problem",
    "UPDATE installation SET has_demo_data = true",
    "DROP TABLE event",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "CREATE TABLE extra (id integer)",
    "DROP FUNCTION refuse_change() CASCADE",
]


@pytest.fixture
def place(admin, worker, settings):
    """Settings of a server where nothing has been made for them yet."""
    name = f"{worker}_init_{next(numbers)}"
    yield dataclasses.replace(
        settings,
        db_host=admin["host"],
        db_port=str(admin["port"]),
        db_user=f"{name}_app",
        db_password="pw",
        db_name=name,
    )
    with_admin(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    for role in (f"{name}_app", f"{name}_owner"):
        with_admin(admin, f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def init_db(place, admin):
    """Runs it as an administrator would; gives the output."""

    def run(*words: str, password: str = admin["password"], code: int = 0) -> str:
        runner = create_app(place).test_cli_runner(env={"PGPASSWORD": password})
        result = runner.invoke(args=["init-db", *words])
        assert result.exit_code == code, result.output
        return result.output.strip()

    return run


def address(place) -> dict:
    account = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    return {"host": place.db_host, "port": place.db_port, **account}


def test_init_db_with_an_administrator_creates_roles_database_and_schema_once(init_db, place, admin):
    assert init_db("--admin-user", admin["user"]) == "The schema was made."
    with opened(Pool(**address(place))) as query:
        assert query.one("SELECT count(*) AS amount FROM division WHERE is_helpdesk")["amount"] == 1
    assert init_db("--admin-user", admin["user"]) == "The schema is there already; nothing was changed."
    assert create_app(place).test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_role_cannot_change_the_schema(init_db, place, admin, statement):
    init_db("--admin-user", admin["user"])
    with opened(Pool(**address(place))) as query, pytest.raises(Exception, match="permission denied|must be owner"):
        query.execute(statement)


def test_without_an_administrator_the_schema_is_made_in_a_database_that_exists(init_db, place, admin):
    with_admin(admin, f"CREATE ROLE {place.db_user} LOGIN PASSWORD '{place.db_password}'")
    with_admin(admin, f"CREATE DATABASE {place.db_name} OWNER {place.db_user}")
    assert init_db() == "The schema was made."
    assert init_db() == "The schema is there already; nothing was changed."
    with opened(Pool(**address(place))) as query:
        assert query.one_or_none(LIMITS) == LIMITED


def test_nothing_is_compiled(init_db, place, admin):
    init_db("--admin-user", admin["user"])
    with opened(Pool(**address(place))) as query:
        found = query.one("SELECT setting, source FROM pg_settings WHERE name = 'jit'")
        assert found == {"setting": "off", "source": "database user"}


def test_timeouts_belong_to_the_role_in_this_database_only(init_db, place, admin):
    init_db("--admin-user", admin["user"])
    with opened(Pool(**address(place))) as query:
        assert query.one_or_none(LIMITS) == LIMITED
    with opened(Pool(**{**address(place), "dbname": "postgres"})) as query:
        assert query.one_or_none(LIMITS) == {"lock": "0", "statement": "0"}


@pytest.mark.parametrize("as_admin", [True, False])
def test_upgrading_sets_the_timeouts_of_an_older_installation(init_db, place, admin, as_admin):
    init_db("--admin-user", admin["user"])
    with_admin(admin, f"ALTER ROLE {place.db_user} IN DATABASE {place.db_name} RESET ALL")
    with_admin(admin, f"ALTER ROLE {place.db_user} SET statement_timeout = '30s'")
    words = ["--admin-user", admin["user"]] if as_admin else []
    runner = create_app(place).test_cli_runner(env={"PGPASSWORD": admin["password"]})
    assert runner.invoke(args=["upgrade-db", *words]).output.strip() == "The schema is up to date."
    with opened(Pool(**address(place))) as query:
        assert query.one_or_none(LIMITS) == LIMITED


def test_worker_and_commands_set_their_own_timeouts(init_db, place, admin):
    init_db("--admin-user", admin["user"])
    app = create_app(place)
    with app.app_context():
        assert web.query().one_or_none(LIMITS) == {"lock": "1min", "statement": "570s"}
        with web.query().transaction():
            assert web.query().one_or_none(LIMITS) == {"lock": "1min", "statement": "570s"}
        web.return_connection()
    with Worker(app.extensions["pool"])._opened() as query:
        assert query.one_or_none(LIMITS) == {"lock": "1min", "statement": "570s"}
    with app.test_request_context():
        assert web.query().one_or_none(LIMITS) == LIMITED, "They leave nothing behind on the connection."
        web.return_connection()
    app.extensions["pool"].close()


def test_a_wrong_password_is_a_one_line_error(init_db, admin):
    output = init_db("--admin-user", admin["user"], password="wrong", code=1)
    assert output.startswith("The database cannot be reached: ") and "Traceback" not in output


def test_a_missing_privilege_is_a_one_line_error(init_db, place, admin):
    with_admin(admin, f"CREATE ROLE {place.db_user} LOGIN PASSWORD '{place.db_password}'")
    with_admin(admin, f"CREATE DATABASE {place.db_name}")
    output = init_db(code=1)
    assert output.startswith("The database refuses: permission denied for schema public")
    assert len(output.splitlines()) == 1


def test_before_init_db_readyz_says_what_to_do(place, admin):
    with_admin(admin, f"CREATE ROLE {place.db_user} LOGIN PASSWORD '{place.db_password}'")
    with_admin(admin, f"CREATE DATABASE {place.db_name} OWNER {place.db_user}")
    answer = create_app(place).test_client().get("/readyz")
    assert answer.status_code == 503 and "init-db" in answer.text


@pytest.mark.parametrize("command", ["init-db", "upgrade-db"])
def test_an_administrator_without_a_server_is_an_error(settings, app, command, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, db_host=None))
    result = app.test_cli_runner().invoke(args=[command, "--admin-user", "postgres"])
    assert result.exit_code == 1 and result.stdout == ""
    assert "db_host_postgres" in result.stderr and len(result.stderr.splitlines()) == 1
