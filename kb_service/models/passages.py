"""What the indexes hold: an entry cut into passages that keep their place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kb_service.models.attachments import Place


class PassageSource(StrEnum):
    """Which part of an entry a passage was cut from."""

    TITLE = "title"
    SUMMARY = "summary"
    FIELD = "field"
    BODY = "body"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text of an entry, about 100 to 600 characters. `number` counts from 0 in the entry;
    number 0 is the title."""

    number: int
    source: PassageSource
    text: str
    field_name: str = ""  # for FIELD: the name in the fields' dataclass
    heading: str = ""  # for BODY: the nearest Markdown heading
    attachment_id: str = ""
    attachment_name: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """One version of an entry as the indexes take it. Facet names: provider, kind, outcome, technology,
    business, status, tag, has_attachment ("true"/"false"), year."""

    entry_id: str
    version: int
    audience: frozenset[str]
    title: str
    passages: tuple[Passage, ...]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    updated_at: datetime = datetime.min
    period_from: date | None = None
    period_to: date | None = None
    effect_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry that the indexes must no longer hold."""

    entry_id: str


IndexChange = IndexedEntry | Removal
