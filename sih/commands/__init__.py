"""The command line (docs/paper.md, R10): flask --app sih init-db, create-admin, freeze, import, worker, ..."""

from flask import Flask

from sih.commands.accounts import create_admin, freeze, reset_all_pins, reset_pin, unfreeze, write_activation_sheets
from sih.commands.background import worker
from sih.commands.database import init_db, run_program, upgrade_db
from sih.commands.demo import accounts_text, demo_accounts, demo_text
from sih.commands.imports import import_file
from sih.commands.recaps import close_months

__all__ = ["accounts_text", "demo_text", "init_app"]
COMMANDS = (
    init_db,
    upgrade_db,
    run_program,
    create_admin,
    freeze,
    unfreeze,
    reset_pin,
    reset_all_pins,
    write_activation_sheets,
    import_file,
    worker,
    close_months,
    demo_accounts,
)


def init_app(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
