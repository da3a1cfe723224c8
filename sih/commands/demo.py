"""The accounts of the invented company."""

from concurrent.futures import ThreadPoolExecutor
from itertools import compress

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from sih import demo
from sih.commands.faults import fail, tells_faults
from sih.dao.employees import Employees
from sih.domain import pins
from sih.domain.errors import DatabaseUnavailable
from sih.web import query


def demo_text(app: Flask) -> str:
    """The accounts of the invented company, as `demo-accounts` prints them; nothing on a real installation."""
    with app.app_context():
        try:
            accounts = _usable()
        except DatabaseUnavailable:
            return ""
    return accounts_text(accounts) if accounts else ""


def accounts_text(accounts: list[dict]) -> str:
    """`PIN<TAB>...` and a line an account: NIK, role, store, division, name."""
    rows = ["\t".join(row[name] for name in ("nik", "role", "store", "division", "name")) for row in accounts]
    return "\n".join([f"PIN\t{demo.PIN}", *rows, ""])


def _usable() -> list[dict]:
    """The accounts that the PIN opens: not those whose person, or whose key, has changed since."""
    accounts, key = Employees(query()).demo_accounts(), current_app.config["SETTINGS"].pin_key
    with ThreadPoolExecutor() as threads:
        are_open = list(threads.map(lambda account: pins.matches(account["pin_hash"], demo.PIN, key), accounts))
    return list(compress(accounts, are_open))


@click.command("demo-accounts")
@with_appcontext
@tells_faults
def demo_accounts() -> None:
    """Prints the accounts of the invented company."""
    accounts = _usable()
    if not accounts:
        fail("This database holds no demo data, or its PINs were changed.")
    click.echo(accounts_text(accounts), nl=False)
