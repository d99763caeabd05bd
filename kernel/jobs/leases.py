"""The job table as seen by workers: take a job under a lease, keep it, close it. Every statement here is
a transaction of its own, so that a worker never holds the database while it works."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from kernel.clock import Clock
from kernel.errors import Text
from kernel.jobs.models import Job, JobState
from kernel.jobs.queue import job_of
from kernel.jobs.tables import jobs
from kernel.records import Records, UnitOfWork


class Leases:
    """Takes and closes jobs on behalf of one worker. A job whose lease ran out (its worker was killed) is
    due again; every later write names worker and attempt, so that the old worker can no longer touch it."""

    def __init__(self, records: Records, clock: Clock, worker: str, length: timedelta) -> None:
        self._records = records
        self._clock = clock
        self._worker = worker
        self._length = length

    def take(self, names: Sequence[str], queues: Sequence[str] | None = None) -> Job | None:
        """The job that has been due longest, now RUNNING under our lease; None when none is due."""
        now = self._clock.now()
        due = [
            or_(
                and_(jobs.c.state == JobState.WAITING.value, jobs.c.run_after <= now),
                and_(jobs.c.state == JobState.RUNNING.value, jobs.c.lease_until < now),
            ),
            jobs.c.name.in_(names),
        ]
        if queues is not None:
            due.append(jobs.c.queue.in_(queues))
        statement = select(jobs.c.id).where(*due).order_by(jobs.c.run_after, jobs.c.id).limit(1)
        with self._records.read() as work:  # an idle worker polls often and must not hold up the writers
            if work.connection.execute(statement).first() is None:
                return None
        statement = statement.with_for_update(skip_locked=True)  # SQLite has one writer at a time anyway
        with self._records.write() as work:
            identifier = work.connection.execute(statement).scalar_one_or_none()
            if identifier is None:
                return None
            work.connection.execute(
                update(jobs)
                .where(jobs.c.id == identifier)
                .values(
                    state=JobState.RUNNING.value,
                    attempts=jobs.c.attempts + 1,
                    worker=self._worker,
                    lease_until=now + self._length,
                    updated_at=now,
                )
            )
            return job_of(work.connection.execute(select(jobs).where(jobs.c.id == identifier)).one())

    def extend(self, job: Job) -> bool:
        """Renews the lease; False when the job is no longer ours."""
        return self._write(job, lease_until=self._clock.now() + self._length)

    def progress(self, job: Job, done: int, total: int, message: Text) -> bool:
        """Stores progress and renews the lease; False when the job is no longer ours."""
        return self._write(
            job,
            progress_done=done,
            progress_total=total,
            message_ja=message.ja,
            message_en=message.en,
            lease_until=self._clock.now() + self._length,
        )

    def done(self, job: Job) -> bool:
        return self._write(job, **self._closed(JobState.DONE))

    def failed(
        self, job: Job, message: Text, also: Callable[[UnitOfWork], None] = lambda _work: None
    ) -> bool:
        """`also` is done in the same transaction, if the job was still ours."""
        values = {"message_ja": message.ja, "message_en": message.en}
        with self._records.write() as work:
            closed = self._update(work, job, **self._closed(JobState.FAILED), **values)
            if closed:
                also(work)
        return closed

    def again(self, job: Job, at: datetime, message: Text) -> bool:
        """Puts the job back until `at`."""
        return self._write(
            job,
            state=JobState.WAITING.value,
            run_after=at,
            worker=None,
            lease_until=None,
            message_ja=message.ja,
            message_en=message.en,
        )

    def release(self, job: Job) -> bool:
        """Puts the job back as if this attempt had not been: the worker is being stopped."""
        return self._write(
            job,
            state=JobState.WAITING.value,
            attempts=job.attempts - 1,
            worker=None,
            lease_until=None,
        )

    def _closed(self, state: JobState) -> dict[str, object]:
        return {
            "state": state.value,
            "open_key": None,
            "lease_until": None,
            "worker": None,
            "finished_at": self._clock.now(),
        }

    def _write(self, job: Job, **values: object) -> bool:
        with self._records.write() as work:
            return self._update(work, job, **values)

    def _update(self, work: UnitOfWork, job: Job, **values: object) -> bool:
        changed = work.connection.execute(
            update(jobs)
            .where(
                jobs.c.id == job.id,
                jobs.c.worker == self._worker,
                jobs.c.attempts == job.attempts,
                jobs.c.state == JobState.RUNNING.value,
            )
            .values(updated_at=self._clock.now(), **values)
        )
        return changed.rowcount == 1
