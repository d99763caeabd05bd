"""A small bank that can also import: real records, files, indexes; texts are read by a plain stand-in for the
sandbox where a test is not about the sandbox."""

from dataclasses import dataclass
from pathlib import Path

from kb_service.models.attachments import Place, PlaceKind, TextPart
from kb_service.ports.extraction import ExtractedText, Progress, TextExtractor, Unreadable
from kb_service.service.attachments import Attachments
from kb_service.service.importing import Importing
from kernel.audit import Audit
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.errors import Text
from kernel.jobs import Jobs
from kernel.records import Records
from tests.fakes.searchable import SmallBank, small_bank


class PlainTexts:
    """ports.extraction.TextExtractor for UTF-8 text; anything else cannot be read."""

    def extract(self, file: Path, name: str, progress: Progress) -> ExtractedText:
        raw = file.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable(Text(f"{name} は壊れています。", f"{name} is damaged.")) from error
        if not text.strip():
            raise Unreadable(Text(f"{name} は空です。", f"{name} is empty."))
        progress(1, 1)
        return ExtractedText("text/plain", (TextPart(Place(PlaceKind.SECTION, 1), text),))


@dataclass(frozen=True, slots=True)
class ImportingBank:
    """The parts that tests touch."""

    bank: SmallBank
    blobs: FolderBlobs
    jobs: Jobs
    attachments: Attachments
    importing: Importing


def importing_bank(
    records: Records, home: Path, extractor: TextExtractor | None = None, largest: int = 10_000_000
) -> ImportingBank:
    """Not yet started: call `bank.indexing.start()` or `.open()`."""
    bank = small_bank(records, home / "index")
    clock = Clock()
    blobs = FolderBlobs(home / "files")
    jobs = Jobs(clock)
    attachments = Attachments(bank.repositories, blobs, jobs, Audit(clock), clock, signal=bank.indexing)
    importing = Importing(
        records,
        bank.repositories,
        bank.entries,
        attachments,
        blobs,
        extractor=extractor or PlainTexts(),
        clock=clock,
        largest=largest,
    )
    return ImportingBank(bank, blobs, jobs, attachments, importing)
