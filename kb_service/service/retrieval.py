"""Both arms of a search and their mix: which entries, in which order, how many, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb_service.models.searching import FacetCount, Filters, Query, Sort, Why
from kb_service.ports.keyword import KeywordAnswer, KeywordHit, KeywordIndex
from kb_service.ports.vectors import Embedder, VectorHit, VectorIndex
from kb_service.rules.mix import FIRST, Mixed, mix, reworded, share_of_meaning, shares
from kb_service.rules.wording import resemblance

WORDS, MEANING = "words", "meaning"
BOTH = (WORDS, MEANING)

_DEPTH = 100  # entries of each arm that are mixed, at least
_NEAR = 0.35  # cosine of the blended vectors below which meaning alone finds nothing
_READ = (
    0,
    1,
    2,
    3,
)  # passages of an entry that are read for their wording, beside the nearest; 0 = the title
_NEAR_BEST = 0.6  # of the best cosine: what is farther than that from the question is no match


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry found. `passage` is the number of its best passage by meaning, when meaning looked at it."""

    entry_id: str
    score: float
    why: Why
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Best first. `total` and `facets` speak of the whole match set, `candidates` are its first."""

    candidates: tuple[Candidate, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    corrected: str = ""
    arms: tuple[str, ...] = BOTH


class Retriever:
    """One generation of the indexes. Without vectors, or without an embedder, words decide alone.

    The match set is what words match, and what is near by meaning: a cosine of at least _NEAR and _NEAR_BEST
    of the best one. A question with a phrase is matched by words alone; meaning then only orders. What the
    question excludes, is filtered out or may not be read is in neither. The total and the facets are exact while
    words find no more than were fetched (_DEPTH or the limit); beyond, what is near by meaning is taken to be
    among what words found."""

    def __init__(
        self, keyword: KeywordIndex, vectors: VectorIndex | None = None, embedder: Embedder | None = None
    ) -> None:
        self._keyword = keyword
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(
        self,
        query: Query,
        keys: frozenset[str],
        filters: Filters,
        limit: int,
        *,
        arms: Sequence[str] = BOTH,
        sort: Sort = Sort.RELEVANCE,
    ) -> Retrieved:
        """The first `limit` of the match set. Another order than relevance is of words alone: what is merely
        near has no place in a list by date."""
        asked = _Asked(query, keys, filters)
        depth = max(limit, _DEPTH)
        if sort is not Sort.RELEVANCE or MEANING not in arms or query.empty():
            return self._words_alone(self._keyword.search(query, keys, filters, limit, sort))
        words = self._keyword.search(query, keys, filters, depth) if WORDS in arms else KeywordAnswer((), 0)
        near = self._near(asked, depth, words)
        if near is None:
            return self._words_alone(words)
        mixed = self._mixed(asked, limit, words, near)
        return mixed if WORDS in arms else replace(mixed, arms=(MEANING,))

    def _words_alone(self, words: KeywordAnswer) -> Retrieved:
        best = max((hit.score for hit in words.hits), default=0.0) or 1.0
        candidates = tuple(
            Candidate(hit.entry_id, hit.score / best, Why(1.0, 0.0, hit.matched, hit.fields))
            for hit in words.hits
        )
        return Retrieved(candidates, words.total, words.facets, words.corrected, (WORDS,))

    def _near(self, asked: "_Asked", depth: int, words: KeywordAnswer) -> dict[str, VectorHit] | None:
        """The entries near by meaning, and the cosines of those found by words; None without this arm."""
        if self._vectors is None or self._embedder is None:
            return None
        vector = self._embedder.queries([asked.said(words.corrected)])[0]
        if not vector.any():
            return None
        near = {hit.entry_id: hit for hit in self._vectors.search(vector, asked.keys, depth, asked.filters)}
        others = [hit.entry_id for hit in words.hits if hit.entry_id not in near]
        near.update(self._vectors.scores(vector, others, asked.keys))
        return near

    def _mixed(
        self, asked: "_Asked", limit: int, words: KeywordAnswer, near: Mapping[str, VectorHit]
    ) -> Retrieved:
        by_words = {hit.entry_id: hit for hit in words.hits}
        cut = max(_NEAR, _NEAR_BEST * max((hit.score for hit in near.values()), default=0.0))
        added = [each for each, hit in near.items() if each not in by_words and hit.score >= cut]
        added = self._allowed(asked, added)
        total, facets = words.total, words.facets
        alone = added if words.total <= len(words.hits) else []
        if alone:
            total += len(alone)
            facets = _added(facets, self._keyword.count(alone, asked.keys, asked.filters))
        members = {*by_words, *added}
        scores = {each: hit.score for each, hit in by_words.items()}
        order = mix(scores, {each: hit.score for each, hit in near.items() if each in members})
        order = reworded(order, self._wording(asked, order[:FIRST], near), share_of_meaning(scores.values()))
        candidates = tuple(
            _candidate(mixed.entry_id, mixed.score, shares(mixed), by_words.get(mixed.entry_id), near)
            for mixed in order[:limit]
        )
        return Retrieved(candidates, total, facets, words.corrected)

    def _wording(self, asked: "_Asked", first: Sequence[Mixed], near: Mapping[str, VectorHit]) -> list[float]:
        """How well each of the first entries repeats the question."""
        wanted: dict[str, list[int]] = {}
        for mixed in first:
            hit = near.get(mixed.entry_id)
            wanted[mixed.entry_id] = sorted({*_READ, *([hit.passage] if hit else [])})
        read = {place: passage.text for place, passage in self._keyword.picked(wanted, asked.keys).items()}
        told = [
            (
                read.get((each, 0), ""),
                [read[each, number] for number in numbers[1:] if (each, number) in read],
            )
            for each, numbers in wanted.items()
        ]
        return resemblance(asked.said(), told)

    def _allowed(self, asked: "_Asked", entry_ids: list[str]) -> list[str]:
        """Those of the entries near by meaning that the question does not shut out."""
        if asked.query.phrases or not entry_ids:
            return []
        if not asked.query.excluded:
            return entry_ids
        kept = {
            hit.entry_id for hit in self._among(Query("", excluded=asked.query.excluded), asked, entry_ids)
        }
        return [each for each in entry_ids if each in kept]

    def _among(self, query: Query, asked: "_Asked", entry_ids: list[str]) -> tuple[KeywordHit, ...]:
        """What words find among just these entries."""
        answer = self._keyword.search(
            query, asked.keys, asked.filters, len(entry_ids), only=entry_ids, facets=False
        )
        return answer.hits


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question, who asks, and what was chosen beside it."""

    query: Query
    keys: frozenset[str]
    filters: Filters

    def said(self, corrected: str = "") -> str:
        """What is wanted, phrases too, as one text."""
        return " ".join((corrected or self.query.text, *self.query.phrases))


def _candidate(
    entry_id: str,
    score: float,
    parts: tuple[float, float],
    hit: KeywordHit | None,
    near: Mapping[str, VectorHit],
) -> Candidate:
    why = Why(*parts, hit.matched if hit else (), hit.fields if hit else ())
    found = near.get(entry_id)
    return Candidate(entry_id, score, why, found.passage if found else None)


def _added(
    facets: Mapping[str, tuple[FacetCount, ...]], more: Mapping[str, tuple[FacetCount, ...]]
) -> dict[str, tuple[FacetCount, ...]]:
    """Two sets of counts of different entries as one, the most frequent value first."""
    summed: dict[str, dict[str, int]] = {}
    for counts in (facets, more):
        for name, values in counts.items():
            of_name = summed.setdefault(name, {})
            for each in values:
                of_name[each.value] = of_name.get(each.value, 0) + each.count
    return {
        name: tuple(
            FacetCount(value, count)
            for value, count in sorted(of.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        for name, of in summed.items()
    }
