"""Handing on the open problems of a person who leaves, each with an event and a reason."""

from datetime import datetime

from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.domain.records import Employee
from sih.masters.records import Actor

AMOUNT = """
SELECT count(*) AS amount FROM problem p WHERE p.holder_employee_id = %(employee_id)s AND p.status <> 'closed'
"""
# Locked, so that none of them changes before it is handed on.
WAITING = """
SELECT p.id, p.status, p.last_event_id, p.holder_division_id FROM problem p
WHERE p.holder_employee_id = %(employee_id)s AND p.status <> 'closed'
ORDER BY p.id FOR UPDATE
"""
# Whether this person holds problems of a division whose handler he or she no longer is.
IS_GONE = """
SELECT EXISTS (
    SELECT FROM employee e JOIN problem p ON p.holder_employee_id = e.id AND p.status <> 'closed'
    WHERE e.id = %(employee_id)s
      AND (e.is_frozen OR e.role <> 'handler' OR e.division_id IS DISTINCT FROM p.holder_division_id)) AS is_gone
"""
# The holders whom an import has deactivated or moved away, and the number of their open problems.
LEAVING = """
SELECT e.id, count(*) AS amount FROM import_change c
JOIN employee e ON e.id = (c.facts->>'id')::integer
JOIN problem p ON p.holder_employee_id = e.id AND p.status <> 'closed'
WHERE c.import_id = %(import_id)s AND c.kind IN ('change', 'deactivate')
  AND (e.is_frozen OR e.role <> 'handler' OR e.division_id IS DISTINCT FROM p.holder_division_id)
GROUP BY e.id
"""


class Handovers:
    def __init__(self, query: Query) -> None:
        self._query, self._problems = query, Problems(query)

    def amount(self, employee_id: int) -> int:
        """The number of open problems that wait at this person."""
        return self._query.one(AMOUNT, {"employee_id": employee_id})["amount"]

    def hand_on(
        self, employee_id: int, by: Employee | Actor, now: datetime, reason: str, pic: tuple[int, int] | None = None
    ) -> int:
        """Hands on all open problems of this person and returns their number. Those not accepted yet are returned; the
        others go to their division, or to `pic` (division id, employee id). Call inside a transaction."""
        rows = self._query.select(WAITING, {"employee_id": employee_id})
        for row in rows:
            if row["status"] == "escalated":
                self._problems.send_back(row["id"], row["last_event_id"], by, now, reason)
            else:
                division_id, pic_id = pic or (row["holder_division_id"], None)
                self._problems.escalate(row["id"], row["last_event_id"], by, now, reason, division_id, pic_id)
        return len(rows)

    def hand_on_if_gone(self, employee_id: int, by: Employee | Actor, now: datetime, reason: str) -> None:
        """As hand_on, to the division, if this person is no longer a handler there."""
        if self._query.one(IS_GONE, {"employee_id": employee_id})["is_gone"]:
            self.hand_on(employee_id, by, now, reason)

    def hand_on_after_import(self, import_id: int, by: Employee | Actor, now: datetime, reason: str) -> None:
        """As hand_on, for everybody whom this import has deactivated or moved away."""
        for row in self._query.select(LEAVING, {"import_id": import_id}):
            self.hand_on(row["id"], by, now, reason)

    def left_by_import(self, import_id: int) -> int:
        """The number of problems that still wait at such people after an import by the command line, which cannot be
        the author of an event."""
        return sum(row["amount"] for row in self._query.select(LEAVING, {"import_id": import_id}))
