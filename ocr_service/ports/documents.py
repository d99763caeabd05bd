"""What the reading of documents without a template needs."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from ocr_service.models.documents import DocumentPage

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
