"""Where batches, their files and pages are kept. Every method works inside the caller's unit of work.

Who locks, locks the batch first, then its files and pages, then fields. Nothing here asks who may: services do,
and what belongs to another organisation is absent for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.batches import (
    Batch,
    BatchState,
    Correction,
    FileState,
    Listed,
    ListedPages,
    Outstanding,
    PageState,
    Policy,
    ScanField,
    ScanFile,
    ScanPage,
    Standing,
)
from ocr_service.ports.form_reading import KnownForm


class FormShelf(Protocol):
    """Published templates, as a batch needs them."""

    def pins(self, work: UnitOfWork, owner: str, templates: Collection[str]) -> Mapping[str, str]:
        """The newest usable version of each of these templates, or of all that the organisation may use when
        none is named. Those that it may not use, or that have no published version, are absent."""

    def forms(self, work: UnitOfWork, pins: Mapping[str, str]) -> tuple[KnownForm, ...]:
        """Exactly these versions {template id: version}, also such as were yanked since."""


class BatchRepository(Protocol):
    """Batches themselves."""

    def get(self, work: UnitOfWork, batch_id: str, lock: bool = False) -> Batch | None:
        """`lock`: nobody else changes it before this unit of work ends."""

    def hold(self, work: UnitOfWork, batch_id: str) -> Batch | None:
        """The batch, which is not changed before this unit of work ends; others may hold it too. Never follow
        it by `get` with `lock` in the same unit of work."""

    def add(self, work: UnitOfWork, batch: Batch) -> None: ...

    def replace(self, work: UnitOfWork, batch: Batch) -> None:
        """Stores all that may change of it."""

    def page(
        self, work: UnitOfWork, owner: str, states: Collection[BatchState], cursor: str | None, limit: int
    ) -> Listed:
        """Newest first; all states when none is named. Raises Invalid for a cursor that no page has given."""

    def standings(
        self, work: UnitOfWork, batch_ids: Collection[str], now: datetime
    ) -> Mapping[str, Standing]:
        """Counts of each; the speed from the times at which its last pages were read."""

    def outstanding(self, work: UnitOfWork, batch_id: str) -> Outstanding: ...

    def pins(self, work: UnitOfWork, batch_id: str) -> Mapping[str, str]:
        """Versions of the templates that its pages are read with; empty before the first was."""

    def set_pins(self, work: UnitOfWork, batch_id: str, pins: Mapping[str, str]) -> None: ...

    def titled(self, work: UnitOfWork, owner: str, prefix: str, by: str) -> tuple[Batch, ...]:
        """Batches made by `by` whose titles begin so, newest first."""

    def due(self, work: UnitOfWork, now: datetime, limit: int) -> tuple[Batch, ...]:
        """Those whose time is over and that are not deleted yet."""

    def viewed(self, work: UnitOfWork, batch_id: str, by: str, hour: str, note: bool) -> bool:
        """Whether this person was noted as a reader in this hour before; `note` notes it now."""


class ScanRepository(Protocol):
    """Files, pages, and the fields on them."""

    def file(self, work: UnitOfWork, file_id: str, lock: bool = False) -> ScanFile | None: ...

    def files(self, work: UnitOfWork, batch_id: str) -> tuple[ScanFile, ...]:
        """In the order in which they were added."""

    def same_bytes(self, work: UnitOfWork, owner: str, digest: str) -> tuple[ScanFile, ...]:
        """Files of this organisation with these bytes that are to be read or were, oldest first; none of
        deleted batches."""

    def add_file(self, work: UnitOfWork, file: ScanFile) -> None: ...

    def replace_file(self, work: UnitOfWork, file: ScanFile) -> None: ...

    def count_pages(self, work: UnitOfWork, batch_id: str) -> int: ...

    def add_pages(self, work: UnitOfWork, file: ScanFile, pages: Sequence[ScanPage]) -> None:
        """Pages of one file in order; their positions are set so that the files' order is kept, and pages of
        later files move up."""

    def get_page(self, work: UnitOfWork, page_id: str, lock: bool = False) -> ScanPage | None: ...

    def pages(
        self, work: UnitOfWork, batch_id: str, states: Collection[PageState], cursor: str | None, limit: int
    ) -> ListedPages:
        """In order; all states when none is named. Raises Invalid for an unknown cursor."""

    def replace_page(self, work: UnitOfWork, page: ScanPage) -> None:
        """Stores all that may change of it; nobody has claimed it afterwards and its tries begin anew."""

    def requeue(self, work: UnitOfWork, batch_id: str, state: PageState) -> int:
        """Lets all pages of the batch in this state wait to be read once more; how many."""

    def fields(self, work: UnitOfWork, page_id: str) -> tuple[ScanField, ...]:
        """In the order of the form."""

    def field(self, work: UnitOfWork, field_id: str) -> ScanField | None: ...

    def touched(self, work: UnitOfWork, page_id: str) -> bool:
        """Whether people have entered or decided anything on this page, undone or not."""

    def put_fields(self, work: UnitOfWork, page_id: str, fields: Sequence[ScanField]) -> None:
        """The fields of a page as they were read. Fields that people have touched keep all but the place of
        their picture; others are replaced, and removed when they are not among `fields`."""

    def corrections(self, work: UnitOfWork, batch_id: str) -> Iterator[Correction]:
        """What is known of every field that has a final value, in the order of the pages."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Pages that a lane has taken, in order: of one file, or of several small ones that are no ZIP. `files` by
    their ids; `tried`: how often the reader of the first page has died before."""

    batch: Batch
    files: Mapping[str, ScanFile]
    pages: tuple[ScanPage, ...]
    tried: int


class LaneRepository(Protocol):
    """Who reads which page. A lane's token is "lane-1/…": its name, and whose attempt it is."""

    def claim(self, work: UnitOfWork, token: str, lanes: int, now: datetime) -> Claimed | None:
        """The next pages of the batch that comes first: priority, then the one served longest ago. As many as
        keep `lanes` lanes busy and others waiting for moments only; one alone that was tried before. None when
        no page waits."""

    def finish(self, work: UnitOfWork, page: ScanPage, token: str) -> bool:
        """Stores a page that was read and gives it free; False, and nothing changed, when it is not (any more)
        claimed by `token`."""

    def give_back(self, work: UnitOfWork, token: str) -> int:
        """Lets all that `token` has claimed wait again; how many."""

    def blame(self, work: UnitOfWork, page_id: str, token: str) -> int:
        """The page's reader died: counts it, lets the page wait again, and returns how often so far; 0 when it
        is not claimed by `token`."""

    def left_behind(self, work: UnitOfWork, lane: str, token: str) -> tuple[tuple[str, str], ...]:
        """Pages (id, token) claimed by earlier attempts of this lane, in the order in which they were read."""

    def before(self, work: UnitOfWork, batch: Batch) -> bool:
        """Whether pages of a batch of higher priority wait."""

    def waiting(self, work: UnitOfWork) -> bool:
        """Whether any page waits that may be read now."""

    def stranded(self, work: UnitOfWork) -> frozenset[str]:
        """Names of the lanes that have claimed pages."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a batch held: how many files, pages, fields with a value, decisions, exports; ids of all of them and
    digests of all blobs, sorted."""

    files: int
    pages: int
    fields: int
    decisions: int
    exports: int
    ids: tuple[str, ...]
    digests: tuple[str, ...]


