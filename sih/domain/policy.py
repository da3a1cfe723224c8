"""The rules of who may do what. `employee` is the signed-in person, `problem` a problem that this person may see."""

from datetime import datetime
from typing import Protocol

from sih.domain.lifecycle import ARROWS
from sih.domain.periods import Figure
from sih.domain.records import Employee, ProblemSummary


class HasRole(Protocol):
    """The signed-in person, or the recipient of a mail."""

    @property
    def role(self) -> str | None: ...


def is_reporter(employee: Employee) -> bool:
    return employee.role == "reporter"


def is_handler(employee: HasRole) -> bool:
    return employee.role == "handler"


def is_supervisor(employee: HasRole) -> bool:
    return employee.role == "supervisor"


def is_admin(employee: Employee) -> bool:
    return employee.role == "admin"


def sees_all(employee: HasRole) -> bool:
    """Whether the person sees every problem. Others see the problems of their store and their own reports."""
    return is_handler(employee) or is_supervisor(employee)


def sees_all_assets(employee: Employee) -> bool:
    """Assets of all stores: for people who see all problems, and for admins, who maintain the assets."""
    return sees_all(employee) or is_admin(employee)


def can_see_asset(employee: Employee, store_id: int) -> bool:
    """Whether the person may see an asset of this store."""
    return sees_all_assets(employee) or employee.store_id == store_id


def keeps_master_data(employee: Employee) -> bool:
    return is_admin(employee)


def can_pick(employee: Employee, noun: str) -> bool:
    """Suggestions while a row of this noun is typed: all for admins; for the filters of the list stores for everybody
    and employees for people who see their problems."""
    return is_admin(employee) or noun == "store" or (noun == "employee" and sees_all(employee))


def watches_security(employee: Employee) -> bool:
    """Access to the security events and to the alarm about wrong PINs."""
    return is_admin(employee)


def can_record_for_caller(employee: Employee) -> bool:
    return is_handler(employee)


def can_export_problems(employee: Employee) -> bool:
    return is_supervisor(employee)


def shares_views(employee: Employee) -> bool:
    """Whether the person saves, renames and deletes views of the list for divisions."""
    return is_supervisor(employee)


def can_see_recap(employee: HasRole) -> bool:
    return is_supervisor(employee)


def can_see_loads(employee: Employee) -> bool:
    """The open load of each division."""
    return sees_all(employee)


def can_see_load_of_every_pic(employee: Employee) -> bool:
    return is_supervisor(employee)


def can_see_load_of_division(employee: Employee, division_id: int) -> bool:
    """The performance of a division is visible to its handlers and to supervisors."""
    return is_supervisor(employee) or (is_handler(employee) and employee.division_id == division_id)


def can_see_recap_of_division(employee: Employee, division_id: int) -> bool:
    """The recap of a division is for whom its load is for; its file is for whoever gets it from them."""
    return can_see_load_of_division(employee, division_id)


def can_see_load_of_pic(employee: Employee, pic_id: int) -> bool:
    """The figures of a PIC are visible to that PIC and to supervisors only, so that nobody is ranked in public."""
    return can_see_load_of_every_pic(employee) or (is_handler(employee) and employee.id == pic_id)


def can_see_load_of(employee: Employee, figure: Figure) -> bool:
    """Whether this figure is of a division or a PIC whose load this person may see."""
    rules = {"division": can_see_load_of_division, "pic": can_see_load_of_pic}
    return figure.dimension in rules and rules[figure.dimension](employee, figure.value)


def can_see_figure(employee: Employee, figure: Figure) -> bool:
    """Whether the person may list the problems that a figure counts: people who see all problems; for a figure of a
    PIC, those who may also see that PIC's load."""
    return sees_all(employee) and (figure.dimension != "pic" or can_see_load_of(employee, figure))


def is_helpdesk(employee: Employee) -> bool:
    return is_handler(employee) and employee.is_helpdesk


def holds(employee: Employee, problem: ProblemSummary) -> bool:
    """Whether the problem waits at this person: at the named PIC, or without one at every handler of the division."""
    if not is_handler(employee):
        return False
    if problem.holder_employee_id is not None:
        return problem.holder_employee_id == employee.id
    return problem.holder_division_id == employee.division_id


def acts_for_holder(employee: Employee, problem: ProblemSummary) -> bool:
    """The holder, or the helpdesk on behalf of an absent holder."""
    return holds(employee, problem) or is_helpdesk(employee)


def has_status_for(verb: str, problem: ProblemSummary) -> bool:
    """Whether the problem's status allows this verb; verbs that move nothing need a closed problem."""
    return problem.status == (ARROWS[verb].before if verb in ARROWS else "closed")


def can_open(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("open", problem) and is_helpdesk(employee)


def can_close(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("close", problem) and acts_for_holder(employee, problem)


def can_escalate(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("escalate", problem) and acts_for_holder(employee, problem)


def can_accept(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("accept", problem) and acts_for_holder(employee, problem)


def can_return(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("return", problem) and acts_for_holder(employee, problem)


def can_reopen(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("reopen", problem) and (
        acts_for_holder(employee, problem) or can_confirm(employee, problem, now)
    )


def can_confirm(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    """ "Beres" by the reporter: on an own report, once, within REOPEN_DAYS after closing."""
    is_own = problem.reporter_id == employee.id
    return problem.status == "closed" and is_own and problem.is_open_to_reporter(now)


def could_confirm(employee: Employee, problem: ProblemSummary) -> bool:
    """Whether this closed problem is an own report that only the time keeps from "Beres" and "Buka Lagi"."""
    return problem.status == "closed" and problem.reporter_id == employee.id and problem.confirmed_at is None


def has_done(verb: str, employee: Employee, problem: ProblemSummary) -> bool:
    """Whether this person has done this verb already. Only for "Beres", which records no state event to compare."""
    return verb == "confirm" and problem.confirmed_at is not None and problem.reporter_id == employee.id


def can_comment(employee: Employee, problem: ProblemSummary) -> bool:
    """On every visible problem; supervisors, who act on no problem, only on their own reports."""
    return not is_supervisor(employee) or problem.reporter_id == employee.id


RULES = {
    "open": can_open,
    "close": can_close,
    "escalate": can_escalate,
    "accept": can_accept,
    "return": can_return,
    "reopen": can_reopen,
    "confirm": can_confirm,
}


def actions(employee: Employee, problem: ProblemSummary, now: datetime) -> tuple[str, ...]:
    """The verbs that this person may do to this problem now, in the order of the life cycle."""
    return tuple([verb for verb, allows in RULES.items() if allows(employee, problem, now)])
