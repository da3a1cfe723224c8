"""The rule of who sees a problem, in SQL: people who see all (sih/domain/policy.py: sees_all), people of the problem's
store, and its reporter. `p` is the table problem; the parameters are those of viewer()."""

from sih.domain import policy
from sih.domain.records import Employee

OF_OWN_STORE = "p.store_id = %(own_store_id)s"
REPORTED_ELSEWHERE = "p.reporter_id = %(viewer_id)s AND p.store_id <> %(own_store_id)s"
IS_VISIBLE = f"(%(sees_all)s OR {OF_OWN_STORE} OR ({REPORTED_ELSEWHERE}))"

# "Menunggu saya": at the named PIC, or without one at the division (sih/domain/policy.py: holds).
OF_WAITING = (
    "p.status <> 'closed' AND p.holder_employee_id = %(viewer_id)s",
    "p.status <> 'closed' AND p.holder_employee_id IS NULL AND p.holder_division_id = %(own_division_id)s",
)

_COLUMNS = {
    "sees_all": "e.role IN ('handler', 'supervisor')",
    "viewer_id": "e.id",
    "own_store_id": "e.store_id",
    "own_division_id": "e.division_id",
}


def of_row(rule: str) -> str:
    """The same rule for a row `e` of the table employee, without parameters."""
    for name, column in _COLUMNS.items():
        rule = rule.replace(f"%({name})s", column)
    return rule


def viewer(employee: Employee) -> dict:
    """The parameters of the rule for this person."""
    return {"sees_all": policy.sees_all(employee), "viewer_id": employee.id, "own_store_id": employee.store_id}
