"""The background work, as a process of its own."""

import contextlib
import signal
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from sih.background.worker import Worker
from sih.commands.faults import refuse_other_pin_key
from sih.domain.errors import DatabaseUnavailable


@click.command("worker")
@click.option("--while-parent", type=int, help="The number of the process that started it, with which it ends.")
@with_appcontext
def worker(while_parent: int | None) -> None:
    """Does the background work, such as imports, until it is told to stop. Several may run."""
    with contextlib.suppress(DatabaseUnavailable):  # it may come back
        refuse_other_pin_key()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    Worker(current_app.extensions["pool"], current_app.config["SETTINGS"]).run(while_parent)
