"""Activation sheets: codes for the people of many stores, in one PDF. The codes are not stored: they are computed again
while the file is sent (sih/domain/pins.py: sheet_code)."""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sih.dao.employees import ACTIVATION_DAYS
from sih.dao.jobs import Jobs
from sih.dao.query import Query
from sih.domain.records import ActivationSheet

KEPT, MADE_WITHIN = timedelta(hours=1), timedelta(days=1)
STORES = 200  # in a batch

ADD = """
INSERT INTO activation_sheet (employee_id, salt, city, stores, replaces, created_at)
VALUES (%(employee_id)s, %(salt)s, %(city)s, %(stores)s, %(replaces)s, %(now)s) RETURNING id
"""
LINK = "UPDATE activation_sheet SET job_id = %(job_id)s WHERE id = %(id)s"
OF = """
SELECT x.id, x.employee_id, x.salt, x.city, x.stores, x.replaces, x.created_at, x.ready_at, x.amount,
       coalesce(j.done, 0) AS done, coalesce(j.total, 0) AS total, coalesce(j.state::text, 'failed') AS job_state
FROM activation_sheet x LEFT JOIN job j ON j.id = x.job_id
WHERE x.id = %(id)s AND x.created_at >= %(made_since)s AND (x.ready_at IS NULL OR x.ready_at >= %(ready_since)s)
  AND (%(employee_id)s IS NULL OR x.employee_id = %(employee_id)s)
"""
UNKNOWN_STORES = """
SELECT asked.code FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS asked (code, place)
WHERE NOT EXISTS (SELECT FROM store s WHERE s.code = asked.code) ORDER BY asked.place
"""
CITY = "SELECT min(s.city) AS city FROM store s WHERE lower(s.city) = lower(%(city)s)"
IN_SCOPE = """
SELECT s.id FROM store s
WHERE (%(city)s IS NULL OR lower(s.city) = lower(%(city)s))
  AND (%(stores)s::text[] IS NULL OR s.code = ANY (%(stores)s::text[]))
ORDER BY s.code, s.id
"""
# Excludes people with a code of the same sheet, so that a repeated job does not issue codes twice.
WITHOUT_CODE = """
SELECT e.id FROM employee e LEFT JOIN activation a ON a.employee_id = e.id
WHERE e.store_id = ANY (%(stores)s::integer[]) AND e.state = 'without_pin'
  AND (a.employee_id IS NULL OR a.expires_at <= %(now)s OR %(replaces)s AND a.sheet_id IS DISTINCT FROM %(sheet_id)s)
"""
ISSUE = """
INSERT INTO activation (employee_id, code_hmac, expires_at, sheet_id)
SELECT e.id, code.code_hmac, %(expires_at)s, %(sheet_id)s
FROM jsonb_to_recordset(%(codes)s) AS code (id integer, code_hmac text)
JOIN employee e ON e.id = code.id AND e.state = 'without_pin'
ORDER BY e.id
ON CONFLICT ON CONSTRAINT activation_pk
DO UPDATE SET code_hmac = excluded.code_hmac, expires_at = excluded.expires_at, sheet_id = excluded.sheet_id
"""
AMOUNT = """
SELECT count(*) AS amount FROM activation a JOIN employee e ON e.id = a.employee_id
WHERE a.sheet_id = %(id)s AND e.state = 'without_pin'
"""
READY = "UPDATE activation_sheet SET ready_at = %(now)s, amount = %(amount)s WHERE id = %(id)s"
SLIPS = """
SELECT e.id, e.nik, e.name, s.code AS store, s.name AS store_name, s.city
FROM employee e
JOIN store s ON s.id = e.store_id
JOIN activation a ON a.employee_id = e.id AND a.sheet_id = %(sheet_id)s
WHERE e.store_id = ANY (%(stores)s::integer[]) AND e.state = 'without_pin'
ORDER BY s.code, e.name, e.id
"""
DROP = "DELETE FROM activation_sheet WHERE id = %(id)s"
SWEEP = "DELETE FROM activation_sheet WHERE ready_at < %(ready_before)s OR created_at < %(made_before)s"


