"""The page of an import, shared by its controllers: progress, and what happens to each row."""

from flask import render_template, request

from sih import web
from sih.dao.imports import Imports
from sih.domain.errors import NotFound
from sih.masters import BY_NAME, NOUNS
from sih.masters.records import Import

KINDS = ("fault", "deactivate", "change", "create")
MOST_ROWS = 200  # of a kind; the rest is on pages of that kind alone


def find(import_id: int) -> Import:
    """The import with this id. Raises NotFound, also after its retention of a day."""
    found = Imports(web.query()).of(import_id, web.now())
    if found is None:
        raise NotFound
    return found


def page(found: Import, refusal: str | None = None, typed: str = "") -> str:
    kind, after = request.args.get("kind"), request.args.get("after", "")
    after = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    imports, kinds = Imports(web.query()), [kind] if kind in KINDS else KINDS
    changes = {kind: imports.changes(found.id, kind, after, MOST_ROWS + 1) for kind in kinds if found.counts.get(kind)}
    facts = {"found": found, "noun": BY_NAME[found.noun], "nouns": NOUNS, "changes": changes, "limit": MOST_ROWS}
    return render_template("imports/show.html", refusal=refusal, typed=typed, **facts)