class ErasureRepository(Protocol):
    """What retention needs."""

    def share_blobs(self, work: UnitOfWork) -> None:
        """Until this unit of work ends no blob is removed: for who notes a blob that may be there already."""

    def own_blobs(self, work: UnitOfWork) -> None:
        """Until this unit of work ends nobody notes a blob: for who removes one."""

    def needed(self, work: UnitOfWork, digests: Collection[str], but_by: str = "") -> frozenset[str]:
        """Those of the blobs that a record other than of batch `but_by` names."""

    def holdings(self, work: UnitOfWork, batch_id: str) -> Erased:
        """What it holds now."""

    def erase(self, work: UnitOfWork, batch_id: str) -> None:
        """Clears values, candidates, pictures and names; ids and states stay, so that counts do."""


class PolicyRepository(Protocol):
    """What wards have decided."""

    def get(self, work: UnitOfWork, owner: str, lock: bool = False) -> Policy | None: ...

    def put(self, work: UnitOfWork, policy: Policy) -> None:
        """Adds, or replaces what was decided before."""

    def watching(self, work: UnitOfWork) -> tuple[Policy, ...]:
        """Those with a watched folder."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All of them, chosen in the wiring."""

    batches: BatchRepository
    scans: ScanRepository
    lanes: LaneRepository
    erasures: ErasureRepository
    policies: PolicyRepository


OPEN_FILES = (FileState.OPENING, FileState.OPENED)
"""Files that are read or were."""
