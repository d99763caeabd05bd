"""Search by words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kb_service.models.passages import IndexChange, Passage
from kb_service.models.searching import FacetCount, Filters, Query, Sort

Marks = tuple[tuple[int, int], ...]  # (start, end) in a text, in order, not overlapping


@dataclass(frozen=True, slots=True)
class KeywordHit:
    """An entry and its BM25-like score (> 0, comparable within one answer only)."""

    entry_id: str
    score: float
    version: int = 0
    matched: tuple[str, ...] = ()  # words of the query that the entry holds, as typed or normalised
    fields: tuple[str, ...] = ()  # PassageSource values they stand in


@dataclass(frozen=True, slots=True)
class KeywordAnswer:
    """Best first. `total` and `facets` count entries, over the whole visible match set, not over `hits`."""

    hits: tuple[KeywordHit, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of an entry, and who can mark its text."""

    entry_id: str
    passage: Passage
    score: float
    mark: Callable[[str], Marks] = field(compare=False, repr=False)

    @property
    def marks(self) -> Marks:
        """The stretches of its text to mark; worked out when asked for, as most found passages are not shown."""
        return self.mark(self.passage.text)


class KeywordIndex(Protocol):
    """A word index over entries. One writer process, many readers.

    A version lower than or equal to the one held is ignored, a removal of an unknown entry is not an
    error, the same change twice changes nothing. A write is visible to `search` of the same process when
    `write` returns. An entry without a key in `keys` influences nothing: no hit, count, facet, suggestion
    or correction."""

    def sequence(self) -> int:
        """Last outbox sequence that is durably applied; 0 for a new index."""

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None:
        """Applies changes and `sequence` in one commit. Raises kernel.errors.Unavailable when it cannot."""

    def search(
        self,
        query: Query,
        keys: frozenset[str],
        filters: Filters,
        limit: int,
        sort: Sort = Sort.RELEVANCE,
        *,
        offset: int = 0,
        only: Sequence[str] | None = None,
        facets: bool = True,
    ) -> KeywordAnswer:
        """Entries matching enough of the words (AND-leaning), all phrases and no exclusion. An empty query
        matches everything visible, newest first. `only` restricts to these entries, and is then content with
        fewer of the words; without `facets` none are counted."""

    def count(
        self, entry_ids: Sequence[str], keys: frozenset[str], filters: Filters
    ) -> Mapping[str, tuple[FacetCount, ...]]:
        """Facet counts of just these entries (for those found by meaning alone)."""

    def passages(
        self, query: Query, entry_ids: Sequence[str], keys: frozenset[str], each: int
    ) -> Mapping[str, tuple[FoundPassage, ...]]:
        """The best `each` passages of each entry with marks; entries without a match are absent."""

    def passage(self, entry_id: str, number: int, keys: frozenset[str]) -> Passage | None:
        """One stored passage, or None."""

    def picked(
        self, wanted: Mapping[str, Collection[int]], keys: frozenset[str]
    ) -> Mapping[tuple[str, int], Passage]:
        """Stored passages of several entries at once, by entry and number; absent where there is none."""

    def suggest(self, prefix: str, keys: frozenset[str], limit: int) -> tuple[str, ...]:
        """Completions of what is typed, from titles and tags of visible entries; reading, kana and romaji
        aware. Best first, no duplicates."""

    def entries(self) -> int:
        """Number of entries held."""

    def close(self) -> None:
        """Releases files and the writer lock."""
