"""Background work on both databases: enqueued with the caller's change, retried, taken over from the dead."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import Clock, FixedClock
from kernel.errors import Text, Unavailable, not_found
from kernel.jobs import Job, Jobs, JobState, LeaseLost, Report, Retry, Task, Worker
from kernel.records import Records, UnitOfWork


@pytest.fixture
def jobs(clock: FixedClock) -> Jobs:
    return Jobs(clock)


def state(records: Records, jobs: Jobs, identifier: str) -> Job:
    with records.read() as work:
        job = jobs.get(work, identifier)
    assert job is not None
    return job


def test_a_job_exists_only_if_the_change_was_committed(records: Records, jobs: Jobs) -> None:
    with pytest.raises(RuntimeError), records.write() as work:
        jobs.enqueue(work, "count", {})
        raise RuntimeError
    with records.read() as work:
        assert jobs.recent(work) == ()


def test_runs_with_arguments_and_progress(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    seen: list[str] = []

    def handler(job: Job, report: Report) -> None:
        report(1, 2, "1ページ目", "page 1")
        inside = state(records, jobs, job.id)
        assert (inside.state, inside.progress_done, inside.message_ja) == (JobState.RUNNING, 1, "1ページ目")
        seen.append(job.argument("word"))
        report(2, 2, "2ページ目", "page 2")

    with records.write() as work:
        identifier = jobs.enqueue(work, "count", {"word": "知恵"}, organisation="131016")
        jobs.enqueue(work, "unknown", {})
    assert Worker(records, {"count": handler}, clock).run_pending() == 1
    job = state(records, jobs, identifier)
    assert (job.state, job.progress_done, job.progress_total, job.message_en) == (
        JobState.DONE,
        2,
        2,
        "page 2",
    )
    assert seen == ["知恵"] and job.finished_at == clock.now()
    with records.read() as work:
        assert [one.name for one in jobs.recent(work, states=[JobState.WAITING])] == ["unknown"]
        assert [one.name for one in jobs.recent(work, organisations=["131016"])] == ["count"]


def test_a_key_is_unique_while_the_job_is_open(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    with records.write() as work:
        first = jobs.enqueue(work, "read", {}, key="a")
        assert jobs.enqueue(work, "read", {}, key="a") == first
        assert jobs.enqueue(work, "other", {}, key="a") != first
        assert jobs.enqueue(work, "read", {}) != jobs.enqueue(work, "read", {})
    Worker(records, {"read": lambda job, report: None}, clock).run_pending()
    with records.write() as work:
        assert jobs.open_with_key(work, "read", "a") is None
        assert jobs.enqueue(work, "read", {}, key="a") != first


def test_a_later_job_waits_for_its_time(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    with records.write() as work:
        jobs.enqueue(work, "read", {}, run_after=clock.now() + timedelta(minutes=5))
    worker = Worker(records, {"read": lambda job, report: None}, clock)
    assert worker.run_pending() == 0
    clock.forward(timedelta(minutes=6))
    assert worker.run_pending() == 1


def test_retries_with_growing_waits_then_fails_with_a_sentence(
    records: Records, jobs: Jobs, clock: FixedClock
) -> None:
    tries: list[int] = []

    def handler(job: Job, report: Report) -> None:
        tries.append(job.attempts)
        raise OSError("secret path /var/x")

    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {}, key="a")
    worker = Worker(records, {"read": Task(handler, Retry(3, timedelta(seconds=10)))}, clock)
    assert worker.run_pending() == 1
    clock.forward(timedelta(seconds=10))
    assert worker.run_pending() == 1
    clock.forward(timedelta(seconds=19))
    assert worker.run_pending() == 0
    clock.forward(timedelta(seconds=1))
    assert worker.run_pending() == 1
    job = state(records, jobs, identifier)
    assert tries == [1, 2, 3] and job.state is JobState.FAILED
    assert "完了できませんでした" in job.message_ja and "/var/x" not in job.message_ja + job.message_en


@pytest.mark.parametrize(("error", "tries"), [(not_found("様式", "The form"), 1), (None, 2)])
def test_what_will_not_mend_is_not_tried_again(
    records: Records, jobs: Jobs, clock: FixedClock, error: Exception | None, tries: int
) -> None:
    raised = error or Unavailable(Text("混み合っています。", "Busy."))

    def handler(job: Job, report: Report) -> None:
        raise raised

    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    worker = Worker(records, {"read": Task(handler, Retry(2, timedelta(0)))}, clock)
    assert worker.run_pending() == tries
    assert state(records, jobs, identifier).message_ja == raised.text.ja  # type: ignore[attr-defined]


def test_a_slow_worker_that_lost_its_lease_changes_nothing(
    records: Records, jobs: Jobs, clock: FixedClock
) -> None:
    lost: list[bool] = []

    def slow(job: Job, report: Report) -> None:
        clock.forward(timedelta(minutes=5))  # it slept past its lease
        assert Worker(records, {"read": lambda job, report: report(9, 9, "", "")}, clock).run_pending() == 1
        try:
            report(1, 9, "", "")
        except LeaseLost:
            lost.append(True)
            raise

    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    Worker(records, {"read": slow}, clock).run_pending()
    job = state(records, jobs, identifier)
    assert lost and (job.state, job.attempts, job.progress_done) == (JobState.DONE, 2, 9)


def test_two_workers_never_share_a_job(records: Records, jobs: Jobs) -> None:
    ran: list[str] = []
    with records.write() as work:
        wanted = [jobs.enqueue(work, "read", {"n": n}) for n in range(20)]
    workers = [
        Worker(records, {"read": lambda job, report: ran.append(job.id)}, Clock(), threads=2)
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    deadline = time.monotonic() + 30
    while len(ran) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    for worker in workers:
        worker.stop()
    assert sorted(ran) == sorted(wanted)


def test_stopping_puts_a_running_job_back(records: Records, clock: FixedClock) -> None:
    jobs = Jobs(Clock())
    started = threading.Event()

    def endless(job: Job, report: Report) -> None:
        started.set()
        while True:
            report(0, 1, "", "")
            time.sleep(0.01)

    worker = Worker(records, {"read": endless}, Clock())
    jobs.listen(worker.wake)
    worker.start()
    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    assert started.wait(10)
    worker.stop()
    job = state(records, jobs, identifier)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


KILLED = """
import sys, time
from datetime import timedelta
from kernel.clock import Clock
from kernel.jobs import Worker
from kernel.records import Records, UnitOfWork

