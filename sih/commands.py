"""The command line (R10): flask --app sih init-db, create-admin, freeze, unfreeze, reset-pin, demo-accounts."""

import functools
import os
import signal
import sys
from collections.abc import Callable

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from sih import clock, demo, installation, pins
from sih.dao.audits import signed
from sih.dao.employees import ACTIVATION_DAYS, Employees
from sih.dao.query import DatabaseFault
from sih.errors import DatabaseGone, RuleViolated
from sih.web import query
from sih.worker import Worker


def init_app(app: Flask) -> None:
    for command in (init_db, create_admin, freeze, unfreeze, reset_pin, demo_accounts, worker):
        app.cli.add_command(command)


def demo_text(app: Flask) -> str:
    """The accounts of the invented company, as `demo-accounts` prints them; nothing on a real installation."""
    with app.app_context():
        try:
            accounts = Employees(query()).demo_accounts()
        except DatabaseGone:
            return ""
    return accounts_text(accounts) if accounts else ""


def accounts_text(accounts: list[dict]) -> str:
    """`PIN<TAB>...` and a line an account: NIK, role, store, division, name."""
    rows = ["\t".join(row[name] for name in ("nik", "role", "store", "division", "name")) for row in accounts]
    return "\n".join([f"PIN\t{demo.PIN}", *rows, ""])


def _tells_faults(command: Callable) -> Callable:
    """A database that is away or refuses, and a word that it cannot keep, are a sentence and not a stack."""

    @functools.wraps(command)
    def run(**arguments):
        if not all(word is None or word.isprintable() for word in arguments.values()):
            _fail("Not accepted: a character that cannot be kept.")
        try:
            command(**arguments)
        except DatabaseGone as error:
            _fail(f"The database cannot be reached: {error}")
        except DatabaseFault as error:
            _fail(f"The database refuses: {error}")

    return run


@click.command("init-db")
@click.option("--admin-user", help="A role that may create roles and databases; its password: PGPASSWORD, or asked.")
@with_appcontext
@_tells_faults
def init_db(admin_user: str | None) -> None:
    """Makes the schema on the server of the settings; what is there is left as it is."""
    settings = current_app.config["SETTINGS"]
    if settings.is_embedded:
        click.echo("The embedded database prepares itself; nothing to do.")
        return
    password = admin_user and (os.environ.get("PGPASSWORD") or click.prompt("Password", hide_input=True))
    made = installation.create_on_server(settings, admin_user, password)
    click.echo("The schema was made." if made else "The schema is there already; nothing was changed.")


@click.command("create-admin")
@click.option("--nik", prompt="NIK", type=str.upper)
@click.option("--name", prompt="Name")
@click.option("--store-code", prompt="Store code", default="HQ")
@click.option("--store-name", prompt="Store name", default="Kantor Pusat")
@click.option("--city", prompt="City", default="Jakarta")
@with_appcontext
@_tells_faults
def create_admin(**facts: str) -> None:
    """Makes an admin, and the store if it is new; prints the code for the first sign-in."""
    try:
        with _signed():
            Employees(query()).create_admin(facts)
    except RuleViolated as error:
        is_known = error.constraint == "employee_nik_once"
        _fail(f"NIK {facts['nik']} exists already." if is_known else f"Not accepted: {error.constraint}.")
    _new_code(facts["nik"])


@click.command("freeze")
@click.argument("nik", type=str.upper)
@with_appcontext
@_tells_faults
def freeze(nik: str) -> None:
    """Freezes an account: no sign-in, and out at the next click."""
    try:
        with _signed():
            is_done = Employees(query()).freeze(nik)
    except RuleViolated:
        _fail("The last admin cannot be frozen.")
    if not is_done:
        _fail(f"No account with NIK {nik} that is not frozen already.")
    click.echo(f"NIK {nik} is frozen.")


@click.command("unfreeze")
@click.argument("nik", type=str.upper)
@with_appcontext
@_tells_faults
def unfreeze(nik: str) -> None:
    """Lets a frozen account sign in again."""
    with _signed():
        is_done = Employees(query()).unfreeze(nik)
    if not is_done:
        _fail(f"No frozen account with NIK {nik}.")
    click.echo(f"NIK {nik} may sign in again.")


@click.command("reset-pin")
@click.argument("nik", type=str.upper)
@with_appcontext
@_tells_faults
def reset_pin(nik: str) -> None:
    """Takes the PIN away, ends the sessions, and prints a code to choose a new one with."""
    _new_code(nik)


@click.command("worker")
@click.option("--while-parent", is_flag=True, help="Ends with the process that started it.")
@with_appcontext
def worker(while_parent: bool) -> None:
    """Does the background work, such as imports, until it is told to stop. Several may run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    Worker(current_app.extensions["pool"]).run(os.getppid() if while_parent else None)


@click.command("demo-accounts")
@with_appcontext
@_tells_faults
def demo_accounts() -> None:
    """Prints the accounts of the invented company."""
    accounts = Employees(query()).demo_accounts()
    if not accounts:
        _fail("This database holds no demo data.")
    click.echo(accounts_text(accounts), nl=False)


def _new_code(nik: str) -> None:
    code, key = pins.new_code(), current_app.config["SETTINGS"].pin_key
    with _signed():
        is_done = Employees(query()).reset_pin(nik, pins.code_hmac(code, key), clock.now())
    if not is_done:
        _fail(f"No account with NIK {nik}.")
    click.echo(f"Activation code of NIK {nik}, for {ACTIVATION_DAYS} days: {code}")


def _signed():
    """What a command changes is the command line's."""
    return signed(query(), clock.now(), None, "command")


def _fail(message: str) -> None:
    click.echo(" ".join(message.split()), err=True)  # libpq explains itself in several lines
    sys.exit(1)
