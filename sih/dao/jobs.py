"""Jobs for background workers: added in the transaction of the change that needs them, claimed by one worker at a
time."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao.clocks import Clocks
from sih.dao.query import Query
from sih.domain.errors import TooManyFiles

LEASE = timedelta(seconds=60)
TRIES, PAUSE = 3, timedelta(seconds=10)

ADD = """
INSERT INTO job (kind, facts, created_at, run_at, employee_id)
SELECT %(kind)s, %(facts)s, %(now)s, %(now)s, %(employee_id)s WHERE jobs_fit(%(employee_id)s, %(limit)s)
RETURNING id
"""
# A job whose worker died at every attempt fails, since the job itself may have killed them. `claims` identifies a
# claim; `attempts` cannot, because a job that is given back does not count as an attempt.
CLAIM = """
WITH given_up AS (
    UPDATE job SET state = 'failed', leased_until = NULL, error = 'its worker died'
    WHERE state = 'running' AND leased_until < %(now)s AND attempts >= %(tries)s
)
UPDATE job j
SET state = 'running', leased_until = %(until)s, attempts = j.attempts + 1, claims = j.claims + 1
WHERE j.id = (
    SELECT due.id FROM job due
    WHERE ((due.state = 'waiting' AND due.run_at <= %(now)s)
        OR (due.state = 'running' AND due.leased_until < %(now)s AND due.attempts < %(tries)s))
      AND due.kind <> ALL (%(without)s::text[])
    ORDER BY due.run_at, due.id
    FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING j.id, j.kind, j.facts, j.state, j.attempts, j.claims, j.done, j.total, j.error
"""
PROGRESS = """
UPDATE job SET done = %(done)s, total = %(total)s, leased_until = %(until)s
WHERE id = %(id)s AND claims = %(claims)s AND state = 'running'
"""
RENEW = """
UPDATE job SET leased_until = %(until)s WHERE id = %(id)s AND claims = %(claims)s AND state = 'running'
"""
GIVE_BACK = """
UPDATE job SET state = 'waiting', leased_until = NULL, run_at = %(now)s, attempts = attempts - 1
WHERE id = %(id)s AND claims = %(claims)s AND state = 'running'
"""
FINISH = """
UPDATE job SET state = 'done', leased_until = NULL WHERE id = %(id)s AND claims = %(claims)s AND state = 'running'
"""
WRITTEN = "UPDATE job SET state = 'done', leased_until = NULL, error = NULL WHERE id = %(id)s"
FAIL = """
UPDATE job
SET state = CASE WHEN attempts < %(tries)s THEN 'waiting' ELSE 'failed' END::job_state,
    leased_until = NULL, error = %(error)s, run_at = %(now)s + attempts * %(pause)s
WHERE id = %(id)s AND claims = %(claims)s AND state = 'running'
"""
OF = """
SELECT j.id, j.kind, j.facts, j.state, j.attempts, j.claims, j.done, j.total, j.error FROM job j WHERE j.id = %(id)s
"""
SWEEP = """
DELETE FROM job j
WHERE j.state IN ('done', 'failed') AND j.created_at < %(before)s
  AND NOT EXISTS (SELECT FROM import i WHERE i.job_id = j.id)
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A job with its progress (`done` of `total`) and its last error."""

    id: int
    kind: str
    facts: dict
    state: str
    attempts: int
    claims: int
    done: int
    total: int
    error: str | None


class Jobs:
    """The queue of jobs. All times are the database server's: otherwise a worker with a wrong clock would take jobs
    that others are still working on, or would not take due ones. Parameters `now` are times of this machine."""

    def __init__(self, query: Query) -> None:
        self._query, self._clocks = query, Clocks(query)

    def add(self, kind: str, facts: dict, now: datetime, employee_id: int | None = None, limit: int = 0) -> int:
        """Adds a job and returns its id. Call in the transaction of the change that needs it. `employee_id`: the person
        who waits for it. Raises TooManyFiles if that person already waits for `limit` jobs; 0: no limit."""
        at = self._clocks.on_server(now)
        params = {"kind": kind, "facts": json.dumps(facts), "now": at, "employee_id": employee_id, "limit": limit}
        made = self._query.one_or_none(ADD, params)
        if made is None:
            raise TooManyFiles(limit)
        return made["id"]

    def claim(self, now: datetime, without: tuple[str, ...] = ()) -> Job | None:
        """Claims the next job that is due or whose worker has died, except of the kinds `without`. No other worker gets
        it during the lease. The other methods have no effect once another worker has claimed the job."""
        now = self._clocks.on_server(now)
        params = {"now": now, "until": now + LEASE, "tries": TRIES, "without": list(without)}
        return self._query.one_or_none(CLAIM, params, Job)

    def progress(self, job: Job, done: int, total: int, now: datetime) -> None:
        """Records the progress and renews the lease."""
        until = self._clocks.on_server(now) + LEASE
        self._query.execute(PROGRESS, _claim(job) | {"done": done, "total": total, "until": until})

    def renew(self, job: Job, now: datetime) -> None:
        """Renews the lease."""
        self._query.execute(RENEW, _claim(job) | {"until": self._clocks.on_server(now) + LEASE})

    def give_back(self, job: Job, now: datetime) -> None:
        """Returns an unfinished job to the queue at once, without counting an attempt."""
        self._query.execute(GIVE_BACK, _claim(job) | {"now": self._clocks.on_server(now)})

    def finish(self, job: Job) -> None:
        self._query.execute(FINISH, _claim(job))

    def written(self, job_id: int | None) -> None:
        """Marks the job as done, whoever has claimed it. Call in the transaction that writes its result. None: no
        job."""
        if job_id is not None:
            self._query.execute(WRITTEN, {"id": job_id})

    def fail(self, job: Job, error: str, now: datetime) -> None:
        """Records a failure; the job is retried after a pause, TRIES times in all."""
        now = self._clocks.on_server(now)
        self._query.execute(FAIL, _claim(job) | {"error": error, "now": now, "tries": TRIES, "pause": PAUSE})

    def of(self, job_id: int) -> Job | None:
        return self._query.one_or_none(OF, {"id": job_id}, Job)

    def sweep(self, now: datetime) -> None:
        """Deletes finished jobs older than a week. `now`: time of the database server."""
        self._query.execute(SWEEP, {"before": now - timedelta(days=7)})


def _claim(job: Job) -> dict:
    return {"id": job.id, "claims": job.claims}
