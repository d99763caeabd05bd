"""A question to the bank, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kb_service.models.entries import Entry
from kb_service.models.passages import Passage


class Sort(StrEnum):
    """Order of the hits."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class Filters:
    """Chosen facets: values of one facet are alternatives (OR), facets add up (AND)."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    period_from: date | None = None
    period_to: date | None = None

    def empty(self) -> bool:
        return not any(self.facets.values()) and self.period_from is None and self.period_to is None


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, taken apart. All three are plain text, not yet analysed."""

    text: str  # free words, without phrases and exclusions
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    raw: str = ""

    def empty(self) -> bool:
        return not self.text and not self.phrases


@dataclass(frozen=True, slots=True)
class Why:
    """Why a hit is there: the shares of words and meaning in its score (0..1 each, after scaling),
    the words that matched and the fields they matched in."""

    words: float
    meaning: float
    matched: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """A passage of a hit and the stretches in it to mark: (start, end) offsets in passage.text."""

    passage: Passage
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found."""

    entry: Entry
    score: float
    extracts: tuple[Extract, ...]
    why: Why
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many visible hits carry a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. `total` and the facet counts count only what the reader may see."""

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    milliseconds: float
    corrected: str = ""  # what was searched instead when a slip was mended
    arms: tuple[str, ...] = ("words", "meaning")  # "words" alone when no vectors could be had
