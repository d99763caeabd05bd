"""The reading service's share of a system: its parts from the settings, its threads, and what recurs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from assembly.recurring import Recurring
from kernel.audit import Audit
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.jobs import Jobs, Worker
from kernel.records import Records
from kernel.settings import Settings
from ocr_service import wiring as ocr

LANES_SECONDS = 3.0  # between two looks for pages that no lane will read
WATCH_SECONDS = 3.0  # between two looks into watched folders
RETENTION_SECONDS = 600.0  # between two looks for batches whose time is over
# A lane that was killed is taken up again so soon; its worker says three times in that span that it lives.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class FormsWork:
    """What works in the background for the reading service. Lanes have threads of their own, so that neither
    the bank's jobs nor the opening of files waits behind a stack of 2,000 pages."""

    lanes: Worker
    others: Worker
    recurring: tuple[Recurring, ...]

    def start(self) -> None:
        self.others.start()
        self.lanes.start()
        for each in self.recurring:
            each.start()

    def stop(self) -> None:
        """What is under way is finished or given back."""
        for each in self.recurring:
            each.stop()
        self.lanes.stop()
        self.others.stop()

    def run_pending(self, after_each: Callable[[int], None] = lambda _count: None) -> None:
        """Does in this thread all that is due."""
        done = 0
        while True:
            now = self.others.run_pending() + self.lanes.run_pending()
            if not now:
                return
            done += now
            after_each(done)


def parts_of(settings: Settings, records: Records, jobs: Jobs, audit: Audit, clock: Clock) -> ocr.Parts:
    """The service has blobs of its own: the bank sweeps what it does not know."""
    return ocr.Parts(
        records=records,
        blobs=FolderBlobs(settings.folder("forms")),
        jobs=jobs,
        audit=audit,
        clock=clock,
        shelf=ocr.build_shelf(),
        opener=ocr.build_scan_opener(),
        reader=ocr.build_form_reader(clock),
        upload_limit=settings.upload_max_mb * 1_000_000,
        keys=settings.folder("keys"),
        lanes=settings.ocr_lanes,
        scan_folder=Path(settings.scan_folder) if settings.scan_folder else None,
    )


def work_of(forms: ocr.Forms, parts: ocr.Parts) -> FormsWork:
    """Its threads; nothing runs yet."""
    lanes = Worker(parts.records, ocr.lane_tasks(forms), parts.clock, threads=parts.lanes, lease=LEASE)
    others = Worker(parts.records, ocr.tasks(forms, parts), parts.clock)
    for worker in (lanes, others):
        parts.jobs.listen(worker.wake)
    return FormsWork(
        lanes,
        others,
        (
            Recurring("lanes", LANES_SECONDS, forms.lanes.look),
            Recurring("watching", WATCH_SECONDS, forms.watching.look),
            Recurring("retention", RETENTION_SECONDS, forms.retention.look),
            Recurring("documents", RETENTION_SECONDS, forms.document_desk.look),
        ),
    )
