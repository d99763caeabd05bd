"""Runs jobs, in the calling thread or in threads of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType

from kernel.clock import Clock
from kernel.errors import ChienowaError, Text
from kernel.ids import new_id
from kernel.jobs.leases import Leases
from kernel.jobs.models import Handler, Job, LeaseLost, Report, Task
from kernel.records import Records

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
POLL_SECONDS = 0.5
REPORT_SECONDS = 0.2  # a progress report more often than this is not written

_GIVEN_UP = Text(
    "処理が途中で何度も止まったため中止しました。もう一度お試しください。続くときは管理者に連絡してください。",
    "The work stopped half-way several times and was given up. Try again, or tell the administrator.",
)
_BROKEN = Text(
    "処理中に問題が起きたため完了できませんでした。もう一度お試しください。続くときは管理者に連絡してください。",
    "Something went wrong and the work was not finished. Try again, or tell the administrator.",
)
_AGAIN = Text(
    "処理中に問題が起きました。しばらくしてから自動でやり直します。",
    "Something went wrong. It will be tried again by itself in a moment.",
)


class Worker:
    """Takes due jobs that it has a handler for. Several workers, of one process or of many, share a table;
    a killed worker's job is taken again once its lease has run out."""

    def __init__(
        self,
        records: Records,
        handlers: Mapping[str, Handler | Task],
        clock: Clock,
        *,
        threads: int = 1,
        lease: timedelta = LEASE,
        queues: Sequence[str] | None = None,
    ) -> None:
        self._tasks = {name: _task(handler) for name, handler in handlers.items()}
        self._leases = Leases(records, clock, worker=new_id(), length=lease)
        self._clock = clock
        self._queues = queues
        self._beat_seconds = lease.total_seconds() / 3
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, name=f"worker-{number}", daemon=True)
            for number in range(threads)
        ]

    def run_pending(self, after_each: Callable[[int], None] = lambda _count: None) -> int:
        """Runs what is due until nothing is, in this thread. Returns how many jobs were run; `after_each` is
        called with the number so far."""
        count = 0
        while not self._stopping.is_set() and self._run_one():
            count += 1
            after_each(count)
        return count

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something may be due: look now."""
        self._woken.set()

    def stop(self, seconds: float = 10) -> None:
        """Lets running jobs stop at their next report (they go back to the queue) and ends the threads."""
        self._stopping.set()
        self._woken.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._run_one():
                    continue
            except Exception:
                log.exception("the job table could not be read; trying again")
            self._woken.wait(POLL_SECONDS)
            self._woken.clear()

    def _run_one(self) -> bool:
        job = self._leases.take(sorted(self._tasks), self._queues)
        if job is None:
            return False
        task = self._tasks[job.name]
        if job.attempts > task.retry.attempts:
            self._give_up(job, task, _GIVEN_UP)
            return True
        try:
            with _Heartbeat(self._leases, job, self._beat_seconds):
                task.handler(job, self._reporter(job))
        except LeaseLost:
            log.warning("job %s (%s) was taken over by another worker", job.id, job.name)
        except _Stopping:
            self._leases.release(job)
        except ChienowaError as error:
            self._refused(job, task, error)
        except Exception:
            log.exception("job %s (%s) failed at attempt %d", job.id, job.name, job.attempts)
            self._failed(job, task, _BROKEN)
        else:
            self._leases.done(job)
        return True

    def _refused(self, job: Job, task: Task, error: ChienowaError) -> None:
        """An error with a sentence: what the input is guilty of will not mend by trying again."""
        if error.status < 500:
            self._give_up(job, task, error.text)
        else:
            log.warning("job %s (%s) failed at attempt %d: %s", job.id, job.name, job.attempts, error)
            self._failed(job, task, error.text)

    def _failed(self, job: Job, task: Task, message: Text) -> None:
        if job.attempts >= task.retry.attempts:
            self._give_up(job, task, message)
        else:
            self._leases.again(job, self._clock.now() + task.retry.delay(job.attempts), _AGAIN)

    def _give_up(self, job: Job, task: Task, message: Text) -> None:
        """Closes the job and tells who waited for it. While the records cannot be written it stays under its
        lease, and is given up once more when that has run out."""
        tell = task.gave_up
        try:
            self._leases.failed(job, message, lambda work: tell(work, job, message) if tell else None)
        except ChienowaError:
            raise
        except Exception:
            log.exception("nobody could be told that job %s (%s) was given up", job.id, job.name)
            self._leases.failed(job, message)

    def _reporter(self, job: Job) -> Report:
        written = [0.0]

        def report(done: int, total: int, message_ja: str, message_en: str) -> None:
            if self._stopping.is_set():
                raise _Stopping
            now = time.monotonic()
            if done < total and now - written[0] < REPORT_SECONDS:
                return
            written[0] = now
            if not self._leases.progress(job, done, total, Text(message_ja, message_en)):
                raise LeaseLost(job.id)

        return report


class _Stopping(BaseException):
    """Leaves a handler because the worker is being stopped; not an Exception, so that no handler's own
    error handling swallows it."""


class _Heartbeat(AbstractContextManager[None]):
    """Renews a job's lease while its handler runs, however long it goes without a report."""

    def __init__(self, leases: Leases, job: Job, seconds: float) -> None:
        self._leases = leases
        self._job = job
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{job.id}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                if not self._leases.extend(self._job):
                    return
            except ChienowaError:
                log.warning("the lease of job %s could not be renewed; trying again", self._job.id)


def _task(handler: Handler | Task) -> Task:
    return handler if isinstance(handler, Task) else Task(handler)
