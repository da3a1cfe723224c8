"""Actions on a problem: found through the person (visibility), allowed by the policy, done by a guarded statement that
decides between concurrent actions.

Independent of the HTTP request, so that a page, a bulk action and an API share it: they call `act`, or `begin` and
`do` if form validation comes between.

"Buka dan alihkan" is the verb "open_and_escalate": two events, "opened" and "escalated", in one transaction. It is
allowed to whoever may open (sih/domain/lifecycle.py: first_of), starts from the state that the person saw before
opening, and takes the facts of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.questions import Questions
from sih.domain import policy
from sih.domain.errors import AlreadyThere, Forbidden, NothingCorrected, Refusal, SentBefore, Stale
from sih.domain.lifecycle import first_of
from sih.domain.records import Employee, PickedProblem, Problem, ProblemSummary


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
        division_id, pic_id (or None) for "escalate"; those of both for "open_and_escalate"; reason for "return",
        "reopen" and "withdraw"; those of Problems.correct for "correct"; token, words and limit for "ask", question_id
        for "unask"; none for the others. For "open", "close" and "open_and_escalate" also `files`, as in
        dao/files.py: attaching. Repeated by the same person it changes nothing. Raises Stale if somebody else
        was faster, AlreadyThere for escalation to the current holder, NothingCorrected for a correction that changes
        nothing, Forbidden for one of texts that this person may not correct, SentBefore and TooMuchSent for a question
        (Questions.ask)."""
        DOING[self.verb](self, **facts)

    @property
    def is_first(self) -> bool:
        """Whether nothing has happened to the problem since this person saw it: neither by a colleague, nor by a first
        click."""
        return self.seen == self.problem.last_event_id

    @property
    def _problems(self) -> Problems:
        return Problems(self.query)

    @property
    def _place(self) -> tuple[int, int, Employee, datetime]:
        return self.problem.id, self.seen, self.who, self.now

    def _open(self, files: Mapping[int, str] | None = None, **identification) -> None:
        self._problems.open(*self._place, identification, files)

    def _close(self, solution: str, files: Mapping[int, str] | None = None) -> None:
        self._problems.close(*self._place, solution, files)

    def _escalate(self, reason: str, division_id: int, pic_id: int | None) -> None:
        self._refuse_same_holder(division_id, pic_id)
        self._problems.escalate(*self._place, reason, division_id, pic_id)

    def _open_and_escalate(
        self, reason: str, division_id: int, pic_id: int | None, files: Mapping[int, str] | None = None,
        **identification,
    ) -> None:  # fmt: skip
        self._refuse_same_holder(division_id, pic_id)
        self._problems.open_and_escalate(*self._place, identification, reason, division_id, pic_id, files)

    def _refuse_same_holder(self, division_id: int, pic_id: int | None) -> None:
        is_there = (division_id, pic_id) == (self.problem.holder_division_id, self.problem.holder_employee_id)
        if is_there and self.problem.last_event_id == self.seen:  # otherwise a first click may have done it already
            raise AlreadyThere

    def _accept(self) -> None:
        self._problems.accept(*self._place)

    def _return(self, reason: str) -> None:
        self._problems.send_back(*self._place, reason)

    def _reopen(self, reason: str) -> None:
        self._problems.reopen(*self._place, reason)

    def _withdraw(self, reason: str) -> None:
        self._problems.withdraw(*self._place, reason)

    def _correct(self, **words) -> None:
        if self.problem.last_event_id == self.seen:  # otherwise a first click may have done it already
            if "title" in words and not policy.can_correct_texts(self.who, self.problem):
                raise Forbidden
            if all(getattr(self.problem, name) == value for name, value in words.items()):
                raise NothingCorrected
        self._problems.correct(*self._place, words)

    def _confirm(self) -> None:
        if not Events(self.query).confirm(*self._place):
            raise Stale

    def _ask(self, token: UUID, words: str, limit: int = 0) -> None:
        if not Questions(self.query).ask(*self._place, token, words, limit):
            raise SentBefore

    def _unask(self, question_id: int) -> None:
        Questions(self.query).unask(*self._place, question_id)


