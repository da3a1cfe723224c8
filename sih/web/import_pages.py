"""The page of an import, shared by its controllers: progress, and the change of each row."""

from collections.abc import Callable

from flask import render_template, request

from sih import web
from sih.dao.dependents import Amounts, Dependents
from sih.dao.import_pairs import PAGE_SIZE, ImportPairs
from sih.dao.imports import Imports
from sih.domain.errors import NotFound
from sih.domain.text import clean
from sih.masters import BY_NAME, NOUNS
from sih.masters.records import Import, ImportChange

KINDS = ("fault", "deactivate", "change", "create", "non_row")
NUMBERS = 20  # row numbers listed in a sentence
MOST_ROWS = 200  # rows shown per kind; if there are more, they have their own page


def find(import_id: int) -> Import:
    """The import with this id. Raises NotFound, also after it was deleted, a day after its upload."""
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
    more = {"dependents": _dependents(found, changes), **_pairs(found)}
    return render_template(
        "imports/show.html", refusal=refusal, typed=typed, skips_faults=skips_faults, **facts, **more
    )


def numbers(ask: Callable[[int, int], list[dict]], found: Import, name: str) -> str:
    """The row numbers of this count, such as "2, 5, 9, …"; with several sheets "Jawa 2". '' if there are none."""
    amount = found.counts.get(name, 0)
    first = ask(found.id, NUMBERS) if amount else []
    rows = [f"{row['sheet']} {row['number']}" if found.has_several_sheets else str(row["number"]) for row in first]
    return ", ".join(rows) + (", …" if amount > len(first) else "")


def choose_pairs(found: Import, fingerprint: str) -> bool:
    """Stores the ticks of the submitted pairs if they changed, and queues a new dry run. Returns whether they changed.
    Raises TwoPeopleAtOnce, TooManyFiles."""
    if "pairs_after" not in request.form or found.fingerprint != fingerprint:
        return False
    pairs = ImportPairs(web.query())
    offered = pairs.page(found.id, _place(clean(request.form["pairs_after"])))
    with web.query().transaction():
        is_new = pairs.choose(found, offered, {clean(value) for value in request.form.getlist("same")})
        if is_new:
            Imports(web.query()).enqueue(found.id, "check_import", web.now(), web.me().id, web.limits().files)
    return is_new


def _pairs(found: Import) -> dict:
    """The variables of imports/_pairs.html; submitted ticks stay as they were."""
    if not found.counts.get("pairs") or found.state != "shown":
        return {"pairs": []}
    after = clean(request.values.get("pairs_after"))
    pairs = ImportPairs(web.query()).page(found.id, _place(after), PAGE_SIZE + 1)
    pairs, next_after = pairs[:PAGE_SIZE], f"{pairs[-2].place}-{pairs[-2].employee_id}" if pairs[PAGE_SIZE:] else None
    kept = {pair.value for pair in pairs if pair.is_same}
    chosen = {clean(value) for value in request.form.getlist("same")} if "pairs_after" in request.form else kept
    return {"pairs": pairs, "chosen": chosen, "pairs_after": after, "next_pairs": next_after}


def _place(after: str) -> tuple[int, int]:
    """The cursor (place, employee id) of the next pairs; (0, 0), the first page, if `after` is invalid."""
    numbers = after.split("-")
    is_place = len(numbers) == 2 and all(n.isascii() and n.isdecimal() and len(n) < 10 for n in numbers)
    return (int(numbers[0]), int(numbers[1])) if is_place else (0, 0)


def _dependents(found: Import, changes: dict[str, list[ImportChange]]) -> dict[int, Amounts]:
    """{id: dependents} of the rows to deactivate."""
    rows = [*changes.get("change", []), *changes.get("deactivate", [])]
    ids = [row.facts["id"] for row in rows if row.changes.get("active") == ["yes", "no"]]
    return Dependents(web.query()).of(found.noun, ids)
