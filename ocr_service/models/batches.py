"""Stacks of paper: batches, their files, their pages, and the fields on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ocr_service.models.pages import Point
from ocr_service.models.readings import Candidate, Flag, PageOutcome


class BatchState(StrEnum):
    """READING while pages wait or are read; VERIFYING while fields must be seen; then READY, until it is CLOSED
    by a person. PAUSED and CANCELLED by a person. DELETED when the retention time is over: values and images
    are gone, the counts stay."""

    RECEIVING = "receiving"
    READING = "reading"
    PAUSED = "paused"
    VERIFYING = "verifying"
    READY = "ready"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class Entry(StrEnum):
    """Single entry: one person decides a doubtful field. Double: two different people, and a third look where
    they differ."""

    SINGLE = "single"
    DOUBLE = "double"


class Coverage(StrEnum):
    """Which fields a person must see."""

    DOUBTFUL = "doubtful"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Batch:
    """One job of reading. `templates`: ids of those that pages may be matched with, empty = all that the ward
    may use. `priority`: 0 low, 1 usual, 2 high. `threshold`: confidence at or above which a field passes unseen.
    `revision` counts changes by people (for If-Match)."""

    id: str
    owner: str
    title: str
    state: BatchState
    templates: tuple[str, ...]
    entry: Entry
    coverage: Coverage
    threshold: float
    priority: int
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    delete_after: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person says about a batch; the rest is the system's."""

    title: str
    templates: tuple[str, ...] = ()
    entry: Entry = Entry.SINGLE
    coverage: Coverage = Coverage.DOUBTFUL
    threshold: float = 0.98
    priority: int = 1
    note: str = ""


class FileState(StrEnum):
    """OPENING until its pages are counted. TWICE: the same bytes are in another batch, a person decides."""

    OPENING = "opening"
    OPENED = "opened"
    TWICE = "twice"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One file of a batch. `digest` is the SHA-256 of its bytes in the blob store; `same_as`: the batch that
    holds the same bytes already."""

    id: str
    batch_id: str
    name: str
    digest: str
    size: int
    state: FileState
    pages: int
    added_at: datetime
    same_as: str = ""
    reason_ja: str = ""
    reason_en: str = ""


class PageState(StrEnum):
    """WAITING, CLAIMED by a lane that reads it, READ. SET_ASIDE: unknown form, until a person assigns a template
    or drops it. UNREADABLE with the reason. DROPPED by a person, or a blank sheet."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    READ = "read"
    SET_ASIDE = "set_aside"
    UNREADABLE = "unreadable"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One page. `position` orders the pages of a batch from 1; `member` is the name inside a ZIP, "" otherwise;
    `number` counts in its file from 1. `crops`: blob of the crops one after the other; `preview`: blob of the
    JPEG. `forced`: the template that a person assigned ("id" or "id:page"), "" = match. `template_*` tell what
    it was read with."""

    id: str
    batch_id: str
    file_id: str
    position: int
    member: str
    number: int
    state: PageState
    outcome: PageOutcome | None = None
    forced: str = ""
    template_id: str = ""
    template_version: str = ""
    template_page: int = 0
    turn: int = 0
    skew: float = 0.0
    score: float = 0.0
    residual: float = 0.0
    preview: str = ""
    preview_width: int = 0
    preview_height: int = 0
    crops: str = ""
    reason_ja: str = ""
    reason_en: str = ""
    read_at: datetime | None = None


class FieldState(StrEnum):
    """PASSED: sure enough, nobody needs to see it. DOUBTFUL: waits for a person. ENTERED: one of two people has
    entered it. DIFFERENT: two people differ, a third decides. DECIDED by people. UNREADABLE: a person says that
    it cannot be read."""

    PASSED = "passed"
    DOUBTFUL = "doubtful"
    ENTERED = "entered"
    DIFFERENT = "different"
    DECIDED = "decided"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ScanField:
    """One field of one page: what was read, and what holds now. `order` is its place on the form; `value` in
    normal form; `crop_at` and `crop_size`: where its JPEG lies in the page's crops, size 0 = none. `version`
    counts changes, so that two people never overwrite each other silently."""

    id: str
    page_id: str
    batch_id: str
    name: str
    order: int
    state: FieldState
    candidates: tuple[Candidate, ...]
    confidence: float
    blank: bool
    ink: float
    flags: frozenset[Flag]
    quad: tuple[Point, Point, Point, Point]
    crop_at: int
    crop_size: int
    engine: str
    value: str
    version: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is, counted: pages and fields by state."""

    pages: int
    pages_waiting: int
    pages_read: int
    pages_set_aside: int
    pages_unreadable: int
    pages_dropped: int
    fields: int
    fields_passed: int
    fields_open: int
    fields_decided: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a batch stands right now: the counts, files that wait for something, and the measured speed.
    `pages_per_minute` and `seconds_left` are None while nothing is read or too little was."""

    progress: Progress
    files: int = 0
    files_opening: int = 0
    files_twice: int = 0
    files_unreadable: int = 0
    pages_per_minute: float | None = None
    seconds_left: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a ward has decided: `keep_days` from the making of a batch to its deletion; `watched_folder` below
    the installation's folder for scanners, "" = none. `revision` 0: nothing was decided yet."""

    owner: str
    keep_days: int
    watched_folder: str = ""
    revision: int = 0
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Some batches, newest first, and the cursor of the next ones; None when these were the last."""

    items: tuple[Batch, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ListedPages:
    """Some pages of a batch in their order, and the cursor of the next ones."""

    items: tuple[ScanPage, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided about a field, with what the machine had read: what later learning is made of.
    `form` is template id and version; the crop lies in the blob `crops`. `decided` is False for a field that
    passed unseen."""

    batch_id: str
    owner: str
    template_id: str
    template_version: str
    field: str
    candidates: tuple[Candidate, ...]
    confidence: float
    flags: frozenset[Flag]
    value: str
    decided: bool
    engine: str
    crops: str
    crop_at: int
    crop_size: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a batch still waits for: pages to be read, files to be opened, fields or pages for people."""

    pages: int
    waiting: int  # pages that wait or are being read
    opening: int  # files
    open_fields: bool
    set_aside: bool
