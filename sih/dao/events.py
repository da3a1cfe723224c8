"""The history of a problem (docs/paper.md, R9), and the kinds of events that change no status: comments, internal notes
and "Beres"."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sih.dao.files import ATTACH, OF_EVENT, attaching
from sih.dao.limits import WINDOW, too_much_sent
from sih.dao.notices import HEARD_OF, notify
from sih.dao.query import Query
from sih.dao.small_masters import add_names
from sih.dao.visibility import IS_READ, viewer
from sih.domain.records import Employee, Event

# Names are read as in problems.FIND.
_EVENTS = f"""
SELECT e.id, e.kind, e.at, a.nik AS actor_nik, a.name AS actor_name,
       a.division_id AS actor_division_id,
       e.from_division_id, (SELECT f.name FROM employee f WHERE f.id = e.from_employee_id) AS from_employee,
       e.to_division_id, (SELECT t.name FROM employee t WHERE t.id = e.to_employee_id) AS to_employee,
       e.priority, e.category_id, e.note, e.correction,
       (SELECT string_agg(n.name || ' (' || n.nik || ')', ', ' ORDER BY n.name, n.nik)
        FROM mention m JOIN employee n ON n.id = m.employee_id WHERE m.event_id = e.id) AS named,
       {OF_EVENT} AS files
FROM event e JOIN employee a ON a.id = e.actor_id
WHERE e.problem_id = %(problem_id)s AND {IS_READ}
"""
HISTORY = f"{_EVENTS}ORDER BY e.at, e.id"
LATEST = f"{_EVENTS}ORDER BY e.at DESC, e.id DESC LIMIT %(amount)s"
NAMES = {
    "actor_division": ("divisions", "actor_division_id"),
    "from_division": ("divisions", "from_division_id"),
    "to_division": ("divisions", "to_division_id"),
    "category": ("categories", "category_id"),
}

# Returns as problems.REPORT does. A comment of the reporter answers the open question.
_REMARK = """
WITH gate AS MATERIALIZED (
    SELECT limiting_event_at(%(actor_id)s, 'commented', %(since)s, %(limit)s) AS at
), noted AS (
    INSERT INTO event (problem_id, kind, at, actor_id, status_before, status_after,
                       to_division_id, to_employee_id, priority, category_id, note, token)
    SELECT p.id, '{kind}', %(now)s, %(actor_id)s, p.status, p.status,
           p.holder_division_id, p.holder_employee_id, p.priority, p.category_id, %(note)s, %(token)s
    FROM problem p, gate
    WHERE p.id = %(problem_id)s AND gate.at IS NULL
    ON CONFLICT ON CONSTRAINT event_token_once DO NOTHING
    RETURNING {heard_of}
), named AS (
    INSERT INTO mention (event_id, employee_id)
    SELECT e.id, person.id FROM noted e, unnest(%(named)s::integer[]) AS person (id)
    RETURNING event_id, employee_id
), asked AS MATERIALIZED (
    SELECT p.id, p.asked_event_id
    FROM problem p
    WHERE p.id = %(problem_id)s AND p.reporter_id = %(actor_id)s AND p.asked_event_id IS NOT NULL
), answered AS (
    UPDATE problem p SET asked_event_id = NULL
    FROM asked, noted
    WHERE p.id = asked.id AND p.asked_event_id = asked.asked_event_id AND noted.kind = 'commented'
    RETURNING end_question(asked.asked_event_id, noted.id, noted.at, 'answered')
){attach}{notified}SELECT id, NULL::timestamptz AS limited_at FROM noted
UNION ALL
SELECT NULL, gate.at FROM gate WHERE gate.at IS NOT NULL
"""
# By the kind of the event: a comment, or an internal note.
REMARKS = {
    kind: _REMARK.format(kind=kind, heard_of=HEARD_OF, attach=ATTACH, notified=notify(kind))
    for kind in ("commented", "noted")
}

SAME_REMARK = """
SELECT e.id
FROM event e
WHERE e.token = %(token)s AND e.problem_id = %(problem_id)s AND e.actor_id = %(actor_id)s AND e.note = %(note)s
  AND e.kind = %(kind)s
