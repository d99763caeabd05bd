"""kb.sweep_files: bytes that no attachment needs any more are removed, a day later."""

from datetime import datetime, timedelta

from kb_service.service.attachments import SWEEP_JOB, Attachments
from kernel.clock import Clock
from kernel.jobs import Job, Jobs, Report
from kernel.records import Records

EACH_DAY = timedelta(days=1)


class Sweeping:
    """Asks for kb.sweep_files once a day, beside what each removal asks for: uploads that were broken off leave
    bytes too, and nobody removes those."""

    def __init__(self, records: Records, jobs: Jobs, clock: Clock) -> None:
        self._records = records
        self._jobs = jobs
        self._clock = clock
        self._asked_at: datetime | None = None  # since this process began

    def look(self) -> bool:
        """Whether a job was asked for; one a day, and one after each start."""
        now = self._clock.now()
        if self._asked_at is not None and now - self._asked_at < EACH_DAY:
            return False
        with self._records.write() as work:
            self._jobs.enqueue(work, SWEEP_JOB, {}, key="daily")
        self._asked_at = now
        return True


class SweepFiles:
    """Asked for by every removal; also takes what broken uploads have left. Reads the records and holds no
    lock on them."""

    name = SWEEP_JOB

    def __init__(self, records: Records, attachments: Attachments) -> None:
        self._records = records
        self._attachments = attachments

    def __call__(self, _job: Job, report: Report) -> None:
        with self._records.read() as work:
            removed = self._attachments.sweep(work)
        report(
            removed, removed, f"不要になったファイルを{removed}件消しました。", f"{removed} files removed."
        )
