"""Problems: each verb writes the new state and its event in one statement, guarded by the last event that the form's
page showed."""

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID

from sih.dao import problem_lists
from sih.dao.files import ATTACH, attaching
from sih.dao.limits import WINDOW, too_much_sent
from sih.dao.notices import HEARD_OF, notify
from sih.dao.query import Query
from sih.dao.small_masters import add_names
from sih.dao.visibility import IS_VISIBLE, viewer
from sih.domain.errors import NotFound, Stale
from sih.domain.lifecycle import ARROWS, COMBINED
from sih.domain.records import Employee, PickedProblem, Problem, Reporter
from sih.masters.records import Actor

# Names are read by subselects: a join of so many tables takes longer to plan than to run. Those of small master data
# are not read at all (NAMES).
FIND = f"""
SELECT p.id, p.title, p.status, p.priority, p.reported_at, p.held_since,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       p.asset_kind_id, (SELECT a.label FROM asset a WHERE a.id = p.asset_id) AS asset_label,
       p.reporter_id, (SELECT r.name FROM employee r WHERE r.id = p.reporter_id) AS reporter_name,
       p.holder_division_id, p.holder_employee_id,
       (SELECT h.name FROM employee h WHERE h.id = p.holder_employee_id) AS holder_employee,
       p.closed_at, p.confirmed_at, p.last_event_id, p.is_withdrawn, p.asked_event_id,
       {problem_lists.FAILURES.format(of="p")},
       p.category_id, p.store_id, p.description, p.diagnosis, p.solution,
       (SELECT r.nik FROM employee r WHERE r.id = p.reporter_id) AS reporter_nik,
       p.asset_id, (SELECT a.serial FROM asset a WHERE a.id = p.asset_id) AS asset_serial,
       p.giver_division_id,
       (SELECT g.name FROM employee g WHERE g.id = p.giver_employee_id) AS giver_employee,
       (SELECT s.phone FROM store s WHERE s.id = p.store_id) AS store_phone,
       (SELECT r.phone FROM employee r WHERE r.id = p.reporter_id) AS reporter_phone,
       EXISTS (SELECT FROM follow f WHERE f.problem_id = p.id AND f.employee_id = %(viewer_id)s) AS is_followed,
       asked.note AS question, asked.at AS asked_at,
       (SELECT a.name FROM employee a WHERE a.id = asked.actor_id) AS asker_name
FROM problem p LEFT JOIN event asked ON asked.id = p.asked_event_id
WHERE p.id = %(id)s AND {IS_VISIBLE}
"""
NAMES = problem_lists.NAMES | {
    "category": ("categories", "category_id"),
    "usual_division_id": ("usual_divisions", "category_id"),
    "giver_division": ("divisions", "giver_division_id"),
}

# Many problems, each with its last step.
PICKED = problem_lists.named(
    f"SELECT {problem_lists.ROW} FROM problem p WHERE p.id = ANY (%(ids)s) AND {IS_VISIBLE}",
    more=""",
       (SELECT e.kind FROM event e WHERE e.id = page.last_event_id) AS last_kind,
       (SELECT e.at FROM event e WHERE e.id = page.last_event_id) AS last_at,
       (SELECT a.name FROM event e JOIN employee a ON a.id = e.actor_id
        WHERE e.id = page.last_event_id) AS last_actor""",
)

