"""Where somebody is signed in: a row a session, for its owner to see. What opens is the cookie alone."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sih.dao.query import Query
from sih.records import Account, Employee

KEPT = timedelta(days=90)
SHOWN = 50

# With it go the one that this browser had before, those that have ended, and the old.
START = """
WITH swept AS (
    DELETE FROM session
    WHERE id = %(replaced)s
       OR employee_id = %(employee_id)s AND (session_version < %(session_version)s OR started_at < %(oldest)s)
)
INSERT INTO session (id, employee_id, session_version, started_at, address, browser)
VALUES (%(id)s, %(employee_id)s, %(session_version)s, %(now)s, %(address)s, %(browser)s)
"""

OPEN = """
SELECT id, started_at, address, split_part(browser, '/', 1) AS browser, split_part(browser, '/', 2) AS system
FROM session
WHERE employee_id = %(employee_id)s AND session_version = %(session_version)s
ORDER BY started_at DESC, id
LIMIT %(limit)s
"""

END = "DELETE FROM session WHERE id = %(id)s AND employee_id = %(employee_id)s"

KEEP_ONLY = """
WITH ended AS (DELETE FROM session WHERE employee_id = %(employee_id)s AND id IS DISTINCT FROM %(id)s::uuid)
UPDATE session SET session_version = %(session_version)s WHERE id = %(id)s AND employee_id = %(employee_id)s
"""

END_ALL = """
WITH person AS (
    UPDATE employee SET session_version = session_version + 1
    WHERE id = %(employee_id)s AND session_version = %(session_version)s
    RETURNING id
)
DELETE FROM session s USING person WHERE s.employee_id = person.id
"""


class Sessions:
    def __init__(self, query: Query) -> None:
        self._query = query

    def start(self, account: Account, now: datetime, address: str, browser: str, replaced: UUID | None) -> UUID:
        """A new session; gives its id. `browser` as sih/browsers.py names it."""
        params = {"id": uuid4(), "employee_id": account.id, "session_version": account.session_version, "now": now}
        more = {"oldest": now - KEPT, "address": address, "browser": browser, "replaced": replaced}
        self._query.execute(START, params | more)
        return params["id"]

    def of(self, employee: Employee) -> list[dict]:
        """The newest that are open: id, started_at, address, and browser and system, empty where unknown."""
        return self._query.select(OPEN, _of(employee) | {"limit": SHOWN})

    def end(self, employee: Employee, session_id: UUID | None) -> None:
        self._query.execute(END, {"id": session_id, "employee_id": employee.id})

    def keep_only(self, employee: Employee, session_id: UUID | None) -> None:
        """After a change of this employee's PIN: this session goes on under the next number, the others end."""
        params = {"id": session_id, "employee_id": employee.id, "session_version": employee.session_version + 1}
        self._query.execute(KEEP_ONLY, params)

    def end_all(self, employee: Employee) -> None:
        """Everywhere, at the next click; once, however often it is asked from the same session."""
        self._query.execute(END_ALL, _of(employee))


def _of(employee: Employee) -> dict:
    return {"employee_id": employee.id, "session_version": employee.session_version}
