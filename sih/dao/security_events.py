"""Security events: sign-ins, failed attempts, refusals, downloads. Rows are never changed. Frequent events are first
counted in `security_tally`, by minute and key. Triggers record freezing and activation codes."""

import logging
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.records import Origin, SecurityEvent

PAGE_SIZE = 50
SETTLED = timedelta(minutes=2)  # tolerance for processes whose clocks are slightly behind
log = logging.getLogger("sih")

# Of an unknown NIK only four characters are stored, since people type PINs into that field.
ADD = """
INSERT INTO security_event (kind, at, employee_id, nik, actor_id, address, browser, detail, amount)
SELECT %(kind)s, %(now)s, e.id, coalesce(e.nik, left(%(nik)s, 4)), %(actor_id)s, %(address)s, %(browser)s, %(detail)s, 1
FROM (SELECT 1) AS one LEFT JOIN employee e ON e.nik = %(nik)s
RETURNING nik
"""
COUNT = """
INSERT INTO security_tally AS t (minute, kind, key, at, employee_id, nik, actor_id, address, browser, detail, amount)
SELECT date_trunc('minute', %(now)s::timestamptz, 'UTC'), %(kind)s, %(key)s, %(now)s, e.id,
       coalesce(e.nik, left(%(nik)s, 4)), %(actor_id)s, %(address)s, %(browser)s, %(detail)s, 1
FROM (SELECT 1) AS one LEFT JOIN employee e ON e.nik = %(nik)s
ON CONFLICT ON CONSTRAINT security_tally_pk DO UPDATE SET amount = t.amount + 1
RETURNING nik
"""
# A trigger turns each deleted row into an event.
SETTLE = "DELETE FROM security_tally t WHERE t.minute < %(before)s"
# The events that triggers recorded in this transaction. xmin excludes another transaction at the same microsecond.
NOTED = """
SELECT s.kind, s.nik, s.actor_id, s.address, s.browser, s.detail FROM security_event s
WHERE s.at = %(at)s AND s.xmin = pg_current_xact_id()::xid AND s.kind IN ('frozen', 'unfrozen', 'code_issued')
ORDER BY s.id
"""
SWEEP = "DELETE FROM security_event s WHERE s.at < %(before)s"
PAGE = """
SELECT s.id, s.kind, s.at, s.nik, e.name, a.nik AS actor_nik, a.name AS actor_name, s.address, s.browser, s.detail,
       s.amount
FROM (
    (SELECT c.id, c.kind, c.at, c.employee_id, c.nik, c.actor_id, c.address, c.browser, c.detail, c.amount
     FROM security_event c
     WHERE (%(after_at)s IS NULL OR (c.at, c.id) < (%(after_at)s, %(after_id)s))
       AND (%(kind)s IS NULL OR c.kind = %(kind)s)
       AND (%(nik)s IS NULL OR c.nik = %(nik)s)
       AND (%(address)s IS NULL OR c.address = %(address)s)
       AND (%(since)s IS NULL OR c.at >= %(since)s)
       AND (%(until)s IS NULL OR c.at < %(until)s)
     ORDER BY c.at DESC, c.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT t.id, t.kind, t.at, t.employee_id, t.nik, t.actor_id, t.address, t.browser, t.detail, t.amount
     FROM security_tally t
     WHERE (%(after_at)s IS NULL OR (t.at, t.id) < (%(after_at)s, %(after_id)s))
       AND (%(kind)s IS NULL OR t.kind = %(kind)s)
       AND (%(nik)s IS NULL OR t.nik = %(nik)s)
       AND (%(address)s IS NULL OR t.address = %(address)s)
       AND (%(since)s IS NULL OR t.at >= %(since)s)
       AND (%(until)s IS NULL OR t.at < %(until)s)
     ORDER BY t.at DESC, t.id DESC LIMIT %(limit)s)) AS s
LEFT JOIN employee e ON e.id = s.employee_id
LEFT JOIN employee a ON a.id = s.actor_id
ORDER BY s.at DESC, s.id DESC LIMIT %(limit)s
"""


class SecurityEvents:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add(
        self, kind: str, now: datetime, origin: Origin, *, nik: str = "", actor_id: int | None = None, detail: str = ""
    ) -> None:
        """Records an event, in the transaction of the change if there is one. `nik`: the person concerned, as typed;
        `actor_id`: the signed-in person who acted."""
        self._note(ADD, kind, now, origin, nik, actor_id, detail)

    def count(
        self, kind: str, key: str, now: datetime, origin: Origin, *, nik: str = "", actor_id: int | None = None,
        detail: str = "",
    ) -> None:  # fmt: skip
        """As add(), for events that may be frequent: one row a minute for this key, with the number of occurrences."""
        self._note(COUNT, kind, now, origin, nik, actor_id, detail, key=key)

    def page(
        self, filters: dict, after: tuple[datetime, int] | None = None, limit: int = PAGE_SIZE
    ) -> tuple[list[SecurityEvent], bool]:
        """Up to `limit` events, newest first, after the position (at, id); and whether more follow. `filters`: kind,
        nik, address, since, until; None if not set."""
        params = filters | {"after_at": after and after[0], "after_id": after and after[1], "limit": limit + 1}
        found = self._query.select(PAGE, params, SecurityEvent)
        return found[:limit], len(found) > limit

    def noted(self, at: datetime) -> list[dict]:
        """The events that triggers recorded in this transaction, signed at `at`: kind and facts of each."""
        return self._query.select(NOTED, {"at": at})

    def settle(self, now: datetime) -> None:
        """Turns the counts of past minutes into events."""
        self._query.execute(SETTLE, {"before": now - SETTLED})

    def sweep(self, now: datetime, kept_days: int) -> None:
        """Deletes events older than `kept_days`, plus a day of tolerance for slightly different clocks. A trigger
        refuses to delete events younger than 90 days, which protects them from a wrong clock."""
        self._query.execute(SWEEP, {"before": now - timedelta(days=kept_days + 1)})

    def _note(
        self, sql: str, kind: str, now: datetime, origin: Origin, nik: str, actor_id: int | None, detail: str, **more
    ) -> None:
        facts = {"actor_id": actor_id, "address": origin.address, "browser": origin.browser, "detail": detail[:200]}
        row = self._query.one(sql, {"kind": kind, "now": now, "nik": nik} | facts | more)
        tell(kind, nik=row["nik"], **facts)


def tell(kind: str, **facts) -> None:
    """Writes an event to the log, also events recorded by triggers."""
    log.info("security: %s", kind, extra={"facts": {"event": kind} | facts})
