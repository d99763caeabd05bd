"""The grammar of ordinary writing: words of the lexicon one after the other, and letters for the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, log

from ocr_service.rules.decoding.grammars import State
from ocr_service.rules.decoding.words import Place, keep, settled
from ocr_service.rules.lexicons.tries import ROOT, Trie

_LETTERS = -1  # node within what is no word
_UNKNOWN = 0.15  # share of words that are in no lexicon
_GOES_ON = 0.6  # an unknown word goes on after each of its letters


@dataclass(frozen=True, slots=True)
class TextOf:
    """`letters`: log probability of a letter of what is no word, "" for letters never seen. A node of the
    trie, or _LETTERS, is where a word stands."""

    words: Trie
    letters: Mapping[str, float]

    @property
    def start(self) -> State:
        return (((0, ROOT), 0.0),)

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        reached: dict[Place, float] = {}
        for (_, node), weight in state:
            for after, gained in self.ways(node, character):
                keep(reached, (0, after), weight + gained)
        return settled(reached)

    def finish(self, state: State) -> float | None:
        assert isinstance(state, tuple)
        best = max((weight + self.end(node) for (_, node), weight in state), default=-inf)
        return best if best > -inf else None

    def ways(self, node: int, character: str) -> Iterator[tuple[int, float]]:
        """Where one more character leads from a node, and the weight of each way."""
        letter = self.letters.get(character, self.letters[""])
        if node == _LETTERS:
            yield _LETTERS, log(_GOES_ON) + letter
        else:
            child = self.words.child(node, character)
            if child > 0:
                known = log(1 - _UNKNOWN) if node == ROOT else 0.0
                yield child, known + self.words.passing(node, child)
        end = self.end(node)
        if end > -inf:
            yield _LETTERS, end + log(_UNKNOWN) + letter
            if node != ROOT:
                child = self.words.child(ROOT, character)
                if child > 0:
                    gained = self.words.passing(ROOT, child)
                    yield child, end + log(1 - _UNKNOWN) + gained

    def end(self, node: int) -> float:
        """The weight of a word's end at a node; -inf within a word."""
        if node == _LETTERS:
            return log(1 - _GOES_ON)
        return 0.0 if node == ROOT else self.words.share(node)
