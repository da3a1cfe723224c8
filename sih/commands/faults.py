"""What every command has: faults told in a line, and the command line as the author of what it changes."""

import functools
import sys
from collections.abc import Callable
from typing import NoReturn

import click
from flask import current_app

from sih.dao.audits import signed
from sih.dao.query import DatabaseFault
from sih.domain import clock
from sih.domain.errors import (
    DatabaseBusy,
    DatabaseConflict,
    DatabaseFull,
    DatabaseGone,
    DatabaseReadOnly,
    DatabaseUnavailable,
    WrongClock,
)
from sih.runtime.installation import pin_key_fault
from sih.web import query

SENTENCES: dict[type[DatabaseUnavailable], str] = {
    DatabaseGone: "The database cannot be reached",
    DatabaseBusy: "The database is busy; nothing was changed, run it again",
    DatabaseConflict: "Somebody else changed the same at the same time; nothing was changed, run it again",
    DatabaseFull: "The database has no room left on its disk; nothing was changed",
    DatabaseReadOnly: "The database can only be read for now; nothing was changed, run it again",
}


def tells_faults(command: Callable) -> Callable:
    """A database that is away or refuses, and a word that it cannot keep, are a sentence and not a stack."""

    @functools.wraps(command)
    def run(**arguments):
        if not all(word.isprintable() for word in arguments.values() if isinstance(word, str)):
            fail("Not accepted: a character that cannot be kept.")
        try:
            command(**arguments)
        except DatabaseUnavailable as error:
            fail(f"{SENTENCES[type(error)]}: {error}")
        except WrongClock as error:
            fail(f"{error}.")
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


def fail(message: str) -> NoReturn:
    click.echo(" ".join(message.split()), err=True)  # libpq explains itself in several lines
    sys.exit(1)
