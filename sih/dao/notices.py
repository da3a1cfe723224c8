"""Notices ("Pemberitahuan"): who hears of an event, and what a person has heard and read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.dao.visibility import IS_READ, IS_VISIBLE, viewer
from sih.domain.records import Employee
from sih.domain.vocabulary import INTERNAL

PAGE_SIZE = 50
KEPT = timedelta(days=90)

# `e` is the new event, `p` its problem as it was before.
_REPORTER = "SELECT p.reporter_id"
_RECEIVER = "SELECT e.to_employee_id"
_GIVER = """SELECT (
         SELECT given.actor_id FROM event given
         WHERE given.problem_id = e.problem_id AND given.kind = 'escalated' ORDER BY given.id DESC LIMIT 1)"""
_ABSENT_PIC = """SELECT e.from_employee_id FROM employee a JOIN division d ON d.id = a.division_id
     WHERE a.id = e.actor_id AND a.role = 'handler' AND d.is_helpdesk"""
# The PIC, or whoever of the division moved the problem last.
_HOLDER = """SELECT coalesce(e.to_employee_id, (
         SELECT a.id FROM event o JOIN employee a ON a.id = o.actor_id
         WHERE o.problem_id = e.problem_id AND NOT moves_nothing(o.kind)
           AND a.role = 'handler' AND a.division_id = e.to_division_id
         ORDER BY o.at DESC, o.id DESC LIMIT 1))"""
# Whoever asked the question that this comment of the reporter answers.
_ASKER = "SELECT asked.actor_id FROM event asked WHERE asked.id = p.asked_event_id AND p.reporter_id = e.actor_id"
# As _HOLDER, of the problem as it is now.
HOLDER_NOW = """coalesce(p.holder_employee_id, (
         SELECT a.id FROM event o JOIN employee a ON a.id = o.actor_id
         WHERE o.problem_id = p.id AND NOT moves_nothing(o.kind)
           AND a.role = 'handler' AND a.division_id = p.holder_division_id
         ORDER BY o.at DESC, o.id DESC LIMIT 1))"""
# Of the CTE `named` of a remark (sih/dao/events.py: REMARKS).
_NAMED = "SELECT m.employee_id FROM named m WHERE m.event_id = e.id"
_FOLLOWERS = "SELECT f.employee_id FROM follow f WHERE f.problem_id = e.problem_id"

# Of a report nobody hears: it waits for a division, whose handlers see the count of what waits for them.
WHO_HEARS = {
    "opened": (_REPORTER,),
    "closed": (_REPORTER, _ABSENT_PIC),
    "escalated": (_RECEIVER, _ABSENT_PIC),
    "returned": (_RECEIVER, _ABSENT_PIC),
    "accepted": (_GIVER, _ABSENT_PIC, _FOLLOWERS),
    "reopened": (_RECEIVER,),
    "commented": (_REPORTER, _HOLDER, _NAMED, _FOLLOWERS, _ASKER),
    "noted": (_REPORTER, _HOLDER, _NAMED, _FOLLOWERS),
    "asked": (_REPORTER, _HOLDER, _FOLLOWERS),
    "confirmed": (_HOLDER, _FOLLOWERS),
    # After opening; of what was handed over and not yet accepted also whoever gave it.
    "corrected": (
        f"{_HOLDER} WHERE p.status <> 'new'",
        f"{_GIVER} WHERE p.status = 'escalated'",
        f"{_FOLLOWERS} AND p.status <> 'new'",
    ),
    "withdrawn": (_HOLDER, _FOLLOWERS),
}
HEARD_OF = "id, problem_id, kind, at, actor_id, previous_event_id, from_employee_id, to_division_id, to_employee_id"

PAGE = f"""
SELECT n.event_id, n.problem_id, p.title, e.kind, n.at, a.nik AS actor_nik, a.name AS actor_name,
       n.read_at IS NOT NULL AS is_read, n.place, n.reminder_id IS NOT NULL AS is_reminder
FROM notice n
JOIN problem p ON p.id = n.problem_id
JOIN event e ON e.id = n.event_id
JOIN employee a ON a.id = e.actor_id
WHERE n.employee_id = %(viewer_id)s AND (%(after)s IS NULL OR n.place < %(after)s)
  AND {IS_VISIBLE} AND {IS_READ}
ORDER BY n.place DESC LIMIT %(limit)s
"""
# The times of events come from several machines: one may be later than this one's.
READ = """
UPDATE notice n SET read_at = greatest(%(now)s, n.at)
WHERE n.employee_id = %(viewer_id)s AND n.read_at IS NULL AND n.event_id <= %(until)s
  AND (%(problem_id)s IS NULL OR n.problem_id = %(problem_id)s)
"""
COUNT = "SELECT unread_notices(e) AS amount FROM employee e WHERE e.id = %(viewer_id)s"
SWEEP = "DELETE FROM notice n WHERE n.at < %(before)s"


def notify(kind: str) -> str:
    """The end of a statement whose CTE `noted` adds events of this kind and returns HEARD_OF: who hears of them. Never
    whoever acted, nobody who is frozen, and of an internal note nobody who may not read it."""
    rules = "\n     UNION ".join(WHO_HEARS[kind])
    readers = " AND h.role IN ('handler', 'supervisor')" if kind in INTERNAL else ""
    return f""", notified AS (
    INSERT INTO notice (employee_id, event_id, problem_id, at)
    SELECT h.id, e.id, e.problem_id, e.at
    FROM noted e
    JOIN problem p ON p.id = e.problem_id
    CROSS JOIN LATERAL (
     {rules}) AS hears (employee_id)
    JOIN employee h ON h.id = hears.employee_id
    WHERE h.id <> e.actor_id AND NOT h.is_frozen{readers}
)
"""


@dataclass(frozen=True, slots=True)
class Notice:
    event_id: int
    problem_id: int
    title: str  # of the problem
    kind: str  # of the event
    at: datetime
    actor_nik: str
    actor_name: str
    is_read: bool
    place: int  # among the person's notices
    is_reminder: bool  # that the question of the event has no answer yet


class Notices:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(self, employee: Employee, after: int | None = None) -> tuple[list[Notice], bool]:
        """Up to PAGE_SIZE notices, newest first, after the one with the place `after`; and whether more follow."""
        params = viewer(employee) | {"after": after, "limit": PAGE_SIZE + 1}
        found = self._query.select(PAGE, params, Notice)
        return found[:PAGE_SIZE], len(found) > PAGE_SIZE

    def read(self, employee: Employee, until: int, now: datetime, problem_id: int | None = None) -> int:
        """Marks this person's notices up to the event `until` as read: of a problem, or all. Returns how many are still
        unread, up to 100."""
        params = {"viewer_id": employee.id, "until": until, "now": now, "problem_id": problem_id}
        self._query.execute(READ, params)
        return self._query.one(COUNT, params)["amount"]

    def sweep(self, now: datetime) -> None:
        """Deletes those that are older than KEPT, read or not."""
        self._query.execute(SWEEP, {"before": now - KEPT})
