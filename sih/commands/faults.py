"""What every command has: faults told in a line, and the command line as the author of what it changes."""

import functools
import sys
from collections.abc import Callable

import click
from flask import current_app

from sih import clock
from sih.dao.audits import signed
from sih.dao.query import DatabaseFault
from sih.errors import DatabaseGone
from sih.installation import pin_key_fault
from sih.web import query


def tells_faults(command: Callable) -> Callable:
    """A database that is away or refuses, and a word that it cannot keep, are a sentence and not a stack."""

    @functools.wraps(command)
    def run(**arguments):
        if not all(word.isprintable() for word in arguments.values() if isinstance(word, str)):
            fail("Not accepted: a character that cannot be kept.")
        try:
            command(**arguments)
        except DatabaseGone as error:
            fail(f"The database cannot be reached: {error}")
        except DatabaseFault as error:
            fail(f"The database refuses: {error}")

    return run


def refuse_other_pin_key() -> None:
    """Of another key no code would ever be right."""
    fault = pin_key_fault(current_app.extensions["pool"], current_app.config["SETTINGS"])
    if fault:
        fail(fault)


def signed_here():
    """What a command changes is the command line's."""
    return signed(query(), clock.now(), None, "command")


def fail(message: str) -> None:
    click.echo(" ".join(message.split()), err=True)  # libpq explains itself in several lines
    sys.exit(1)
