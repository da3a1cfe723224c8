"""The rules of who may do what. `employee` is the signed-in person, `problem` a problem that this person may see."""

from datetime import datetime
from typing import Protocol

from sih.domain.lifecycle import STARTS
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


def reads_notes(employee: Employee) -> bool:
    """Internal notes: of every problem, also of an own report. Nobody else may know that there is one."""
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


def is_own(employee: Employee, problem: ProblemSummary) -> bool:
    return problem.reporter_id == employee.id


def has_status_for(verb: str, problem: ProblemSummary) -> bool:
    """Whether the problem's state allows this verb, whoever does it; nothing is possible after withdrawing."""
    is_asked = problem.asked_event_id is not None
    is_possible = verb not in ("ask", "unask") or is_asked == (verb == "unask")
    return problem.status in STARTS[verb] and not problem.is_withdrawn and is_possible


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
    return has_status_for("confirm", problem) and is_own(employee, problem) and problem.is_open_to_reporter(now)


def could_confirm(employee: Employee, problem: ProblemSummary) -> bool:
    """Whether this closed problem is an own report that only the time keeps from "Beres" and "Buka Lagi"."""
    return has_status_for("confirm", problem) and is_own(employee, problem) and problem.confirmed_at is None


def can_correct_texts(employee: Employee, problem: ProblemSummary) -> bool:
    """Title and description: by the reporter, while it is new."""
    return problem.status == "new" and is_own(employee, problem)


def can_correct(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    """The good, by whoever may act on the problem; by the reporter what was reported, while it is new."""
    return has_status_for("correct", problem) and (
        acts_for_holder(employee, problem) or can_correct_texts(employee, problem)
    )


def can_withdraw(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    return has_status_for("withdraw", problem) and is_own(employee, problem)


def can_ask(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    """ "Tanya pelapor": while somebody works on it, one question at a time, and nobody asks himself."""
    return has_status_for("ask", problem) and acts_for_holder(employee, problem) and not is_own(employee, problem)


def can_unask(employee: Employee, problem: ProblemSummary, now: datetime) -> bool:
    """ "Tidak perlu lagi", by whoever asked or not."""
    return has_status_for("unask", problem) and acts_for_holder(employee, problem)


def is_asked(employee: Employee, problem: ProblemSummary) -> bool:
    """Whether the open question of this problem is to this person."""
    return problem.asked_event_id is not None and problem.reporter_id == employee.id


def has_done(verb: str, employee: Employee, problem: ProblemSummary) -> bool:
    """Whether this person may have done this verb already. For verbs that record no state event to compare; of
    questions the statement knows whose it is."""
    if verb in ("ask", "unask"):
        return acts_for_holder(employee, problem) and (problem.asked_event_id is not None) == (verb == "ask")
    return verb == "confirm" and problem.confirmed_at is not None and is_own(employee, problem)


def can_comment(employee: Employee, problem: ProblemSummary) -> bool:
    """On every visible problem; supervisors, who act on no problem, only on their own reports."""
    return not is_supervisor(employee) or is_own(employee, problem)


def can_note(employee: Employee) -> bool:
    """Whether the person may make a remark an internal note."""
    return is_handler(employee)


RULES = {
    "open": can_open,
    "close": can_close,
    "escalate": can_escalate,
    "accept": can_accept,
    "return": can_return,
    "reopen": can_reopen,
    "confirm": can_confirm,
    "correct": can_correct,
    "withdraw": can_withdraw,
    "ask": can_ask,
    "unask": can_unask,
}
# Of these a row of a list has no button; the page of the problem has it.
ON_ITS_PAGE = ("correct", "withdraw", "ask", "unask")


def actions(employee: Employee, problem: ProblemSummary, now: datetime) -> tuple[str, ...]:
    """The verbs that this person may do to this problem now, in the order of the life cycle."""
    return tuple([verb for verb, allows in RULES.items() if allows(employee, problem, now)])


def row_actions(employee: Employee, problem: ProblemSummary, now: datetime) -> tuple[str, ...]:
    """Those of them for which a row of a list has a button."""
    return tuple([verb for verb, allows in RULES.items() if verb not in ON_ITS_PAGE and allows(employee, problem, now)])
