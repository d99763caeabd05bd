"""How the two arms of a search become one order. Pure.

Each arm is scaled to 0..1 by its best hit, with 0 as its natural floor (a word score of nothing, a cosine of
nothing), so that the order does not change with the number of hits that were fetched. Then a weighted sum.
Weights were chosen on two public sets; docs/decisions/0004-meaning-and-mix.md has the figures."""

from collections.abc import Mapping
from dataclasses import dataclass

MEANING = 0.5  # share of meaning


@dataclass(frozen=True, slots=True)
class Mixed:
    """An entry in the common order. `words` + `meaning` = `score`; both are 0..1."""

    entry_id: str
    words: float
    meaning: float

    @property
    def score(self) -> float:
        return self.words + self.meaning


def mix(words: Mapping[str, float], meaning: Mapping[str, float], share: float = MEANING) -> list[Mixed]:
    """Best first; equal scores by identifier. `words`: scores > 0, `meaning`: cosines. An entry may be absent
    from either; with an arm empty the other one decides alone."""
    best_word = max(words.values(), default=0.0)
    best_meaning = max(meaning.values(), default=0.0)
    if best_word <= 0:
        share = 1.0
    elif best_meaning <= 0:
        share = 0.0
    by_word = (1 - share) / best_word if best_word > 0 else 0.0
    by_meaning = share / best_meaning if best_meaning > 0 else 0.0
    mixed = [
        Mixed(
            entry_id,
            by_word * max(words.get(entry_id, 0.0), 0.0),
            by_meaning * max(meaning.get(entry_id, 0.0), 0.0),
        )
        for entry_id in {**words, **meaning}
    ]
    return sorted(mixed, key=lambda each: (-each.score, each.entry_id))


def shares(mixed: Mixed) -> tuple[float, float]:
    """The parts of words and of meaning in a score; they add up to 1, or are both 0."""
    if mixed.score <= 0:
        return 0.0, 0.0
    return mixed.words / mixed.score, mixed.meaning / mixed.score
