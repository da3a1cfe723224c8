"""The command that runs a background worker."""

import contextlib
import signal

import click
from flask.cli import with_appcontext

from sih.background.worker import Worker
from sih.commands.faults import refuse_other_pin_key
from sih.domain.errors import DatabaseUnavailable
from sih.web import application


@click.command("worker")
@click.option("--while-parent", type=int, help="The number of the process that started it, with which it ends.")
@with_appcontext
def worker(while_parent: int | None) -> None:
    """Does background work, such as imports, until SIGTERM or Ctrl-C. Several may run."""
    with contextlib.suppress(DatabaseUnavailable):  # the worker waits for the database
        refuse_other_pin_key()
    background = Worker(application.connection_pool(), application.settings())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: background.stop())
    background.run(while_parent)
