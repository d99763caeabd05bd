"""The reading service on real records, blobs and jobs, with a reader that reads text instead of pictures."""

import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from kernel.audit import Audit
from kernel.blobs import BlobStore, FolderBlobs
from kernel.clock import Clock
from kernel.identity.models import Actor
from kernel.jobs import Jobs, Worker
from kernel.records import Records
from ocr_service.adapters.records import sql_desk
from ocr_service.models.batches import Batch, Plan, ScanField, ScanFile, ScanPage, Standing
from ocr_service.ports.batches import Desk
from ocr_service.wiring import Forms, Parts, build, lane_tasks, tasks
from tests.fakes.forms import FakeOpener, FakeReader, FakeShelf, scan
from tests.fakes.people import actor

LARGEST = 10_000_000


@dataclass(frozen=True)
class FormDesk:
    """Everything of one installation, driven by hand."""

    records: Records
    parts: Parts
    forms: Forms
    desk: Desk
    reader: FakeReader
    shelf: FakeShelf

    def batch(self, who: Actor | None = None, **plan: Any) -> Batch:
        with self.records.write() as work:
            return self.forms.batches.create(work, who or actor(), Plan(**{"title": "給付金 第1便"} | plan))

    def hand_in(
        self, batch: Batch, *pages: dict[str, Any], name: str = "scan.pdf", who: Actor | None = None
    ) -> ScanFile:
        """A file with these pages, as the edge does it."""
        stored = self.forms.blobs.add(io.BytesIO(scan(*pages)), LARGEST)
        with self.records.write() as work:
            return self.forms.intake.add(work, who or actor(), batch.id, name, stored)

    def open_files(self) -> int:
        return self.worker(tasks(self.forms, self.parts)).run_pending()

    def read(self) -> int:
        return self.worker(lane_tasks(self.forms)).run_pending()

    def work_off(self) -> None:
        """Until no job is due."""
        while self.open_files() + self.read():
            pass

    def worker(self, handlers: dict[str, Any], **options: Any) -> Worker:
        return Worker(self.records, handlers, self.parts.clock, **options)

    def now(self, batch: Batch, who: Actor | None = None) -> tuple[Batch, Standing]:
        with self.records.read() as work:
            return self.forms.batches.standing(work, who or actor(), batch.id)

    def pages(self, batch: Batch) -> tuple[ScanPage, ...]:
        with self.records.read() as work:
            return self.forms.sheets.page(work, actor(), batch.id, limit=3_000).items

    def fields(self, page: ScanPage) -> tuple[ScanField, ...]:
        with self.records.read() as work:
            return self.desk.scans.fields(work, page.id)


def form_desk(
    records: Records,
    home: Path,
    clock: Clock,
    *,
    reader: FakeReader | None = None,
    shelf: FakeShelf | None = None,
    blobs: BlobStore | None = None,
    lanes: int = 2,
    scan_folder: Path | None = None,
) -> FormDesk:
    """Joined as the assembly does it."""
    reader, shelf = reader or FakeReader(), shelf or FakeShelf()
    parts = Parts(
        records=records,
        blobs=blobs or FolderBlobs(home / "forms"),
        jobs=Jobs(clock),
        audit=Audit(clock),
        clock=clock,
        shelf=shelf,
        opener=FakeOpener(),
        reader=reader,
        upload_limit=LARGEST,
        keys=home / "keys",
        lanes=lanes,
        scan_folder=scan_folder,
    )
    return FormDesk(records, parts, build(parts), sql_desk(), reader, shelf)


SHORT_LEASE = timedelta(seconds=1)