# At most one row: the id of the new problem, or the time from which the limit counts. No row if this token was used
# before.
REPORT = f"""
WITH gate AS MATERIALIZED (
    SELECT limiting_event_at(%(actor_id)s, 'reported', %(since)s, %(limit)s) AS at
), made AS (
    INSERT INTO problem (token, reported_at, held_since, store_id, reporter_id, asset_kind_id, asset_id, status,
                         holder_division_id, title, description, last_event_id)
    SELECT %(token)s, %(now)s, %(now)s, %(store_id)s, %(reporter_id)s, %(asset_kind_id)s, %(asset_id)s, 'new',
           division.id, %(title)s, %(description)s, nextval(pg_get_serial_sequence('event', 'id'))
    FROM division, gate WHERE division.is_helpdesk AND gate.at IS NULL
    ON CONFLICT ON CONSTRAINT problem_token_once DO NOTHING
    RETURNING id, last_event_id, holder_division_id, reported_at, store_id, asset_kind_id
), noted AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, status_after, to_division_id,
                       recorded_at, reported_at, held_since, store_id, asset_kind_id)
    SELECT last_event_id, id, 'reported', %(now)s, %(actor_id)s, 'new', holder_division_id,
           %(now)s, reported_at, reported_at, store_id, asset_kind_id
    FROM made
    RETURNING {HEARD_OF}
), sent AS (
    DELETE FROM report_draft d WHERE d.employee_id = %(actor_id)s AND d.token = %(token)s AND EXISTS (SELECT FROM made)
){ATTACH}{notify("reported")}SELECT problem_id, NULL::timestamptz AS limited_at FROM noted
UNION ALL
SELECT NULL, gate.at FROM gate WHERE gate.at IS NOT NULL
"""

REPORTED = """
SELECT p.id, e.id AS event_id, p.reporter_id, p.title, p.description, p.asset_kind_id, p.asset_id
FROM problem p JOIN event e ON e.problem_id = p.id AND e.kind = 'reported'
WHERE p.token = %(token)s AND e.actor_id = %(actor_id)s
"""

