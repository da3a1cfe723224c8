"""The outbox of mails: added in the transaction of the change that they report, claimed by one worker at a time, sent
outside any transaction, tried again after growing pauses, and given up visibly."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.domain.records import Employee

# How long a mail is tried, by kind. A test mail says at once what is wrong.
KEPT = {"recap": timedelta(days=7), "notice": timedelta(days=2), "digest": timedelta(days=2), "test": timedelta()}
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=5)  # longer than composing and sending a mail may take
SPACE = timedelta(minutes=5)  # between two mails about the same problem to the same recipient
SENT_KEPT, FAILED_KEPT = timedelta(days=1), timedelta(days=90)  # SENT_KEPT is longer than SPACE
AT_ONCE, PAGE_SIZE, TESTS_SHOWN = 1_000, 50, 3
NO_ADDRESS = "no address"

# Whether events wait for a mail: written by the worker, which knows whether a mail server is set, read by the
# statements that write events (sih/dao/notices.py: notify).
SWITCH = "UPDATE installation SET sends_mail = %(is_on)s WHERE sends_mail <> %(is_on)s"
# One worker gathers at a time. Held until the end of the transaction, so that it works through a pooler.
LOCK_GATHERING = "SELECT pg_try_advisory_xact_lock(hashtext('sih.gather_mails')) AS is_mine"
# Takes what is due and turns it into mails: one a problem and recipient, of whoever wants "Ringkasan pagi" one for all.
# With what is due goes whatever has happened to the problem since, so that nothing waits without need. The reminder of
# a question has the event of the question, of which the same person may have got a mail before.
GATHER = """
WITH due AS MATERIALIZED (
    SELECT w.employee_id, w.division_id, w.problem_id, coalesce(e.has_digest, false) AS is_digest
    FROM outbox_event w LEFT JOIN employee e ON e.id = w.employee_id
    WHERE w.due_at <= %(now)s
      AND (e.has_digest OR NOT EXISTS (
          SELECT FROM outbox o
          WHERE o.problem_id = w.problem_id AND o.created_at > %(recent)s
            AND (o.employee_id = w.employee_id OR o.division_id = w.division_id)))
    ORDER BY w.due_at LIMIT %(at_once)s
), of_people AS (
    DELETE FROM outbox_event w
    USING (SELECT DISTINCT d.employee_id, d.problem_id FROM due d
           WHERE d.employee_id IS NOT NULL AND NOT d.is_digest) AS d
    WHERE w.employee_id = d.employee_id AND w.problem_id = d.problem_id
    RETURNING w.employee_id, NULL::integer AS division_id, w.problem_id, w.event_id, w.topics
), of_divisions AS (
    DELETE FROM outbox_event w
    USING (SELECT DISTINCT d.division_id, d.problem_id FROM due d WHERE d.division_id IS NOT NULL) AS d
    WHERE w.division_id = d.division_id AND w.employee_id IS NULL AND w.problem_id = d.problem_id
    RETURNING NULL::integer, w.division_id, w.problem_id, w.event_id, w.topics
), of_digests AS (
    DELETE FROM outbox_event w USING (SELECT DISTINCT d.employee_id FROM due d WHERE d.is_digest) AS d
    WHERE w.employee_id = d.employee_id AND w.due_at <= %(now)s
    RETURNING w.employee_id, NULL::integer, NULL::bigint, w.event_id, w.topics
)
INSERT INTO outbox (key, kind, facts, employee_id, division_id, problem_id, created_at, run_at)
SELECT CASE WHEN t.problem_id IS NULL THEN 'digest ' ELSE 'notice ' END
       || coalesce('e' || t.employee_id, 'd' || t.division_id) || ' ' || min(t.event_id)
       || CASE WHEN bool_or('unanswered' = ANY (t.topics)) THEN ' reminder' ELSE '' END,
       CASE WHEN t.problem_id IS NULL THEN 'digest' ELSE 'notice' END,
       jsonb_build_object('events', jsonb_agg(jsonb_build_object('id', t.event_id, 'topics', t.topics))),
       t.employee_id, t.division_id, t.problem_id, %(now)s, %(now)s
