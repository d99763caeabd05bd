"""Documents that no template is known for: text, tables, pictures of pages."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ocr_service.models.pages import PageText, Point


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A place with lines on all four sides, in pixels of the upright page; right and bottom lie outside."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class FoundTable:
    """Rows from the top, each with as many texts as the table has columns. A cell that spans several has its text
    in the first, the others are ""."""

    place: RuledCell
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page: its lines with their places on `picture` (JPEG of `size`, width and height), its tables, and the
    text of both in reading order. `name`: of the file inside a ZIP, "" otherwise."""

    name: str
    number: int
    picture: bytes
    size: tuple[int, int]
    lines: tuple[tuple[tuple[Point, Point, Point, Point], str], ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    text: str
    reason_ja: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What the engine saw, with the tables that rulings make of it."""

    text: PageText
    tables: tuple[FoundTable, ...]


class DocumentState(StrEnum):
    """WAITING until a job has read it."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that somebody handed in to be read. `digest`: of the file; `pdf`, `text` and `tables` are digests of
    what came out ("" before). `reason_*`: why it failed, or which of its pages could not be read."""

    id: str
    owner: str
    name: str
    state: DocumentState
    digest: str
    made_at: datetime
    made_by: str
    pdf: str = ""
    text: str = ""
    tables: str = ""
    pages: int = 0
    found: int = 0  # tables
    reason_ja: str = ""
    reason_en: str = ""
