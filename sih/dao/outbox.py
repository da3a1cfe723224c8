"""The outbox of mails: added in the transaction of the change that they report, claimed by one worker at a time, sent
outside any transaction, and retried for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query

KEPT, LONGEST_PAUSE = timedelta(days=7), timedelta(hours=1)
LEASE = timedelta(minutes=5)  # longer than composing and sending a mail may take

ADD_RECAPS = """
INSERT INTO outbox (key, kind, facts, employee_id, created_at, run_at)
SELECT 'recap ' || %(month)s || ' ' || e.id, 'recap', jsonb_build_object('month', %(month)s), e.id, %(now)s, %(now)s
FROM employee e WHERE e.role = 'supervisor' AND NOT e.is_frozen AND e.email <> ''
ON CONFLICT ON CONSTRAINT outbox_pk DO NOTHING
"""
CLAIM = """
WITH due AS (
    SELECT o.key, coalesce(o.mailbox, e.email) AS address, coalesce(e.language, 'id') AS language, e.role
    FROM outbox o LEFT JOIN employee e ON e.id = o.employee_id
    WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.run_at <= %(now)s AND o.created_at > %(since)s
      AND (o.leased_until IS NULL OR o.leased_until < %(now)s)
      AND o.kind = ANY (%(kinds)s::text[])
      AND (o.mailbox IS NOT NULL OR NOT e.is_frozen AND e.email <> '')
    ORDER BY o.run_at, o.key FOR UPDATE OF o SKIP LOCKED LIMIT 1
)
UPDATE outbox o SET attempts = o.attempts + 1, leased_until = %(until)s
FROM due WHERE o.key = due.key
RETURNING o.key, o.kind, o.facts, o.attempts, o.employee_id, due.address, due.language, due.role
"""
# `attempts` identifies the claim: only the latest one may record a result.
SENT = """
UPDATE outbox SET sent_at = %(now)s, leased_until = NULL, error = NULL
WHERE key = %(key)s AND attempts = %(attempts)s
"""
POSTPONE = """
UPDATE outbox SET run_at = %(run_at)s, leased_until = NULL, error = %(error)s
WHERE key = %(key)s AND attempts = %(attempts)s
"""
FAIL = """
UPDATE outbox SET failed_at = %(now)s, leased_until = NULL, error = %(error)s
WHERE key = %(key)s AND attempts = %(attempts)s
"""
DROP = "DELETE FROM outbox WHERE key = %(key)s AND attempts = %(attempts)s"


@dataclass(frozen=True, slots=True)
class Mail:
    """A claimed mail with the recipient's current address and language. `employee_id` and `role` are None for a
    mailbox."""

    key: str
    kind: str
    facts: dict
    attempts: int
    employee_id: int | None
    address: str
    language: str
    role: str | None


class Outbox:
    def __init__(self, query: Query) -> None:
        self._query = query

    def add_recaps(self, month: int, now: datetime) -> None:
        """Adds a mail to each supervisor with an address. Call in the transaction that closes the month."""
        self._query.execute(ADD_RECAPS, {"month": month, "now": now})

    def claim(self, kinds: list[str], now: datetime) -> Mail | None:
        """Claims the mail of these kinds that has been due longest. No other worker gets it during the lease. Other
        kinds are left to workers of a newer version."""
        params = {"kinds": kinds, "now": now, "since": now - KEPT, "until": now + LEASE}
        return self._query.one_or_none(CLAIM, params, Mail)

    def sent(self, mail: Mail, now: datetime) -> None:
        self._query.execute(SENT, _attempt(mail) | {"now": now})

    def postpone(self, mail: Mail, error: str, now: datetime) -> None:
        """Schedules a retry, after pauses that double from a minute up to LONGEST_PAUSE."""
        pause = min(timedelta(minutes=2 ** min(mail.attempts - 1, 10)), LONGEST_PAUSE)
        self._query.execute(POSTPONE, _attempt(mail) | {"run_at": now + pause, "error": error})

    def fail(self, mail: Mail, error: str, now: datetime) -> None:
        """Records that the mail can never be sent."""
        self._query.execute(FAIL, _attempt(mail) | {"now": now, "error": error})

    def drop(self, mail: Mail) -> None:
        """Deletes a mail whose recipient shall no longer get it."""
        self._query.execute(DROP, _attempt(mail))


def _attempt(mail: Mail) -> dict:
    return {"key": mail.key, "attempts": mail.attempts}
