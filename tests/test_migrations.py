"""upgrade-db: from the first schema on, step by step, to the one that init-db makes; asked for, whole, and once."""

import dataclasses
import itertools

import pytest

from sih import create_app, installation
from sih.dao import schema as schema_module
from sih.dao.masters import Masters
from sih.dao.query import DatabaseFault, Pool
from sih.dao.schema import MIGRATIONS, VERSION, Schema, owner_of
from sih.masters.nouns import EMPLOYEE
from tests.at_once import all_at_once
from tests.catalog import CATALOG
from tests.servers import opened, with_admin

numbers = itertools.count(1)
FIRST_DATA = """
INSERT INTO store (code, name, city, time_zone) VALUES ('T001', 'Kelapa Gading', 'Jakarta', 'Asia/Jakarta');
INSERT INTO employee (nik, name, role, store_id, pin_hash) VALUES
    ('10000001', 'Rini Lestari', 'reporter', 1, '$argon2id$x'), ('40000001', 'Adi', 'admin', 1, NULL);
INSERT INTO asset (label, kind_id, store_id) VALUES ('T001-PRN-01', 1, 1);
INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id)
    VALUES (nextval('event_id_seq'), 1, 'reported', '2026-01-01Z', 1, 'new', 1);
INSERT INTO problem (token, reported_at, held_since, store_id, reporter_id, asset_kind_id, status, holder_division_id,
                     title, description, last_event_id)
    VALUES (gen_random_uuid(), '2026-01-01Z', '2026-01-01Z', 1, 1, 1, 'new', 1, 'Mati', 'Mati.', 1);
"""


@pytest.fixture
def make(admin, worker, settings):
    """make(version) gives the settings of a database of its own, made by an administrator with this schema."""
    made = []

    def database(version: int):
        name = f"{worker}_step_{next(numbers)}"
        made.append(name)
        account = {"db_user": f"{name}_app", "db_password": "pw", "db_name": name}
        place = dataclasses.replace(settings, db_host=admin["host"], db_port=str(admin["port"]), **account)
        with opened(Pool(**admin, dbname="postgres")) as query:
            Schema(query).create_roles_and_database(name, f"{name}_app", "pw")
        with opened(Pool(**admin, dbname=name)) as query:
            if version == VERSION:
                Schema(query).create(owner_of(name), f"{name}_app")
            else:
                first(query, owner_of(name), f"{name}_app")
        return place

    yield database
    for name in made:
        with_admin(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for role in (f"{name}_app", f"{name}_owner"):
            with_admin(admin, f"DROP ROLE IF EXISTS {role}")


def first(query, owner: str, app: str) -> None:
    """The schema as the first installations have it."""
    rights = (
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
        "USAGE ON ALL SEQUENCES IN SCHEMA public",
    )
    with query.transaction():
        query.execute(f"SET LOCAL ROLE {owner}")
        query.execute((MIGRATIONS / "001.sql").read_text())
        for right in rights:
            query.execute(f"GRANT {right} TO {app}")
        query.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
        query.execute(f"REVOKE UPDATE, DELETE ON event FROM {app}")
        query.execute(f"REVOKE DELETE ON problem FROM {app}")
        query.execute(f"REVOKE INSERT, UPDATE, DELETE ON installation FROM {app}")


def upgrade(place, admin, *words: str, code: int = 0) -> str:
    runner = create_app(place).test_cli_runner(env={"PGPASSWORD": admin["password"]})
    result = runner.invoke(args=["upgrade-db", *words])
    assert result.exit_code == code, result.output
    return result.output.strip()


def catalog(place, admin) -> dict[str, set[str]]:
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        found = {name: {row["fact"] for row in query.select(sql, {})} for name, sql in CATALOG.items()}
    return {name: {fact.replace(place.db_name, "") for fact in facts} for name, facts in found.items()}


def test_the_first_schema_and_all_steps_are_todays_schema(make, admin):
    stepped, fresh = make(1), make(VERSION)
    said = upgrade(stepped, admin, "--admin-user", admin["user"])
    assert said == f"The schema was upgraded from 1 to {VERSION}."
    after, expected = catalog(stepped, admin), catalog(fresh, admin)
    for name in CATALOG:
        assert after[name] == expected[name], name


def test_what_was_there_stays_and_is_found(make, admin):
    place = make(1)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        query.execute(FIRST_DATA)
    upgrade(place, admin, "--admin-user", admin["user"])
    account = {"user": place.db_user, "password": place.db_password, "dbname": place.db_name}
    with opened(Pool(host=place.db_host, port=place.db_port, **account)) as query:
        rows, _ = Masters(query, EMPLOYEE).page({"words": "lestari"})
        assert [row["nik"] for row in rows] == ["10000001"] and rows[0]["state"] == "active"
        assert query.select_one("SELECT count(*) AS amount FROM problem")["amount"] == 1


def test_a_second_upgrade_changes_nothing(make, admin):
    place = make(1)
    upgrade(place, admin, "--admin-user", admin["user"])
    assert upgrade(place, admin, "--admin-user", admin["user"]) == "The schema is up to date."


def test_two_upgrades_at_once_are_one(make, admin):
    place = make(1)
    run = lambda: installation.upgrade_on_server(place, admin["user"], admin["password"])  # noqa: E731
    assert {after for _, after in all_at_once([run, run])} == {VERSION}


def test_an_older_schema_is_not_served_and_not_changed_by_itself(make, admin):
    place = make(1)
    fault = installation.schema_fault(installation.pool(place))
    assert fault.endswith("Run: .venv/bin/flask --app sih upgrade-db") and catalog_version(place, admin) == 1


def catalog_version(place, admin) -> int:
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        return Schema(query).version()


def test_a_step_that_fails_leaves_everything_as_it_was(make, admin, tmp_path, monkeypatch):
    place = make(1)
    (tmp_path / "002.sql").write_text("CREATE TABLE half (id integer); SELECT no_such_function();")
    monkeypatch.setattr(schema_module, "MIGRATIONS", tmp_path)
    with pytest.raises(DatabaseFault):
        installation.upgrade_on_server(place, admin["user"], admin["password"])
    assert catalog_version(place, admin) == 1
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        assert query.select_one("SELECT to_regclass('half') IS NULL AS is_gone")["is_gone"]


def test_the_application_itself_may_not_where_an_owner_holds_the_tables(make, admin):
    place = make(1)
    assert upgrade(place, admin, code=1).startswith("The database refuses: ")
    assert catalog_version(place, admin) == 1


def test_a_newer_schema_is_left_alone(make, admin):
    place = make(VERSION)
    with opened(Pool(**admin, dbname=place.db_name)) as query:
        query.execute("UPDATE installation SET schema_version = 99")
    assert "this program is older" in upgrade(place, admin, "--admin-user", admin["user"], code=1)
    assert "is older" in installation.schema_fault(installation.pool(place))


def test_steps_are_numbered_without_a_gap():
    assert [path.name for path in sorted(MIGRATIONS.iterdir())] == [f"{n:03}.sql" for n in range(1, VERSION + 1)]
