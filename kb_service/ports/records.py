"""Where the knowledge bank keeps its records. Every method works inside the caller's unit of work; a write is
visible to the same unit of work at once and to others after its commit.

`keys` are a reader's audience keys: a record that shares none with them is treated as absent. A method without
`keys` sees every record and is for rules that decide themselves, and for the indexes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kb_service.models.attachments import Attachment, TextPart
from kb_service.models.entries import Entry, Link, Revision
from kb_service.models.imports import Imported
from kb_service.models.listing import Counts, Listing, Page, TagCount
from kb_service.models.outbox import OutboxRow
from kernel.records import UnitOfWork


class EntryRepository(Protocol):
    """Entries with their audience, tags and links."""

    def get(self, work: UnitOfWork, entry_id: str, lock: bool = False) -> Entry | None:
        """The entry, deleted or not. `lock`: nobody else changes it before this unit of work ends."""

    def add(self, work: UnitOfWork, entry: Entry) -> None:
        """A new entry. Raises Conflict when the id is taken."""

    def replace(self, work: UnitOfWork, entry: Entry) -> bool:
        """Stores the entry over version `entry.version - 1`; False, and nothing changed, when that is not
        the stored version."""

    def visible(
        self, work: UnitOfWork, entry_ids: Collection[str], keys: frozenset[str]
    ) -> Mapping[str, Entry]:
        """Those of the entries that the reader may see; others are absent. Duplicates count once."""

    def visible_ids(
        self, work: UnitOfWork, entry_ids: Collection[str], keys: frozenset[str]
    ) -> frozenset[str]:
        """The ids of `visible` alone."""

    def page(
        self, work: UnitOfWork, keys: frozenset[str], listing: Listing, cursor: str | None, limit: int
    ) -> Page[Entry]:
        """Newest change first. Raises Invalid for a cursor that no page has given."""

    def deleted(self, work: UnitOfWork, owner: str, cursor: str | None, limit: int) -> Page[Entry]:
        """Deleted entries of one organisation, last deleted first."""

    def all_ids(self, work: UnitOfWork, after: str, limit: int) -> tuple[str, ...]:
        """Ids of entries that are not deleted, in order of id, beyond `after` ("" = from the first)."""

    def links_to(
        self, work: UnitOfWork, entry_id: str, keys: frozenset[str], limit: int
    ) -> tuple[tuple[Link, Entry], ...]:
        """Links of visible entries that end at this one, with their source, newest change first."""

    def tags(self, work: UnitOfWork, keys: frozenset[str], prefix: str, limit: int) -> tuple[TagCount, ...]:
        """Tags of visible entries that begin with `prefix` (case and width do not matter), most used first."""

    def counts(self, work: UnitOfWork, keys: frozenset[str], own: str | None) -> Counts: ...


class RevisionRepository(Protocol):
    """Every save of every entry; nothing here is ever changed."""

    def add(self, work: UnitOfWork, revision: Revision) -> None:
        """Raises Conflict when the version exists."""

    def get(self, work: UnitOfWork, entry_id: str, version: int) -> Revision | None: ...

    def page(self, work: UnitOfWork, entry_id: str, before: int | None, limit: int) -> tuple[Revision, ...]:
        """Newest first; only versions below `before` when it is given."""


class AttachmentRepository(Protocol):
    """Attachments and the text read from them. Visibility is that of the entry and is decided above."""

    def get(self, work: UnitOfWork, attachment_id: str, lock: bool = False) -> Attachment | None: ...

    def of_entry(self, work: UnitOfWork, entry_id: str) -> tuple[Attachment, ...]:
        """In the order of upload."""

    def count_of(self, work: UnitOfWork, entry_ids: Collection[str]) -> Mapping[str, int]:
        """Attachments of each entry; entries without one are absent."""

    def unreadable(self, work: UnitOfWork, owner: str, limit: int) -> tuple[Attachment, ...]:
        """Those that could not be read, of entries of one organisation that are not deleted; last first."""

    def add(self, work: UnitOfWork, attachment: Attachment) -> None: ...

    def replace(self, work: UnitOfWork, attachment: Attachment) -> bool:
        """False when it is gone."""

    def remove(self, work: UnitOfWork, attachment_id: str) -> None:
        """With its text. Removing what is absent is not an error."""

    def parts(self, work: UnitOfWork, attachment_id: str) -> tuple[TextPart, ...]:
        """In document order; empty while nothing has been read."""

    def set_parts(self, work: UnitOfWork, attachment_id: str, parts: Sequence[TextPart]) -> None:
        """Replaces all parts."""

    def digests(self, work: UnitOfWork, digests: Collection[str]) -> frozenset[str]:
        """Those of the blobs that an attachment needs."""


class OutboxRepository(Protocol):
    """Changes for the indexes. The order of `seq` is the order of the commits, also with many writers."""

    def append(self, work: UnitOfWork, entry_id: str) -> int:
        """Notes that the entry, as it is now in this unit of work, must reach the indexes."""

    def after(self, work: UnitOfWork, seq: int, limit: int) -> tuple[OutboxRow, ...]:
        """Rows beyond `seq`, in order."""

    def first(self, work: UnitOfWork) -> int:
        """The lowest sequence that is kept; 0 when there is none."""

    def last(self, work: UnitOfWork) -> int:
        """The highest sequence; 0 when there is none."""

    def prune(self, work: UnitOfWork, upto: int) -> int:
        """Removes the rows up to `upto` save the newest of them, so that an index at `upto` sees that nothing
        is missing to it. Returns how many went."""


class ImportRepository(Protocol):
    """What was imported from where, so that an import can be run again."""

    def get(self, work: UnitOfWork, owner: str, path: str) -> Imported | None: ...

    def put(self, work: UnitOfWork, imported: Imported) -> None:
        """Adds, or replaces what was noted for this owner and path."""


@dataclass(frozen=True, slots=True)
class Repositories:
    """All of them, chosen in the wiring."""

    entries: EntryRepository
    revisions: RevisionRepository
    attachments: AttachmentRepository
    outbox: OutboxRepository
    imports: ImportRepository
