"""Plays the plan: each step goes through the verbs that the pages use, by somebody whom the rules allow."""

from random import Random
from uuid import UUID

from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.demo.casting import Cast
from sih.demo.company import Company
from sih.demo.plan import Step
from sih.domain import policy
from sih.domain.records import Employee, Problem

# The rule behind each verb of the plan, where it is called otherwise.
RULES = {"to_division": "escalate", "to_pic": "escalate", "settle": "close"}
REMARKS = ("ask", "answer", "update", "nudge", "thanks")


class Play:
    def __init__(self, query: Query, company: Company, dice: Random) -> None:
        self._problems, self._events = Problems(query), Events(query)
        self._company, self._dice = company, dice
        self._cast, self._numbers, self._last_actors = Cast(company, dice), {}, {}

    def perform(self, steps: list[Step]) -> None:
        for step in steps:
            if step.verb == "report":
                number = self._numbers[step.story] = self._report(step)
                self._last_actors[number] = step.scene.reporter
            else:
                self._act(step, self._numbers[step.story])

    def _report(self, step: Step) -> int:
        scene = step.scene
        words = {"title": step.story.title, "description": step.words}
        words["asset_kind_id"] = self._company.ids["kinds"][scene.situation.kind]
        words["asset_id"] = scene.good and scene.good.id
        return self._problems.report(scene.reporter, step.at, self._token(), words)

    def _act(self, step: Step, number: int) -> None:
        problem = self._problems.visible_to(self._cast.onlooker, number)
        actor = self._cast.actor(step, problem, self._last_actors[number])
        if not _is_allowed(step, actor, problem):
            raise ValueError(f"{actor.name} may not {step.verb} problem {number}")
        if step.verb in REMARKS:
            self._events.comment(number, actor, step.at, self._token(), step.words)
        else:
            self._move(step, actor, problem)
            if step.verb != "confirm":
                self._last_actors[number] = actor

    def _move(self, step: Step, actor: Employee, problem: Problem) -> None:
        where = (problem.id, problem.last_event_id, actor, step.at)
        match step.verb:
            case "open":
                self._problems.open(*where, self._identification(step))
            case "to_division" | "to_pic":
                self._problems.escalate(*where, step.words, *self._cast.receiver(step, actor))
            case "accept":
                self._problems.accept(*where)
            case "return":
                self._problems.send_back(*where, step.words)
            case "close" | "settle":
                self._problems.close(*where, step.words)
            case "reopen":
                self._problems.reopen(*where, step.words)
            case "confirm":
                self._events.confirm(*where)

    def _identification(self, step: Step) -> dict:
        situation = step.scene.situation
        category_id = self._company.ids["categories"][situation.category]
        return {"category_id": category_id, "priority": situation.priority, "diagnosis": step.words}

    def _token(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)


def _is_allowed(step: Step, actor: Employee, problem: Problem) -> bool:
    if step.verb in REMARKS:
        return policy.can_comment(actor, problem)
    return policy.RULES[RULES.get(step.verb, step.verb)](actor, problem, step.at)
