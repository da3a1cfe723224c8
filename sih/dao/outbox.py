"""What is to be told by mail: written with what it tells, sent once, tried again until it is a week old."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sih.dao.query import Query

KEPT, LONGEST_PAUSE = timedelta(days=7), timedelta(hours=1)

ADD_RECAPS = """
INSERT INTO outbox (key, employee_id, month, created_at, run_at)
SELECT 'recap ' || %(month)s || ' ' || e.id, e.id, %(month)s, %(now)s, %(now)s
FROM employee e WHERE e.role = 'supervisor' AND NOT e.is_frozen AND e.email <> ''
ON CONFLICT ON CONSTRAINT outbox_pk DO NOTHING
"""
# The row is held while it is sent: another worker passes it by.
DUE = """
SELECT o.key, o.month, o.attempts, e.email, e.name
FROM outbox o JOIN employee e ON e.id = o.employee_id
WHERE o.sent_at IS NULL AND o.run_at <= %(now)s AND o.created_at > %(since)s
  AND e.role = 'supervisor' AND NOT e.is_frozen AND e.email <> ''
ORDER BY o.run_at, o.key FOR UPDATE OF o SKIP LOCKED LIMIT 1
"""
SENT = "UPDATE outbox SET sent_at = %(now)s, error = NULL WHERE key = %(key)s"
FAILED = "UPDATE outbox SET attempts = attempts + 1, run_at = %(run_at)s, error = %(error)s WHERE key = %(key)s"


class Outbox:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add_recaps(self, month: int, now: datetime) -> None:
        """A mail to each supervisor with an address; in the transaction that closes the month."""
        self._query.execute(ADD_RECAPS, {"month": month, "now": now})

    def send_next(self, now: datetime, send: Callable[[dict], None]) -> bool:
        """Sends what has been due longest: key, month, email and name; False if nothing is. What fails with OSError
        is tried again after a while, up to an hour later each time."""
        with self._query.transaction():
            mail = self._query.select_one(DUE, {"now": now, "since": now - KEPT})
            if mail is None:
                return False
            try:
                send(mail)
            except OSError as error:
                self._query.execute(FAILED, _failed(mail, error, now))
            else:
                self._query.execute(SENT, {"key": mail["key"], "now": now})
        return True


def _failed(mail: dict, error: OSError, now: datetime) -> dict:
    pause = min(timedelta(minutes=2 ** min(mail["attempts"], 10)), LONGEST_PAUSE)
    return {"key": mail["key"], "run_at": now + pause, "error": f"{type(error).__name__}: {error}"[:500]}
