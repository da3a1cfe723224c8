"""Drafts: forms that could not be processed because the session had ended. Kept for a day, for their author only."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sih.dao.query import Query

KEPT = timedelta(days=1)
MOST_BYTES = 1_000_000  # a person; the longest form takes 60 kB

KEEP = """
WITH swept AS (DELETE FROM draft WHERE created_at < %(day_ago)s)
INSERT INTO draft (id, employee_id, path, fields, created_at)
SELECT %(id)s, e.id, %(path)s, %(fields)s, %(now)s
FROM employee e
WHERE e.id = %(employee_id)s AND NOT e.is_frozen
  AND draft_fits(e.id, %(day_ago)s, %(limit)s, octet_length(%(fields)s), %(most_bytes)s)
"""

OF = "SELECT fields FROM draft WHERE id = %(id)s AND employee_id = %(employee_id)s AND path = %(path)s"


class Drafts:
    def __init__(self, query: Query) -> None:
        self._query = query

    def keep(
        self, employee_id: int, path: str, fields: dict[str, list[str]], now: datetime, limit: int = 0
    ) -> UUID | None:
        """Stores the fields of a form sent to `path` and returns the id of the draft. Stores nothing and returns None
        for a frozen person, or if the person already has `limit` drafts (0: no limit) or MOST_BYTES."""
        draft_id = uuid4()
        draft = {"id": draft_id, "employee_id": employee_id, "path": path, "fields": json.dumps(fields)}
        bounds = {"now": now, "day_ago": now - KEPT, "limit": limit, "most_bytes": MOST_BYTES}
        return draft_id if self._query.execute(KEEP, {**draft, **bounds}) else None

    def of(self, employee_id: int, draft_id: UUID, path: str) -> dict[str, list[str]] | None:
        """The fields of this draft, if it belongs to this person and path; else None."""
        row = self._query.one_or_none(OF, {"id": draft_id, "employee_id": employee_id, "path": path})
        return row and json.loads(row["fields"])
