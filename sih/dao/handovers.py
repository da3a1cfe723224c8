"""What waits at a person who no longer can: handed on before that person is frozen, each with its event and reason."""

from datetime import datetime

from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.domain.records import Employee
from sih.masters.records import Actor

AMOUNT = """
SELECT count(*) AS amount FROM problem p WHERE p.holder_employee_id = %(employee_id)s AND p.status <> 'closed'
"""
# Locked, so that none of them moves on meanwhile.
WAITING = """
SELECT p.id, p.status, p.last_event_id, p.holder_division_id FROM problem p
WHERE p.holder_employee_id = %(employee_id)s AND p.status <> 'closed'
ORDER BY p.id FOR UPDATE
"""
# Whether this person is no longer a handler of the division that holds what waits here.
_GONE = "({is_frozen} OR {role} <> 'handler' OR {division_id} IS DISTINCT FROM p.holder_division_id)"
IS_GONE = f"""
SELECT EXISTS (
    SELECT FROM employee e JOIN problem p ON p.holder_employee_id = e.id AND p.status <> 'closed'
    WHERE e.id = %(employee_id)s
      AND {_GONE.format(is_frozen="e.is_frozen", role="e.role", division_id="e.division_id")}) AS is_gone
"""
# Of an import that was written: who is deactivated by it, or is no handler any more, and was a holder.
LEAVING = f"""
SELECT e.id, count(*) AS amount FROM import_change c
JOIN employee e ON e.id = (c.facts->>'id')::integer
JOIN problem p ON p.holder_employee_id = e.id AND p.status <> 'closed'
WHERE c.import_id = %(import_id)s AND c.kind IN ('change', 'deactivate')
  AND {_GONE.format(is_frozen="e.is_frozen", role="e.role", division_id="e.division_id")}
GROUP BY e.id
"""
# Of one that is not written yet: all that waits at those who will be gone.
WILL_MOVE = f"""
SELECT count(*) AS amount FROM problem w
WHERE w.status <> 'closed' AND w.holder_employee_id IN (
    SELECT p.holder_employee_id FROM import_change c
    JOIN problem p ON p.holder_employee_id = (c.facts->>'id')::integer AND p.status <> 'closed'
    LEFT JOIN division_sheet d ON d.key = c.facts->>'division'
    WHERE c.import_id = %(import_id)s AND c.kind IN ('change', 'deactivate')
      AND {_GONE.format(is_frozen="c.facts->>'active' = 'no'", role="c.facts->>'role'", division_id="d.id")})
"""


class Handovers:
    def __init__(self, query: Query) -> None:
        self._query, self._problems = query, Problems(query)

    def amount(self, employee_id: int) -> int:
        """How many open problems wait at this person."""
        return self._query.one(AMOUNT, {"employee_id": employee_id})["amount"]

    def hand_on(
        self, employee_id: int, by: Employee | Actor, now: datetime, reason: str, pic: tuple[int, int] | None = None
    ) -> int:
        """Everything that waits at this person: what was not accepted yet goes back to whoever gave it, the rest to
        the division that holds it, or to `pic` (division, employee). Gives how many. Within a transaction."""
        rows = self._query.select(WAITING, {"employee_id": employee_id})
        for row in rows:
            if row["status"] == "escalated":
                self._problems.send_back(row["id"], row["last_event_id"], by, now, reason)
            else:
                division_id, pic_id = pic or (row["holder_division_id"], None)
                self._problems.escalate(row["id"], row["last_event_id"], by, now, reason, division_id, pic_id)
        return len(rows)

    def hand_on_if_gone(self, employee_id: int, by: Employee | Actor, now: datetime, reason: str) -> None:
        """The same, to the division, once this person belongs elsewhere."""
        if self._query.one(IS_GONE, {"employee_id": employee_id})["is_gone"]:
            self.hand_on(employee_id, by, now, reason)

    def hand_on_after_import(self, import_id: int, by: Employee | Actor, now: datetime, reason: str) -> int:
        """The same for everybody whom this import took away from where they were; gives how many moved."""
        rows = self._query.select(LEAVING, {"import_id": import_id})
        return sum(self.hand_on(row["id"], by, now, reason) for row in rows)

    def moved_by_import(self, import_id: int) -> int:
        """How many hand_on_after_import would move, before this import of employees is written."""
        return self._query.one(WILL_MOVE, {"import_id": import_id})["amount"]

    def left_by_import(self, import_id: int) -> int:
        """How many still wait there: the command line is nobody who could hand them on."""
        return sum(row["amount"] for row in self._query.select(LEAVING, {"import_id": import_id}))
