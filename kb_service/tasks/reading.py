"""kb.read_attachment: the text of one attached file, read in the sandbox."""

import time

from kb_service.models.attachments import Attachment, ReadingState
from kb_service.ports.extraction import TextExtractor, Unreadable
from kb_service.service.attachments import READ_JOB, Attachments
from kernel.errors import NotFound, Text
from kernel.jobs import Job, Report
from kernel.records import Records, UnitOfWork

TELL_SECONDS = 1.0  # between two notes of the page that is being read

_LOST = Text(
    "保存されたファイルが見つかりません。もう一度添付してください。",
    "The stored file is missing. Please attach it again.",
)


class ReadAttachment:
    """May run again after its worker was killed: what is done or found unreadable is left as it is."""

    name = READ_JOB

    def __init__(self, records: Records, attachments: Attachments, extractor: TextExtractor) -> None:
        self._records = records
        self._attachments = attachments
        self._extractor = extractor

    def __call__(self, job: Job, report: Report) -> None:
        identifier = job.argument("attachment")
        attachment = self._begin(identifier)
        if attachment is None:
            return
        told = _Told(self._records, self._attachments, attachment, report)
        try:
            file = self._attachments.file(attachment)
            extracted = self._extractor.extract(file, attachment.name, told.progress)
        except Unreadable as error:
            self._refuse(identifier, error.text)
            return
        except NotFound:
            self._refuse(identifier, _LOST)
            return
        with self._records.write() as work:
            self._attachments.store_text(
                work, identifier, extracted.parts, extracted.media_type, extracted.notes
            )
        places = len(extracted.parts)
        report(places, places, "読み取りが終わりました。", "The reading is done.")

    def gave_up(self, work: UnitOfWork, job: Job, why: Text) -> None:
        """After the last try, and when the process was killed each time: the page offers to read it again."""
        self._attachments.gave_up(work, job.argument("attachment"), why)

    def _begin(self, identifier: str) -> Attachment | None:
        """The attachment, now marked as being read; None when there is nothing to do."""
        with self._records.write() as work:
            attachment = self._attachments.to_read(work, identifier)
            if attachment is None or attachment.state in (ReadingState.DONE, ReadingState.UNREADABLE):
                return None
            self._attachments.set_state(work, identifier, ReadingState.READING)
            return attachment

    def _refuse(self, identifier: str, reason: Text) -> None:
        with self._records.write() as work:
            self._attachments.set_state(work, identifier, ReadingState.UNREADABLE, reason=reason)


class _Told:
    """Says which page is being read, on the job and on the attachment, about once a second."""

    def __init__(
        self, records: Records, attachments: Attachments, attachment: Attachment, report: Report
    ) -> None:
        self._records = records
        self._attachments = attachments
        self._attachment = attachment
        self._report = report
        self._last = 0.0

    def progress(self, done: int, total: int) -> None:
        self._report(
            done, total, f"{total}件中{done}件目まで読み取りました。", f"Read {done} of {total} places."
        )
        if time.monotonic() - self._last < TELL_SECONDS:
            return
        self._last = time.monotonic()
        with self._records.write() as work:
            self._attachments.set_state(work, self._attachment.id, ReadingState.READING, done, total)
