"""Following: whoever follows a problem hears of its remarks and of some moves (sih/dao/notices.py: WHO_HEARS)."""

from sih.dao.query import Query
from sih.domain.records import Employee

FOLLOW = """
INSERT INTO follow (problem_id, employee_id) VALUES (%(problem_id)s, %(employee_id)s)
ON CONFLICT ON CONSTRAINT follow_pk DO NOTHING
"""
STOP = "DELETE FROM follow f WHERE f.problem_id = %(problem_id)s AND f.employee_id = %(employee_id)s"


class Follows:
    """Of problems that the person may see (dao/problems.py: Problems.visible_to). Doing it twice changes nothing."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def follow(self, problem_id: int, by: Employee) -> None:
        self._query.execute(FOLLOW, {"problem_id": problem_id, "employee_id": by.id})

    def stop(self, problem_id: int, by: Employee) -> None:
        self._query.execute(STOP, {"problem_id": problem_id, "employee_id": by.id})
