"""Background work: one job after another, from the table `job`; as many workers as one likes, on any machine."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import psutil

from settings import Settings
from sih import activation_sheets, clock, imports, problem_exports, recap_mails
from sih.dao.activation_sheets import ActivationSheets
from sih.dao.imports import Imports
from sih.dao.jobs import Job, Jobs
from sih.dao.problem_exports import ProblemExports
from sih.dao.query import Pool, Query
from sih.dao.recaps import Recaps
from sih.dao.security_events import SecurityEvents
from sih.dao.sessions import Sessions
from sih.dao.throttles import Throttles
from sih.errors import DatabaseGone

Progress = Callable[[int, int], None]
POLL, PAUSE, HEARTBEAT, SHOWN_EVERY, SWEEP_EVERY, TEND_EVERY = 1.0, 3.0, 15.0, 0.5, 3600.0, 60.0  # seconds
log = logging.getLogger("sih")


def _check_import(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    imports.check(query, facts["import_id"], now, progress)


def _write_import(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    imports.write(query, facts["import_id"], now, progress)


def _export_problems(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    problem_exports.make(query, facts["export_id"], now, progress)


KINDS = {"check_import": _check_import, "write_import": _write_import, "export_problems": _export_problems}


class Worker:
    """Works on one connection and says how far it is on another, so that a long transaction can be watched."""

    def __init__(self, pool: Pool, settings: Settings | None = None) -> None:
        """`settings` tells the mail server, if there is one, and where links lead."""
        self._pool, self._settings = pool, settings
        self._kept_days = settings.security_kept_days if settings else Settings.security_kept_days

    def run(self, parent: int | None = None) -> None:
        """Until the process is told to stop, or its parent is gone."""
        swept = tended = None
        while parent is None or (os.getppid() == parent and psutil.pid_exists(parent)):
            try:
                if swept is None or time.monotonic() - swept > SWEEP_EVERY:
                    self.sweep()
                    swept = time.monotonic()
                if tended is None or time.monotonic() - tended > TEND_EVERY:
                    self.tend()
                    tended = time.monotonic()
                if not self.step() and not self.fold():
                    time.sleep(POLL)
            except DatabaseGone as error:
                log.error("database gone", exc_info=error)
                time.sleep(PAUSE)

    def step(self) -> bool:
        """Does the next job that is due; False if there is none. Raises DatabaseGone."""
        with self._opened() as query:
            job = Jobs(query).claim(clock.now())
        if job:
            self._do(job)
        return job is not None

    def sweep(self) -> None:
        """Drops imports and exports of yesterday, jobs of last week, and sessions and wrong PINs that count no more."""
        with self._opened() as query:
            Imports(query).sweep(clock.now())
            ProblemExports(query).sweep(clock.now())
            ActivationSheets(query).sweep(clock.now())
            Jobs(query).sweep(clock.now())
            SecurityEvents(query).sweep(clock.now(), self._kept_days)
            Sessions(query).sweep(clock.now())
            Throttles(query).sweep_wrong_pins(clock.now())

    def fold(self) -> bool:
        """Folds what has happened into the recap's figures; False if there was nothing."""
        with self._opened() as query:
            return Recaps(query).fold() > 0

    def tend(self) -> None:
        """Makes events of what was counted, closes the months that have ended, and sends what is to be sent by mail."""
        smtp = self._settings and self._settings.smtp
        with self._opened() as query:
            SecurityEvents(query).settle(clock.now())
            Recaps(query).close_months(clock.now(), tells=smtp is not None)
            if smtp:
                recap_mails.send_due(query, smtp, self._settings.public_url, clock.now())

    def _do(self, job: Job) -> None:
        log.info("job", extra={"facts": {"job": job.id, "kind": job.kind, "attempt": job.attempts}})
        ended = None
        try:
            with self._opened() as query, self._alive(job):
                self._work(query, job)
        except Exception as error:
            log.error("job failed", exc_info=error)
            ended = f"{type(error).__name__}: {error}"[:1000]
        except BaseException:  # told to stop: another worker takes it at once
            self._tell(lambda jobs: jobs.give_back(job.id, clock.now()))
            raise
        if ended is None:
            self._tell(lambda jobs: jobs.finish(job.id))
        else:
            self._tell(lambda jobs: jobs.fail(job.id, ended, clock.now()))

    def _work(self, query: Query, job: Job) -> None:
        if job.kind == "issue_sheet":
            key = self._settings.pin_key
            activation_sheets.issue(query, job.facts["sheet_id"], key, clock.now(), self._progress(job))
        else:
            KINDS[job.kind](query, job.facts, clock.now(), self._progress(job))

    def _progress(self, job: Job) -> Progress:
        shown = [0.0]

        def progress(done: int, total: int) -> None:
            if time.monotonic() - shown[0] >= SHOWN_EVERY or done == total:
                shown[0] = time.monotonic()
                self._tell(lambda jobs: jobs.progress(job.id, done, total, clock.now()))

        return progress

    @contextlib.contextmanager
    def _alive(self, job: Job) -> Iterator[None]:
        """Meanwhile the lease is renewed, also during one long statement."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT):
                with contextlib.suppress(DatabaseGone):
                    self._tell(lambda jobs: jobs.renew(job.id, clock.now()))

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _tell(self, what: Callable[[Jobs], None]) -> None:
        with self._opened() as query:
            what(Jobs(query))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Query]:
        query = Query(self._pool)
        try:
            yield query
        finally:
            query.close()
