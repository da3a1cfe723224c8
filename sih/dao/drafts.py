"""What somebody typed when the session was lost: kept a day, and given back to its author alone."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sih.dao.query import Query

KEEP = """
WITH swept AS (DELETE FROM draft WHERE created_at < %(day_ago)s)
INSERT INTO draft (id, employee_id, path, fields, created_at)
VALUES (%(id)s, %(employee_id)s, %(path)s, %(fields)s, %(now)s)
"""

OF = "SELECT fields FROM draft WHERE id = %(id)s AND employee_id = %(employee_id)s AND path = %(path)s"


class Drafts:
    def __init__(self, query: Query) -> None:
        self._query = query

    def keep(self, employee_id: int, path: str, fields: dict[str, list[str]], now: datetime) -> UUID:
        """Keeps the fields of a form that was sent to `path`; gives the id under which they are found again."""
        draft_id = uuid4()
        params = {"id": draft_id, "employee_id": employee_id, "path": path, "fields": json.dumps(fields)}
        self._query.execute(KEEP, {**params, "now": now, "day_ago": now - timedelta(days=1)})
        return draft_id

    def of(self, employee_id: int, draft_id: UUID, path: str) -> dict[str, list[str]] | None:
        """The fields, for the one who typed them; None for everybody else."""
        row = self._query.select_one(OF, {"id": draft_id, "employee_id": employee_id, "path": path})
        return row and json.loads(row["fields"])
