"""Search by meaning: text to vectors, and nearest vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb_service.models.passages import IndexedEntry

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


class VectorIndex(Protocol):
    """Nearest passages, under rights. Same rules of duplicates and visibility as KeywordIndex."""

    def sequence(self) -> int: ...

    def write(self, changes: Sequence["VectorChange"], sequence: int) -> None: ...

    def search(
        self, vector: Vectors, keys: frozenset[str], limit: int, only: Sequence[str] | None = None
    ) -> tuple[VectorHit, ...]:
        """Best entries (each once, by its best passage). `vector` is [dimensions]. `only` restricts to these
        entries. Exact when fewer than 20,000 passages are visible."""

    def scores(
        self, vector: Vectors, entry_ids: Sequence[str], keys: frozenset[str]
    ) -> Mapping[str, VectorHit]:
        """The cosine of given entries (for those found by words alone)."""

    def passages(self) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class VectorChange:
    """An entry with the vectors of its passages [n, dimensions], row i = passage i; entry None = remove."""

    entry_id: str
    entry: IndexedEntry | None
    vectors: Vectors | None
