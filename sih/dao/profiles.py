"""The profile of the signed-in person: what is not in every page's Employee, and what may be changed."""

import json
from datetime import datetime

from sih.dao.query import Query

OF = """
SELECT e.email, e.notice_ways, e.has_digest, d.name AS division, p.name AS parent_division, m.name AS department
FROM employee e
LEFT JOIN division d ON d.id = e.division_id
LEFT JOIN division p ON p.id = d.parent_id
LEFT JOIN department m ON m.id = e.department_id
WHERE e.id = %(id)s
"""

SET_EMAIL = """
UPDATE employee SET email = %(email)s, version = version + 1 WHERE id = %(id)s AND email <> %(email)s
"""

SET_NOTICES = """
UPDATE employee SET notice_ways = notice_ways || %(ways)s::jsonb, has_digest = %(has_digest)s WHERE id = %(id)s
"""
# What waits already follows a new choice: for 07:00, or no longer.
WAIT_ANEW = """
UPDATE outbox_event w
SET due_at = CASE WHEN %(has_digest)s THEN next_morning(%(now)s, s.time_zone) ELSE %(now)s END
FROM employee e JOIN store s ON s.id = e.store_id
WHERE w.employee_id = %(id)s AND e.id = %(id)s AND %(has_digest)s <> e.has_digest
"""


class Profiles:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, employee_id: int) -> dict:
        """email, notice_ways, has_digest, division, parent_division, department; None if the person has none."""
        return self._query.one(OF, {"id": employee_id})

    def set_email(self, employee_id: int, email: str) -> bool:
        """Changes the e-mail address. Returns False if it is the same. Call inside dao/audits.py: signed."""
        return self._query.execute(SET_EMAIL, {"id": employee_id, "email": email}) == 1

    def set_notices(self, employee_id: int, ways: dict[str, str], has_digest: bool, now: datetime) -> None:
        """How the person hears of these topics (domain/vocabulary.py: TOPICS), and whether mails wait for "Ringkasan
        pagi"."""
        params = {"id": employee_id, "ways": json.dumps(ways), "has_digest": has_digest, "now": now}
        with self._query.transaction():
            self._query.execute(WAIT_ANEW, params)
            self._query.execute(SET_NOTICES, params)
