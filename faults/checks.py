"""Invariants of the database after every fault; each violation is a line."""

from collections import Counter
from collections.abc import Iterator

from faults.ledger import Change
from faults.recap_figures import kept, kept_ranks
from sih.dao.query import Query
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.figures import Recaps
from sih.domain import clock, periods
from sih.domain.periods import Period

SHOWN = 5  # findings of a sort

REPORTED = "SELECT p.title AS text, p.id AS problem_id FROM problem p WHERE p.title LIKE 'Kendala %%-%%-%%-%%-%%'"
HAPPENED = """
SELECT e.kind::text AS kind, e.problem_id, e.note AS text, e.previous_event_id AS seen
FROM event e WHERE e.problem_id >= %(first)s
"""
# A problem is what its last state event says, that event is the newest that moved it, and each follows the one before.
UNLIKE_ITS_EVENT = """
SELECT p.id AS problem_id
FROM problem p LEFT JOIN event e ON e.id = p.last_event_id AND e.problem_id = p.id
WHERE (p.status, p.holder_division_id, p.holder_employee_id, p.priority, p.category_id, p.store_id, p.reported_at)
      IS DISTINCT FROM
      (e.status_after, e.to_division_id, e.to_employee_id, e.priority, e.category_id, e.store_id, e.reported_at)
   OR (p.status = 'closed' AND p.closed_at IS DISTINCT FROM e.at)
   OR NOT EXISTS (SELECT FROM problem_search s WHERE s.problem_id = p.id)
"""
BROKEN_CHAIN = """
SELECT DISTINCT problem_id
FROM (SELECT e.problem_id, e.id, e.previous_event_id, e.status_before, p.last_event_id,
             lag(e.id) OVER chain AS before, lag(e.status_after) OVER chain AS status, lead(e.id) OVER chain AS next
      FROM event e JOIN problem p ON p.id = e.problem_id
      WHERE NOT moves_nothing(e.kind)
      WINDOW chain AS (PARTITION BY e.problem_id ORDER BY e.id)) AS step
WHERE previous_event_id IS DISTINCT FROM before OR status_before IS DISTINCT FROM status
   OR (next IS NULL) <> (id = last_event_id)
"""
# Kept counts, folded or not, against a count of the problems.
MISCOUNTED = """
SELECT coalesce(k.store_id, c.store_id) AS store_id, coalesce(k.division_id, c.division_id) AS division_id,
       coalesce(k.year, c.year) AS year, coalesce(k.status, c.status)::text AS status,
       coalesce(k.amount, 0) AS kept, coalesce(c.amount, 0) AS counted
FROM (SELECT store_id, division_id, year, status, sum(amount)::bigint AS amount
      FROM (SELECT t.store_id, t.division_id, t.year, t.status, t.amount FROM tally t
            UNION ALL
            SELECT coalesce(t.store_id, 0), coalesce(t.division_id, 0), t.year, t.status, sum(t.amount)
            FROM tally_change t GROUP BY t.year, t.status, CUBE (t.store_id, t.division_id)) AS kept
      GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0) AS k
FULL JOIN (SELECT coalesce(p.store_id, 0) AS store_id, coalesce(p.holder_division_id, 0) AS division_id,
                  month_of(p.reported_at) / 100 AS year, p.status, count(*) AS amount
           FROM problem p
           GROUP BY month_of(p.reported_at) / 100, p.status, CUBE (p.store_id, p.holder_division_id)) AS c
    ON (k.store_id, k.division_id, k.year, k.status) = (c.store_id, c.division_id, c.year, c.status)
WHERE k.amount IS DISTINCT FROM c.amount
"""


def findings(query: Query, changes: list[Change]) -> list[str]:
    """What is wrong, in lines; empty if all is well. All of one snapshot: what nobody waits for any more may still be
    written, and the worker folds."""
    with query.transaction():
        query.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [
            *_first(_of_ledger(query, changes)),
            *_first(f"problem {row['problem_id']} is not as its last event" for row in query.select(UNLIKE_ITS_EVENT)),
            *_first(f"the events of problem {row['problem_id']} are no chain" for row in query.select(BROKEN_CHAIN)),
            *_first(f"kept count {row}" for row in query.select(MISCOUNTED)),
            *_first(_of_recap(query)),
        ]


def closed_months(query: Query) -> list[str]:
    """Closed months that are not what their events say (as `close-months --check`)."""
    checks = RecapChecks(query)
    months = [Period(number) for number in Recaps(query).closed()]
    return list(_first(f"{month.text} {line}" for month in months for line in checks.differences(month)))


def _of_ledger(query: Query, changes: list[Change]) -> Iterator[str]:
    """Acknowledged changes that are not there once, and others that are there twice."""
    reported = query.select(REPORTED)
    found = Counter(("reported", row["text"]) for row in reported)
    first = min((row["problem_id"] for row in reported), default=0)
    for row in query.select(HAPPENED, {"first": first}):
        found[(row["kind"], row["text"] or row["seen"])] += 1
    for change in changes:
        amount = found[(change.kind, change.text or change.seen)]
        if amount > 1 or amount < change.is_acknowledged:
            state = "acknowledged" if change.is_acknowledged else "not acknowledged"
            yield f"{state} and there {amount} times: {change}"


def _of_recap(query: Query) -> Iterator[str]:
    """The figures of this month and this year against those that the events give."""
    checks, month = RecapChecks(query), periods.of(clock.today())
    for period in (month, Period(month.number // 100)):
        pairs = ((kept(query, period), checks.cells(period)), (kept_ranks(query, period), checks.ranks(period)))
        for ours, again in pairs:
            for key in sorted(ours.keys() | again.keys()):
                if ours.get(key) != again.get(key):
                    yield f"figure {period.text} {key}: kept {ours.get(key)}, counted {again.get(key)}"


def _first(lines: Iterator[str]) -> Iterator[str]:
    """The first few, and how many more."""
    lines = list(lines)
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"... and {len(lines) - SHOWN} more of these"
