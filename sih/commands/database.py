"""Making the database of a real server, and bringing its schema up to date."""

import os

import click
from flask import current_app
from flask.cli import with_appcontext

from sih import installation
from sih.commands.faults import fail, tells_faults
from sih.dao.schema import VERSION


@click.command("init-db")
@click.option("--admin-user", help="A role that may create roles and databases; its password: PGPASSWORD, or asked.")
@with_appcontext
@tells_faults
def init_db(admin_user: str | None) -> None:
    """Makes the schema on the server of the settings; what is there is left as it is."""
    settings = current_app.config["SETTINGS"]
    if settings.is_embedded:
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
        click.echo("The embedded database upgrades itself; nothing to do.")
        return
    password = admin_user and (os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True))
    versions = installation.upgrade_on_server(settings, admin_user, password)
    if versions is None:
        fail("The database has no schema yet. Run: flask --app sih init-db")
    before, after = versions
    if before > VERSION:
        fail(f"The database has schema {before}, this program is older. Use the newer program.")
    click.echo(f"The schema was upgraded from {before} to {after}." if before < after else "The schema is up to date.")