FROM (TABLE of_people UNION ALL TABLE of_divisions UNION ALL TABLE of_digests) AS t
GROUP BY t.employee_id, t.division_id, t.problem_id
"""
ADD_RECAPS = """
INSERT INTO outbox (key, kind, facts, employee_id, created_at, run_at)
SELECT 'recap ' || %(month)s || ' ' || e.id, 'recap', jsonb_build_object('month', %(month)s), e.id, %(now)s, %(now)s
FROM employee e WHERE e.role = 'supervisor' AND NOT e.is_frozen AND e.email <> ''
ON CONFLICT ON CONSTRAINT outbox_pk DO NOTHING
"""
# One a minute and person.
ADD_TEST = """
INSERT INTO outbox (key, kind, facts, employee_id, created_at, run_at)
SELECT 'test ' || e.id || ' ' || to_char(%(now)s AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI'), 'test', '{}', e.id, %(now)s,
       %(now)s
FROM employee e WHERE e.id = %(employee_id)s AND e.email <> ''
ON CONFLICT ON CONSTRAINT outbox_pk DO NOTHING
"""
CLAIM = """
WITH due AS (
    SELECT o.key FROM outbox o
    WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.run_at <= %(now)s
      AND (o.leased_until IS NULL OR o.leased_until < %(now)s)
      AND o.kind = ANY (%(kinds)s::text[])
    ORDER BY o.run_at, o.key FOR UPDATE OF o SKIP LOCKED LIMIT 1
), claimed AS (
    UPDATE outbox o SET attempts = o.attempts + 1, leased_until = %(until)s
    FROM due WHERE o.key = due.key
    RETURNING o.key, o.kind, o.facts, o.attempts, o.created_at, o.problem_id, o.employee_id, o.division_id
)
SELECT o.key, o.kind, o.facts, o.attempts, o.created_at, o.problem_id, o.employee_id, o.division_id,
       coalesce(e.email, CASE WHEN d.is_active THEN d.mailbox ELSE '' END) AS address,
       coalesce(e.language, 'id') AS language, e.role, coalesce(e.is_frozen, false) AS is_frozen,
       coalesce(e.name, d.name) AS name, e.store_id, s.time_zone, e.notice_ways
FROM claimed o
LEFT JOIN employee e ON e.id = o.employee_id
LEFT JOIN store s ON s.id = e.store_id
LEFT JOIN division d ON d.id = o.division_id
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
SWEEP = """
DELETE FROM outbox o
WHERE o.created_at < %(sent_before)s AND (o.sent_at IS NOT NULL OR o.failed_at < %(failed_before)s)
"""
# What nobody gathered because no mail server is set any more.
SWEEP_EVENTS = "DELETE FROM outbox_event w WHERE w.due_at < %(before)s"
_MAIL = """
SELECT o.key, o.kind, o.problem_id, o.created_at, o.run_at, o.sent_at, o.failed_at, o.error,
       coalesce(e.nik || ' ' || e.name, d.name) AS recipient, coalesce(e.email, d.mailbox) AS address
FROM outbox o LEFT JOIN employee e ON e.id = o.employee_id LEFT JOIN division d ON d.id = o.division_id
"""
UNSENT = f"""{_MAIL}
WHERE o.sent_at IS NULL AND o.error IS NOT NULL
  AND (%(after)s IS NULL
       OR (o.created_at, o.key) < (SELECT a.created_at, a.key FROM outbox a WHERE a.key = %(after)s))
ORDER BY o.created_at DESC, o.key DESC LIMIT %(limit)s
"""
TESTS = f"""{_MAIL}
WHERE o.kind = 'test' AND o.employee_id = %(employee_id)s
ORDER BY o.created_at DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A claimed mail with what is known of its recipient now: a person or the mailbox of a division, for which `role`,
    `store_id`, `time_zone` and `notice_ways` are None."""

    key: str
    kind: str
    facts: dict
    attempts: int
    created_at: datetime
    problem_id: int | None
    employee_id: int | None
    division_id: int | None
    address: str  # '': there is none any more
    language: str
    role: str | None
    is_frozen: bool
    name: str
    store_id: int | None
    time_zone: str | None
    notice_ways: dict | None


@dataclass(frozen=True, slots=True)
class UnsentMail:
    """A mail as admins see it; without a word of what it is about."""

    key: str
    kind: str
    problem_id: int | None
    created_at: datetime
    run_at: datetime  # when it is tried next
    sent_at: datetime | None
    failed_at: datetime | None
    error: str | None
    recipient: str
    address: str

    @property
    def is_over(self) -> bool:
        return bool(self.sent_at or self.failed_at)


class Outbox:
    def __init__(self, query: Query) -> None:
        self._query = query

    def switch(self, is_on: bool) -> None:
        """Whether events are kept to be told by mail, from now on."""
        self._query.execute(SWITCH, {"is_on": is_on})

    def gather(self, now: datetime) -> bool:
        """Turns the events that are due into mails. Returns False if there were none, or if another worker gathers."""
        with self._query.transaction():
            if not self._query.one(LOCK_GATHERING)["is_mine"]:
                return False
            params = {"now": now, "recent": now - SPACE, "at_once": AT_ONCE}
            return self._query.execute(GATHER, params) > 0

    def add_recaps(self, month: int, now: datetime) -> None:
        """Adds a mail to each supervisor with an address. Call in the transaction that closes the month."""
        self._query.execute(ADD_RECAPS, {"month": month, "now": now})

    def add_test(self, to: Employee, now: datetime) -> None:
        """Adds a test mail to this person, one a minute; none without an address."""
        self._query.execute(ADD_TEST, {"employee_id": to.id, "now": now})

    def claim(self, kinds: list[str], now: datetime) -> Mail | None:
        """Claims the mail of these kinds that has been due longest. No other worker gets it during the lease. Other
        kinds are left to workers of a newer version."""
        return self._query.one_or_none(CLAIM, {"kinds": kinds, "now": now, "until": now + LEASE}, Mail)

    def sent(self, mail: Mail, now: datetime) -> None:
        self._query.execute(SENT, _attempt(mail) | {"now": now})

    def postpone(self, mail: Mail, error: str, now: datetime) -> None:
        """Schedules a retry, after pauses that double from a minute up to LONGEST_PAUSE; gives the mail up if that is
        later than KEPT."""
        run_at = now + min(timedelta(minutes=2 ** min(mail.attempts - 1, 10)), LONGEST_PAUSE)
        if run_at > mail.created_at + KEPT.get(mail.kind, KEPT["recap"]):
            self.fail(mail, error, now)
        else:
            self._query.execute(POSTPONE, _attempt(mail) | {"run_at": run_at, "error": error})

    def fail(self, mail: Mail, error: str, now: datetime) -> None:
        """Records that the mail is given up. `error` has no words of a problem."""
        self._query.execute(FAIL, _attempt(mail) | {"now": now, "error": error})

    def drop(self, mail: Mail) -> None:
        """Deletes a mail whose recipient shall no longer get it."""
        self._query.execute(DROP, _attempt(mail))

    def unsent(self, after: str | None = None) -> tuple[list[UnsentMail], bool]:
        """Up to PAGE_SIZE mails that could not be sent so far, or were given up, newest first, after the one of this
        key; and whether more follow."""
        found = self._query.select(UNSENT, {"after": after, "limit": PAGE_SIZE + 1}, UnsentMail)
        return found[:PAGE_SIZE], len(found) > PAGE_SIZE

    def tests(self, of: Employee) -> list[UnsentMail]:
        """The latest test mails of this person, newest first, with what became of them."""
        return self._query.select(TESTS, {"employee_id": of.id, "limit": TESTS_SHOWN}, UnsentMail)

    def sweep(self, now: datetime) -> None:
        """Deletes what was sent, what was given up long ago, and what was never gathered."""
        self._query.execute(SWEEP, {"sent_before": now - SENT_KEPT, "failed_before": now - FAILED_KEPT})
        self._query.execute(SWEEP_EVENTS, {"before": now - KEPT["notice"]})


def _attempt(mail: Mail) -> dict:
    return {"key": mail.key, "attempts": mail.attempts}
