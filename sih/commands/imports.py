"""The command `flask --app sih import employees FILE`: dry run and import as in the browser."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from sih.background import imports
from sih.commands.faults import fail, tells_faults
from sih.dao.handovers import Handovers
from sih.dao.import_pairs import ImportPairs, unambiguous
from sih.dao.imports import Imports
from sih.domain import clock
from sih.domain.errors import TwoPeopleAtOnce
from sih.domain.numbers import half_up
from sih.forms.imports import MOST_BYTES
from sih.masters import NOUNS
from sih.masters.records import Import
from sih.web import query
from sih.web.import_pages import numbers
from sih.web.list_files import write_faults

BY_PLURAL = {noun.plural: noun for noun in NOUNS}
MOST_ROWS = 1000  # of a kind; the browser shows all of them


@click.command("import")
@click.argument("noun", type=click.Choice(list(BY_PLURAL)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=str))
@click.option("--complete", is_flag=True, help="The file is the complete list: who is absent is deactivated.")
@click.option("--yes", is_flag=True, help="Write without asking, unless more than 5% would be deactivated.")
@click.option("--same", multiple=True, metavar="OLD:NEW", help="A new NIK and an existing one are one person, as the "
              "dry run lists them; 'all': every pair whose NIKs are in no other pair.")  # fmt: skip
@click.option("--sheet", "names", multiple=True, help="The sheet to read, where several could be the list; repeatable.")
@click.option("--all-sheets", is_flag=True, help="All of them are one list.")
@click.option("--skip-faults", is_flag=True, help="Leave the faulty rows out and write the others.")
@click.option(
    "--faults", type=click.Path(dir_okay=False, path_type=str), help="Keep the faulty rows in this XLSX file."
)
@click.option("--deactivate", type=str, default="", help="How many are to be deactivated, where that is more than 5%.")
@with_appcontext
@tells_faults
def import_file(
    noun: str,
    file: str,
    complete: bool,
    yes: bool,
    names: tuple[str, ...],
    all_sheets: bool,
    same: tuple[str, ...],
    skip_faults: bool,
    faults: str | None,
    deactivate: str,
) -> None:
    """Imports a list from an XLSX or CSV file: a dry run first, then, after confirmation, all rows or none."""
    found = _dry_run(BY_PLURAL[noun].name, Path(file), complete, None if all_sheets else names, same)
    work = {kind: found.counts.get(kind, 0) for kind in ("create", "change", "deactivate")}
    if found.counts.get("fault"):
        _keep_faults(found, faults)
        _agree_to_skip(found, skip_faults)
    if not any(work.values()):
        click.echo("Nothing to change: everything is the same already.")
        return
    _agree(found, yes, deactivate)
    Imports(query()).confirm(found.id, found.fingerprint, None, skips_faults=True)
    imports.write(query(), found.id, clock.now(), _progress)
    written = _find(found.id)
    if written.fault:
        fail(f"{_sentence(written.fault)} Nothing was written.")
    if written.state != "written":
        fail("The data has changed since the dry run. Nothing was written; run it once more.")
    click.echo("Written: " + ", ".join(f"{amount} {kind}" for kind, amount in work.items()))
    if waiting := Handovers(query()).left_by_import(found.id):
        click.echo(f"{waiting} problems wait at people who are gone; the helpdesk can act on them.")


def _dry_run(noun: str, file: Path, is_complete: bool, names: tuple[str, ...] | None, same: tuple[str, ...]) -> Import:
    """`names` of the sheets to read; None: all. `same`: pairs that are one person each."""
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        fail(f"{file} is larger than {half_up(MOST_BYTES / 1e6)} MB. Nothing was written.")
    facts = {"noun": noun, "file_name": file.name[-100:], "content": content, "is_complete": is_complete}
    import_id = Imports(query()).add(facts | {"actor_id": None}, clock.now())
    found = _checked(import_id)
    if found.state == "choosing":
        Imports(query()).choose(found, _names(found, names))
        found = _checked(import_id)
    elif names:
        _names(found, names)
    if same and _choose_pairs(found, set(same)):
        found = _checked(import_id)
    for sheet in found.sheets if found.chosen else ():
        if sheet["is_read"]:
            click.echo(f"sheet: {sheet['name']} ({sheet['rows']} rows)")
    for kind in ("create", "change", "deactivate", "fault", "non_row"):
        _show(found, kind)
    if tidied := numbers(Imports(query()).tidied, found, "tidied"):
        click.echo(f"invisible characters removed: {found.counts['tidied']}, in the rows {tidied}")
    _show_consequences(found)
    return found


def _checked(import_id: int) -> Import:
    imports.check(query(), import_id, clock.now(), _progress)
    found = _find(import_id)
    if found.fault:
        fail(f"{_sentence(found.fault)} Nothing was written.")
    return found


def _choose_pairs(found: Import, same: set[str]) -> bool:
    """Whether the dry run has to be made again, now that these pairs are one person each."""
    pairs = ImportPairs(query())
    offered = pairs.page(found.id, limit=None)
    chosen = same - {"all"} | (unambiguous(offered) if "all" in same else set())
    if unknown := chosen - {pair.value for pair in offered}:
        fail(f"{min(unknown)!r} is no pair of this file. Nothing was written.")
    try:
        with query().transaction():
            return pairs.choose(found, offered, chosen)
    except TwoPeopleAtOnce as refusal:
        fail(f"{refusal.nik} can be one person only. Nothing was written.")


def _show_consequences(found: Import) -> None:
    counts = found.counts
    if counts.get("moving"):
        click.echo(f"{counts['moving']} open problems are at people who move or leave; they stay there.")
    if counts.get("people") or counts.get("problems"):
        people, problems = counts.get("people", 0), counts.get("problems", 0)
        click.echo(f"What is deactivated still has {people} people and {problems} open problems; they stay there.")
    if counts.get("pairs"):
        click.echo(f"pairs: {counts['pairs']} (a new NIK and a person of the same name and store; --same OLD:NEW)")
        for pair in ImportPairs(query()).page(found.id, limit=MOST_ROWS):
            click.echo(f"  {pair.number}\t{pair.value}\t{pair.name}, {pair.store}{'; same' * pair.is_same}")


def _names(found: Import, names: tuple[str, ...] | None) -> list[str]:
    """Those of the sheets to read: the given ones, or with None all that could be the list."""
    offered = [sheet["name"] for sheet in found.lists]
    if names is None:
        return offered
    sheets = ", ".join(f"{sheet['name']} ({sheet['rows']} rows)" for sheet in found.lists) or "none"
    if unknown := [name for name in names if name not in offered]:
        fail(f"No such sheet: {', '.join(unknown)}. Sheets with these headings: {sheets}. Nothing was written.")
    if not names:
        fail(f"Sheets with these headings: {sheets}. Choose with --sheet NAME or --all-sheets. Nothing was written.")
    return list(names)


def _show(found: Import, kind: str) -> None:
    amount = found.counts.get(kind, 0)
    click.echo(f"{kind}: {amount}")
    for row in Imports(query()).changes(found.id, kind, limit=MOST_ROWS) if amount else []:
        notes = [_sentence(fault) for fault in row.facts["faults"]] if kind == "fault" else []
        notes += [f"{name}: {old or '-'} -> {new or '-'}" for name, (old, new) in row.changes.items()]
        notes += [row.facts["non_row"]] if kind == "non_row" else []
        last = row.facts.get("last") or row.number
        number = row.number if last == row.number else f"{row.number}-{last}"
        number = f"{row.sheet} {number}" if found.has_several_sheets and row.number else number
        click.echo(f"  {number or '-'}\t{row.row_name}\t{'; '.join(notes)}".rstrip())


def _keep_faults(found: Import, file: str | None) -> None:
    if file:
        with Path(file).open("wb") as opened:
            write_faults(opened, Imports(query()), found, "Kesalahan", _sentence)
        click.echo(f"The faulty rows are in {file}.")


def _agree_to_skip(found: Import, is_agreed: bool) -> None:
    amount = found.counts["fault"]
    if found.counts.get("without_key"):
        rows = numbers(Imports(query()).without_key, found, "without_key")
        fail(f"{amount} rows are wrong. In a complete list none can be left out whose key cannot be read: {rows}. "
             "Nothing was written.")  # fmt: skip
    if not is_agreed:
        fail(f"{amount} rows are wrong. Nothing was written. With --skip-faults the others are.")


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
