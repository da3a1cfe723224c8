"""The report that somebody is typing: one draft a person, kept while it is typed, gone when it is sent or discarded
(dao/problems.py: REPORT)."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sih.dao.query import Query

KEPT = timedelta(days=30)
MOST_BYTES = 100_000  # the longest report takes 30 kB; the constraint report_draft_length has the same number

# A draft that arrives after its report was sent is not kept.
KEEP = """
INSERT INTO report_draft (employee_id, token, fields, saved_at)
SELECT %(employee_id)s, %(token)s, %(fields)s, %(now)s
WHERE NOT EXISTS (SELECT FROM problem p WHERE p.token = %(token)s)
ON CONFLICT ON CONSTRAINT report_draft_pk
DO UPDATE SET token = excluded.token, fields = excluded.fields, saved_at = excluded.saved_at
"""

OF = """
SELECT d.fields, d.saved_at FROM report_draft d
WHERE d.employee_id = %(employee_id)s AND NOT EXISTS (SELECT FROM problem p WHERE p.token = d.token)
"""

DISCARD = """
DELETE FROM report_draft d
WHERE d.employee_id = %(employee_id)s AND (%(token)s::uuid IS NULL OR d.token = %(token)s)
"""

SWEEP = "DELETE FROM report_draft d WHERE d.saved_at < %(before)s"


@dataclass(frozen=True)
class ReportDraft:
    fields: dict[str, str]  # of the form, with its token
    saved_at: datetime

    @property
    def words(self) -> str:
        """What shows the person which report this is."""
        return self.fields.get("title") or self.fields.get("description") or ""


class ReportDrafts:
    def __init__(self, query: Query) -> None:
        self._query = query

    def keep(self, employee_id: int, token: UUID, fields: dict[str, str], now: datetime) -> bool:
        """Replaces this person's draft. Returns False and keeps the former one if the report was sent, or is too
        long."""
        text = json.dumps(fields | {"token": str(token)})
        if len(text) > MOST_BYTES:
            return False
        params = {"employee_id": employee_id, "token": token, "fields": text, "now": now}
        return self._query.execute(KEEP, params) == 1

    def of(self, employee_id: int) -> ReportDraft | None:
        """The draft of this person, unless its report was sent."""
        row = self._query.one_or_none(OF, {"employee_id": employee_id})
        return ReportDraft(json.loads(row["fields"]), row["saved_at"]) if row else None

    def discard(self, employee_id: int, token: UUID | None = None) -> None:
        """Deletes this person's draft; with `token` only if it is of that form."""
        self._query.execute(DISCARD, {"employee_id": employee_id, "token": token})

    def sweep(self, now: datetime) -> None:
        self._query.execute(SWEEP, {"before": now - KEPT})
