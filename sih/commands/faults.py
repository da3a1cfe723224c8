"""Shared by all commands: faults as one line instead of a stack trace, and the audit entry "command line"."""

import functools
import sys
from collections.abc import Callable
from typing import NoReturn

import click

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
from sih.web import application, query

SENTENCES: dict[type[DatabaseUnavailable], str] = {
    DatabaseGone: "The database cannot be reached",
    DatabaseBusy: "The database is busy; nothing was changed, run it again",
    DatabaseConflict: "Somebody else changed the same at the same time; nothing was changed, run it again",
    DatabaseFull: "The database has no room left on its disk; nothing was changed",
    DatabaseReadOnly: "The database can only be read for now; nothing was changed, run it again",
}


def tells_faults(command: Callable) -> Callable:
    """Decorator of commands: prints database faults, and arguments with unprintable characters, as one line and exits
    with status 1."""

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
    """Fails if pin_key is not the key of the stored PINs: a code made with it would never be accepted."""
    fault = pin_key_fault(application.connection_pool(), application.settings())
    if fault:
        fail(fault)


def signed_here():
    """A transaction whose changes the audit attributes to the command line."""
    return signed(query(), clock.now(), None, "command")


def fail(message: str) -> NoReturn:
    """Prints the message on standard error and exits with status 1."""
    click.echo(" ".join(message.split()), err=True)  # messages of libpq have several lines
    sys.exit(1)
