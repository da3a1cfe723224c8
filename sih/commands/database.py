"""Commands for the database of a real server: creating and upgrading its schema, running PostgreSQL's programs."""

import contextlib
import os
import shutil
import subprocess

import click
from flask.cli import with_appcontext

from sih import embedded
from sih.commands.faults import fail, tells_faults
from sih.dao.schema import VERSION, CannotUpgrade
from sih.runtime import installation
from sih.web import application

TRANSACTION_TIMEOUT_SINCE = 170_000  # of PostgreSQL's server_version_num
ONLY_SHOW = ("-l", "--list", "-f", "--file")  # options with which pg_restore does not write to a database
HEAD_LINES = 40  # of a script of pg_restore; they contain its SET commands


@click.command("init-db")
@click.option("--admin-user", help="A role that may create roles and databases; its password: PGPASSWORD, or asked.")
@with_appcontext
@tells_faults
def init_db(admin_user: str | None) -> None:
    """Creates the schema on the server of the settings; an existing schema is left unchanged."""
    settings = application.settings()
    if settings.is_embedded:
        refuse_administrator(admin_user)
        click.echo("The embedded database prepares itself; nothing to do.")
        return
    password = admin_user and (os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True))
    made = installation.create_on_server(settings, admin_user, password)
    installation.pin_key_fault(application.connection_pool(), settings)  # stores the check of pin_key in a new database
    click.echo("The schema was made." if made else "The schema is there already; nothing was changed.")


@click.command("upgrade-db")
@click.option("--admin-user", help="A role that may act as the owner; its password: PGPASSWORD, or asked.")
@with_appcontext
@tells_faults
def upgrade_db(admin_user: str | None) -> None:
    """Upgrades the schema on the server of the settings to the version of this program, one transaction a step."""
    settings = application.settings()
    if settings.is_embedded:
        refuse_administrator(admin_user)
        click.echo("The embedded database upgrades itself; nothing to do.")
        return
    password = admin_user and (os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True))
    try:
        versions = installation.upgrade_on_server(settings, admin_user, password)
    except CannotUpgrade as error:
        fail(str(error))
    if versions is None:
        fail("The database has no schema yet. Run: .venv/bin/flask --app sih init-db")
    before, after = versions
    if before > VERSION:
        fail(f"The database has schema {before}, this program is older. Use the newer program.")
    click.echo(f"The schema was upgraded from {before} to {after}." if before < after else "The schema is up to date.")


@click.command("pg", context_settings={"ignore_unknown_options": True})
@click.option(
    "--admin-user",
    help="Who signs in on a real server instead of the application's role; its password: PGPASSWORD, or asked.",
)
@click.argument("program", type=click.Choice(["pg_dump", "pg_restore", "psql"]))
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
@tells_faults
def run_program(program: str, words: tuple[str, ...], admin_user: str | None) -> None:
    """Runs a program of PostgreSQL on the database of the settings. Example: pg pg_dump -Fc -f sih.dump"""
    settings = application.settings()
    access = installation.access(settings)
    if admin_user:
        if settings.is_embedded:
            refuse_administrator(admin_user)
        password = os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True)
        access |= {"PGUSER": admin_user, "PGPASSWORD": password}
    environment = {**os.environ, **access}
    restores = program == "pg_restore" and not any(word.startswith(ONLY_SHOW) for word in words)
    if restores and 0 < _server_version(environment) < TRANSACTION_TIMEOUT_SINCE:
        code = _restore_through_psql(words, environment)
    else:
        # pg_restore ignores PGDATABASE: it needs the database as an argument, but refuses it together with -f.
        words = ("-d", settings.db_name, *words) if restores else words
        code = subprocess.run([embedded.program(program), *words], env=environment).returncode  # noqa: S603 - one of three
    if code:
        fail(f"{program} failed on {installation.described(settings)}.")


def _server_version(environment: dict[str, str]) -> int:
    """The server's version number, for example 150018; 0 if no server answers."""
    command = [embedded.program("psql"), "-XAtc", "SHOW server_version_num"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True).stdout.strip()  # noqa: S603
    return int(answer) if answer.isdecimal() else 0


def _restore_through_psql(words: tuple[str, ...], environment: dict[str, str]) -> int:
    """Restores through psql and returns the exit code. pg_restore 18 sets transaction_timeout, which servers before 17
    refuse; its script is passed to psql without that line, which is among the first HEAD_LINES."""
    single = [word for word in words if word in ("-1", "--single-transaction")]
    script = [embedded.program("pg_restore"), "-f", "-", *(word for word in words if word not in single)]
    psql = [embedded.program("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, *single]
    with (
        contextlib.suppress(BrokenPipeError),  # psql has ended and printed the reason
        subprocess.Popen(script, env=environment, stdout=subprocess.PIPE) as made,  # noqa: S603
        subprocess.Popen(psql, env=environment, stdin=subprocess.PIPE) as restored,  # noqa: S603
    ):
        assert made.stdout and restored.stdin  # noqa: S101 - both are pipes
        head = [made.stdout.readline() for _ in range(HEAD_LINES)]
        restored.stdin.writelines(line for line in head if not line.startswith(b"SET transaction_timeout"))
        shutil.copyfileobj(made.stdout, restored.stdin)
        if made.wait():
            restored.kill()  # at the end of its input psql would commit an incomplete restore
    return made.returncode or restored.returncode


def refuse_administrator(admin_user: str | None) -> None:
    """Fails if an administrator was named although the settings name no server."""
    if admin_user:
        fail("No server is set, so there is no administrator: set db_host_postgres and the settings beside it first.")
