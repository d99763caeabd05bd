"""ocr.read_document: a document without a template becomes PDF, text and tables."""

from kernel.errors import Text
from kernel.jobs import Job, Report
from kernel.records import Records, UnitOfWork
from ocr_service.ports.form_reading import UnreadableScan
from ocr_service.service.document_desk import DOCUMENT_JOB, DocumentDesk


class ReadDocument:
    """Begins anew when its worker was killed; what was read already is left alone."""

    name = DOCUMENT_JOB

    def __init__(self, records: Records, desk: DocumentDesk) -> None:
        self._records = records
        self._desk = desk

    def __call__(self, job: Job, report: Report) -> None:
        def tell(done: int, total: int) -> None:
            report(done, total, f"{total}ページ中{done}ページ", f"{done} of {total} pages")

        try:
            pages = self._desk.process(job.argument("document"), tell)
        except UnreadableScan as error:
            with self._records.write() as work:
                self._desk.failed(work, job.argument("document"), error.text)
            return
        report(pages, pages, f"{pages}ページを読み取りました。", f"{pages} pages read.")

    def gave_up(self, work: UnitOfWork, job: Job, why: Text) -> None:
        """After the last try."""
        self._desk.failed(work, job.argument("document"), why)
