"""The accounts of the invented company."""

import click
from flask import Flask
from flask.cli import with_appcontext

from sih import demo
from sih.commands.faults import fail, tells_faults
from sih.dao.employees import Employees
from sih.errors import DatabaseUnavailable
from sih.web import query


def demo_text(app: Flask) -> str:
    """The accounts of the invented company, as `demo-accounts` prints them; nothing on a real installation."""
    with app.app_context():
        try:
            accounts = Employees(query()).demo_accounts()
        except DatabaseUnavailable:
            return ""
    return accounts_text(accounts) if accounts else ""


def accounts_text(accounts: list[dict]) -> str:
    """`PIN<TAB>...` and a line an account: NIK, role, store, division, name."""
    rows = ["\t".join(row[name] for name in ("nik", "role", "store", "division", "name")) for row in accounts]
    return "\n".join([f"PIN\t{demo.PIN}", *rows, ""])


@click.command("demo-accounts")
@with_appcontext
@tells_faults
def demo_accounts() -> None:
    """Prints the accounts of the invented company."""
    accounts = Employees(query()).demo_accounts()
    if not accounts:
        fail("This database holds no demo data.")
    click.echo(accounts_text(accounts), nl=False)