class ActivationSheets:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add(
        self, employee_id: int | None, city: str | None, stores: list[str] | None, replaces: bool, now: datetime,
        limit: int = 0,
    ) -> int:  # fmt: skip
        """Adds a sheet and a job that issues its codes; returns the id of the sheet. Without `employee_id` (command
        line) there is no job, and the caller issues the codes. Raises TooManyFiles, see Jobs."""
        params = {"employee_id": employee_id, "city": city, "stores": stores, "replaces": replaces, "now": now}
        with self._query.transaction():
            number = self._query.one(ADD, params | {"salt": secrets.token_hex(16)})["id"]
            if employee_id is not None:
                job_id = Jobs(self._query).add("issue_sheet", {"sheet_id": number}, now, employee_id, limit)
                self._query.execute(LINK, {"id": number, "job_id": job_id})
        return number

    def of(self, sheet_id: int, now: datetime, employee_id: int | None = None) -> ActivationSheet | None:
        """This sheet, or None after its retention; with `employee_id` only a sheet of that person."""
        since = {"made_since": now - MADE_WITHIN, "ready_since": now - KEPT}
        return self._query.one_or_none(OF, {"id": sheet_id, "employee_id": employee_id, **since}, ActivationSheet)

    def unknown_stores(self, codes: list[str]) -> list[str]:
        """Those of these codes that belong to no store."""
        return [row["code"] for row in self._query.select(UNKNOWN_STORES, {"codes": codes})]

    def city(self, name: str) -> str | None:
        """The spelling of this city in the stores' data; None if no store is there."""
        return self._query.one(CITY, {"city": name})["city"]

    def stores(self, sheet: ActivationSheet) -> Iterator[list[int]]:
        """The ids of the sheet's stores, ordered by code, in batches."""
        params = {"city": sheet.city, "stores": sheet.stores}
        found = [row["id"] for row in self._query.select(IN_SCOPE, params)]
        return (found[first : first + STORES] for first in range(0, len(found), STORES))

    def without_code(self, sheet: ActivationSheet, stores: list[int], now: datetime) -> list[int]:
        """The ids of the people of these stores who still need a code of this sheet."""
        params = {"sheet_id": sheet.id, "replaces": sheet.replaces, "stores": stores, "now": now}
        return [row["id"] for row in self._query.select(WITHOUT_CODE, params)]

    def issue(self, sheet: ActivationSheet, codes: list[dict], now: datetime) -> None:
        """Stores these codes (id, code_hmac). Call inside dao/audits.py: signed."""
        params = {"sheet_id": sheet.id, "codes": json.dumps(codes)}
        self._query.execute(ISSUE, params | {"expires_at": now + timedelta(days=ACTIVATION_DAYS)})

    def ready(self, sheet: ActivationSheet, now: datetime) -> int:
        """Marks the sheet as complete: its file can be downloaded for the time KEPT. Returns the number of its
        codes."""
        amount = self._query.one(AMOUNT, {"id": sheet.id})["amount"]
        self._query.execute(READY, {"id": sheet.id, "amount": amount, "now": now})
        return amount

    def slips(self, sheet: ActivationSheet, stores: list[int]) -> list[dict]:
        """The people of these stores whose code of this sheet is neither used nor replaced: id, nik, name, store,
        store_name, city."""
        return self._query.select(SLIPS, {"sheet_id": sheet.id, "stores": stores})

    def drop(self, sheet_id: int) -> bool:
        """Deletes the sheet with its salt, so that its codes cannot be computed again. Returns False if it was gone."""
        return self._query.execute(DROP, {"id": sheet_id}) == 1

    def sweep(self, now: datetime) -> None:
        self._query.execute(SWEEP, {"ready_before": now - KEPT, "made_before": now - MADE_WITHIN})
