"""What the controllers of the life cycle share: the problem as its sender saw it, and whether the verb is allowed."""

from sih import web
from sih.dao.problems import Problems
from sih.domain import policy
from sih.domain.errors import Forbidden, Stale
from sih.domain.records import Problem


def find(problem_id: int, verb: str) -> Problem:
    """The problem whose page for this verb is asked for. Raises NotFound if hidden, Forbidden if not this person's,
    Stale if it has moved on."""
    problem = Problems(web.query()).visible_to(web.me(), problem_id)
    if policy.RULES[verb](web.me(), problem, web.now()):
        return problem
    raise Forbidden if policy.stands_before(verb, problem) else Stale


def find_for_post(problem_id: int, verb: str) -> Problem:
    """The problem that a form of this verb was sent for. One that moved on since its page is left to the verb, which
    tells a second click of the same person from a colleague who was faster."""
    me, problem = web.me(), Problems(web.query()).visible_to(web.me(), problem_id)
    if web.seen() > problem.last_event_id:
        raise Stale  # no page has shown that yet
    may = policy.RULES[verb](me, problem, web.now()) or policy.has_done(verb, me, problem)
    if problem.last_event_id == web.seen() and not may:
        raise Forbidden if policy.stands_before(verb, problem) else Stale
    return problem
