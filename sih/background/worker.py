"""The background worker: takes jobs from the table `job`. Any number of workers may run, on any machine."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Generator
from datetime import datetime

import psutil

from settings import Settings
from sih import sheets
from sih.background import activation_sheets, imports, mail, problem_exports
from sih.dao.activation_sheets import ActivationSheets
from sih.dao.clocks import Clocks
from sih.dao.files import Files
from sih.dao.imports import Imports
from sih.dao.jobs import Job, Jobs
from sih.dao.notices import Notices
from sih.dao.outbox import Outbox
from sih.dao.presences import Presences
from sih.dao.problem_exports import ProblemExports
from sih.dao.query import BACKGROUND, Pool, Query
from sih.dao.questions import Questions
from sih.dao.recap.closing import Closing
from sih.dao.recap.figures import Recaps
from sih.dao.report_drafts import ReportDrafts
from sih.dao.security_events import SecurityEvents
from sih.dao.sessions import Sessions
from sih.dao.throttles import Throttles
from sih.dao.usual_durations import UsualDurations
from sih.domain import clock
from sih.domain.errors import Refusal, WrongClock, describe

Progress = Callable[[int, int], None]
POLL, HEARTBEAT, PROGRESS_EVERY, STOP_WAIT, LOOK_EVERY = 1.0, 15.0, 0.5, 1.0, 0.2  # seconds
CLOSE_EVERY, SETTLE_EVERY, MAIL_EVERY, REMIND_EVERY, SWEEP_EVERY = 60.0, 60.0, 10.0, 60.0, 3600.0  # seconds
RECKON_EVERY = 3600.0  # seconds; it is done once a day
PAUSE, LONGEST_PAUSE = 3.0, 60.0  # seconds after a failure
LOGGED_EVERY = 20  # consecutive failures: the 1st, 21st, ... is logged
READERS = 2  # threads that may also read import files
SENDERS = 2  # threads that send mail, so that one slow mail does not hold up the others
log = logging.getLogger("sih")


def _check_import(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    imports.check(query, facts["import_id"], now, progress)


def _write_import(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    imports.write(query, facts["import_id"], now, progress)


def _export_problems(query: Query, facts: dict, now: datetime, progress: Progress) -> None:
    problem_exports.make(query, facts["export_id"], now, progress)


KINDS = {"check_import": _check_import, "write_import": _write_import, "export_problems": _export_problems}


class Worker:
    """Runs jobs, several at once, and periodic tasks. Each has its own thread, so that none blocks another or fails
    with it. A job uses one connection for its work and another to report progress, so that the progress of a long
    transaction is visible."""

    def __init__(self, pool: Pool, settings: Settings | None = None) -> None:
        """Without `settings` no mail is sent and no activation sheet can be issued."""
        self._pool, self._settings = pool, settings
        self._smtp = settings.smtp if settings else None
        self._is_stopped, self._over, self._running = False, threading.Event(), {}
        self._kept_days = settings.security_kept_days if settings else Settings.security_kept_days
        self._photos_months = settings.photos_kept_months if settings else Settings.photos_kept_months

    def run(self, parent: int | None = None) -> None:
        """Runs until `stop`, or until the process `parent` has ended."""
        threads = [threading.Thread(target=self._repeat, args=task, daemon=True) for task in self._tasks()]
        try:
            for thread in threads:
                thread.start()
            while not self._is_stopped and (parent is None or (os.getppid() == parent and psutil.pid_exists(parent))):
                time.sleep(LOOK_EVERY)
        finally:
            self._end(threads)

    def stop(self) -> None:
        """Makes `run` return. A signal handler may call it: it takes no lock and raises nothing, because it may
        interrupt code that holds a lock."""
        self._is_stopped = True

    def step(self, without: tuple[str, ...] = ()) -> bool:
        """Runs the next due job, except of the kinds `without`. Returns False if there is none. Raises
        DatabaseUnavailable."""
        with self._opened() as query:
            job = Jobs(query).claim(clock.now(), without)
        if job:
            self._do(job)
        return job is not None

    def sweep(self) -> None:
        """Deletes expired rows: imports, exports, activation sheets, jobs, security events, sessions, wrong PINs,
        presences, notices, mails, files, drafts of reports. Uses the database server's clock, because a wrong clock
        here would delete too early."""
        with self._opened() as query:
            now = Clocks(query).on_server(clock.now())
            Imports(query).sweep(now)
            ProblemExports(query).sweep(now)
            ActivationSheets(query).sweep(now)
            Jobs(query).sweep(now)
            SecurityEvents(query).sweep(now, self._kept_days)
            Sessions(query).sweep(now)
            Throttles(query).sweep_wrong_pins(now)
            Presences(query).sweep(now)
            Notices(query).sweep(now)
            Outbox(query).sweep(now)
            Files(query).sweep(now, self._photos_months)
            ReportDrafts(query).sweep(now)

    def fold(self) -> bool:
        """Folds new events into the recap's figures. Returns False if there were none."""
        with self._opened() as query:
            return Recaps(query).fold() > 0

    def reckon(self) -> None:
        """Reckons once a day how long problems usually take."""
        with self._opened() as query:
            UsualDurations(query).reckon(clock.now())

    def settle(self) -> None:
        """Turns the counts of past minutes into security events."""
        with self._opened() as query:
            SecurityEvents(query).settle(clock.now())

    def close_months(self) -> None:
        """Closes the months that have ended."""
        with self._opened() as query:
            try:
                Closing(query).close_months(clock.now(), sends_mail=self._smtp is not None)
            except WrongClock as error:
                log.error(error.name, extra={"facts": {"reason": str(error)}})

    def gather_mails(self) -> bool:
        """Lets events wait for mails from now on, and turns those that are due into mails of the outbox. Returns False
        if there were none."""
        with self._opened() as query:
            Outbox(query).switch(is_on=True)
            return Outbox(query).gather(clock.now())

    def send_mails(self) -> None:
        """Sends the due mails of the outbox."""
        if self._settings and self._smtp:
            with self._opened() as query:
                mail.send_due(query, self._smtp, self._settings.public_url)

    def remind(self) -> bool:
        """Reminds of questions without an answer. Returns False if there were none."""
        with self._opened() as query:
            return Questions(query).remind(clock.now()) > 0

    def switch_mails_off(self) -> None:
        """Without a mail server no event waits for a mail."""
        with self._opened() as query:
            Outbox(query).switch(is_on=False)

    def _tasks(self) -> list[tuple[Callable, float]]:
        """The repeated tasks, each with the pause in seconds when there was nothing to do. One of the job threads reads
        no import files, so that slow files never block all other jobs."""
        return [
            *[(self.step, POLL)] * READERS,
            (lambda: self.step(without=("check_import",)), POLL),
            (self.fold, POLL),
            (self.close_months, CLOSE_EVERY),
            *self._mail_tasks(),
            (self.settle, SETTLE_EVERY),
            (self.remind, REMIND_EVERY),
            (self.sweep, SWEEP_EVERY),
            (self.reckon, RECKON_EVERY),
        ]

    def _mail_tasks(self) -> list[tuple[Callable, float]]:
        if self._smtp is None:
            return [(self.switch_mails_off, SWEEP_EVERY)]
        return [(self.gather_mails, MAIL_EVERY), *[(self.send_mails, MAIL_EVERY)] * SENDERS]

    def _repeat(self, task: Callable[[], bool | None], every: float) -> None:
        failures = 0
        while not self._over.is_set():
            try:
                pause, failures = 0 if task() else every, 0
            except Refusal as error:  # the database is unavailable, perhaps only for a moment
                pause, failures = PAUSE, failures + 1
                if failures % LOGGED_EVERY == 1:
                    log.error("database unavailable", extra={"facts": {"reason": str(error), "failures": failures}})
            except Exception as error:
                pause, failures = min(PAUSE * 2**failures, LONGEST_PAUSE), min(failures + 1, 10)
                log.error("task failed", exc_info=error)
            self._over.wait(pause)

    def _end(self, threads: list[threading.Thread]) -> None:
        """Gives running jobs back, so that another worker takes them at once. Open transactions of the threads are
        rolled back when the process ends."""
        self._over.set()
        sheets.stop_reading()
        for thread in threads:
            if thread.ident:
                thread.join(STOP_WAIT / len(threads))
        for job in list(self._running.values()):
            with contextlib.suppress(Refusal):
                self._tell(lambda jobs, job=job: jobs.give_back(job, clock.now()))

    def _do(self, job: Job) -> None:
        log.info("job", extra={"facts": {"job": job.id, "kind": job.kind, "attempt": job.attempts}})
        self._running[job.id] = job
        try:
            with self._opened() as query, self._alive(job):
                self._work(query, job)
        except Exception as error:
            log.error("job failed", exc_info=error)
            reason = describe(error, 1000)
            self._tell(lambda jobs: jobs.fail(job, reason, clock.now()))
        except BaseException:  # a stop signal: another worker takes the job at once
            self._tell(lambda jobs: jobs.give_back(job, clock.now()))
            raise
        else:
            self._tell(lambda jobs: jobs.finish(job))
        finally:
            del self._running[job.id]

    def _work(self, query: Query, job: Job) -> None:
        if job.kind == "issue_sheet":
            if self._settings is None:
                raise ValueError("without settings there is no key to make codes with")
            key = self._settings.pin_key
            activation_sheets.issue(query, job.facts["sheet_id"], key, clock.now(), self._progress(job))
        else:
            KINDS[job.kind](query, job.facts, clock.now(), self._progress(job))

    def _progress(self, job: Job) -> Progress:
        reported_at = [0.0]

        def progress(done: int, total: int) -> None:
            if time.monotonic() - reported_at[0] >= PROGRESS_EVERY or done == total:
                reported_at[0] = time.monotonic()
                self._tell(lambda jobs: jobs.progress(job, done, total, clock.now()))

        return progress

    @contextlib.contextmanager
    def _alive(self, job: Job) -> Generator[None]:
        """Renews the lease of the job in a thread, so that it is kept during a long statement."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT):
                with contextlib.suppress(Refusal):
                    self._tell(lambda jobs: jobs.renew(job, clock.now()))

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
    def _opened(self) -> Generator[Query]:
        query = Query(self._pool, BACKGROUND)
        try:
            yield query
        finally:
            query.close()
