"""Actions on a problem: found through the person (visibility), allowed by the policy, done by a guarded statement that
decides between concurrent actions.

Independent of the HTTP request, so that a page, a bulk action and an API share it: they call `act`, or `begin` and
`do` if form validation comes between."""

from dataclasses import dataclass
from datetime import datetime

from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.domain import policy
from sih.domain.errors import AlreadyThere, Forbidden, Stale
from sih.domain.records import Employee, Problem


@dataclass(frozen=True)
class Action:
    """A verb that this person may do to this problem, judged by the state that the person saw."""

    query: Query
    who: Employee
    problem: Problem
    verb: str
    seen: int
    now: datetime

    def do(self, **facts) -> None:
        """Does the verb. `facts`: category_id, priority, diagnosis for "open"; solution for "close"; reason,
        division_id, pic_id (or None) for "escalate"; reason for "return" and "reopen"; none for the others. Repeated by
        the same person it changes nothing. Raises Stale if somebody else was faster, AlreadyThere for escalation to the
        current holder."""
        DOING[self.verb](self, **facts)

    @property
    def _problems(self) -> Problems:
        return Problems(self.query)

    @property
    def _place(self) -> tuple[int, int, Employee, datetime]:
        return self.problem.id, self.seen, self.who, self.now

    def _open(self, **identification) -> None:
        self._problems.open(*self._place, identification)

    def _close(self, solution: str) -> None:
        self._problems.close(*self._place, solution)

    def _escalate(self, reason: str, division_id: int, pic_id: int | None) -> None:
        is_there = (division_id, pic_id) == (self.problem.holder_division_id, self.problem.holder_employee_id)
        if is_there and self.problem.last_event_id == self.seen:  # otherwise a first click may have done it already
            raise AlreadyThere
        self._problems.escalate(*self._place, reason, division_id, pic_id)

    def _accept(self) -> None:
        self._problems.accept(*self._place)

    def _return(self, reason: str) -> None:
        self._problems.send_back(*self._place, reason)

    def _reopen(self, reason: str) -> None:
        self._problems.reopen(*self._place, reason)

    def _confirm(self) -> None:
        if not Events(self.query).confirm(*self._place):
            raise Stale


DOING = {
    "open": Action._open,
    "close": Action._close,
    "escalate": Action._escalate,
    "accept": Action._accept,
    "return": Action._return,
    "reopen": Action._reopen,
    "confirm": Action._confirm,
}


def act(query: Query, who: Employee, problem_id: int, verb: str, seen: int, now: datetime, **facts) -> None:
    """Does this verb to this problem. `seen`: id of the last state event that `who` saw. `facts` as Action.do. Raises
    as begin and Action.do."""
    begin(query, who, problem_id, verb, seen, now).do(**facts)


def begin(query: Query, who: Employee, problem_id: int, verb: str, seen: int, now: datetime) -> Action:
    """Checks that this person may do this verb, and returns the action. If the problem has changed since `seen`, the
    check is left to Action.do, which distinguishes a second click from a faster colleague. Raises NotFound if the
    problem is hidden, Forbidden if the person may never do this, Stale if the problem's state forbids it now."""
    problem = Problems(query).visible_to(who, problem_id)
    if seen > problem.last_event_id:
        raise Stale  # a forged or future event id
    if problem.last_event_id == seen and not policy.has_done(verb, who, problem):
        _refuse_unless_allowed(who, problem, verb, now)
    return Action(query, who, problem, verb, seen, now)


def find(query: Query, who: Employee, problem_id: int, verb: str, now: datetime) -> Problem:
    """The current problem, for showing the form of this verb. Raises as `begin`."""
    problem = Problems(query).visible_to(who, problem_id)
    _refuse_unless_allowed(who, problem, verb, now)
    return problem


def _refuse_unless_allowed(who: Employee, problem: Problem, verb: str, now: datetime) -> None:
    if not policy.RULES[verb](who, problem, now):
        raise Forbidden if policy.has_status_for(verb, problem) else Stale
