"""Problems and their life: each verb writes state and event in one statement, guarded by the event its page showed."""

from datetime import datetime
from uuid import UUID

from sih.dao.limits import WINDOW, too_much_sent
from sih.dao.problem_statements import ALREADY_MOVED, FIND, MOVE, REPORT, REPORTED
from sih.dao.query import Query
from sih.domain import policy
from sih.domain.errors import NotFound, Stale
from sih.domain.lifecycle import ARROWS
from sih.domain.records import Employee, Problem, Reporter


class Problems:
    """Each verb takes the id of the state event that its form was shown with (`seen`), who acts, and when.

    It raises Stale when somebody else was faster; the same person's same click a second time changes nothing."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def visible_to(self, employee: Employee, problem_id: int) -> Problem:
        """The problem, if this person may see it. Raises NotFound for what is hidden and what does not exist."""
        params = {"id": problem_id, "employee_id": employee.id, "store_id": employee.store_id}
        params["sees_all"] = policy.sees_all(employee)
        problem = self._query.select_one(FIND, params, Problem)
        if problem is None:
            raise NotFound
        return problem

    def report(
        self, by: Employee, now: datetime, token: UUID, words: dict, reporter: Reporter | None = None, limit: int = 0
    ) -> int | None:
        """The number of the new problem; None if this token has reported one already. A handler records for a
        caller, who is then its reporter. Raises TooMuchSent if `by` has reported `limit` within WINDOW; 0: no limit.

        `words`: title, description, asset_kind_id, asset_id (or None)."""
        whose = reporter or by
        params = {**words, "token": token, "now": now, "store_id": whose.store_id, "reporter_id": whose.id}
        params |= {"actor_id": by.id, "since": now - WINDOW, "limit": limit}
        made = self._query.select_one(REPORT, params)
        if made and made["limited_at"] and not self.reported(by, token):
            raise too_much_sent(limit, made["limited_at"], now)
        return made and made["problem_id"]

    def reported(self, by: Employee, token: UUID) -> dict | None:
        """What this person recorded under this token: id, reporter_id and the words of `report`."""
        return self._query.select_one(REPORTED, {"token": token, "actor_id": by.id})

    def open(self, problem_id: int, seen: int, by: Employee, now: datetime, identification: dict) -> None:
        """`identification`: category_id, priority and diagnosis (docs/paper.md, R4)."""
        note = identification["diagnosis"]
        facts = {name: identification[name] for name in ("category_id", "priority")}
        self._move("open", problem_id, seen, by, now, note=note, **facts)

    def close(self, problem_id: int, seen: int, by: Employee, now: datetime, solution: str) -> None:
        self._move("close", problem_id, seen, by, now, note=solution)

    def escalate(
        self, problem_id: int, seen: int, by: Employee, now: datetime, reason: str, division_id: int, pic_id: int | None
    ) -> None:
        """To a division, or within it to a PIC (docs/paper.md, R6)."""
        self._move("escalate", problem_id, seen, by, now, note=reason, division_id=division_id, employee_id=pic_id)

    def accept(self, problem_id: int, seen: int, by: Employee, now: datetime) -> None:
        self._move("accept", problem_id, seen, by, now)

    def send_back(self, problem_id: int, seen: int, by: Employee, now: datetime, reason: str) -> None:
        """Kembalikan: to whoever handed it over."""
        self._move("return", problem_id, seen, by, now, note=reason)

    def reopen(self, problem_id: int, seen: int, by: Employee, now: datetime, reason: str) -> None:
        self._move("reopen", problem_id, seen, by, now, note=reason)

    def _move(self, verb: str, problem_id: int, seen: int, by: Employee, now: datetime, **facts) -> None:
        arrow = ARROWS[verb]
        params = dict.fromkeys(("note", "priority", "category_id", "division_id", "employee_id"))
        params |= {"id": problem_id, "seen": seen, "actor_id": by.id, "now": now, **facts}
        params |= {"event": arrow.event, "status_before": arrow.before, "status_after": arrow.after}
        if self._query.select_one(MOVE, params) or self._query.select_one(ALREADY_MOVED, params):
            return
        raise Stale
