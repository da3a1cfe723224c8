"""The rules of who sees a problem and its events, in SQL. `p` is the table problem, `e` the table event; the parameters
are those of viewer().

A problem is seen by people who see all (sih/domain/policy.py: sees_all), people of its store, and its reporter.
Internal notes are for sih/domain/policy.py: reads_notes: whatever reads events for a person, or counts them, has
IS_READ."""

from sih.domain import policy
from sih.domain.records import Employee

OF_OWN_STORE = "p.store_id = %(own_store_id)s"
REPORTED_ELSEWHERE = "p.reporter_id = %(viewer_id)s AND p.store_id <> %(own_store_id)s"
IS_VISIBLE = f"(%(sees_all)s OR {OF_OWN_STORE} OR ({REPORTED_ELSEWHERE}))"
IS_READ = "(%(reads_notes)s OR NOT is_internal(e.kind))"

# "Menunggu saya": at the named PIC, or without one at the division (sih/domain/policy.py: holds).
OF_WAITING = (
    "p.status <> 'closed' AND p.holder_employee_id = %(viewer_id)s",
    "p.status <> 'closed' AND p.holder_employee_id IS NULL AND p.holder_division_id = %(own_division_id)s",
)


def viewer(employee: Employee) -> dict:
    """The parameters of the rules for this person."""
    return {
        "sees_all": policy.sees_all(employee),
        "reads_notes": policy.reads_notes(employee),
        "viewer_id": employee.id,
        "own_store_id": employee.store_id,
    }