# A row is found and locked only if its last event is still the one that the page showed: of several people who act at
# the same time, one moves the problem and the others do not find it. Rows are locked in the order of their ids, so that
# two sets that have problems in common do not wait for each other. FOR SHARE waits for a concurrent freeze, so that a
# frozen PIC gets no new problem. A problem returned to a PIC who has left the division goes to the division. greatest()
# keeps the times of the events in order although they come from the clocks of several machines. PostgreSQL removes the
# CASE branches of other events before planning, so their subselects cost nothing.
_MOVE = f"""
WITH before AS (
    SELECT p.id, p.status, p.last_event_id, p.holder_division_id, p.holder_employee_id, p.giver_division_id,
           p.reported_at, p.held_since, p.store_id, p.asset_kind_id, last.to_department_id AS department_id,
           p.asked_event_id,
           greatest(%(now)s, last.at) AS at, greatest(%(now)s, last.recorded_at) AS recorded_at,
           CASE %(event)s
               WHEN 'escalated' THEN %(employee_id)s
               WHEN 'returned' THEN (SELECT g.id FROM employee g
                                     WHERE g.id = p.giver_employee_id AND g.division_id = p.giver_division_id
                                       AND g.role = 'handler' AND NOT g.is_frozen)
               WHEN 'reopened' THEN (SELECT h.id FROM employee h
                                     WHERE h.id = p.holder_employee_id AND h.division_id = p.holder_division_id
                                       AND h.role = 'handler' AND NOT h.is_frozen)
               ELSE p.holder_employee_id END AS next_pic_id
    FROM problem p JOIN event last ON last.id = p.last_event_id
    WHERE p.id = ANY (%(ids)s) AND p.last_event_id = (%(seen)s::bigint[])[array_position(%(ids)s::bigint[], p.id)]
      AND p.status = %(status_before)s
      AND (%(employee_id)s IS NULL OR EXISTS (SELECT FROM employee e WHERE e.id = %(employee_id)s
                                              AND e.role = 'handler' AND NOT e.is_frozen FOR SHARE))
    ORDER BY p.id
    FOR UPDATE OF p
), moved AS (
    UPDATE problem p
    SET status = %(status_after)s,
        priority = coalesce(%(priority)s, p.priority),
        category_id = coalesce(%(category_id)s, p.category_id),
        diagnosis = CASE WHEN %(event)s = 'opened' THEN %(note)s ELSE p.diagnosis END,
        solution = CASE WHEN %(event)s = 'closed' THEN %(note)s END,
        closed_at = CASE WHEN %(event)s IN ('closed', 'withdrawn') THEN before.at END,
        is_withdrawn = %(event)s = 'withdrawn',
        confirmed_at = NULL,
        asked_event_id = CASE WHEN %(event)s <> 'closed' THEN p.asked_event_id END,
        holder_division_id = CASE %(event)s WHEN 'escalated' THEN %(division_id)s
                                            WHEN 'returned' THEN before.giver_division_id
                                            ELSE p.holder_division_id END,
        holder_employee_id = before.next_pic_id,
        giver_division_id = CASE WHEN %(event)s = 'escalated' THEN before.holder_division_id END,
        giver_employee_id = CASE WHEN %(event)s = 'escalated' THEN before.holder_employee_id END,
        held_since = CASE WHEN %(event)s IN ('escalated', 'returned', 'reopened') THEN before.at ELSE p.held_since END,
        last_event_id = nextval(pg_get_serial_sequence('event', 'id'))
    FROM before
    WHERE p.id = before.id
    RETURNING p.id, before.at, before.recorded_at, before.reported_at, before.held_since, p.store_id, p.asset_kind_id,
              before.last_event_id AS previous_event_id, before.status AS status_before,
              before.holder_division_id AS from_division_id, before.holder_employee_id AS from_employee_id,
              before.department_id AS from_department_id, before.asked_event_id,
              p.last_event_id, p.status, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id
), noted AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                       from_division_id, from_employee_id, to_division_id, to_employee_id, priority, category_id, note,
                       recorded_at, reported_at, held_since, store_id, asset_kind_id, from_department_id,
                       to_department_id)
    SELECT m.last_event_id, m.id, %(event)s, m.at, %(actor_id)s, m.previous_event_id, m.status_before, m.status,
           m.from_division_id, m.from_employee_id, m.holder_division_id, m.holder_employee_id, m.priority,
           m.category_id, %(note)s, m.recorded_at, m.reported_at, m.held_since, m.store_id, m.asset_kind_id,
           m.from_department_id,
           CASE WHEN m.holder_employee_id IS NULL THEN NULL
                WHEN %(event)s IN ('escalated', 'returned')
                THEN (SELECT w.department_id FROM employee w WHERE w.id = m.holder_employee_id)
                ELSE m.from_department_id END
    FROM moved m
    RETURNING {HEARD_OF}
)"""
WITH_FILES = ("opened", "closed")  # the moves whose words may have photos and files
# _MOVE by the kind of its events, with the notices of it. Closing ends the open question.
MOVES = {
    arrow.event: f"{_MOVE}{ATTACH if arrow.event in WITH_FILES else ''}{notify(arrow.event)}"
    "SELECT noted.id, noted.problem_id FROM noted"
    for arrow in ARROWS.values()
}
MOVES["closed"] = f"""{_MOVE}{ATTACH}{notify("closed")}
SELECT noted.id, noted.problem_id, end_question(m.asked_event_id, noted.id, noted.at, 'closed')
FROM noted JOIN moved m ON m.id = noted.problem_id"""

# The events of a first click, if this is a second click of the same person on the same form.
ALREADY_MOVED = """
SELECT e.id, e.problem_id
FROM event e
WHERE e.previous_event_id = ANY (%(seen)s) AND e.problem_id = ANY (%(ids)s) AND e.kind = %(event)s
  AND e.actor_id = %(actor_id)s
  AND e.note IS NOT DISTINCT FROM %(note)s
  AND (%(priority)s IS NULL OR e.priority = %(priority)s)
  AND (%(category_id)s IS NULL OR e.category_id = %(category_id)s)
  AND (%(division_id)s IS NULL
       OR (e.to_division_id, e.to_employee_id) IS NOT DISTINCT FROM (%(division_id)s, %(employee_id)s))
"""

# A text that is NULL stays as it is. What has changed is noted. Holder and status stay.
_GOOD = """(SELECT concat_ws(' ', k.name, (SELECT a.label FROM asset a WHERE a.id = {asset}))
              FROM asset_kind k WHERE k.id = {kind})"""
