"""Account commands: the first admin, freezing, activation codes and sheets."""

import os
from pathlib import Path

import click
from flask.cli import with_appcontext

from sih.background import activation_sheets
from sih.commands.faults import fail, refuse_other_pin_key, signed_here, tells_faults
from sih.dao.activation_sheets import ActivationSheets
from sih.dao.employees import ACTIVATION_DAYS, Employees
from sih.dao.handovers import Handovers
from sih.dao.pin_keys import PinKeys
from sih.dao.security_events import SecurityEvents
from sih.domain import clock, pins
from sih.domain.errors import RuleViolated
from sih.domain.records import COMMAND_LINE
from sih.runtime import installation
from sih.web import application, query


@click.command("create-admin")
@click.option("--nik", prompt="NIK", type=str.upper)
@click.option("--name", prompt="Name")
@click.option("--store-code", prompt="Store code", default="HQ")
@click.option("--store-name", prompt="Store name", default="Kantor Pusat")
@click.option("--city", prompt="City", default="Jakarta")
@with_appcontext
@tells_faults
def create_admin(**facts: str) -> None:
    """Creates an admin, and the store if it does not exist; prints the database and the code for the first sign-in."""
    refuse_other_pin_key()
    try:
        with signed_here():
            Employees(query()).create_admin(facts)
    except RuleViolated as error:
        is_known = error.constraint == "employee_nik_once"
        fail(f"NIK {facts['nik']} exists already." if is_known else f"Not accepted: {error.constraint}.")
    click.echo(f"NIK {facts['nik']} is an admin now, in {installation.described(application.settings())}.")
    _new_code(facts["nik"])


@click.command("freeze")
@click.argument("nik", type=str.upper)
@with_appcontext
@tells_faults
def freeze(nik: str) -> None:
    """Freezes an account: it cannot sign in, and open sessions end at the next click."""
    try:
        with signed_here():
            is_done = Employees(query()).freeze(nik)
    except RuleViolated:
        fail("The last admin cannot be frozen.")
    if not is_done:
        fail(f"No account with NIK {nik} that is not frozen already.")
    click.echo(f"NIK {nik} is frozen.")
    account = Employees(query()).account(nik)
    if account and (waiting := Handovers(query()).amount(account.id)):
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
    """Removes the PIN, ends the sessions, and prints an activation code for a new PIN."""
    refuse_other_pin_key()
    _new_code(nik)


@click.command("reset-all-pins")
@click.option("--yes", is_flag=True, help="Without asking.")
@with_appcontext
@tells_faults
def reset_all_pins(yes: bool) -> None:
    """Removes everybody's PIN, which is needed after pin_key was lost; prints an activation code for each admin."""
    if not yes:
        click.confirm("Everybody loses the PIN and is signed out. Go on?", abort=True)
    keys, key = PinKeys(query()), application.settings().pin_key
    with signed_here():
        amount = keys.reset_all(pins.key_check(key))
        SecurityEvents(query()).add("pins_reset", clock.now(), COMMAND_LINE, detail=str(amount))
    click.echo(f"{amount} PINs were taken away. Restart SIH wherever it runs.")
    for admin in keys.admins():
        _new_code(admin["nik"])
    click.echo("Codes for the others: as an admin in the browser, Data Induk, Lembar kode aktivasi; or")
    click.echo(".venv/bin/flask --app sih activation-sheets --all FILE.pdf")


@click.command("activation-sheets")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--city", type=str, help="For the stores of this city.")
@click.option("--stores", type=str, help="For these stores: codes separated by commas.")
@click.option("--all", "is_all", is_flag=True, help="For every store.")
@click.option("--replace", is_flag=True, help="Also who has a code that is still valid gets another one.")
@with_appcontext
@tells_faults
def write_activation_sheets(file: Path, city: str | None, stores: str | None, is_all: bool, replace: bool) -> None:
    """Writes a PDF with an activation code for everybody in these stores who has neither PIN nor valid code."""
    if [bool(city), bool(stores), is_all].count(True) != 1:
        fail("Say for whom: --city CITY, --stores CODES, or --all.")
    refuse_other_pin_key()
    sheets, now, settings = ActivationSheets(query()), clock.now(), application.settings()
    codes = [code.strip().upper() for code in stores.split(",") if code.strip()] if stores else None
    if codes and (unknown := sheets.unknown_stores(codes)):
        fail(f"No such store: {', '.join(unknown)}.")
    if city and (city := sheets.city(city)) is None:
        fail("No store is in this city.")
    number = sheets.add(None, city, codes, replace, now)
    try:
        activation_sheets.issue(query(), number, settings.pin_key, now, lambda done, total: None)
        sheet = sheets.of(number, now)
        if sheet is None:
            fail("The codes took too long and were dropped; run it again.")
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as written:
            written.writelines(activation_sheets.pdf(query(), sheet, settings.pin_key, settings.public_url))
        SecurityEvents(query()).add("sheet_downloaded", clock.now(), COMMAND_LINE, detail=f"{number}: {sheet.amount}")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    finally:
        sheets.drop(number)
    click.echo(f"{file}: codes for {sheet.amount} people, valid for {ACTIVATION_DAYS} days.")


def _new_code(nik: str) -> None:
    code, key = pins.new_code(), application.settings().pin_key
    with signed_here():
        is_done = Employees(query()).reset_pin(nik, pins.code_hmac(code, key), clock.now())
    if not is_done:
        fail(f"No account with NIK {nik}.")
    click.echo(f"Activation code of NIK {nik}, for {ACTIVATION_DAYS} days: {code}")
