"""ocr.open_file: which pages a file has. It is looked into behind the sandbox."""

from collections.abc import Mapping
from pathlib import Path

from kernel.blobs import BlobStore
from kernel.errors import NotFound, Text
from kernel.jobs import Job, Report
from kernel.records import Records, UnitOfWork
from kernel.sandbox.errors import SandboxError
from ocr_service.models.batches import ScanFile
from ocr_service.ports.form_reading import Contents, PageAddress, ScanOpener, UnreadableScan
from ocr_service.service.calls import OPEN_JOB
from ocr_service.service.intake import Intake
from ocr_service.service.stacking import packed

_LOST = Text(
    "保存されたファイルが見つかりません。もう一度ファイルを追加してください。",
    "The stored file is missing. Add the file again.",
)


_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")


class OpenFile:
    """May run again after its worker was killed: a file is opened once. Small files of the batch that wait for
    the same are opened with it, because a process takes longer to start than to look into one."""

    name = OPEN_JOB

    def __init__(self, records: Records, intake: Intake, blobs: BlobStore, opener: ScanOpener) -> None:
        self._records = records
        self._intake = intake
        self._blobs = blobs
        self._opener = opener

    def __call__(self, job: Job, report: Report) -> None:
        with self._records.read() as work:
            file = self._intake.to_open(work, job.argument("file"))
            together = self._intake.opened_with(work, file) if file else ()
        if file is None:
            return
        paths = {each.id: path for each in together if (path := self._plain(each)) is not None}
        found = self._look_into(paths) if file.id in paths and len(paths) > 1 else {}
        if file.id not in found:
            found = {file.id: self._look(file)}
        pages = 0
        for identifier, contents in found.items():
            pages += self._store(identifier, contents)
        report(pages, pages, f"{pages}ページあります。", f"{pages} pages.")

    def gave_up(self, work: UnitOfWork, job: Job, why: Text) -> None:
        """After the last try, and when the process was killed each time: the page offers to open it again."""
        self._intake.unreadable(work, job.argument("file"), why)

    def _store(self, identifier: str, contents: Contents | Text) -> int:
        with self._records.write() as work:
            if isinstance(contents, Text):
                self._intake.unreadable(work, identifier, contents)
                return 0
            self._intake.opened(work, identifier, contents)
            return len(contents.pages)

    def _look(self, file: ScanFile) -> Contents | Text:
        """What the file holds, or why that cannot be said."""
        try:
            return self._opener.contents(self._blobs.path(file.digest), file.name)
        except NotFound:
            return _LOST
        except (UnreadableScan, SandboxError) as error:
            if error.status >= 500:
                raise
            return error.text

    def _look_into(self, paths: Mapping[str, Path]) -> dict[str, Contents | Text]:
        """Several files at once; nothing when they cannot be opened so, and each is opened alone."""
        with packed(paths) as stack:
            try:
                contents = self._opener.contents(stack, "")
            except (UnreadableScan, SandboxError) as error:
                if error.status >= 500:
                    raise
                return {}
        found: dict[str, Contents | Text] = {
            each.member: Text(each.reason_ja, each.reason_en) for each in contents.unopened
        }
        for identifier in paths:
            pages = tuple(
                PageAddress("", page.number) for page in contents.pages if page.member == identifier
            )
            if pages:
                found[identifier] = Contents(pages)
        return {identifier: each for identifier, each in found.items() if identifier in paths}

    def _plain(self, file: ScanFile) -> Path | None:
        """The file's place, unless it is lost or itself a ZIP."""
        try:
            path = self._blobs.path(file.digest)
            with path.open("rb") as stream:
                return None if stream.read(4) in _ZIPS else path
        except (NotFound, FileNotFoundError):
            return None
