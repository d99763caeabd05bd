"""ocr.erase and ocr.sweep_files: the end of what was kept."""

from kernel.jobs import Job, Report
from ocr_service.service.calls import ERASE_JOB, SWEEP_JOB
from ocr_service.service.retention import Retention


class EraseBatch:
    """Goes on where it was cut off."""

    name = ERASE_JOB

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    def __call__(self, job: Job, report: Report) -> None:
        erased = self._retention.erase(job.argument("batch"))
        pages = erased.pages if erased else 0
        report(pages, pages, f"{pages}ページを消去しました。", f"{pages} pages erased.")


class SweepBlobs:
    """What uploads that were broken off and pages that were read again have left behind."""

    name = SWEEP_JOB

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    def __call__(self, _job: Job, report: Report) -> None:
        removed = self._retention.sweep()
        report(
            removed, removed, f"不要になったファイルを{removed}件消しました。", f"{removed} files removed."
        )
