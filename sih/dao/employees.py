"""Employees: the person of a session, sign-in, PINs and activation codes, administration (docs/paper.md, R10)."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sih.dao.query import Query
from sih.dao.security_events import tell
from sih.domain.errors import Frozen, PinChanged
from sih.domain.records import COMMAND_LINE, Account, Employee, Origin, Reporter

ACTIVATION_DAYS = 14

# Names are read by subselects: a join of so many tables takes longer to plan than to run.
_PERSON = """e.id, e.nik, e.name, e.role, e.store_id,
       (SELECT s.code FROM store s WHERE s.id = e.store_id) AS store_code,
       (SELECT s.name FROM store s WHERE s.id = e.store_id) AS store_name,
       (SELECT s.time_zone FROM store s WHERE s.id = e.store_id) AS time_zone,
       e.division_id, (SELECT d.name FROM division d WHERE d.id = e.division_id) AS division_name,
       coalesce((SELECT d.is_helpdesk FROM division d WHERE d.id = e.division_id), false) AS is_helpdesk,
       e.department_id, e.session_version, e.language, e.theme, e.has_keys, e.default_view_id,
       e.starts_with_report"""
ACTIVE = f"""
SELECT {_PERSON}
FROM employee e
WHERE e.id = %(id)s AND e.session_version = %(session_version)s AND NOT e.is_frozen
"""

# A frozen person is found even if the session has ended, so that the next page can say why.
SIGNED_IN = f"""
SELECT {_PERSON}, o.id AS session_id, o.seen_at, o.has_weak_pin,
       (SELECT v.version FROM small_masters_version v) AS small_masters_version,
       unread_notices(e) AS unread, waiting_problems(e) AS waiting, e.is_frozen
FROM session o JOIN employee e ON e.id = o.employee_id
WHERE o.id = %(session_id)s
  AND (e.is_frozen OR (o.session_version = e.session_version AND o.started_at > %(oldest)s AND o.seen_at > %(idle)s))