DOING = {
    "open": Action._open,
    "open_and_escalate": Action._open_and_escalate,
    "close": Action._close,
    "escalate": Action._escalate,
    "accept": Action._accept,
    "return": Action._return,
    "reopen": Action._reopen,
    "confirm": Action._confirm,
    "correct": Action._correct,
    "withdraw": Action._withdraw,
    "ask": Action._ask,
    "unask": Action._unask,
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


@dataclass(frozen=True)
class Outcome:
    """What a verb for many problems has done, and what it has left out, each with the reason and as it is now."""

    done: list[PickedProblem]
    left: list[tuple[PickedProblem, Refusal]]


@dataclass(frozen=True)
class BulkAction:
    """A verb for many problems, each judged by the state that the person saw. Hidden and missing problems are not among
    them. `refusals`: the reasons against the verb, by problem id."""

    query: Query
    who: Employee
    verb: str
    seen: Mapping[int, int]
    now: datetime
    problems: list[PickedProblem]
    refusals: Mapping[int, Refusal]

    @property
    def ready(self) -> list[PickedProblem]:
        return [problem for problem in self.problems if problem.id not in self.refusals]

    @property
    def left(self) -> list[tuple[PickedProblem, Refusal]]:
        return [(problem, self.refusals[problem.id]) for problem in self.problems if problem.id in self.refusals]

    def do(self, **facts) -> Outcome:
        """Does the verb to those that are ready. `facts`: as Action.do. Repeated by the same person it changes nothing
        and has the same outcome."""
        problems, refusals = Problems(self.query), {**self.refusals, **self._already_there(**facts)}
        tried = [problem for problem in self.problems if problem.id not in refusals or self._has_changed(problem)]
        moved = problems.move(self.verb, {one.id: self.seen[one.id] for one in tried}, self.who, self.now, **facts)
        left = [problem.id for problem in self.problems if problem.id not in moved]
        now_left = problems.all_visible_to(self.who, left) if left else []
        done = [problem for problem in self.problems if problem.id in moved]
        return Outcome(done, [(problem, refusals.get(problem.id, Stale())) for problem in now_left])

    def _has_changed(self, problem: PickedProblem) -> bool:
        """Whether it has changed since the page showed it: by somebody else, or by a first click of this person."""
        return self.seen[problem.id] < problem.last_event_id

    def _already_there(self, division_id: int | None = None, pic_id: int | None = None, **_) -> dict[int, Refusal]:
        there = (division_id, pic_id)
        waiting = [one for one in self.ready if (one.holder_division_id, one.holder_employee_id) == there]
        return {problem.id: AlreadyThere() for problem in waiting}


def begin_all(query: Query, who: Employee, seen: Mapping[int, int], verb: str, now: datetime) -> BulkAction:
    """Checks to which of these problems this person may do this verb. `seen`: the id of the last state event that `who`
    saw, by problem id."""
    problems = Problems(query).all_visible_to(who, seen)
    reasons = [
        _refusal(who, problem, verb, now) if seen[problem.id] == problem.last_event_id else Stale()
        for problem in problems
    ]
    refusals = {problem.id: reason for problem, reason in zip(problems, reasons, strict=True) if reason}
    return BulkAction(query, who, verb, seen, now, problems, refusals)


def _refuse_unless_allowed(who: Employee, problem: Problem, verb: str, now: datetime) -> None:
    if refusal := _refusal(who, problem, verb, now):
        raise refusal


def _refusal(who: Employee, problem: ProblemSummary, verb: str, now: datetime) -> Refusal | None:
    """Why this person may not do this verb to a problem in this state; None if it is allowed."""
    verb = first_of(verb)
    if policy.RULES[verb](who, problem, now):
        return None
    return Forbidden() if policy.has_status_for(verb, problem) else Stale()
