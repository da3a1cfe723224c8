"""The command `flask --app sih import employees FILE`: dry run and import as in the browser."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from sih.background import imports
from sih.commands.faults import fail, tells_faults
from sih.dao.handovers import Handovers
from sih.dao.imports import Imports
from sih.domain import clock
from sih.domain.numbers import half_up
from sih.forms.imports import MOST_BYTES
from sih.masters import NOUNS
from sih.masters.records import Import
from sih.web import query

BY_PLURAL = {noun.plural: noun for noun in NOUNS}
MOST_ROWS = 1000  # of a kind; the browser shows all of them


@click.command("import")
@click.argument("noun", type=click.Choice(list(BY_PLURAL)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=str))
@click.option("--complete", is_flag=True, help="The file is the complete list: who is absent is deactivated.")
@click.option("--yes", is_flag=True, help="Write without asking, unless more than 5% would be deactivated.")
@click.option("--deactivate", type=str, default="", help="How many are to be deactivated, where that is more than 5%.")
@with_appcontext
@tells_faults
def import_file(noun: str, file: str, complete: bool, yes: bool, deactivate: str) -> None:
    """Imports a list from an XLSX or CSV file: a dry run first, then, after confirmation, all rows or none."""
    found = _dry_run(BY_PLURAL[noun].name, Path(file), complete)
    work = {kind: found.counts.get(kind, 0) for kind in ("create", "change", "deactivate")}
    if found.counts.get("fault"):
        fail(f"{found.counts['fault']} rows are wrong. Nothing was written.")
    if not any(work.values()):
        click.echo("Nothing to change: everything is the same already.")
        return
    _agree(found, yes, deactivate)
    Imports(query()).confirm(found.id, found.fingerprint, None)
    imports.write(query(), found.id, clock.now(), _progress)
    written = _find(found.id)
    if written.fault:
        fail(f"{_sentence(written.fault)} Nothing was written.")
    if written.state != "written":
        fail("The data has changed since the dry run. Nothing was written; run it once more.")
    click.echo("Written: " + ", ".join(f"{amount} {kind}" for kind, amount in work.items()))
    if waiting := Handovers(query()).left_by_import(found.id):
        click.echo(f"{waiting} problems wait at people who are gone; the helpdesk can act on them.")


def _dry_run(noun: str, file: Path, is_complete: bool) -> Import:
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        fail(f"{file} is larger than {half_up(MOST_BYTES / 1e6)} MB. Nothing was written.")
    facts = {"noun": noun, "file_name": file.name[-100:], "content": content, "is_complete": is_complete}
    import_id = Imports(query()).add(facts | {"actor_id": None}, clock.now())
    imports.check(query(), import_id, clock.now(), _progress)
    found = _find(import_id)
    if found.fault:
        fail(f"{_sentence(found.fault)} Nothing was written.")
    for kind in ("create", "change", "deactivate", "fault"):
        _show(found, kind)
    return found


def _show(found: Import, kind: str) -> None:
    amount = found.counts.get(kind, 0)
    click.echo(f"{kind}: {amount}")
    for row in Imports(query()).changes(found.id, kind, limit=MOST_ROWS) if amount else []:
        notes = [_sentence(fault) for fault in row.facts["faults"]] if kind == "fault" else []
        notes += [f"{name}: {old or '-'} -> {new or '-'}" for name, (old, new) in row.changes.items()]
        click.echo(f"  {row.number or '-'}\t{row.row_name}\t{'; '.join(notes)}".rstrip())


def _agree(found: Import, yes: bool, deactivate: str) -> None:
    if found.must_be_typed:
        typed = deactivate or click.prompt(f"{found.must_be_typed} would be deactivated. Type the number to agree")
        if typed != str(found.must_be_typed):
            fail("That is another number. Nothing was written.")
    elif not (yes or click.confirm("Write it?")):
        fail("Nothing was written.")


def _find(import_id: int) -> Import:
    found = Imports(query()).of(import_id, clock.now())
    if found is None:
        fail("The file is no longer kept; run it once more.")
    return found


def _progress(done: int, total: int) -> None:
    """Shows progress if standard error is a terminal, so that logs contain only the result."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,}", nl=done >= total, err=True)


def _sentence(fault: dict) -> str:
    return fault["text"] % fault["facts"]
