"""What an admin does without a browser: the first admin, freezing, a code for a new PIN."""

import click
from flask import current_app
from flask.cli import with_appcontext

from sih import clock, installation, pins
from sih.commands.faults import fail, signed_here, tells_faults
from sih.dao.employees import ACTIVATION_DAYS, Employees
from sih.dao.handovers import Handovers
from sih.errors import RuleViolated
from sih.web import query


@click.command("create-admin")
@click.option("--nik", prompt="NIK", type=str.upper)
@click.option("--name", prompt="Name")
@click.option("--store-code", prompt="Store code", default="HQ")
@click.option("--store-name", prompt="Store name", default="Kantor Pusat")
@click.option("--city", prompt="City", default="Jakarta")
@with_appcontext
@tells_faults
def create_admin(**facts: str) -> None:
    """Makes an admin, and the store if it is new; says in which database, and prints the code for the first sign-in."""
    try:
        with signed_here():
            Employees(query()).create_admin(facts)
    except RuleViolated as error:
        is_known = error.constraint == "employee_nik_once"
        fail(f"NIK {facts['nik']} exists already." if is_known else f"Not accepted: {error.constraint}.")
    click.echo(f"NIK {facts['nik']} is an admin now, in {installation.described(current_app.config['SETTINGS'])}.")
    _new_code(facts["nik"])


@click.command("freeze")
@click.argument("nik", type=str.upper)
@with_appcontext
@tells_faults
def freeze(nik: str) -> None:
    """Freezes an account: no sign-in, and out at the next click."""
    try:
        with signed_here():
            is_done = Employees(query()).freeze(nik)
    except RuleViolated:
        fail("The last admin cannot be frozen.")
    if not is_done:
        fail(f"No account with NIK {nik} that is not frozen already.")
    click.echo(f"NIK {nik} is frozen.")
    if waiting := Handovers(query()).amount(Employees(query()).account(nik).id):
        click.echo(f"{waiting} problems wait at this person; the helpdesk can act on them.")


@click.command("unfreeze")
@click.argument("nik", type=str.upper)
@with_appcontext
@tells_faults
def unfreeze(nik: str) -> None:
    """Lets a frozen account sign in again."""
    with signed_here():
        is_done = Employees(query()).unfreeze(nik)
    if not is_done:
        fail(f"No frozen account with NIK {nik}.")
    click.echo(f"NIK {nik} may sign in again.")


@click.command("reset-pin")
@click.argument("nik", type=str.upper)
@with_appcontext
@tells_faults
def reset_pin(nik: str) -> None:
    """Takes the PIN away, ends the sessions, and prints a code to choose a new one with."""
    _new_code(nik)


def _new_code(nik: str) -> None:
    code, key = pins.new_code(), current_app.config["SETTINGS"].pin_key
    with signed_here():
        is_done = Employees(query()).reset_pin(nik, pins.code_hmac(code, key), clock.now())
    if not is_done:
        fail(f"No account with NIK {nik}.")
    click.echo(f"Activation code of NIK {nik}, for {ACTIVATION_DAYS} days: {code}")
