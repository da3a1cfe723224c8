"""Importing a file, in the background or from the command line: it is read, compared with the database, and written in
one transaction."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from sih import sheets
from sih.dao.audits import signed
from sih.dao.handovers import Handovers
from sih.dao.imports import Imports
from sih.dao.masters import Masters, References
from sih.dao.query import Query
from sih.domain.errors import RuleViolated
from sih.masters import BY_NAME, Inactive, Noun, parse
from sih.masters.records import Actor, Import
from sih.masters.rules import message_for
from sih.sheets import Fault, SheetError

BATCH = 2000
MORE = ("is_tidied", "non_row", "last", "cells")  # what few rows have
REASON = "Pemegangnya tidak lagi di sini (impor %d)."  # in the history of a problem, whose language is Indonesian
Progress = Callable[[int, int], None]


class Differs(Exception):
    """The changes differ from those of the confirmed dry run."""


def columns_of(noun: Noun) -> list[sheets.Column]:
    """The columns of an import file of this noun. Required are only those that identify a row."""
    return [
        sheets.Column(
            column.name,
            (column.label, *column.headings),
            required=column.name in noun.key and column.is_required,
            kind=column.kind if column.kind in ("code", "nik", "date", "words") else "text",
            length=column.length,
            form=column.form,
        )
        for column in noun.columns
    ]


def check(query: Query, import_id: int, now: datetime, progress: Progress) -> None:
    """The dry run: reads every row and stores what would change. Writes only rows of the import. `progress(done,
    total)` counts rows."""
    imports = Imports(query)
    found = imports.of(import_id, now)
    if found is None or found.state != "reading":
        return
    try:
        with query.transaction():
            if imports.lock(import_id)["state"] != "reading":
                return  # another worker was faster
            with _opened(imports, found) as lists:
                if not lists.is_chosen:
                    imports.offer(import_id, _sheets(lists, {}))
                    return
                imports.forget_rows(import_id)
                amounts = _stage(query, found, lists, progress)
            outcome = imports.compare(found)
            _keep_faulty_rows(imports, found)
            imports.show(found, outcome, _facts_of(lists, amounts))
    except SheetError as error:
        imports.refuse(found, error.message, error.facts)


def write(query: Query, import_id: int, now: datetime, progress: Progress) -> None:
    """Writes the confirmed changes in one transaction. If they would differ from the confirmed dry run, nothing is
    written and a new dry run is shown."""
    found = Imports(query).of(import_id, now)
    if found is None or found.state != "writing":
        return
    try:
        with signed(query, now, found.actor_id, f"import {import_id}"):
            _write(query, found, now, progress)
    except Differs:
        _show_again(query, found)
    except RuleViolated as error:
        rule = message_for(error.constraint, BY_NAME[found.noun])
        if rule is None:
            raise
        if error.constraint.endswith("_once"):  # somebody created the same row after the comparison
            _show_again(query, found)
        else:
            Imports(query).refuse(found, rule[1], {})


def _show_again(query: Query, found: Import) -> None:
    imports = Imports(query)
    with query.transaction():
        if imports.lock(found.id)["state"] == "writing":
            outcome = imports.compare(found)
            _keep_faulty_rows(imports, found)
            imports.show(found, outcome, has_differed=True)


def _write(query: Query, found: Import, now: datetime, progress: Progress) -> None:
    imports, rows = Imports(query), Masters(query, BY_NAME[found.noun])
    if imports.lock(found.id)["state"] != "writing":
        return  # another worker was faster
    counts, fingerprint = imports.compare(found)
    if fingerprint != found.fingerprint:
        raise Differs
    total, done = sum(counts.get(kind, 0) for kind in ("create", "change", "deactivate")), 0
    for is_new, verb in ((True, rows.create_json), (False, rows.change_json)):
        for amount, batch in imports.batches(found.id, is_new):
            if verb(batch) != amount:
                raise Differs
            done += amount
            progress(done, total)
    moved = 0
    if found.actor_id:
        moved = Handovers(query).hand_on_after_import(found.id, Actor(found.actor_id), now, REASON % found.id)
    imports.written(found.id, moved)


def _facts_of(lists: sheets.Lists, amounts: dict[str, int]) -> dict:
    facts = {"columns": lists.columns, "unused": lists.unused, "headings": lists.headings}
    return facts | {"sheets": json.dumps(_sheets(lists, amounts))}


def _sheets(lists: sheets.Lists, amounts: dict[str, int]) -> list[dict]:
    """The sheets as they are kept; `amounts` of the rows of those that were read. A text has none."""
    return [
        {
            "name": sheet.name,
            "rows": amounts.get(sheet.name, 0) if sheet.is_read else sheet.total,
            "columns": sheet.columns,
            "is_hidden": sheet.is_hidden,
            "is_unreadable": sheet.is_unreadable,
            "is_read": sheet.is_read,
        }
        for sheet in lists.sheets
        if sheet.name
    ]


def _opened(imports: Imports, found: Import, has_cells: bool = False) -> AbstractContextManager[sheets.Lists]:
    return sheets.read_apart(imports.content(found.id), columns_of(BY_NAME[found.noun]), found.chosen, has_cells)


def _keep_faulty_rows(imports: Imports, found: Import) -> None:
    """As they stand in the file, which is read once more for it: few files have any, and then few rows."""
    places = imports.without_cells(found.id)
    if not places:
        return
    with _opened(imports, found, has_cells=True) as sheet:
        rows = enumerate(sheet.rows, 1)
        faulty = ({"place": place, "cells": row.cells} for place, row in rows if place in places)
        while batch := list(islice(faulty, BATCH)):
            imports.keep_cells(found.id, batch)


def _stage(query: Query, found: Import, lists: sheets.Lists, progress: Progress) -> dict[str, int]:
    """How many rows each sheet has."""
    noun, references, done, amounts = BY_NAME[found.noun], References(query, are_all_read=True), 0, Counter()
    rows = _own_parents_first(noun, lists.rows, references)
    while batch := list(islice(rows, BATCH)):
        staged = [
            _as_same_person(found, _row(noun, row, references)) | {"place": place}
            for place, row in enumerate(batch, done + 1)
        ]
        Imports(query).add_rows(found.id, staged)
        amounts.update(row.sheet for row in batch if not row.non_row)
        done += len(batch)
        progress(done, max(lists.total, done))
    return amounts


def _as_same_person(found: Import, row: dict) -> dict:
    """A row with a new NIK of somebody who is there already is found by the NIK until now, and changes it."""
    return row | {"key": found.same_people.get(row["key"], row["key"])}


def _own_parents_first(noun: Noun, rows: Iterator, references: References) -> Iterator:
    """The rows, after registering names of top-level rows: other rows of the file may name them as parents before they
    exist in the database."""
    if not any(column.of == noun.name for column in noun.columns):
        return iter(rows)
    held = list(rows)
    for row in held:
        if not row.non_row and not row.facts.get("parent"):
            references.expect(noun.name, row.facts.get("name", ""))
    return iter(held)


def _row(noun: Noun, row: sheets.Row, references: References) -> dict:
    facts, faults, inactive = {}, list(row.faults), []
    has_wrong_key = bool(faults) and len(noun.key) > 1  # a part of it may be what is wrong
    for column in noun.columns:
        text = row.facts.get(column.name)
        if text is None or (not text and (column.default or row.faults)):
            continue  # not in the file, so it stays as it is; or what was wrong with the cell is said already
        fact = parse(column, text, references.find)
        if isinstance(fact, Fault):
            faults.append(fact)
            has_wrong_key = has_wrong_key or column.name in noun.key
        else:
            facts[column.name] = str(fact)
            inactive += [column.name] if isinstance(fact, Inactive) else []
    return {
        "number": row.number,
        "sheet": row.sheet,
        "is_hidden": row.is_hidden,
        "key": "" if has_wrong_key else noun.key_of(facts),
        "facts": facts,
        "inactive": inactive,
        "faults": [asdict(fault) for fault in faults],
        **{name: value for name in MORE if (value := getattr(row, name))},
    }
