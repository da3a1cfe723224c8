"""Sessions: one row each. A session cookie without its row is worthless."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sih.dao.query import Query
from sih.dao.security_events import tell
from sih.domain.records import Account, Employee

KEPT = timedelta(days=90)
MOST_ROWS = 50

# Also deletes the previous session of this browser and this person's ended and old ones. Returns the previous sign-in:
# a SELECT does not see rows that the same statement writes.
START = """
WITH swept AS (
    DELETE FROM session
    WHERE id = %(replaced)s
       OR employee_id = %(employee_id)s AND (session_version < %(session_version)s OR started_at < %(oldest)s)
), started AS (
    INSERT INTO session (id, employee_id, session_version, started_at, seen_at, has_weak_pin, address, browser)
    VALUES (%(id)s, %(employee_id)s, %(session_version)s, %(now)s, %(now)s, %(has_weak_pin)s, %(address)s, %(browser)s)
), noted AS (
    INSERT INTO last_sign_in (employee_id, at, address, browser)
    VALUES (%(employee_id)s, %(now)s, %(address)s, %(browser)s)
    ON CONFLICT ON CONSTRAINT last_sign_in_pk
    DO UPDATE SET at = excluded.at, address = excluded.address, browser = excluded.browser
), recorded AS (
    INSERT INTO security_event (kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
    VALUES ('signed_in', %(now)s, %(employee_id)s, %(nik)s, %(employee_id)s, %(address)s, %(browser)s, '', 1)
), known AS (
    UPDATE installation SET pin_key_check = %(pin_key_check)s WHERE pin_key_check IS NULL
)
SELECT l.at, l.address, split_part(l.browser, '/', 1) AS browser, split_part(l.browser, '/', 2) AS system
FROM last_sign_in l WHERE l.employee_id = %(employee_id)s
"""

OPEN = """
SELECT o.id, o.started_at, o.seen_at, o.address,
       split_part(o.browser, '/', 1) AS browser, split_part(o.browser, '/', 2) AS system
FROM session o JOIN employee e ON e.id = o.employee_id AND e.session_version = o.session_version
WHERE o.employee_id = %(employee_id)s AND NOT e.is_frozen AND o.started_at > %(oldest)s AND o.seen_at > %(idle)s
ORDER BY o.started_at DESC, o.id
LIMIT %(limit)s
"""

TOUCH = "UPDATE session SET seen_at = %(now)s WHERE id = %(id)s AND seen_at < %(now)s"

END = "DELETE FROM session WHERE id = %(id)s AND employee_id = %(employee_id)s"
END_ALL_OF = "DELETE FROM session WHERE employee_id = %(employee_id)s"

KEEP_ONLY = """
WITH ended AS (DELETE FROM session WHERE employee_id = %(employee_id)s AND id IS DISTINCT FROM %(id)s::uuid)
UPDATE session SET session_version = %(session_version)s, has_weak_pin = false
WHERE id = %(id)s AND employee_id = %(employee_id)s
"""

END_ALL = """
WITH person AS (
    UPDATE employee SET session_version = session_version + 1
    WHERE id = %(employee_id)s AND session_version = %(session_version)s
    RETURNING id
)
DELETE FROM session s USING person WHERE s.employee_id = person.id
"""

SWEEP = "DELETE FROM session WHERE started_at < %(oldest)s"


class Sessions:
    def __init__(self, query: Query) -> None:
        self._query = query

    def start(
        self, account: Account, now: datetime, address: str, browser: str,
        replaced: UUID | None = None, has_weak_pin: bool = False, pin_key_check: str | None = None,
    ) -> tuple[UUID, dict | None]:  # fmt: skip
        """Starts a session. Returns its id, and this person's previous sign-in (at, address, browser, system) or None.
        `browser`: see web/known_browsers.py; `pin_key_check`: of the current pin_key (dao/pin_keys.py)."""
        session_id = uuid4()
        params = {
            "id": session_id,
            "employee_id": account.id,
            "nik": account.nik,
            "session_version": account.session_version,
            "now": now,
            "oldest": now - KEPT,
            "address": address,
            "browser": browser,
            "replaced": replaced,
            "has_weak_pin": has_weak_pin,
            "pin_key_check": pin_key_check,
        }
        before = self._query.one_or_none(START, params)
        tell("signed_in", nik=account.nik, address=address, browser=browser)
        return session_id, before

    def of(self, employee_id: int, started_after: datetime, seen_after: datetime) -> list[dict]:
        """The newest open sessions: id, started_at, seen_at, address, browser and system ('' if unknown)."""
        params = {"employee_id": employee_id, "oldest": started_after, "idle": seen_after, "limit": MOST_ROWS}
        return self._query.select(OPEN, params)

    def touch(self, session_id: UUID, now: datetime) -> None:
        """Records that the session was used at `now`."""
        self._query.execute(TOUCH, {"id": session_id, "now": now})

    def end(self, employee_id: int, session_id: UUID | None) -> bool:
        """Ends this session. Returns False if it is not a session of this person, or has ended."""
        return self._query.execute(END, {"id": session_id, "employee_id": employee_id}) == 1

    def end_all_of(self, employee_id: int) -> int:
        """Ends all sessions of this person. Returns their number."""
        return self._query.execute(END_ALL_OF, {"employee_id": employee_id})

    def keep_only(self, employee: Employee) -> None:
        """Called after change_pin(): moves the current session to the next session_version and ends all others."""
        params = {"id": employee.session_id, "employee_id": employee.id}
        self._query.execute(KEEP_ONLY, params | {"session_version": employee.session_version + 1})

    def end_all(self, employee: Employee) -> bool:
        """Ends all sessions of this person, by raising session_version. Returns False for a second call from the same
        session."""
        params = {"employee_id": employee.id, "session_version": employee.session_version}
        return self._query.execute(END_ALL, params) > 0

    def sweep(self, now: datetime) -> None:
        """Deletes sessions older than KEPT, which remain if their person does not sign in again."""
        self._query.execute(SWEEP, {"oldest": now - KEPT})
