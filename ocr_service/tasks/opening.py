"""ocr.open_file: which pages a file has. It is looked into behind the sandbox."""

from kernel.blobs import BlobStore
from kernel.errors import NotFound, Text
from kernel.jobs import Job, Report
from kernel.records import Records, UnitOfWork
from kernel.sandbox.errors import SandboxError
from ocr_service.ports.form_reading import ScanOpener, UnreadableScan
from ocr_service.service.calls import OPEN_JOB
from ocr_service.service.intake import Intake

_LOST = Text(
    "保存されたファイルが見つかりません。もう一度ファイルを追加してください。",
    "The stored file is missing. Add the file again.",
)


class OpenFile:
    """May run again after its worker was killed: a file is opened once."""

    name = OPEN_JOB

    def __init__(self, records: Records, intake: Intake, blobs: BlobStore, opener: ScanOpener) -> None:
        self._records = records
        self._intake = intake
        self._blobs = blobs
        self._opener = opener

    def __call__(self, job: Job, report: Report) -> None:
        identifier = job.argument("file")
        with self._records.read() as work:
            file = self._intake.to_open(work, identifier)
        if file is None:
            return
        try:
            contents = self._opener.contents(self._blobs.path(file.digest), file.name)
        except NotFound:
            self._refuse(identifier, _LOST)
            return
        except (UnreadableScan, SandboxError) as error:
            if error.status >= 500:
                raise
            self._refuse(identifier, error.text)
            return
        with self._records.write() as work:
            self._intake.opened(work, identifier, contents)
        pages = len(contents.pages)
        report(pages, pages, f"{pages}ページあります。", f"{pages} pages.")

    def gave_up(self, work: UnitOfWork, job: Job, why: Text) -> None:
        """After the last try, and when the process was killed each time: the page offers to open it again."""
        self._intake.unreadable(work, job.argument("file"), why)

    def _refuse(self, identifier: str, why: Text) -> None:
        with self._records.write() as work:
            self._intake.unreadable(work, identifier, why)
