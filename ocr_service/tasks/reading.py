"""ocr.read: one lane at work, until no page waits."""

from kernel.jobs import Job, Report
from ocr_service.service.calls import READ_JOB
from ocr_service.service.reading import Reading


class ReadPages:
    """The attempt is part of the lane's token, so that an attempt that was given up stores nothing any more.
    Messages name no batch: lanes serve all organisations."""

    name = READ_JOB

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, job: Job, report: Report) -> None:
        lane = job.argument("lane")

        def heard(done: int, total: int) -> None:
            report(done, total, f"{done}ページを読み取りました。", f"{done} pages read.")

        done = self._reading.run(lane, f"{lane}/{job.id}/{job.attempts}", heard)
        heard(done, done)
