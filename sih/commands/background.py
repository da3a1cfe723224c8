"""The background work, as a process of its own."""

import os
import signal
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from sih.worker import Worker


@click.command("worker")
@click.option("--while-parent", is_flag=True, help="Ends with the process that started it.")
@with_appcontext
def worker(while_parent: bool) -> None:
    """Does the background work, such as imports, until it is told to stop. Several may run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    Worker(current_app.extensions["pool"]).run(os.getppid() if while_parent else None)
