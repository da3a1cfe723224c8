"""Closes a month: its figures and the problems open at its end are stored and never change again."""

import time
from datetime import datetime, timedelta

from sih.dao.clocks import Clocks
from sih.dao.outbox import Outbox
from sih.dao.query import Query
from sih.dao.recap.figures import Recaps, stock
from sih.domain.errors import DatabaseBusy
from sih.domain.periods import Period
from sih.domain.vocabulary import FLOWS, SHARES

# After this time every transaction that began before the end of the month has ended.
SETTLED = timedelta(minutes=5)
PATIENCE, PAUSE, TRIES = "100ms", 0.4, 120  # lock timeout, pause in seconds and attempts of ending a month

# Ending a month waits for open write transactions, and later writers queue behind it; so its lock timeout is short.
GIVE_UP_SOON = "SELECT set_config('lock_timeout', %(timeout)s, true)"
LOCK_WRITERS = "SELECT pg_advisory_xact_lock(hashtext('sih.close_months'))"
END = """
INSERT INTO ended_month (month, ends_at) VALUES (%(month)s, %(ends_at)s)
ON CONFLICT ON CONSTRAINT ended_month_pk DO NOTHING
"""
# Prevents folding while a month is closed.
LOCK_FOLDERS = "SELECT pg_advisory_xact_lock(hashtext('sih.fold_recap'))"
CLOSE = """
INSERT INTO closed_month (month, ends_at, closed_at) VALUES (%(month)s, %(ends_at)s, %(now)s)
ON CONFLICT ON CONSTRAINT closed_month_pk DO NOTHING
"""
FIRST_EVENT = """
SELECT min(month) AS month FROM (SELECT month_of(min(e.at)) AS month FROM event e WHERE e.kind = 'reported') AS first
"""
_FLOWS_OF_MONTH = ",\n       ".join(
    f"coalesce(sum(f.{name}) FILTER (WHERE f.period = %(month)s AND f.recorded = 0), 0)" for name in (*FLOWS, *SHARES)
)
KEEP_FIGURES = f"""
INSERT INTO closed_figure (month, dimension, value, {", ".join((*FLOWS, *SHARES))}, open_at_end)
SELECT %(month)s, f.dimension, f.value,
       {_FLOWS_OF_MONTH},
       coalesce(sum(f.open_change) FILTER (WHERE f.recorded <= %(month)s), 0)
FROM figure f
WHERE f.period = ANY (%(upto)s) AND f.dimension <> 'reported_on'
GROUP BY f.dimension, f.value
HAVING bool_or(f.period = %(month)s AND f.recorded = 0 AND f.weight > 0)
       OR coalesce(sum(f.open_change) FILTER (WHERE f.recorded <= %(month)s), 0) <> 0
"""
# Sizes of the month; in December also of its year.
KEEP_SIZES = """
INSERT INTO recap_size (period, dimension, rows, open_at_end)
SELECT every.period, every.dimension, count(*), sum(every.open_at_end)
FROM (SELECT k.period, k.dimension, k.value, sum(k.open_at_end) AS open_at_end
      FROM (SELECT f.month AS period, f.dimension, f.value, f.open_at_end FROM closed_figure f WHERE f.month = %(month)s
            UNION ALL
            SELECT f.month / 100, f.dimension, f.value, f.open_at_end FROM closed_figure f
            WHERE f.month = %(month)s AND f.month %% 100 = 12 AND f.open_at_end > 0
            UNION ALL
            SELECT f.period, f.dimension, f.value, 0 FROM figure f
            WHERE f.period = %(month)s / 100 AND %(month)s %% 100 = 12 AND f.recorded = 0 AND f.weight > 0) AS k
      GROUP BY 1, 2, 3) AS every
GROUP BY 1, 2
"""
# The last move of each problem open at the end. Candidates: problems open at the end of the last closed month (not
# later than `before`), and problems reported, reopened or recorded since.
OPEN_AT = """
SELECT open.*
FROM (SELECT max(m.month) AS month, coalesce(max(m.ends_at), '-infinity') AS ends_at
      FROM closed_month m WHERE m.month <= %(before)s) AS known
CROSS JOIN LATERAL (
    SELECT s.problem_id FROM open_at_month_end s WHERE s.month = known.month
    UNION
    SELECT e.problem_id FROM event e
    WHERE e.kind IN ('reported', 'reopened') AND e.at < %(ends_at)s AND e.at >= known.ends_at
    UNION
    SELECT e.problem_id FROM event e WHERE e.recorded_at > e.at AND e.recorded_at >= known.ends_at) AS candidate
CROSS JOIN LATERAL (
    SELECT e.* FROM event e
    WHERE e.problem_id = candidate.problem_id AND e.at < %(ends_at)s AND e.recorded_at < %(ends_at)s
      AND NOT moves_nothing(e.kind)
    ORDER BY e.at DESC, e.id DESC LIMIT 1) AS open
WHERE open.status_after <> 'closed'
"""
KEEP_OPEN_PROBLEMS = f"""
INSERT INTO open_at_month_end (month, problem_id, event_id) SELECT %(month)s, o.problem_id, o.id FROM ({OPEN_AT}) AS o
"""


class Closing:
    def __init__(self, query: Query) -> None:
        self._query, self._recaps = query, Recaps(query)

    def close_months(self, now: datetime, sends_mail: bool = False) -> list[Period]:
        """Closes every month that ended at least SETTLED ago and is not closed yet, oldest first, one transaction each;
        returns the closed months. Safe to run in two processes at once; a month is closed once. `sends_mail` queues the
        mails about the last month. Raises DatabaseBusy if a transaction stays open for minutes, and WrongClock, since a
        month closed too early cannot be reopened."""
        Clocks(self._query).check()
        self._recaps.fold_all()
        done, first = [], self._query.one(FIRST_EVENT)["month"]
        month = Period(first) if first else None
        closed = self._recaps.closed()
        while month and month.ends_at + SETTLED <= now:
            if month.number not in closed:
                self._end(month)
                if self._close(month, now, sends_mail and month.after(1).ends_at > now):
                    done.append(month)
            month = month.after(1)
        return done

    def _end(self, month: Period) -> None:
        """Ends the month: events recorded from now on belong to later months. Runs in its own transaction, so that
        writers wait for one row and not for the figures. If a writer takes long, it releases the lock and tries again,
        so that other writers can proceed."""
        for attempt in range(TRIES):
            try:
                with self._query.transaction():
                    self._query.select(GIVE_UP_SOON, {"timeout": PATIENCE})
                    self._query.select(LOCK_WRITERS)
                    self._query.execute(END, {"month": month.number, "ends_at": month.ends_at})
                return
            except DatabaseBusy:
                if attempt == TRIES - 1:
                    raise
                time.sleep(PAUSE)

    def _close(self, month: Period, now: datetime, sends_mail: bool) -> bool:
        """Stores the figures of an ended month while others write. False if it is closed already."""
        with self._query.transaction():
            self._query.select(LOCK_FOLDERS)
            self._recaps.fold_all()
            params = {"month": month.number, "ends_at": month.ends_at, "now": now}
            if not self._query.execute(CLOSE, params):
                return False
            self._query.execute(KEEP_FIGURES, stock(month) | params)
            self._query.execute(KEEP_SIZES, params)
            self._query.execute(KEEP_OPEN_PROBLEMS, params | _before(month))
            if sends_mail:
                Outbox(self._query).add_recaps(month.number, now)
        return True


def _before(month: Period) -> dict:
    return {"before": month.after(-1).number}
