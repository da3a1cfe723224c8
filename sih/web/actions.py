"""The verbs of the life cycle, as somebody does them: the problem is found through that person, the policy allows the
verb, and the guarded statement decides between two who act at once.

Nothing here knows a request. A page, a bulk action and an API call `act`, or `begin` and `do` where a form stands
between them."""

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
    """A verb that this person may do to this problem, as far as what the person saw can tell."""

    query: Query
    who: Employee
    problem: Problem
    verb: str
    seen: int
    now: datetime

    def do(self, **facts) -> None:
        """`facts`: of "open" category_id, priority, diagnosis; of "close" solution; of "escalate" reason, division_id,
        pic_id (or None); of "return" and "reopen" reason; else none. A second time by the same person it changes
        nothing. Raises Stale if somebody else was faster, AlreadyThere if it is escalated to its holder."""
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
        if is_there and self.problem.last_event_id == self.seen:  # else this very action may have brought it there
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
    """Does this verb to this problem, whose last state event was `seen` when `who` decided. `facts`, and what else it
    raises, as Action.do and begin."""
    begin(query, who, problem_id, verb, seen, now).do(**facts)


def begin(query: Query, who: Employee, problem_id: int, verb: str, seen: int, now: datetime) -> Action:
    """The action, once it is known that this person may try it. A problem that moved on since `seen` is left to
    Action.do, which tells a second click of the same person from a colleague who was faster. Raises NotFound if the
    problem is hidden, Forbidden if the verb is not this person's, Stale if the problem does not allow it any more."""
    problem = Problems(query).visible_to(who, problem_id)
    if seen > problem.last_event_id:
        raise Stale  # nobody can have seen that yet
    if problem.last_event_id == seen and not policy.has_done(verb, who, problem):
        _refuse_unless_allowed(who, problem, verb, now)
    return Action(query, who, problem, verb, seen, now)


def find(query: Query, who: Employee, problem_id: int, verb: str, now: datetime) -> Problem:
    """The problem to show the form of this verb for, as it is now. Raises as `begin`."""
    problem = Problems(query).visible_to(who, problem_id)
    _refuse_unless_allowed(who, problem, verb, now)
    return problem


def _refuse_unless_allowed(who: Employee, problem: Problem, verb: str, now: datetime) -> None:
    if not policy.RULES[verb](who, problem, now):
        raise Forbidden if policy.stands_before(verb, problem) else Stale
