"""What a mail tells of events: only of problems that its recipient may see now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sih.dao.outbox import Mail
from sih.dao.query import Query
from sih.dao.visibility import IS_VISIBLE
from sih.domain import policy
from sih.domain.records import REOPEN_DAYS
from sih.domain.vocabulary import NEVER_QUOTED

PROBLEMS = f"""
SELECT p.id, p.title, p.status, p.reporter_id, p.holder_division_id, p.holder_employee_id,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = p.store_id) AS store,
       concat_ws(' ', (SELECT k.name FROM asset_kind k WHERE k.id = p.asset_kind_id),
                 (SELECT a.label FROM asset a WHERE a.id = p.asset_id)) AS asset,
       (SELECT h.name FROM employee h WHERE h.id = p.holder_employee_id) AS holder_employee,
       (SELECT d.name FROM division d WHERE d.id = p.holder_division_id) AS holder_division,
       CASE WHEN p.confirmed_at IS NULL THEN p.closed_at + %(reopenable)s::interval END AS reopenable_until
FROM problem p WHERE p.id = ANY (%(ids)s) AND {IS_VISIBLE}
"""
# The words of some kinds of events are not even read.
_EVENTS = """
SELECT e.id, e.problem_id, e.kind, e.at, a.nik AS actor_nik, a.name AS actor_name,
       (SELECT d.name FROM division d WHERE d.id = e.to_division_id) AS to_division,
       (SELECT t.name FROM employee t WHERE t.id = e.to_employee_id) AS to_employee,
       CASE WHEN e.kind::text <> ALL (%(never_quoted)s) THEN e.note END AS note
FROM event e JOIN employee a ON a.id = e.actor_id
"""
EVENTS = f"""{_EVENTS}
WHERE e.id = ANY (%(ids)s) AND (%(sees_all)s OR e.kind::text <> ALL (%(never_quoted)s))
ORDER BY e.id
"""
STEPS = f"""{_EVENTS}
WHERE e.problem_id = %(problem_id)s AND e.id <> ALL (%(ids)s) AND e.kind::text <> ALL (%(never_quoted)s)
ORDER BY e.at DESC, e.id DESC LIMIT %(amount)s
"""


@dataclass(frozen=True, slots=True)
class MailedProblem:
    id: int
    title: str
    status: str
    reporter_id: int
    holder_division_id: int
    holder_employee_id: int | None
    store: str  # code and name
    asset: str
    holder_employee: str | None
    holder_division: str
    reopenable_until: datetime | None  # by the reporter; None if it is open or confirmed


@dataclass(frozen=True, slots=True)
class MailedEvent:
    id: int
    problem_id: int
    kind: str
    at: datetime
    actor_nik: str
    actor_name: str
    to_division: str
    to_employee: str | None
    note: str | None  # None also for the kinds of vocabulary.NEVER_QUOTED


class NoticeMails:
    """Reads for the recipient of one mail."""

    def __init__(self, query: Query, mail: Mail) -> None:
        self._query = query
        self._params = {
            "sees_all": mail.division_id is not None or policy.sees_all(mail),
            "viewer_id": mail.employee_id,
            "own_store_id": mail.store_id,
            "never_quoted": list(NEVER_QUOTED),
        }

    def problems(self, ids: Collection[int]) -> dict[int, MailedProblem]:
        """Those of these problems that the recipient may see, by number."""
        params = self._params | {"ids": list(ids), "reopenable": f"{REOPEN_DAYS} days"}
        return {problem.id: problem for problem in self._query.select(PROBLEMS, params, MailedProblem)}

    def events(self, ids: Collection[int]) -> list[MailedEvent]:
        """These events, oldest first, but for those of which the recipient must not know."""
        return self._query.select(EVENTS, self._params | {"ids": list(ids)}, MailedEvent)

    def steps(self, problem_id: int, but: Collection[int], amount: int) -> list[MailedEvent]:
        """The latest other events of a problem, oldest first."""
        params = self._params | {"problem_id": problem_id, "ids": list(but), "amount": amount}
        return self._query.select(STEPS, params, MailedEvent)[::-1]
