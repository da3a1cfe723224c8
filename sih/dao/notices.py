"""Notices ("Pemberitahuan"): who hears of an event, in the page and by mail, and what a person has heard and read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.dao.visibility import IS_READ, IS_VISIBLE, viewer
from sih.domain import policy
from sih.domain.records import Employee
from sih.domain.vocabulary import INTERNAL, OF_HANDLERS, TOPICS, USUAL_WAYS

PAGE_SIZE = 50
KEPT = timedelta(days=90)

# `e` is the new event, `p` its problem as it was before.
_REPORTER = "SELECT p.reporter_id"
_RECEIVER = "SELECT e.to_employee_id"
_GIVER = """SELECT (
         SELECT given.actor_id FROM event given
         WHERE given.problem_id = e.problem_id AND given.kind = 'escalated' ORDER BY given.id DESC LIMIT 1)"""
_ABSENT_PIC = "SELECT e.from_employee_id WHERE is_of_helpdesk(e.actor_id)"
# The PIC, or whoever of the division moved the problem last.
_HOLDER = "SELECT coalesce(e.to_employee_id, last_mover(e.problem_id, e.to_division_id))"
# As _HOLDER, of the problem as it is now.
HOLDER_NOW = "coalesce(p.holder_employee_id, last_mover(p.id, p.holder_division_id))"
# Whoever asked the question that this comment of the reporter answers.
_ASKER = "SELECT asked.actor_id FROM event asked WHERE asked.id = p.asked_event_id AND p.reporter_id = e.actor_id"
# Of the CTE `named` of a remark (sih/dao/events.py: REMARKS).
_NAMED = "SELECT m.employee_id FROM named m WHERE m.event_id = e.id"
_FOLLOWERS = "SELECT f.employee_id FROM follow f WHERE f.problem_id = e.problem_id"

# Who hears of a kind of event, by the topic under which a person chooses how (sih/domain/vocabulary.py: TOPICS). Of a
# report nobody hears: it waits for a division, whose handlers see the count of what waits for them.
WHO_HEARS = {
    "reported": {},
    "opened": {"report": (_REPORTER,)},
    "closed": {"report": (_REPORTER,), "in_my_place": (_ABSENT_PIC,)},
    "escalated": {"assigned": (_RECEIVER,), "in_my_place": (_ABSENT_PIC,)},
    "returned": {"assigned": (_RECEIVER,), "in_my_place": (_ABSENT_PIC,)},
    "accepted": {"progress": (_GIVER, _FOLLOWERS), "in_my_place": (_ABSENT_PIC,)},
    "reopened": {"assigned": (_RECEIVER,)},
    "commented": {"remark": (_REPORTER, _HOLDER, _NAMED, _FOLLOWERS), "answer": (_ASKER,)},
    "noted": {"remark": (_REPORTER, _HOLDER, _NAMED, _FOLLOWERS)},
    "asked": {"remark": (_REPORTER, _HOLDER, _FOLLOWERS)},
    "confirmed": {"progress": (_HOLDER, _FOLLOWERS)},
    # After opening; of what was handed over and not yet accepted also whoever gave it.
    "corrected": {
        "progress": (
            f"{_HOLDER} WHERE p.status <> 'new'",
            f"{_GIVER} WHERE p.status = 'escalated'",
            f"{_FOLLOWERS} AND p.status <> 'new'",
        )
    },
    "withdrawn": {"progress": (_HOLDER, _FOLLOWERS)},
}
# Of these the mailbox of a division hears, where the problem waits for it and no PIC is named.
MAILBOX_HEARS = ("reported", "escalated", "returned", "reopened")
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


_HEARS = "SELECT (r.id, '{topic}', '{usual_way}')::hearer FROM ({rule}) AS r (id){readers}"
# Of an internal note (sih/domain/policy.py: reads_notes).
_READERS = " WHERE (SELECT h.role IN ('handler', 'supervisor') FROM employee h WHERE h.id = r.id)"
_TELL = """, notified AS (
    INSERT INTO notice (employee_id, event_id, problem_id, at)
    SELECT t.employee_id, e.id, e.problem_id, e.at
    FROM noted e LEFT JOIN problem p ON p.id = e.problem_id
    CROSS JOIN LATERAL tell(e.id, e.problem_id, e.at, e.actor_id, {division}, {hearers}) AS t (employee_id)
)
"""
_WAITS_FOR_DIVISION = "CASE WHEN e.to_employee_id IS NULL THEN e.to_division_id END"


def notify(kind: str) -> str:
    """The end of a statement whose CTE `noted` adds events of this kind and returns HEARD_OF: tells whoever hears of
    them, in the page and by mail (sql/schema.sql: tell). A person hears once, in each way that one of the topics asks
    for."""
    rules = [
        _HEARS.format(topic=topic, usual_way=USUAL_WAYS[topic], rule=rule, readers=_READERS * (kind in INTERNAL))
        for topic, rules in WHO_HEARS[kind].items()
        for rule in rules
    ]
    hearers = "ARRAY(\n     {})".format("\n     UNION ALL ".join(rules)) if rules else "NULL"
    return _TELL.format(division=_WAITS_FOR_DIVISION if kind in MAILBOX_HEARS else "NULL", hearers=hearers)


def topics_of(employee: Employee) -> list[str]:
    """The topics of which this person may hear, in the order of TOPICS."""
    return [topic for topic in TOPICS if policy.is_handler(employee) or topic not in OF_HANDLERS]


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
