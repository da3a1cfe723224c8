"""Making the database of a real server, and bringing its schema up to date."""

import os
import subprocess

import click
from flask import current_app
from flask.cli import with_appcontext

from sih import embedded
from sih.commands.faults import fail, tells_faults
from sih.dao.schema import VERSION, CannotUpgrade
from sih.runtime import installation


@click.command("init-db")
@click.option("--admin-user", help="A role that may create roles and databases; its password: PGPASSWORD, or asked.")
@with_appcontext
@tells_faults
def init_db(admin_user: str | None) -> None:
    """Makes the schema on the server of the settings; what is there is left as it is."""
    settings = current_app.config["SETTINGS"]
    if settings.is_embedded:
        refuse_administrator(admin_user)
        click.echo("The embedded database prepares itself; nothing to do.")
        return
    password = admin_user and (os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True))
    made = installation.create_on_server(settings, admin_user, password)
    installation.pin_key_fault(current_app.extensions["pool"], settings)  # a new database learns the key of its PINs
    click.echo("The schema was made." if made else "The schema is there already; nothing was changed.")


@click.command("upgrade-db")
@click.option("--admin-user", help="A role that may act as the owner; its password: PGPASSWORD, or asked.")
@with_appcontext
@tells_faults
def upgrade_db(admin_user: str | None) -> None:
    """Brings the schema on the server of the settings up to this program, in steps that are whole or not at all."""
    settings = current_app.config["SETTINGS"]
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
    """Runs a program of PostgreSQL on the database of the settings, as in: pg pg_dump -Fc -f sih.dump"""
    settings = current_app.config["SETTINGS"]
    given = installation.access(settings)
    if admin_user:
        if settings.is_embedded:
            refuse_administrator(admin_user)
        password = os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True)
        given |= {"PGUSER": admin_user, "PGPASSWORD": password}
    # pg_restore takes its database as a word alone.
    words = ("-d", settings.db_name, *words) if program == "pg_restore" else words
    command = [embedded.program(program), *words]
    done = subprocess.run(command, env={**os.environ, **given})  # noqa: S603 - one of three programs
    if done.returncode:
        fail(f"{program} failed on {installation.described(settings)}.")


def refuse_administrator(admin_user: str | None) -> None:
    """Whoever names an administrator means a real server."""
    if admin_user:
        fail("No server is set, so there is no administrator: set db_host_postgres and the settings beside it first.")
