"""Imports: an uploaded file, its dry run, and writing its changes. Kept for a day."""

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from sih.dao.blobs import Blobs
from sih.dao.clocks import Clocks
from sih.dao.dependents import Dependents
from sih.dao.handovers import Handovers
from sih.dao.import_changes import ABSENT, ACTIVE, BELOW_FAULTS, COMPARE, NON_ROWS, ROW_LIMIT
from sih.dao.import_pairs import ImportPairs
from sih.dao.jobs import Jobs
from sih.dao.query import Query
from sih.masters import BY_NAME, Noun
from sih.masters.records import Import, ImportChange

KEPT = timedelta(days=1)

SWEEP = "DELETE FROM import WHERE created_at < %(before)s RETURNING id, blob_id"
FORGET_ROWS = "DELETE FROM import_row WHERE import_id = ANY (%(ids)s)"
FORGET_CHANGES = "DELETE FROM import_change WHERE import_id = ANY (%(ids)s)"
ADD = """
INSERT INTO import (noun, file_name, blob_id, is_complete, actor_id, created_at)
VALUES (%(noun)s, %(file_name)s, %(blob_id)s, %(is_complete)s, %(actor_id)s, %(now)s)
RETURNING id
"""
LINK = "UPDATE import SET job_id = %(job_id)s WHERE id = %(id)s"
OF = """
SELECT i.id, i.noun, i.file_name, i.is_complete, i.actor_id, i.created_at, i.state, i.fault, i.sheets,
       i.columns, i.unused, i.headings, i.counts, i.fingerprint, i.has_differed, i.same_people, j.done, j.total,
       j.state AS job_state, e.name AS actor
FROM import i LEFT JOIN job j ON j.id = i.job_id LEFT JOIN employee e ON e.id = i.actor_id
WHERE i.id = %(id)s AND i.created_at >= %(since)s
"""
RECENT = """
SELECT i.id, i.noun, i.file_name, i.created_at, i.state, e.name AS actor
FROM import i LEFT JOIN employee e ON e.id = i.actor_id
WHERE i.created_at >= %(since)s
ORDER BY i.id DESC LIMIT 20
"""
BLOB = "SELECT blob_id FROM import WHERE id = %(id)s"
LOCK = "SELECT state, fingerprint FROM import WHERE id = %(id)s FOR UPDATE"
ADD_ROWS = """
INSERT INTO import_row (import_id, place, sheet, number, is_hidden, key, facts, inactive, faults, is_tidied, non_row,
                        last, cells)
SELECT %(id)s, r.place, r.sheet, r.number, r.is_hidden, r.key, r.facts, r.inactive, r.faults,
       coalesce(r.is_tidied, false), coalesce(r.non_row, ''), r.last, r.cells
FROM jsonb_to_recordset(%(rows)s) AS r (place integer, sheet text, number integer, is_hidden boolean, key text,
                                        facts jsonb, inactive text[], faults jsonb, is_tidied boolean,
                                        non_row text, last integer, cells text[])
"""
AMOUNTS = """
SELECT count(*) AS rows, count(*) FILTER (WHERE is_tidied) AS tidied, count(*) FILTER (WHERE is_hidden) AS hidden
FROM import_row WHERE import_id = %(id)s
"""
TIDIED = """
SELECT sheet, number FROM import_row WHERE import_id = %(id)s AND is_tidied ORDER BY place LIMIT %(limit)s
"""
# Faulty rows without a valid key: in a complete list each could be any existing row.
WITHOUT_KEY = """
SELECT r.sheet, c.number FROM import_change c JOIN import_row r ON r.import_id = c.import_id AND r.place = c.place
WHERE c.import_id = %(id)s AND c.kind = 'fault' AND c.facts->>'key' = '' ORDER BY c.place LIMIT %(limit)s
"""
WITHOUT_CELLS = """
SELECT c.place FROM import_change c JOIN import_row r ON r.import_id = c.import_id AND r.place = c.place
WHERE c.import_id = %(id)s AND c.kind = 'fault' AND r.cells IS NULL
"""
KEEP_CELLS = """
UPDATE import_row r SET cells = n.cells
FROM jsonb_to_recordset(%(rows)s) AS n (place integer, cells text[])
WHERE r.import_id = %(id)s AND r.place = n.place
"""
FAULTY = """
SELECT c.place, c.number, r.cells, c.facts->'faults' AS faults
FROM import_change c JOIN import_row r ON r.import_id = c.import_id AND r.place = c.place
WHERE c.import_id = %(id)s AND c.kind = 'fault' AND c.place > %(after)s
ORDER BY c.place LIMIT %(limit)s
"""
OUTCOME = """
SELECT coalesce(jsonb_object_agg(kind, amount), '{}') AS counts,
       coalesce(md5(string_agg(digest, '' ORDER BY kind)), '-') AS fingerprint
FROM (SELECT kind, count(*) AS amount, md5(string_agg(md5(place || facts::text), '' ORDER BY place)) AS digest
      FROM import_change WHERE import_id = %(id)s GROUP BY kind) AS found
"""
OFFER = "UPDATE import SET state = 'choosing', sheets = %(sheets)s WHERE id = %(id)s RETURNING job_id"
CHOOSE = """
UPDATE import SET state = 'reading', sheets = %(sheets)s WHERE id = %(id)s AND state = 'choosing'
"""
SHOW = """
UPDATE import
SET state = 'shown', columns = coalesce(%(columns)s, columns), unused = coalesce(%(unused)s, unused),
    headings = coalesce(%(headings)s, headings), sheets = coalesce(%(sheets)s, sheets),
    counts = %(counts)s, fingerprint = %(fingerprint)s,
    has_differed = %(has_differed)s
WHERE id = %(id)s RETURNING job_id
"""
REFUSE = """
UPDATE import SET state = 'refused', fault = %(fault)s WHERE id = %(id)s AND state = %(state)s RETURNING job_id
"""
CONFIRM = """
UPDATE import SET state = 'writing', actor_id = %(actor_id)s
WHERE id = %(id)s AND state = 'shown' AND fingerprint = %(fingerprint)s
  AND (NOT counts ? 'fault' OR %(skips_faults)s AND NOT counts ? 'without_key')
"""
WRITTEN = """
UPDATE import SET state = 'written', counts = counts || jsonb_build_object('moved', %(moved)s)
WHERE id = %(id)s RETURNING job_id
"""
CHANGES = """
SELECT c.place, c.number, c.kind, c.row_name, c.facts, c.changes, coalesce(r.sheet, '') AS sheet,
       coalesce(r.is_hidden, false) AS is_hidden
FROM import_change c LEFT JOIN import_row r ON r.import_id = c.import_id AND r.place = c.place
WHERE c.import_id = %(id)s AND c.kind = %(kind)s AND c.place > %(after)s
ORDER BY c.place LIMIT %(limit)s
"""
# Rows with a parent in the same table are written after it.
BATCH = """
SELECT count(*) AS amount, max(b.place) AS last, jsonb_agg(b.facts)::text AS rows
FROM (SELECT c.place, c.facts FROM import_change c
      WHERE c.import_id = %(id)s AND c.kind IN ('create', 'change', 'deactivate')
        AND (c.kind = 'create') = %(is_new)s AND c.place > %(after)s
        AND (coalesce(c.facts->>'parent', '') <> '') = %(is_below)s
      ORDER BY c.place LIMIT %(limit)s) AS b
"""


