"""Search by meaning: text to vectors, and nearest vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb_service.models.passages import IndexedEntry
from kb_service.models.searching import Filters

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors [n, dimensions] float32. `version` names the weights: vectors of two
    versions must never be compared. A text of no known word gives the zero vector."""

    @property
    def dimensions(self) -> int: ...

    @property
    def version(self) -> str: ...

    def queries(self, texts: Sequence[str]) -> Vectors: ...

    def passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class VectorHit:
    """The best passage of an entry by meaning; score is a cosine (-1..1)."""

    entry_id: str
    passage: int
    score: float


@dataclass(frozen=True, slots=True)
class VectorChange:
    """An entry with the vectors of its passages [n, dimensions], row i = passage i; entry None = remove."""

    entry_id: str
    entry: IndexedEntry | None
    vectors: Vectors | None


class VectorIndex(Protocol):
    """Nearest passages, under rights. Same rules of duplicates and visibility as KeywordIndex: a version
    lower than or equal to the one held is ignored, a removal of an unknown entry is not an error, a write
    is visible to `search` of the same process when `write` returns."""

    def sequence(self) -> int:
        """Last outbox sequence that is durably applied; 0 for a new index."""

    def write(self, changes: Sequence[VectorChange], sequence: int) -> None:
        """Applies changes and `sequence` as one. Raises kernel.errors.Unavailable when it cannot."""

    def search(
        self,
        vector: Vectors,
        keys: frozenset[str],
        limit: int,
        filters: Filters | None = None,
        only: Sequence[str] | None = None,
    ) -> tuple[VectorHit, ...]:
        """Best entries (each once, by its best passage), best first. `vector` is [dimensions]; a zero vector
        finds nothing. `only` restricts to these entries. Exact when fewer than 20,000 passages remain."""

    def scores(
        self, vector: Vectors, entry_ids: Sequence[str], keys: frozenset[str]
    ) -> Mapping[str, VectorHit]:
        """The cosine of given entries (for those found by words alone); unknown or invisible ones are absent."""

    def passages(self) -> int:
        """Number of passages held."""

    def close(self) -> None:
        """Releases files."""
