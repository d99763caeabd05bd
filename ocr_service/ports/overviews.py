"""What lists and tables of a batch show beside the pages themselves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.batches import ListedPages, ScanField, ScanPage


@dataclass(frozen=True, slots=True)
class PageCount:
    """Fields of a page: how many, and how many wait for a person."""

    fields: int
    open: int


@dataclass(frozen=True, slots=True)
class FormCount:
    """How many pages of a batch were read as one page of one template version."""

    template_id: str
    version: str
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Row:
    """One page that was read, with its fields by name."""

    page: ScanPage
    fields: Mapping[str, ScanField]


@dataclass(frozen=True, slots=True)
class ListedRows:
    """Some rows in the order of the stack, and the cursor of the next ones."""

    items: tuple[Row, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that waits for people: `fields` to be seen and `pages` whose form is unknown."""

    batch_id: str
    title: str
    fields: int
    pages: int


class OverviewRepository(Protocol):
    """Counts and tables over the pages of batches."""

    def counts(self, work: UnitOfWork, page_ids: Collection[str]) -> Mapping[str, PageCount]:
        """Pages without fields are absent."""

    def doubtful_pages(self, work: UnitOfWork, batch_id: str, cursor: str | None, limit: int) -> ListedPages:
        """Pages that hold a field which waits for a person, in order. Raises Invalid for an unknown cursor."""

    def forms(self, work: UnitOfWork, batch_id: str) -> tuple[FormCount, ...]:
        """The most frequent first."""

    def rows(
        self, work: UnitOfWork, batch_id: str, form: FormCount, cursor: str | None, limit: int
    ) -> ListedRows:
        """The pages read as this form. Raises Invalid for an unknown cursor."""

    def open_fields(self, work: UnitOfWork, batch_id: str, template_id: str, version: str) -> int:
        """Fields of pages that were read with this template version which wait for people."""

    def being_read(self, work: UnitOfWork, batch_id: str) -> tuple[ScanPage, ...]:
        """The first page of each lane's claim, in order."""

    def waiting(self, work: UnitOfWork, owner: str, limit: int) -> tuple[Waiting, ...]:
        """Batches of an organisation that wait for people, the one with the most to do first."""
