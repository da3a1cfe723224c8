"""The profile of the signed-in person: what is not in every page's Employee, and what may be changed."""

from sih.dao.query import Query

OF = """
SELECT e.email, d.name AS division, p.name AS parent_division, m.name AS department
FROM employee e
LEFT JOIN division d ON d.id = e.division_id
LEFT JOIN division p ON p.id = d.parent_id
LEFT JOIN department m ON m.id = e.department_id
WHERE e.id = %(id)s
"""

SET_EMAIL = """
UPDATE employee SET email = %(email)s, version = version + 1 WHERE id = %(id)s AND email <> %(email)s
"""


class Profiles:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, employee_id: int) -> dict:
        """email, division, parent_division, department; None if the person has none."""
        return self._query.one(OF, {"id": employee_id})

    def set_email(self, employee_id: int, email: str) -> bool:
        """Changes the e-mail address. Returns False if it is the same. Call inside dao/audits.py: signed."""
        return self._query.execute(SET_EMAIL, {"id": employee_id, "email": email}) == 1
