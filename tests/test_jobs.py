"""The job queue in a table: one worker claims a job, its lease expires, three attempts."""

import dataclasses
from datetime import timedelta

import pytest

from bench.databases import opened
from sih.dao.jobs import LEASE, Jobs
from sih.dao.query import Pool
from tests.concurrency import all_at_once


@pytest.fixture
def jobs(query):
    return Jobs(query)


def test_jobs_are_claimed_once_and_in_order(jobs, moved_clock):
    first, second = (jobs.add("check_import", {"import_id": n}, moved_clock()) for n in (1, 2))
    assert [jobs.claim(moved_clock()).id for _ in range(2)] == [first, second]
    assert jobs.claim(moved_clock()) is None


def test_concurrent_workers_claim_each_job_once(database, jobs, moved_clock):
    now = moved_clock()
    made = {jobs.add("check_import", {}, now) for _ in range(8)}

    def claim() -> list[int]:
        with opened(Pool(**database)) as query:
            return [job.id for job in iter(lambda: Jobs(query).claim(now), None)]

    taken = [number for each in all_at_once([claim] * 4) for number in each]
    assert sorted(taken) == sorted(made)


def test_a_job_of_a_dead_worker_is_claimed_after_its_lease(jobs, moved_clock):
    number = jobs.add("check_import", {}, moved_clock())
    jobs.claim(moved_clock())
    assert jobs.claim(moved_clock(seconds=LEASE.seconds - 1)) is None
    again = jobs.claim(moved_clock(seconds=2))
    assert (again.id, again.attempts) == (number, 2)


def test_a_job_that_kills_every_worker_is_given_up(jobs, moved_clock):
    number = jobs.add("check_import", {}, moved_clock())
    for attempt in (1, 2, 3):
        assert jobs.claim(moved_clock(seconds=LEASE.seconds + 1)).attempts == attempt
    assert jobs.claim(moved_clock(seconds=LEASE.seconds + 1)) is None
    assert (jobs.of(number).state, jobs.of(number).error) == ("failed", "its worker died")


@pytest.mark.parametrize("sign", ["progress", "renew"])
def test_a_heartbeat_renews_the_lease(jobs, moved_clock, sign):
    jobs.add("check_import", {}, moved_clock())
    job = jobs.claim(moved_clock())
    now = moved_clock(seconds=LEASE.seconds - 1)
    jobs.progress(job, 5, 10, now) if sign == "progress" else jobs.renew(job, now)
    assert jobs.claim(moved_clock(seconds=2)) is None


def test_the_progress_of_a_job_can_be_read(jobs, moved_clock):
    number = jobs.add("check_import", {"import_id": 7}, moved_clock())
    jobs.progress(jobs.claim(moved_clock()), 5, 10, moved_clock())
    found = jobs.of(number)
    assert (found.state, found.done, found.total, found.facts) == ("running", 5, 10, {"import_id": 7})


def test_a_failing_job_is_retried_three_times_with_backoff(jobs, moved_clock):
    number = jobs.add("check_import", {}, moved_clock())
    for attempt in (1, 2, 3):
        job = jobs.claim(moved_clock())
        assert job.attempts == attempt
        jobs.fail(job, "broken", moved_clock())
        assert jobs.claim(moved_clock()) is None
        moved_clock(seconds=10 * attempt)
    assert (jobs.of(number).state, jobs.of(number).error) == ("failed", "broken")
    assert jobs.claim(moved_clock(days=1)) is None


def test_a_job_given_back_counts_no_attempt(jobs, moved_clock):
    jobs.add("check_import", {}, moved_clock())
    jobs.give_back(jobs.claim(moved_clock()), moved_clock())
    assert jobs.claim(moved_clock()).attempts == 1


def test_a_finished_job_is_not_claimed_again(jobs, moved_clock):
    number = jobs.add("check_import", {}, moved_clock())
    job = jobs.claim(moved_clock())
    jobs.finish(job)
    jobs.fail(job, "too late", moved_clock())
    jobs.progress(job, 1, 1, moved_clock())
    assert dataclasses.astuple(jobs.of(number))[3:] == ("done", 1, 1, 0, 0, None)


LATE = {
    "finish": lambda jobs, job, now: jobs.finish(job),
    "fail": lambda jobs, job, now: jobs.fail(job, "too late", now),
    "progress": lambda jobs, job, now: jobs.progress(job, 1, 1, now + timedelta(days=1)),
    "renew": lambda jobs, job, now: jobs.renew(job, now + timedelta(days=1)),
    "give_back": lambda jobs, job, now: jobs.give_back(job, now),
}


@pytest.mark.parametrize("verb", list(LATE))
@pytest.mark.parametrize("lost", ["by its lease", "by giving it back"])
def test_a_worker_that_lost_its_claim_cannot_change_the_job(jobs, query, moved_clock, verb, lost):
    number = jobs.add("check_import", {}, moved_clock())
    first = jobs.claim(moved_clock())
    if lost == "by giving it back":
        jobs.give_back(first, moved_clock())
    second = jobs.claim(moved_clock(seconds=LEASE.seconds + 1))
    before = query.one_or_none("SELECT * FROM job WHERE id = %(id)s", {"id": number})
    LATE[verb](jobs, first, moved_clock())
    assert query.one_or_none("SELECT * FROM job WHERE id = %(id)s", {"id": number}) == before
    jobs.finish(second)
    assert jobs.of(number).state == "done"


def test_a_worker_can_exclude_a_kind(jobs, moved_clock):
    jobs.add("check_import", {}, moved_clock())
    other = jobs.add("export_problems", {}, moved_clock())
    assert jobs.claim(moved_clock(), without=("check_import",)).id == other
    assert jobs.claim(moved_clock(), without=("check_import",)) is None


def test_jobs_finished_a_week_ago_are_swept(jobs, moved_clock):
    old = jobs.add("check_import", {}, moved_clock())
    jobs.finish(jobs.claim(moved_clock()))
    waiting = jobs.add("check_import", {}, moved_clock())
    jobs.sweep(moved_clock() + timedelta(days=8))
    assert jobs.of(old) is None and jobs.of(waiting) is not None