def work_for_ever(job, report):
    print("working", flush=True)
    time.sleep(600)

Worker(Records(sys.argv[1]), {"read": work_for_ever}, Clock(), lease=timedelta(seconds=1)).run_pending()
"""


def test_a_killed_workers_job_is_taken_again(records: Records) -> None:
    jobs = Jobs(Clock())
    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    root = Path(__file__).parents[2]
    victim = subprocess.Popen(
        [sys.executable, "-c", KILLED, records.url], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout is not None and victim.stdout.readline() == "working\n"
    time.sleep(1.5)  # longer than the lease: it must have been renewed
    ran: list[int] = []
    rescuer = Worker(records, {"read": lambda job, report: ran.append(job.attempts)}, Clock())
    assert rescuer.run_pending() == 0, "the job is still being worked on"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    deadline = time.monotonic() + 10
    while not ran and time.monotonic() < deadline:
        rescuer.run_pending()
        time.sleep(0.1)
    assert ran == [2] and state(records, jobs, identifier).state is JobState.DONE


def test_a_job_that_kills_its_workers_is_given_up(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    class Killed(BaseException):
        pass

    def deadly(job: Job, report: Report) -> None:
        raise Killed

    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    for _ in range(3):
        with pytest.raises(Killed):
            Worker(records, {"read": deadly}, clock).run_pending()
        clock.forward(timedelta(minutes=2))
    Worker(records, {"read": deadly}, clock).run_pending()
    job = state(records, jobs, identifier)
    assert job.state is JobState.FAILED and "中止しました" in job.message_ja


def test_who_waits_learns_when_a_job_is_given_up(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    told: list[tuple[str, str]] = []

    def broken(job: Job, report: Report) -> None:
        raise OSError

    def tell(work: UnitOfWork, job: Job, why: Text) -> None:
        told.append((job.id, why.ja))
        jobs.enqueue(work, "apologise", {})

    worker = Worker(records, {"read": Task(broken, Retry(2, timedelta(0)), tell)}, clock)
    with records.write() as work:
        first = jobs.enqueue(work, "read", {})
    assert worker.run_pending() == 2
    killed = Worker(records, {"read": Task(broken, Retry(0), tell)}, clock)  # as if each try had been killed
    with records.write() as work:
        second = jobs.enqueue(work, "read", {})
    assert killed.run_pending() == 1
    assert [one for one, _why in told] == [first, second]
    assert "完了できませんでした" in told[0][1] and "何度も止まった" in told[1][1]
    with records.read() as work:
        assert len(jobs.recent(work, states=[JobState.WAITING])) == 2


def test_a_job_is_closed_even_if_nobody_can_be_told(records: Records, jobs: Jobs, clock: FixedClock) -> None:
    def tell(work: UnitOfWork, job: Job, why: Text) -> None:
        jobs.enqueue(work, "half", {})
        raise ValueError("a defect")

    with records.write() as work:
        identifier = jobs.enqueue(work, "read", {})
    assert Worker(records, {"read": Task(lambda *_: None, Retry(0), tell)}, clock).run_pending() == 1
    assert state(records, jobs, identifier).state is JobState.FAILED
    with records.read() as work:
        assert jobs.recent(work, states=[JobState.WAITING]) == ()
