"""The command that lists the accounts of the demo company."""

from concurrent.futures import ThreadPoolExecutor
from itertools import compress

import click
from flask import Flask
from flask.cli import with_appcontext

from sih import demo
from sih.commands.faults import fail, tells_faults
from sih.dao.employees import Employees
from sih.domain import pins
from sih.domain.errors import DatabaseUnavailable
from sih.web import application, query


def demo_text(app: Flask) -> str:
    """The accounts of the demo company, as `demo-accounts` prints them; '' without demo data or database."""
    with app.app_context():
        try:
            accounts = _usable()
        except DatabaseUnavailable:
            return ""
    return accounts_text(accounts) if accounts else ""


def accounts_text(accounts: list[dict]) -> str:
    """Lines of tab-separated text: `PIN` and the PIN, then NIK, role, store, division, name of each account."""
    rows = ["\t".join(row[name] for name in ("nik", "role", "store", "division", "name")) for row in accounts]
    return "\n".join([f"PIN\t{demo.PIN}", *rows, ""])


def _usable() -> list[dict]:
    """The demo accounts whose PIN is still the demo PIN, under the pin_key of the settings."""
    accounts, key = Employees(query()).demo_accounts(), application.settings().pin_key
    with ThreadPoolExecutor() as threads:
        are_open = list(threads.map(lambda account: pins.matches(account["pin_hash"], demo.PIN, key), accounts))
    return list(compress(accounts, are_open))


@click.command("demo-accounts")
@with_appcontext
@tells_faults
def demo_accounts() -> None:
    """Prints the accounts of the demo company and their PIN."""
    accounts = _usable()
    if not accounts:
        fail("This database holds no demo data, or its PINs were changed.")
    click.echo(accounts_text(accounts), nl=False)