class Imports:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add(self, facts: dict, now: datetime) -> int:
        """`facts`: noun, file_name, content (bytes), is_complete, actor_id. Returns the id; deletes expired imports."""
        with self._query.transaction():
            self.sweep(Clocks(self._query).on_server(now))
            blob_id = Blobs(self._query).keep(io.BytesIO(facts["content"]), now)
            return self._query.one(ADD, facts | {"blob_id": blob_id, "now": now})["id"]

    def sweep(self, now: datetime) -> None:
        """Deletes imports older than a day. `now`: time of the server's clock."""
        with self._query.transaction():
            old = self._query.select(SWEEP, {"before": now - KEPT})
            ids = [row["id"] for row in old]
            self._query.execute(FORGET_ROWS, {"ids": ids})
            self._query.execute(FORGET_CHANGES, {"ids": ids})
            Blobs(self._query).drop([row["blob_id"] for row in old])

    def enqueue(self, import_id: int, kind: str, now: datetime, employee_id: int | None = None, limit: int = 0) -> None:
        """Queues a job for a worker, in the transaction of the change that needs it. Raises TooManyFiles, see Jobs."""
        job_id = Jobs(self._query).add(kind, {"import_id": import_id}, now, employee_id, limit)
        self._query.execute(LINK, {"id": import_id, "job_id": job_id})

    def of(self, import_id: int, now: datetime) -> Import | None:
        return self._query.one_or_none(OF, {"id": import_id, "since": now - KEPT}, Import)

    def recent(self, now: datetime) -> list[dict]:
        return self._query.select(RECENT, {"since": now - KEPT})

    def content(self, import_id: int) -> bytes:
        return Blobs(self._query).whole(self._query.one(BLOB, {"id": import_id})["blob_id"])

    def lock(self, import_id: int) -> dict:
        """Its state and fingerprint; locks the import until the transaction ends. Raises ValueError if it was
        deleted."""
        return self._query.one(LOCK, {"id": import_id})

    def forget_rows(self, import_id: int) -> None:
        self._query.execute(FORGET_ROWS, {"ids": [import_id]})

    def add_rows(self, import_id: int, rows: list[dict]) -> None:
        self._query.execute(ADD_ROWS, {"id": import_id, "rows": json.dumps(rows)})

    def compare(self, found: Import) -> tuple[dict, str]:
        """Computes the change of each row at this moment: the counts by kind, and the fingerprint of all changes. For a
        complete list `without_key` counts the faulty rows without a valid key."""
        params = {"import_id": found.id, "actor_id": found.actor_id}
        params["defaults"] = json.dumps(self._noun(found).defaults)
        self._query.execute(FORGET_CHANGES, {"ids": [found.id]})
        self._query.execute(COMPARE[found.noun], params)
        if found.noun in BELOW_FAULTS:
            self._query.execute(BELOW_FAULTS[found.noun], params)
        if found.is_complete:
            self._query.execute(ABSENT[found.noun], params)
        self._query.execute(NON_ROWS[found.noun], params)
        outcome = self._query.one(OUTCOME, {"id": found.id})
        amounts = self._query.one(AMOUNTS, {"id": found.id})
        counts = outcome["counts"] | {"active": self._query.one(ACTIVE[found.noun])["amount"]}
        counts["rows"] = amounts["rows"] - counts.get("non_row", 0)
        some = {"tidied": amounts["tidied"], "hidden": amounts["hidden"]} | self._consequences(found)
        if found.is_complete and "fault" in counts:
            some["without_key"] = len(self.without_key(found.id, ROW_LIMIT))
        return counts | {name: amount for name, amount in some.items() if amount}, outcome["fingerprint"]

    def _consequences(self, found: Import) -> dict[str, int]:
        """Counts the consequences of the changes: `moving` problems and `pairs` (ImportPairs) of employees; `people`
        and `problems` of rows to deactivate (Dependents)."""
        if found.noun == "employee":
            pairs = ImportPairs(self._query).amount(found.id)
            return {"moving": Handovers(self._query).moved_by_import(found.id), "pairs": pairs}
        left = Dependents(self._query).of_import(found.noun, found.id)
        return {"people": left.people, "problems": left.problems}

    def offer(self, import_id: int, sheets: list[dict]) -> None:
        """Stores these sheets for the admin to choose from, in the transaction that locks the import; completes its
        job."""
        row = self._query.one(OFFER, {"id": import_id, "sheets": json.dumps(sheets)})
        Jobs(self._query).written(row["job_id"])

    def choose(self, found: Import, names: list[str]) -> bool:
        """Chooses the sheets with these names, all as one list. False if they were chosen before."""
        sheets = [sheet | {"is_read": sheet["name"] in names} for sheet in found.sheets]
        return self._query.execute(CHOOSE, {"id": found.id, "sheets": json.dumps(sheets)}) == 1

    def tidied(self, import_id: int, limit: int) -> list[dict]:
        """sheet and number of the first rows from which invisible characters were removed."""
        return self._query.select(TIDIED, {"id": import_id, "limit": limit})

    def without_key(self, import_id: int, limit: int) -> list[dict]:
        """sheet and number of the first faulty rows without a valid key."""
        return self._query.select(WITHOUT_KEY, {"id": import_id, "limit": limit})

    def without_cells(self, import_id: int) -> set[int]:
        """The places of the faulty rows whose cells are not stored yet."""
        return {row["place"] for row in self._query.select(WITHOUT_CELLS, {"id": import_id})}

    def keep_cells(self, import_id: int, rows: list[dict]) -> None:
        """Stores the cells of faulty rows; `rows`: place, cells."""
        self._query.execute(KEEP_CELLS, {"id": import_id, "rows": json.dumps(rows)})

    def faulty(self, import_id: int) -> Iterator[dict]:
        """place, number, cells and faults of each faulty row, loaded page by page."""
        params = {"id": import_id, "after": 0, "limit": ROW_LIMIT}
        while rows := self._query.select(FAULTY, params):
            yield from rows
            params["after"] = rows[-1]["place"]

    def show(
        self, found: Import, outcome: tuple[dict, str], file: dict | None = None, has_differed: bool = False
    ) -> None:
        """Stores the outcome of the dry run. `file`: columns, unused, headings and sheets, if it was read for this dry
        run. In the transaction that locks the import; completes its job."""
        counts, fingerprint = outcome
        facts = dict.fromkeys(("columns", "unused", "headings", "sheets")) | (file or {})
        facts |= {"counts": json.dumps(counts), "fingerprint": fingerprint, "has_differed": has_differed}
        row = self._query.one(SHOW, {"id": found.id, **facts})
        Jobs(self._query).written(row["job_id"])

    def refuse(self, found: Import, text: str, facts: dict) -> None:
        """Stores why the file was refused, unless the state has changed since `found` was loaded; completes its job."""
        params = {"id": found.id, "state": found.state, "fault": json.dumps({"text": text, "facts": facts})}
        with self._query.transaction():
            if row := self._query.one_or_none(REFUSE, params):
                Jobs(self._query).written(row["job_id"])

    def confirm(
        self, import_id: int, fingerprint: str | None, actor_id: int | None, skips_faults: bool = False
    ) -> bool:
        """Confirms the dry run with this fingerprint. False if that is not the present dry run, or if it has faulty
        rows and `skips_faults` is not set. The confirming admin becomes its actor, whose own account is never
        deactivated; where that changes the outcome, the new dry run is shown."""
        params = {"id": import_id, "fingerprint": fingerprint, "actor_id": actor_id, "skips_faults": skips_faults}
        return self._query.execute(CONFIRM, params) == 1

    def changes(self, import_id: int, kind: str, after: int = 0, limit: int = ROW_LIMIT) -> list[ImportChange]:
        params = {"id": import_id, "kind": kind, "after": after, "limit": limit}
        return self._query.select(CHANGES, params, ImportChange)

    def batches(self, import_id: int, is_new: bool) -> Iterator[tuple[int, str]]:
        """(row count, rows as JSON) of the rows to create, or to change, in an order that satisfies their
        references."""
        for is_below in (False, True):
            params = {"id": import_id, "is_new": is_new, "is_below": is_below, "limit": ROW_LIMIT, "after": 0}
            while (batch := self._query.one(BATCH, params))["amount"]:
                yield batch["amount"], batch["rows"]
                params["after"] = batch["last"]

    def written(self, import_id: int, moved: int) -> None:
        """Marks the import as written, with `moved` problems that changed holder. In the transaction that writes it;
        completes its job."""
        Jobs(self._query).written(self._query.one(WRITTEN, {"id": import_id, "moved": moved})["job_id"])

    def _noun(self, found: Import) -> Noun:
        return BY_NAME[found.noun]
