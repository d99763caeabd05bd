"""kb.sweep_files: bytes that no attachment needs any more are removed, a day later."""

from kb_service.service.attachments import SWEEP_JOB, Attachments
from kernel.jobs import Job, Report
from kernel.records import Records


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