"""

CONFIRM = f"""
WITH confirmed AS (
    UPDATE problem p
    SET confirmed_at = %(now)s
    WHERE p.id = %(problem_id)s AND p.last_event_id = %(seen)s AND p.status = 'closed' AND p.confirmed_at IS NULL
    RETURNING p.id, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id
), noted AS (
    INSERT INTO event (problem_id, kind, at, actor_id, status_before, status_after,
                       to_division_id, to_employee_id, priority, category_id)
    SELECT id, 'confirmed', %(now)s, %(actor_id)s, 'closed', 'closed',
           holder_division_id, holder_employee_id, priority, category_id
    FROM confirmed
    RETURNING {HEARD_OF}
){notify("confirmed")}SELECT noted.id FROM noted
"""

ALREADY_CONFIRMED = """
SELECT e.id
FROM problem p
JOIN event e ON e.problem_id = p.id AND e.at = p.confirmed_at AND e.kind = 'confirmed'
WHERE p.id = %(problem_id)s AND p.last_event_id = %(seen)s AND e.actor_id = %(actor_id)s
"""


class Events:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, problem_id: int, reader: Employee) -> list[Event]:
        """All events of a problem that this person may read, oldest first."""
        events = self._query.select(HISTORY, viewer(reader) | {"problem_id": problem_id}, Event)
        add_names(self._query, reader.small_masters_version, events, NAMES)
        return events

    def latest(self, problem_id: int, amount: int, reader: Employee) -> list[Event]:
        """The latest events of a problem that this person may read, oldest first."""
        params = viewer(reader) | {"problem_id": problem_id, "amount": amount}
        events = self._query.select(LATEST, params, Event)[::-1]
        add_names(self._query, reader.small_masters_version, events, NAMES)
        return events

    def comment(
        self, problem_id: int, by: Employee, now: datetime, token: UUID, remark: str, limit: int = 0,
        kind: str = "commented", named: Sequence[int] = (), files: Mapping[int, str] | None = None,
    ) -> bool:  # fmt: skip
        """Adds a comment, or an internal note ("noted"); `named`: the ids of those who are named in it; `files`: as in
        files.attaching. A second click with the same token adds none. Returns False if the token was used for another
        one. Raises TooMuchSent if `by` has added `limit` of both within WINDOW; 0: no limit."""
        params = {"problem_id": problem_id, "actor_id": by.id, "now": now, "token": token, "note": remark}
        more = {"named": list(named), "since": now - WINDOW, "limit": limit}
        row = self._query.one_or_none(REMARKS[kind], params | more | attaching(files))
        if row and row["id"]:
            return True
        if self.same_remark(problem_id, by, token, remark, kind):
            return True
        if row:
            raise too_much_sent(limit, row["limited_at"], now)
        return False

    def same_remark(
        self, problem_id: int, by: Employee, token: UUID, remark: str, kind: str = "commented"
    ) -> int | None:
        """The id of the event, if this comment or note was added before."""
        params = {"problem_id": problem_id, "actor_id": by.id, "token": token, "note": remark, "kind": kind}
        row = self._query.one_or_none(SAME_REMARK, params)
        return row["id"] if row else None

    def confirm(self, problem_id: int, seen: int, by: Employee, now: datetime) -> bool:
        """Records "Beres" by the reporter; a second click changes nothing. Returns False if the problem has changed
        since `seen`."""
        params = {"problem_id": problem_id, "seen": seen, "actor_id": by.id, "now": now}
        return bool(self._query.one_or_none(CONFIRM, params) or self._query.one_or_none(ALREADY_CONFIRMED, params))
