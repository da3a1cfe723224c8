"""Security events: who came in or tried to, what was refused, which lists left. Rows are added and never changed; what
one key fails in a minute is counted in `security_tally` first. Freezing and codes are noted by triggers."""

import logging
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.records import Origin, SecurityEvent

PAGE_SIZE = 50
SETTLED = timedelta(minutes=2)  # a process whose clock is a little behind still counts into the same row
log = logging.getLogger("sih")

# Of a NIK that nobody has, the beginning: people type PINs there.
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
# A trigger makes the event of each row that goes.
SETTLE = "DELETE FROM security_tally t WHERE t.minute < %(before)s"
# What triggers noted in this transaction: its own rows alone, whoever else signs at the same microsecond.
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
        """Something happened, in the transaction of what it was. `nik`: whom it concerns, as it was typed; `actor_id`:
        who did it, if that is somebody who is signed in."""
        self._note(ADD, kind, now, origin, nik, actor_id, detail)

    def count(
        self, kind: str, key: str, now: datetime, origin: Origin, *, nik: str = "", actor_id: int | None = None,
        detail: str = "",
    ) -> None:  # fmt: skip
        """The same of what may happen a thousand times: one row a minute for this key."""
        self._note(COUNT, kind, now, origin, nik, actor_id, detail, key=key)

    def page(
        self, filters: dict, after: tuple[datetime, int] | None = None, limit: int = PAGE_SIZE
    ) -> tuple[list[SecurityEvent], bool]:
        """Up to `limit` events, newest first, after this (at, id); and whether more follow. `filters`: kind, nik,
        address, since, until; None where one is not set."""
        params = filters | {"after_at": after and after[0], "after_id": after and after[1], "limit": limit + 1}
        found = self._query.select(PAGE, params, SecurityEvent)
        return found[:limit], len(found) > limit

    def noted(self, at: datetime) -> list[dict]:
        """What triggers made of this transaction, which was signed at this moment: kind and facts of each event."""
        return self._query.select(NOTED, {"at": at})

    def settle(self, now: datetime) -> None:
        """Makes events of what was counted in minutes that are over."""
        self._query.execute(SETTLE, {"before": now - SETTLED})

    def sweep(self, now: datetime, kept_days: int) -> None:
        """Drops what is older than that. A trigger refuses all where a clock that is wrong would take what is younger
        than 90 days; the day more is for clocks that differ a little."""
        self._query.execute(SWEEP, {"before": now - timedelta(days=kept_days + 1)})

    def _note(
        self, sql: str, kind: str, now: datetime, origin: Origin, nik: str, actor_id: int | None, detail: str, **more
    ) -> None:
        facts = {"actor_id": actor_id, "address": origin.address, "browser": origin.browser, "detail": detail[:200]}
        row = self._query.one(sql, {"kind": kind, "now": now, "nik": nik} | facts | more)
        tell(kind, nik=row["nik"], **facts)


def tell(kind: str, **facts) -> None:
    """The event as a line of the log; also of those that triggers note."""
    log.info("security: %s", kind, extra={"facts": {"event": kind} | facts})
