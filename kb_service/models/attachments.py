"""Files attached to an entry, and the text read from them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReadingState(StrEnum):
    """Where the reading of an attachment stands."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    UNREADABLE = "unreadable"


class PlaceKind(StrEnum):
    """What a number of a place counts."""

    PAGE = "page"
    SHEET = "sheet"
    SLIDE = "slide"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: page 12, sheet 2 「集計」, slide 3. Numbers count from 1."""

    kind: PlaceKind
    number: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text of one place of a file. `by_ocr` when no text layer was there."""

    place: Place
    text: str
    by_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an entry. `digest` is the SHA-256 of its bytes, the key in the blob store."""

    id: str
    entry_id: str
    name: str
    media_type: str
    size: int
    digest: str
    uploaded_at: datetime
    uploaded_by: str
    state: ReadingState = ReadingState.WAITING
    pages_done: int = 0
    pages_total: int = 0
    reason_ja: str = ""  # why it could not be read, or what was left out of it, for a person
    reason_en: str = ""
