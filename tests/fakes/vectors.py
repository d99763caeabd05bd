"""A vector index in two dictionaries, and an embedder of letters: what the ports promise, with no engine."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from kb_service.models.passages import IndexedEntry
from kb_service.models.searching import Filters
from kb_service.ports.vectors import VectorChange, VectorHit, Vectors


class VectorsInMemory:
    """Compares with every passage. Keeps nothing."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[IndexedEntry, Vectors]] = {}
        self._sequence = 0

    def sequence(self) -> int:
        return self._sequence

    def write(self, changes: Sequence[VectorChange], sequence: int) -> None:
        for change in changes:
            held = self._entries.get(change.entry_id)
            if change.entry is None:
                self._entries.pop(change.entry_id, None)
            elif held is None or held[0].version < change.entry.version:
                assert change.vectors is not None
                self._entries[change.entry_id] = (change.entry, np.asarray(change.vectors, np.float32))
        self._sequence = max(self._sequence, sequence)

    def search(
        self,
        vector: Vectors,
        keys: frozenset[str],
        limit: int,
        filters: Filters | None = None,
        only: Sequence[str] | None = None,
    ) -> tuple[VectorHit, ...]:
        wanted = [each for each in self._entries if only is None or each in only]
        passing = [each for each in wanted if filters is None or _passes(self._entries[each][0], filters)]
        hits = [hit for hit in self.scores(vector, passing, keys).values() if hit.score > 0]
        return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])

    def scores(
        self, vector: Vectors, entry_ids: Sequence[str], keys: frozenset[str]
    ) -> Mapping[str, VectorHit]:
        found = {}
        for entry_id in entry_ids:
            entry, vectors = self._entries.get(entry_id, (None, None))
            if (
                entry is not None
                and vectors is not None
                and len(vectors)
                and not keys.isdisjoint(entry.audience)
            ):
                cosines = vectors @ vector
                best = int(np.argmax(cosines))
                found[entry_id] = VectorHit(entry_id, best, float(cosines[best]))
        return found

    def passages(self) -> int:
        return sum(len(vectors) for _, vectors in self._entries.values())

    def close(self) -> None:
        self._entries.clear()


class LetterEmbedder:
    """Counts characters into 64 hashed places: texts that share letters are near."""

    dimensions = 64
    version = "letters-1"

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                if not letter.isspace():
                    vectors[row, zlib.crc32(letter.encode("utf-8", "replace")) % self.dimensions] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        units: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        return units


def _passes(entry: IndexedEntry, filters: Filters) -> bool:
    for name, values in filters.facets.items():
        if values and not set(values) & set(entry.facets.get(name, ())):
            return False
    if filters.period_from is None and filters.period_to is None:
        return True
    if entry.period_from is None and entry.period_to is None:
        return False
    begins, ends = entry.period_from or date.min, entry.period_to or date.max
    return begins <= (filters.period_to or date.max) and ends >= (filters.period_from or date.min)


class TopicEmbedder:
    """Knows a few words and what they are about: words of one topic have one direction."""

    version = "topics-1"

    def __init__(self, *topics: str) -> None:
        self._topics = [topic.split() for topic in topics]
        self.dimensions = len(topics)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        counts = [[sum(text.count(word) for word in words) for words in self._topics] for text in texts]
        vectors = np.array(counts, np.float32).reshape(len(texts), self.dimensions)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        units: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
        return units
