"""Questions to the reporter ("Tanya pelapor"): one open question a problem, asked and taken back by whoever may act.
Somebody is reminded of one without an answer. The comment that answers it is in events.py, closing in problems.py."""

from datetime import datetime, timedelta
from uuid import UUID

from sih.dao.limits import WINDOW, too_much_sent
from sih.dao.notices import HEARD_OF, HOLDER_NOW, notify
from sih.dao.query import Query
from sih.domain.errors import RuleViolated, Stale
from sih.domain.records import Employee
from sih.domain.vocabulary import USUAL_WAYS

REMIND_AFTER = timedelta(days=7)
MOST_REMINDED = 200  # at once

# Returns as problems.REPORT does. Of several who ask at the same time, one finds the problem without a question.
ASK = f"""
WITH gate AS MATERIALIZED (
    SELECT limiting_event_at(%(actor_id)s, 'commented', %(since)s, %(limit)s) AS at
), marked AS (
    UPDATE problem p
    SET asked_event_id = nextval(pg_get_serial_sequence('event', 'id'))
    FROM gate
    WHERE p.id = %(problem_id)s AND p.last_event_id = %(seen)s AND p.status IN ('in_progress', 'escalated')
      AND p.asked_event_id IS NULL AND gate.at IS NULL
    RETURNING p.id, p.asked_event_id, p.status, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id
), noted AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, status_before, status_after,
                       to_division_id, to_employee_id, priority, category_id, note, token)
    SELECT asked_event_id, id, 'asked', %(now)s, %(actor_id)s, status, status,
           holder_division_id, holder_employee_id, priority, category_id, %(note)s, %(token)s
    FROM marked
    RETURNING {HEARD_OF}
), added AS (
    INSERT INTO question (asked_event_id, problem_id, asked_at) SELECT id, problem_id, at FROM noted
){notify("asked")}SELECT id, NULL::timestamptz AS limited_at FROM noted
UNION ALL
SELECT NULL, gate.at FROM gate WHERE gate.at IS NOT NULL
"""

SAME_QUESTION = """
SELECT e.id, e.note = %(note)s AS is_same
FROM event e
WHERE e.token = %(token)s AND e.problem_id = %(problem_id)s AND e.actor_id = %(actor_id)s AND e.kind = 'asked'
"""

# Nobody hears of it.
UNASK = """
WITH freed AS (
    UPDATE problem p
    SET asked_event_id = NULL
    WHERE p.id = %(problem_id)s AND p.last_event_id = %(seen)s AND p.asked_event_id = %(question_id)s
    RETURNING p.id, p.status, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id
), noted AS (
    INSERT INTO event (problem_id, kind, at, actor_id, status_before, status_after,
                       to_division_id, to_employee_id, priority, category_id)
    SELECT id, 'unasked', %(now)s, %(actor_id)s, status, status,
           holder_division_id, holder_employee_id, priority, category_id
    FROM freed
    RETURNING id, at
)
SELECT noted.id, end_question(%(question_id)s, noted.id, noted.at, 'unasked') FROM noted
"""

ALREADY_UNASKED = """
SELECT q.asked_event_id
FROM question q
JOIN event e ON e.id = q.ended_event_id
WHERE q.asked_event_id = %(question_id)s AND q.problem_id = %(problem_id)s AND q.ending = 'unasked'
  AND e.actor_id = %(actor_id)s
"""

# Each question once, however many workers there are. Whoever asked hears of it, or the holder if that person is no
# handler any more. The notice has an id of its own, so that it is the newest and stands beside that of the question.
REMIND = f"""
WITH due AS (
    SELECT q.asked_event_id
    FROM question q
    WHERE q.ended_event_id IS NULL AND q.reminded_at IS NULL AND q.asked_at <= %(before)s
    ORDER BY q.asked_at LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
), reminded AS (
    UPDATE question q
    SET reminded_at = %(now)s
    FROM due
    WHERE q.asked_event_id = due.asked_event_id
    RETURNING q.asked_event_id, q.problem_id
), notified AS (
    INSERT INTO notice (employee_id, event_id, problem_id, at, reminder_id)
    SELECT t.employee_id, e.id, e.problem_id, %(now)s, nextval(pg_get_serial_sequence('event', 'id'))
    FROM reminded r
    JOIN event e ON e.id = r.asked_event_id
    JOIN problem p ON p.id = r.problem_id
    JOIN employee asker ON asker.id = e.actor_id
    CROSS JOIN LATERAL tell(
        e.id, e.problem_id, %(now)s, NULL, NULL,
        ARRAY[(CASE WHEN asker.role = 'handler' AND NOT asker.is_frozen THEN asker.id ELSE {HOLDER_NOW} END,
               'unanswered', '{USUAL_WAYS["unanswered"]}')::hearer]) AS t (employee_id)
)
SELECT count(*) AS amount FROM reminded
"""


class Questions:
    def __init__(self, query: Query) -> None:
        self._query = query

    def ask(
        self, problem_id: int, seen: int, by: Employee, now: datetime, token: UUID, words: str, limit: int = 0
    ) -> bool:
        """Asks the reporter; a second click with the same token asks once. Returns False if the token was used for
        another question. `seen`: as in Problems. Raises Stale if the problem has moved on or has a question already,
        TooMuchSent if `by` has sent `limit` comments and questions within WINDOW; 0: no limit."""
        params = {"problem_id": problem_id, "seen": seen, "actor_id": by.id, "now": now, "token": token, "note": words}
        try:
            row = self._query.one_or_none(ASK, params | {"since": now - WINDOW, "limit": limit})
        except RuleViolated as violated:
            if violated.constraint != "event_token_once":
                raise
            return self._sent(params) or False
        if row and row["id"]:
            return True
        is_same = self._sent(params)
        if row and is_same is None:
            raise too_much_sent(limit, row["limited_at"], now)
        if is_same is None:
            raise Stale
        return is_same

    def _sent(self, params: dict) -> bool | None:
        """Whether this person has sent this question with this token; None if the token is of no question of theirs."""
        row = self._query.one_or_none(SAME_QUESTION, params)
        return row["is_same"] if row else None

    def unask(self, problem_id: int, seen: int, by: Employee, now: datetime, question_id: int) -> None:
        """Tidak perlu lagi: ends this open question; a second click changes nothing. Raises Stale if it has ended
        otherwise or the problem has moved on."""
        params = {"problem_id": problem_id, "seen": seen, "actor_id": by.id, "now": now, "question_id": question_id}
        if not (self._query.one_or_none(UNASK, params) or self._query.one_or_none(ALREADY_UNASKED, params)):
            raise Stale

    def remind(self, now: datetime) -> int:
        """Writes a notice for each question that was asked REMIND_AFTER ago and has no answer: once a question.
        Returns for how many, at most MOST_REMINDED."""
        params = {"before": now - REMIND_AFTER, "now": now, "most": MOST_REMINDED}
        return self._query.one(REMIND, params)["amount"]
