"""What the reading of documents without a template needs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.documents import Document, DocumentPage

Rows = Sequence[Sequence[str]]


class DocumentReader(Protocol):
    """Reads all pages of a file of unknown origin, behind a sandbox."""

    def read(
        self,
        file: Path,
        name: str,
        on_page: Callable[[DocumentPage], None],
        on_progress: Callable[[int, int], None],
    ) -> None:
        """Calls `on_page` for every page in order, also for those that cannot be read; `on_progress` with pages
        done and pages in all. Raises UnreadableScan for the file as a whole."""


class TablesWriter(Protocol):
    """Writes found tables into one file."""

    def write(self, file: Path, tables: Iterable[tuple[str, Rows]]) -> None:
        """Each table with its title. A file without any table says so."""


class DocumentRepository(Protocol):
    """Documents that people handed in. Works inside the caller's unit of work; asks nobody's rights."""

    def put(self, work: UnitOfWork, document: Document) -> None:
        """Adds or replaces."""

    def get(self, work: UnitOfWork, document_id: str) -> Document | None: ...

    def of_person(self, work: UnitOfWork, user_id: str) -> tuple[Document, ...]:
        """Newest first."""

    def before(self, work: UnitOfWork, moment: datetime) -> tuple[Document, ...]:
        """Handed in before then."""

    def remove(self, work: UnitOfWork, document_id: str) -> None: ...