"""

ACCOUNT = """
SELECT e.id, e.nik, e.name, s.code AS store_code, s.name AS store_name, e.pin_hash, e.session_version, e.is_frozen
FROM employee e JOIN store s ON s.id = e.store_id
WHERE e.nik = %(nik)s
"""

REPORTER = """
SELECT e.id, e.nik, e.name, e.store_id, s.code AS store_code, s.name AS store_name
FROM employee e JOIN store s ON s.id = e.store_id
WHERE e.nik = %(nik)s AND NOT e.is_frozen
"""

ACTIVATE = """
WITH used AS (
    DELETE FROM activation a
    USING employee e
    WHERE e.id = a.employee_id AND e.nik = %(nik)s AND NOT e.is_frozen
      AND a.code_hmac = %(code_hmac)s AND a.expires_at > %(now)s
    RETURNING a.employee_id, e.nik
), noted AS (
    INSERT INTO security_event (kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
    SELECT 'code_used', %(now)s, employee_id, nik, employee_id, %(address)s, %(browser)s, '', 1 FROM used
)
UPDATE employee e
SET pin_hash = %(pin_hash)s, session_version = e.session_version + 1
FROM used
WHERE e.id = used.employee_id
"""

CHANGE_PIN = """
UPDATE employee
SET pin_hash = %(pin_hash)s, session_version = session_version + 1
WHERE id = %(id)s AND session_version = %(session_version)s
"""

FREEZE = """
UPDATE employee
SET is_frozen = %(is_frozen)s, session_version = session_version + 1, version = version + 1
WHERE nik = %(nik)s AND is_frozen <> %(is_frozen)s
"""

RESET_PIN = """
WITH person AS (
    UPDATE employee SET pin_hash = NULL, session_version = session_version + 1 WHERE nik = %(nik)s RETURNING id
)
INSERT INTO activation (employee_id, code_hmac, expires_at)
SELECT id, %(code_hmac)s, %(expires_at)s FROM person
ON CONFLICT ON CONSTRAINT activation_pk
DO UPDATE SET code_hmac = excluded.code_hmac, expires_at = excluded.expires_at, sheet_id = NULL
"""

WITHOUT_PIN = """
SELECT e.id, e.nik, e.name, s.code AS store, s.name AS store_name
FROM employee e JOIN store s ON s.id = e.store_id
WHERE e.store_id = %(store_id)s AND e.state = 'without_pin'
ORDER BY e.name, e.id
"""

ISSUE_CODES = """
WITH person AS (
    UPDATE employee e
    SET pin_hash = NULL,
        session_version = e.session_version + CASE WHEN e.pin_hash IS NULL THEN 0 ELSE 1 END
    FROM jsonb_to_recordset(%(codes)s) AS code (id integer, code_hmac text)
    WHERE e.id = code.id AND NOT e.is_frozen AND (e.pin_hash IS NULL OR %(takes_pins)s)
    RETURNING e.id, code.code_hmac
)
INSERT INTO activation (employee_id, code_hmac, expires_at)
SELECT id, code_hmac, %(expires_at)s FROM person
ON CONFLICT ON CONSTRAINT activation_pk
DO UPDATE SET code_hmac = excluded.code_hmac, expires_at = excluded.expires_at, sheet_id = NULL
RETURNING employee_id
"""

CREATE_ADMIN = """
WITH place AS (
    INSERT INTO store (code, name, city, time_zone)
    VALUES (%(store_code)s, %(store_name)s, %(city)s, 'Asia/Jakarta')
    ON CONFLICT ON CONSTRAINT store_code_once DO UPDATE SET code = excluded.code
    RETURNING id
)
INSERT INTO employee (nik, name, role, store_id)
SELECT %(nik)s, %(name)s, 'admin', id FROM place
"""

SET_LANGUAGE = "UPDATE employee SET language = %(language)s WHERE id = %(id)s"
SET_THEME = "UPDATE employee SET theme = %(theme)s WHERE id = %(id)s"
SET_START = "UPDATE employee SET starts_with_report = %(with_report)s WHERE id = %(id)s"
SET_KEYS = "UPDATE employee SET has_keys = %(has_keys)s WHERE id = %(id)s"

DEMO_ACCOUNTS = """
SELECT e.nik, e.role, s.code AS store, coalesce(d.name, '-') AS division, e.name, e.pin_hash
FROM employee e
JOIN store s ON s.id = e.store_id
CROSS JOIN installation i
LEFT JOIN division d ON d.id = e.division_id
WHERE i.has_demo_data AND NOT e.is_frozen AND e.pin_hash IS NOT NULL
ORDER BY e.role DESC, e.nik
"""


class Employees:
    def __init__(self, query: Query) -> None:
        self._query = query

    def signed_in(self, session_id: UUID, started_after: datetime, seen_after: datetime) -> Employee | None:
        """The person of this session; None if it has ended. Raises Frozen if the account is frozen."""
        params = {"session_id": session_id, "oldest": started_after, "idle": seen_after}
        row = self._query.one_or_none(SIGNED_IN, params)
        if row is None:
            return None
        if row.pop("is_frozen"):
            raise Frozen
        return Employee(**row)

    def active(self, employee_id: int, session_version: int) -> Employee | None:
        """This person, for work without a session. None if frozen, or if all sessions were ended since this
        `session_version`."""
        return self._query.one_or_none(ACTIVE, {"id": employee_id, "session_version": session_version}, Employee)

    def account(self, nik: str) -> Account | None:
        """The account of a NIK, for sign-in (docs/paper.md, Kode Program 6); None if unknown."""
        return self._query.one_or_none(ACCOUNT, {"nik": nik}, Account)

    def reporter(self, nik: str) -> Reporter | None:
        """The person with this NIK as the reporter of a problem; None if unknown or frozen."""
        return self._query.one_or_none(REPORTER, {"nik": nik}, Reporter)

    def activate(self, nik: str, code_hmac: str, pin_hash: str, now: datetime, origin: Origin = COMMAND_LINE) -> bool:
        """Sets a PIN by means of an activation code. Returns False if the code is wrong, used or expired."""
        params = {"nik": nik, "code_hmac": code_hmac, "pin_hash": pin_hash, "now": now}
        params |= {"address": origin.address, "browser": origin.browser}
        is_done = self._query.execute(ACTIVATE, params) == 1
        if is_done:
            tell("code_used", nik=nik, address=origin.address, browser=origin.browser)
        return is_done

    def change_pin(self, employee: Employee, pin_hash: str) -> None:
        """Sets a new PIN and ends all sessions of this person, including the current one. Raises PinChanged if another
        request changed the PIN or ended all sessions in the meantime."""
        params = {"id": employee.id, "session_version": employee.session_version, "pin_hash": pin_hash}
        if self._query.execute(CHANGE_PIN, params) == 0:
            raise PinChanged

    def freeze(self, nik: str) -> bool:
        """Returns False if there is no such person, or if already frozen. Raises RuleViolated for the last admin and
        for oneself. This and the following methods change master data: call them inside dao/audits.py: signed."""
        return self._freeze(nik, True)

    def unfreeze(self, nik: str) -> bool:
        return self._freeze(nik, False)

    def _freeze(self, nik: str, is_frozen: bool) -> bool:
        return self._query.execute(FREEZE, {"nik": nik, "is_frozen": is_frozen}) == 1

    def reset_pin(self, nik: str, code_hmac: str, now: datetime) -> bool:
        """Removes the PIN and stores this code for choosing a new one, valid for ACTIVATION_DAYS. Returns False if
        there is no such person."""
        params = {"nik": nik, "code_hmac": code_hmac, "expires_at": now + timedelta(days=ACTIVATION_DAYS)}
        return self._query.execute(RESET_PIN, params) == 1

    def without_pin(self, store_id: int) -> list[dict]:
        """The people of this store without a PIN: id, nik, name, store, store_name."""
        return self._query.select(WITHOUT_PIN, {"store_id": store_id})

    def issue_codes(self, codes: list[dict], now: datetime, takes_pins: bool) -> set[int]:
        """Stores these activation codes (id, code_hmac). `takes_pins`: people with a PIN lose it; otherwise they get no
        code. Returns the ids of those who got one."""
        params = {"codes": json.dumps(codes), "takes_pins": takes_pins}
        params["expires_at"] = now + timedelta(days=ACTIVATION_DAYS)
        return {row["employee_id"] for row in self._query.select(ISSUE_CODES, params)}

    def create_admin(self, facts: dict) -> None:
        """Adds an admin, and the store if it does not exist. `facts`: nik, name, store_code, store_name, city. Raises
        RuleViolated."""
        self._query.execute(CREATE_ADMIN, facts)

    def set_language(self, employee: Employee, language: str) -> None:
        self._query.execute(SET_LANGUAGE, {"id": employee.id, "language": language})

    def set_theme(self, employee: Employee, theme: str) -> None:
        self._query.execute(SET_THEME, {"id": employee.id, "theme": theme})

    def set_start(self, employee: Employee, with_report: bool) -> None:
        """Whether signing in leads to the form of a report, or to the list."""
        self._query.execute(SET_START, {"id": employee.id, "with_report": with_report})

    def set_keys(self, employee: Employee, has_keys: bool) -> None:
        """Switches the single keys of the pages on or off."""
        self._query.execute(SET_KEYS, {"id": employee.id, "has_keys": has_keys})

    def demo_accounts(self) -> list[dict]:
        """The accounts of the demo company that have a PIN; none in a real installation."""
        return self._query.select(DEMO_ACCOUNTS)
