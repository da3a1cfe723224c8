"""Presence: who has a form of a problem open at this moment."""

from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.dao.visibility import IS_VISIBLE, viewer
from sih.domain.errors import NotFound
from sih.domain.records import Employee

KEPT = timedelta(minutes=1)

# Gives a row if the person may see the problem: who else has it open.
NOTE = f"""
WITH found AS (
    SELECT p.id FROM problem p WHERE p.id = %(problem_id)s AND {IS_VISIBLE}
), noted AS (
    INSERT INTO presence (employee_id, problem_id, seen_at)
    SELECT %(viewer_id)s, found.id, %(now)s FROM found
    ON CONFLICT ON CONSTRAINT presence_pk DO UPDATE SET problem_id = excluded.problem_id, seen_at = excluded.seen_at
)
SELECT ARRAY(SELECT e.name FROM presence o JOIN employee e ON e.id = o.employee_id
             WHERE o.problem_id = found.id AND o.seen_at > %(present_since)s
               AND e.id <> %(viewer_id)s AND NOT e.is_frozen
             ORDER BY e.name) AS names
FROM found
"""
SWEEP = "DELETE FROM presence WHERE seen_at < %(before)s"


class Presences:
    def __init__(self, query: Query) -> None:
        self._query = query

    def note(self, employee: Employee, problem_id: int, now: datetime) -> list[str]:
        """Records that this person has the problem open; it counts for KEPT. Returns the names of the others who have.
        Raises NotFound if the problem is hidden."""
        params = viewer(employee) | {"problem_id": problem_id, "now": now, "present_since": now - KEPT}
        found = self._query.one_or_none(NOTE, params)
        if found is None:
            raise NotFound
        return found["names"]

    def sweep(self, now: datetime) -> None:
        """Deletes what no longer counts."""
        self._query.execute(SWEEP, {"before": now - KEPT})
