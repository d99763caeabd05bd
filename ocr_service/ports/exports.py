"""What the export of results needs: where profiles and exports are kept, and who writes files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.exports import Export, ExportProfile, ExportSettings, FilledForm
from ocr_service.models.forms import Form
from ocr_service.models.pages import Point


class ExportRepository(Protocol):
    """Profiles and exports. Works inside the caller's unit of work; asks nobody's rights."""

    def profile(self, work: UnitOfWork, profile_id: str, lock: bool = False) -> ExportProfile | None: ...

    def profiles(self, work: UnitOfWork, owner: str, template_id: str = "") -> tuple[ExportProfile, ...]:
        """By name; of one template when it is given."""

    def put_profile(self, work: UnitOfWork, profile: ExportProfile) -> None:
        """Adds or replaces. Raises Conflict when another profile of the template has the name."""

    def remove_profile(self, work: UnitOfWork, profile_id: str) -> None: ...

    def export(self, work: UnitOfWork, export_id: str) -> Export | None:
        """None also for one whose file was erased."""

    def exports(self, work: UnitOfWork, batch_id: str) -> tuple[Export, ...]:
        """Newest first, without those that were erased."""

    def add_export(self, work: UnitOfWork, export: Export) -> None: ...

    def deciders(self, work: UnitOfWork, batch_id: str) -> Mapping[str, str]:
        """Field id → user id of whoever decided last; fields that nobody decided are absent."""


class TableWriter(Protocol):
    """Writes filled forms into a file of one format."""

    def write(self, file: Path, form: Form, filled: Iterable[FilledForm], settings: ExportSettings) -> None:
        """The whole file, in the order given. Memory does not grow with the number of forms."""


class PdfPage(Protocol):
    """One page of a searchable PDF."""

    @property
    def picture(self) -> bytes:
        """JPEG."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""

    @property
    def texts(self) -> Sequence[tuple[tuple[Point, Point, Point, Point], str]]:
        """Text with its corners on the picture in pixels, clockwise from the upper left."""


class PdfWriter(Protocol):
    """Makes PDF whose pages can be searched."""

    def write(self, file: Path, title: str, pages: Iterable[PdfPage]) -> None:
        """Pages of A4's width or height, whichever fits; the text lies invisibly over the picture."""