_GOOD_BEFORE = _GOOD.format(asset="b.asset_id", kind="b.asset_kind_id")
_GOOD_AFTER = _GOOD.format(asset="m.asset_id", kind="m.asset_kind_id")
CORRECT = f"""
WITH before AS (
    SELECT p.id, p.title, p.description, p.asset_kind_id, p.asset_id, last.id AS previous_event_id,
           last.to_department_id AS department_id,
           greatest(%(now)s, last.at) AS at, greatest(%(now)s, last.recorded_at) AS recorded_at
    FROM problem p JOIN event last ON last.id = p.last_event_id
    WHERE p.id = %(id)s AND p.last_event_id = %(seen)s AND p.status <> 'closed'
    FOR UPDATE OF p
), moved AS (
    UPDATE problem p
    SET title = coalesce(%(title)s, p.title), description = coalesce(%(description)s, p.description),
        asset_kind_id = %(asset_kind_id)s, asset_id = %(asset_id)s,
        last_event_id = nextval(pg_get_serial_sequence('event', 'id'))
    FROM before
    WHERE p.id = before.id
    RETURNING p.*
), noted AS (
    INSERT INTO event (id, problem_id, kind, at, actor_id, previous_event_id, status_before, status_after,
                       from_division_id, from_employee_id, to_division_id, to_employee_id, priority, category_id,
                       correction, recorded_at, reported_at, held_since, store_id, asset_kind_id, from_asset_kind_id,
                       from_department_id, to_department_id)
    SELECT m.last_event_id, m.id, 'corrected', b.at, %(actor_id)s, b.previous_event_id, m.status, m.status,
           m.holder_division_id, m.holder_employee_id, m.holder_division_id, m.holder_employee_id, m.priority,
           m.category_id,
           jsonb_strip_nulls(jsonb_build_object(
               'title', CASE WHEN b.title <> m.title THEN jsonb_build_array(b.title, m.title) END,
               'description', CASE WHEN b.description <> m.description
                                   THEN jsonb_build_array(b.description, m.description) END,
               'good', CASE WHEN (b.asset_kind_id, b.asset_id) IS DISTINCT FROM (m.asset_kind_id, m.asset_id)
                            THEN jsonb_build_array({_GOOD_BEFORE}, {_GOOD_AFTER}) END)),
           b.recorded_at, m.reported_at, m.held_since, m.store_id, m.asset_kind_id, b.asset_kind_id, b.department_id,
           b.department_id
    FROM moved m JOIN before b ON b.id = m.id
    RETURNING {HEARD_OF}
){notify("corrected")}SELECT noted.id FROM noted
"""
# As ALREADY_MOVED. What the first click left as it was is compared with the problem as it is now.
ALREADY_CORRECTED = f"""
SELECT e.id
FROM event e JOIN problem p ON p.id = e.problem_id
WHERE e.previous_event_id = %(seen)s AND e.problem_id = %(id)s AND e.kind = 'corrected' AND e.actor_id = %(actor_id)s
  AND e.asset_kind_id = %(asset_kind_id)s
  AND coalesce(e.correction->'good'->>1, {_GOOD.format(asset="p.asset_id", kind="p.asset_kind_id")})
      = {_GOOD.format(asset="%(asset_id)s", kind="%(asset_kind_id)s")}
  AND (%(title)s IS NULL OR coalesce(e.correction->'title'->>1, p.title) = %(title)s)
  AND (%(description)s IS NULL OR coalesce(e.correction->'description'->>1, p.description) = %(description)s)
"""

# The keys between problem and event are deferred: at COMMIT each row is checked by statements of its own. Of many rows
# they are checked by the statement that moves them, which has both rows at its end.
CHECK_AT_ONCE = "SET CONSTRAINTS event_problem_exists, problem_last_event_exists IMMEDIATE"

