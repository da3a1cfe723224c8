"""Age limits: after how many hours an open problem of a priority is marked as overdue (sih/domain/ages.py)."""

import json
from collections.abc import Mapping

from sih.dao.query import Query

ALL = "SELECT l.name, l.hours, l.version FROM age_limit l ORDER BY l.id"
# Locked in one order, so that of two changes the second sees the versions that the first left.
LOCK = "SELECT l.name, l.hours, l.version FROM age_limit l ORDER BY l.id FOR UPDATE"
CHANGE = """
UPDATE age_limit t SET hours = r.hours, version = t.version + 1
FROM jsonb_to_recordset(%(rows)s) AS r (name text, hours integer)
WHERE t.name = r.name AND t.hours <> r.hours
"""


class AgeLimits:
    def __init__(self, query: Query) -> None:
        self._query = query

    def all(self) -> tuple[dict[str, int], int]:
        """Hours by priority, and the version of them all."""
        return _read(self._query.select(ALL))

    def change(self, hours: Mapping[str, int], seen: int) -> bool:
        """Sets the hours of each priority; False if others changed them to something else after the version `seen`.
        Call inside dao/audits.py: signed."""
        present, version = _read(self._query.select(LOCK))
        if present != hours and version != seen:
            return False
        self._query.execute(CHANGE, {"rows": json.dumps([{"name": name, "hours": hours[name]} for name in hours])})
        return True


def _read(rows: list[dict]) -> tuple[dict[str, int], int]:
    return {row["name"]: row["hours"] for row in rows}, sum(row["version"] for row in rows)
