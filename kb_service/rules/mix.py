"""How the two arms of a search become one order. Pure.

Each arm is scaled to 0..1 by its best hit, with 0 as its natural floor (a word score of nothing, a cosine of
nothing), so that the order does not change with the number of hits that were fetched. Then a weighted sum, its
weight chosen for each question. Constants: docs/decisions/0004-meaning-and-mix.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# The share of meaning is how alike the best entries are by their words, within these bounds.
_LEAST, _MOST = 0.2, 0.9
_RIVALS = 9  # runners-up that are compared with the best
WORDING = 0.5  # how much repeating the question's wording counts beside its words
FIRST = 10  # entries whose wording is looked at: a page

_NOTHING = 1e-9  # a cosine below it says nothing, and its inverse may be no number


@dataclass(frozen=True, slots=True)
class Mixed:
    """An entry in the common order. `words` + `meaning` = `score`."""

    entry_id: str
    words: float
    meaning: float

    @property
    def score(self) -> float:
        return self.words + self.meaning


def share_of_meaning(word_scores: Iterable[float]) -> float:
    """How much meaning decides, from how the word scores fall off behind the best: 1 when words found nothing.
    A missing runner-up counts as a score of 0."""
    best, *rivals = sorted((score for score in word_scores if score > 0), reverse=True)[: _RIVALS + 1] or [
        0.0
    ]
    if best <= 0:
        return 1.0
    alike = sum(rivals) / _RIVALS / best
    return min(_MOST, max(_LEAST, alike))


def mix(words: Mapping[str, float], meaning: Mapping[str, float]) -> list[Mixed]:
    """Best first; equal scores by identifier. `words`: scores > 0, `meaning`: cosines. An entry may be absent
    from either; with an arm empty the other one decides alone."""
    best_word = max(words.values(), default=0.0)
    best_meaning = max(meaning.values(), default=0.0)
    share = share_of_meaning(words.values()) if best_meaning > _NOTHING else 0.0
    by_word = (1 - share) / best_word if best_word > _NOTHING else 0.0
    by_meaning = share / best_meaning if best_meaning > _NOTHING else 0.0
    mixed = [
        Mixed(
            entry_id,
            by_word * max(words.get(entry_id, 0.0), 0.0),
            by_meaning * max(meaning.get(entry_id, 0.0), 0.0),
        )
        for entry_id in {**words, **meaning}
    ]
    return _ordered(mixed)


def reworded(order: Sequence[Mixed], resemblance: Sequence[float], share: float) -> list[Mixed]:
    """The same entries, the first of them ordered anew with what rules.wording found in them (0..1 each); they
    all stay before the rest."""
    first = [
        Mixed(each.entry_id, each.words + (1 - share) * WORDING * alike, each.meaning)
        for each, alike in zip(order, resemblance, strict=False)
    ]
    return [*_ordered(first), *order[len(first) :]]


def shares(mixed: Mixed) -> tuple[float, float]:
    """The parts of words and of meaning in a score; they add up to 1, or are both 0."""
    if mixed.score <= 0:
        return 0.0, 0.0
    return mixed.words / mixed.score, mixed.meaning / mixed.score


def _ordered(mixed: Iterable[Mixed]) -> list[Mixed]:
    return sorted(mixed, key=lambda each: (-each.score, each.entry_id))