# The words that each verb takes, and the parameters of MOVES that they become.
WORDS = {
    "open": {"category_id": "category_id", "priority": "priority", "diagnosis": "note"},
    "close": {"solution": "note"},
    "escalate": {"reason": "note", "division_id": "division_id", "pic_id": "employee_id"},
    "accept": {},
    "return": {"reason": "note"},
    "reopen": {"reason": "note"},
    "withdraw": {"reason": "note"},
}


class Problems:
    """Each verb takes `seen`, the id of the last state event that its form's page showed, the person who acts, and the
    time.

    It raises Stale if somebody else was faster. A second click of the same person changes nothing."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def visible_to(self, employee: Employee, problem_id: int) -> Problem:
        """The problem, if this person may see it. Raises NotFound if it is hidden or does not exist."""
        problem = self._query.one_or_none(FIND, viewer(employee) | {"id": problem_id}, Problem)
        if problem is None:
            raise NotFound
        add_names(self._query, employee.small_masters_version, [problem], NAMES)
        return problem

    def all_visible_to(self, employee: Employee, ids: Collection[int]) -> list[PickedProblem]:
        """Those of these problems that this person may see, the newest first."""
        params = viewer(employee) | {"ids": list(ids), "limit": len(ids)}
        problems = self._query.select(PICKED, params, PickedProblem)
        add_names(self._query, employee.small_masters_version, problems, problem_lists.NAMES)
        return problems

    def report(
        self, by: Employee, now: datetime, token: UUID, words: dict, reporter: Employee | Reporter | None = None,
        limit: int = 0, files: Mapping[int, str] | None = None,
    ) -> int | None:  # fmt: skip
        """Adds a problem and returns its id; None if this token was used before. `reporter`: the caller for whom `by`
        records it; default: `by`. Raises TooMuchSent if `by` has reported `limit` problems within WINDOW; 0: no limit.

        `words`: title, description, asset_kind_id, asset_id (or None). `files`: as in files.attaching."""
        whose = reporter or by
        params = {**words, "token": token, "now": now, "store_id": whose.store_id, "reporter_id": whose.id}
        params |= {"actor_id": by.id, "since": now - WINDOW, "limit": limit} | attaching(files)
        made = self._query.one_or_none(REPORT, params)
        if made and made["limited_at"] and not self.reported(by, token):
            raise too_much_sent(limit, made["limited_at"], now)
        return made["problem_id"] if made else None

    def reported(self, by: Employee, token: UUID) -> dict | None:
        """The problem that this person recorded with this token: id, event_id, reporter_id and the `words` of
        report()."""
        return self._query.one_or_none(REPORTED, {"token": token, "actor_id": by.id})

    def open(
        self, problem_id: int, seen: int, by: Employee, now: datetime, identification: dict,
        files: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        """`identification`: category_id, priority and diagnosis (docs/paper.md, R4). `files`: as in files.attaching."""
        self._move_one("open", problem_id, seen, by, now, files, **identification)

    def close(
        self, problem_id: int, seen: int, by: Employee, now: datetime, solution: str,
        files: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        """`files`: as in files.attaching."""
        self._move_one("close", problem_id, seen, by, now, files, solution=solution)

    def escalate(
        self, problem_id: int, seen: int, by: Employee | Actor, now: datetime, reason: str, division_id: int,
        pic_id: int | None,
    ) -> None:  # fmt: skip
        """Hands the problem over to a division, or to a PIC of it (docs/paper.md, R6)."""
        words = {"reason": reason, "division_id": division_id, "pic_id": pic_id}
        self._move_one("escalate", problem_id, seen, by, now, None, **words)

    def open_and_escalate(
        self, problem_id: int, seen: int, by: Employee, now: datetime, identification: dict, reason: str,
        division_id: int, pic_id: int | None, files: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        """open() and escalate() in one transaction: two events, or none. A second click changes nothing only if both
        were done by the first: what was opened alone is not handed over by a form that showed it as new."""
        words = {**identification, "reason": reason, "division_id": division_id, "pic_id": pic_id}
        self._move_one("open_and_escalate", problem_id, seen, by, now, files, **words)

    def accept(self, problem_id: int, seen: int, by: Employee, now: datetime) -> None:
        self._move_one("accept", problem_id, seen, by, now)

    def send_back(self, problem_id: int, seen: int, by: Employee | Actor, now: datetime, reason: str) -> None:
        """Kembalikan: returns the problem to whoever escalated it."""
        self._move_one("return", problem_id, seen, by, now, reason=reason)

    def reopen(self, problem_id: int, seen: int, by: Employee, now: datetime, reason: str) -> None:
        self._move_one("reopen", problem_id, seen, by, now, reason=reason)

    def withdraw(self, problem_id: int, seen: int, by: Employee, now: datetime, reason: str) -> None:
        """Closes a new problem that its reporter takes back: without identification and solution, and for good."""
        self._move_one("withdraw", problem_id, seen, by, now, reason=reason)

    def correct(self, problem_id: int, seen: int, by: Employee, now: datetime, words: dict) -> None:
        """Changes what was reported. `words`: asset_kind_id and asset_id (or None), and title and description if they
        are corrected, too. At least one of them must differ."""
        params = {"title": None, "description": None, **words, "id": problem_id, "seen": seen}
        params |= {"actor_id": by.id, "now": now}
        if not (self._query.one_or_none(CORRECT, params) or self._query.one_or_none(ALREADY_CORRECTED, params)):
            raise Stale

    def move(
        self, verb: str, seen: Mapping[int, int], by: Employee | Actor, now: datetime,
        files: Mapping[int, str] | None = None, **words: Any,
    ) -> set[int]:  # fmt: skip
        """Does a verb to one problem or, in a transaction, to many. `seen`: the event that the page showed, by
        problem id. `words`: as WORDS; `files`, of one problem: as in files.attaching. Returns the ids of those that
        were moved, now or by a first click of the same
        person."""
        steps, is_set, words = COMBINED.get(verb, (verb,)), len(seen) > 1, words | attaching(files)
        try:
            with self._query.transaction() if is_set or len(steps) > 1 else nullcontext():
                if is_set:
                    self._query.execute(CHECK_AT_ONCE)
                moved = self._moved(steps[0], seen, by, now, words)
                for step in steps[1:]:
                    before, moved = moved, self._moved(step, moved, by, now, words)
                    if len(moved) < len(before):
                        raise Stale
        except Stale:
            moved = {}
        rest = {problem_id: event for problem_id, event in seen.items() if problem_id not in moved}
        for step in steps:
            rest = self._events(ALREADY_MOVED, step, rest, by, now, words)
        return {*moved, *rest}

    def _moved(self, verb: str, seen: Mapping[int, int], by, now: datetime, words: dict) -> dict[int, int]:
        return self._events(MOVES[ARROWS[verb].event], verb, seen, by, now, words)

    def _events(self, sql: str, verb: str, seen: Mapping[int, int], by, now: datetime, words: dict) -> dict[int, int]:
        """The new events of the moved problems, by problem id. `sql`: one of MOVES, or ALREADY_MOVED."""
        if not seen:
            return {}
        arrow = ARROWS[verb]
        params = dict.fromkeys(("note", "priority", "category_id", "division_id", "employee_id"))
        params |= {name: words[name] for name in ("uploads", "descriptions")}
        params |= {column: words[name] for name, column in WORDS[verb].items()}
        params |= {"ids": list(seen), "seen": list(seen.values()), "actor_id": by.id, "now": now}
        params |= {"event": arrow.event, "status_before": arrow.before, "status_after": arrow.after}
        return {row["problem_id"]: row["id"] for row in self._query.select(sql, params)}

    def _move_one(
        self, verb: str, problem_id: int, seen: int, by: Employee | Actor, now: datetime,
        files: Mapping[int, str] | None = None, **words: Any,
    ) -> None:  # fmt: skip
        if not self.move(verb, {problem_id: seen}, by, now, files, **words):
            raise Stale
