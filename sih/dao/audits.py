"""The audit of master data. Triggers of sql/schema.sql write it; signed() tells them who makes the changes of a
transaction."""

import contextlib
import json
from collections.abc import Generator
from datetime import datetime

from sih.dao.query import Query
from sih.dao.security_events import SecurityEvents, tell
from sih.domain.records import COMMAND_LINE, Origin
from sih.masters.records import Audit

PAGE_SIZE = 50
NOUNS_OF = {
    "store_id": "store",
    "division_id": "division",
    "department_id": "department",
    "parent_id": "division",
    "kind_id": "asset_kind",
}

SIGN = "SELECT set_config('sih.change', %(author)s, true)"
PAGE = """
SELECT a.id, a.at, a.source, a.actor_id, e.nik AS actor_nik, e.name AS actor_name, a.noun, a.row_id, a.row_name,
       a.kind, a.changes, a.reason
FROM audit a LEFT JOIN employee e ON e.id = a.actor_id
WHERE (%(after_at)s IS NULL OR (a.at, a.id) < (%(after_at)s, %(after_id)s))
  AND (%(noun)s IS NULL OR a.noun = %(noun)s)
  AND (%(row_id)s IS NULL OR a.row_id = %(row_id)s)
  AND (%(nik)s IS NULL OR a.actor_id = (SELECT p.id FROM employee p WHERE p.nik = %(nik)s))
  AND (%(since)s IS NULL OR a.at >= %(since)s)
  AND (%(until)s IS NULL OR a.at < %(until)s)
ORDER BY a.at DESC, a.id DESC LIMIT %(limit)s
"""
NAMES = """
SELECT 'store' AS noun, s.id, s.code || ' ' || s.name AS name FROM store s WHERE s.id = ANY (%(store)s)
UNION ALL SELECT 'division', d.id, d.key FROM division_sheet d WHERE d.id = ANY (%(division)s)
UNION ALL SELECT 'department', m.id, m.key FROM department_sheet m WHERE m.id = ANY (%(department)s)
UNION ALL SELECT 'asset_kind', k.id, k.name FROM asset_kind k WHERE k.id = ANY (%(asset_kind)s)
"""


@contextlib.contextmanager
def signed(
    query: Query, at: datetime, actor_id: int | None, source: str = "page", reason: str | None = None,
    origin: Origin = COMMAND_LINE,
) -> Generator[None]:  # fmt: skip
    """A transaction whose changes the audit attributes to this person; `actor_id` None: the command line. `at`: the
    time of the changes. The security events that triggers record inside are logged after the commit."""
    author = {"at": at.isoformat(), "actor_id": actor_id, "source": source, "reason": reason}
    author |= {"address": origin.address, "browser": origin.browser}
    with query.transaction():
        query.select(SIGN, {"author": json.dumps(author)})
        yield
        noted = SecurityEvents(query).noted(at)
    for event in noted:  # after the commit, since a rollback would remove them
        tell(**event)


class Audits:
    """Reads the audit."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def page(self, filters: dict, after: tuple[datetime, int] | None = None) -> tuple[list[Audit], bool]:
        """Up to PAGE_SIZE changes, newest first, after the position (at, id); and whether more follow. `filters`: noun,
        row_id, nik (of the author), since, until; None if not set."""
        params = filters | {"after_at": after and after[0], "after_id": after and after[1], "limit": PAGE_SIZE + 1}
        entries = self._query.select(PAGE, params, Audit)
        return entries[:PAGE_SIZE], len(entries) > PAGE_SIZE

    def names(self, entries: list[Audit]) -> dict[tuple[str, int], str]:
        """The current names of the rows that these changes refer to by id: {(noun, id): name}."""
        ids = {noun: set() for noun in ("store", "division", "department", "asset_kind")}
        for entry in entries:
            for column, values in entry.changes.items():
                noun = NOUNS_OF.get(column)
                if noun:
                    ids[noun] |= {value for value in (values if isinstance(values, list) else [values]) if value}
        rows = self._query.select(NAMES, {noun: list(found) or [0] for noun, found in ids.items()})
        return {(row["noun"], row["id"]): row["name"] for row in rows}
