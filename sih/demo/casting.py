"""Who does a step of the plan, and to whom it is handed over."""

from random import Random

from sih.demo.company import Company
from sih.demo.courses import BY_REPORTER
from sih.demo.plan import Step
from sih.domain import policy
from sih.domain.records import Employee, Problem

ABSENT = 0.06  # how often the helpdesk steps in for a holder


class Cast:
    def __init__(self, company: Company, dice: Random) -> None:
        self._ids, self._dice = company.ids, dice
        self._handlers = [employee for employee in company.employees if policy.is_handler(employee)]
        self._helpdesk = [employee for employee in self._handlers if policy.is_helpdesk(employee)]

    @property
    def onlooker(self) -> Employee:
        """Somebody who sees every problem."""
        return self._helpdesk[0]

    def actor(self, step: Step, problem: Problem) -> Employee:
        if step.verb in BY_REPORTER:
            return step.scene.reporter
        if step.verb in ("accept", "close") and self._dice.random() < ABSENT:
            return self._dice.choice(self._helpdesk)
        return self._holder(problem)

    def receiver(self, step: Step, giver: Employee) -> tuple[int, int | None]:
        """A division; with it a PIC of the department where the step asks for one."""
        situation = step.scene.situation
        if step.verb == "to_division":
            return self._ids["divisions"][situation.target], None
        department_id = self._ids["departments"][situation.department]
        pics = [one for one in self._handlers if one.department_id == department_id and one.id != giver.id]
        pic = self._dice.choice(pics)
        return pic.division_id, pic.id

    def _holder(self, problem: Problem) -> Employee:
        """Whoever had it last goes on with it. PICs leave alone what was not given to them by name."""
        holders = [employee for employee in self._handlers if policy.holds(employee, problem)]
        if problem.holder_employee_id is None:
            holders = [employee for employee in holders if employee.department_id is None]
        went_on = [employee for employee in holders if employee.id == problem.last_actor_id]
        return went_on[0] if went_on else self._dice.choice(holders)
