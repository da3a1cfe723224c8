"""The page of an import, shared by its controllers: progress, and what happens to each row."""

from collections.abc import Callable

from flask import render_template, request

from sih import web
from sih.dao.imports import Imports
from sih.domain.errors import NotFound
from sih.masters import BY_NAME, NOUNS
from sih.masters.records import Import

KINDS = ("fault", "deactivate", "change", "create", "non_row")
NUMBERS = 20  # of rows, in a sentence
MOST_ROWS = 200  # of a kind; the rest is on pages of that kind alone


def find(import_id: int) -> Import:
    """The import with this id. Raises NotFound, also after its retention of a day."""
    found = Imports(web.query()).of(import_id, web.now())
    if found is None:
        raise NotFound
    return found


def page(found: Import, refusal: str | None = None, typed: str = "", skips_faults: bool = False) -> str:
    kind, after = request.args.get("kind"), request.args.get("after", "")
    after = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    imports, kinds = Imports(web.query()), [kind] if kind in KINDS else KINDS
    changes = {kind: imports.changes(found.id, kind, after, MOST_ROWS + 1) for kind in kinds if found.counts.get(kind)}
    facts = {"found": found, "noun": BY_NAME[found.noun], "nouns": NOUNS, "changes": changes, "limit": MOST_ROWS}
    facts["tidied"] = numbers(imports.tidied, found, "tidied")
    facts["without_key"] = numbers(imports.without_key, found, "without_key")
    return render_template("imports/show.html", refusal=refusal, typed=typed, skips_faults=skips_faults, **facts)


def numbers(ask: Callable[[int, int], list[dict]], found: Import, name: str) -> str:
    """ "2, 5, 9, …": the rows that are counted under this name, of several sheets "Jawa 2"; nothing if there are
    none."""
    amount = found.counts.get(name, 0)
    first = ask(found.id, NUMBERS) if amount else []
    rows = [f"{row['sheet']} {row['number']}" if found.has_several_sheets else str(row["number"]) for row in first]
    return ", ".join(rows) + (", …" if amount > len(first) else "")
