"""The grammar of names. Beside the lexicons stands a grammar of letters for names that are in none."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log

from ocr_service.rules.decoding.grammars import State
from ocr_service.rules.lexicons.tries import ROOT, Trie

_SPACES = frozenset(" 　")
_FAR = 9.0  # log: what is so much less probable than the best way is forgotten
Place = tuple[int, int]  # part of the name, node of its trie
_UNKNOWN, _UNBEGUN = -1, -2  # nodes outside of the lexicon: within a name, and before its first character


@dataclass(frozen=True, slots=True)
class NameOf:
    """Surname and given name, with or without a space; either of them may be missing from its lexicon.
    `letters`: log probability of a character of names that are in no lexicon, "" for characters never seen.
    The state holds all ways to take what was read, each with its weight, the best first."""

    surnames: Trie
    given: Trie
    letters: Mapping[str, float]
    unknown: float = 0.04  # share of surnames, and of given names, that are in no lexicon
    alone: float = 0.02  # share of fields with one name only
    spaced: float = 0.3
    ends: float = 0.4  # an unknown name ends after each of its characters so often

    @property
    def start(self) -> State:
        return self._entering(0, 0.0)

    def _entering(self, part: int, weight: float) -> tuple[tuple[Place, float], ...]:
        return (
            ((part, ROOT), weight + log(1 - self.unknown)),
            ((part, _UNBEGUN), weight + log(self.unknown)),
        )

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        reached: dict[Place, float] = {}
        for (part, node), weight in state:
            self._go(reached, part, node, weight, character)
            end = self._end(part, node)
            if part != 0 or end == -inf:
                continue
            if character in _SPACES:
                for place, entered in self._entering(1, weight + end + log(self.spaced)):
                    keep(reached, place, entered)
            else:
                for (_, inner), entered in self._entering(1, weight + end + log(1 - self.spaced)):
                    self._go(reached, 1, inner, entered, character)
        return settled(reached)

    def _go(self, reached: dict[Place, float], part: int, node: int, weight: float, character: str) -> None:
        if node < 0:
            letter = self.letters.get(character, self.letters[""])
            keep(reached, (part, _UNKNOWN), weight + letter + log(1 - self.ends))
            return
        trie = self.surnames if part == 0 else self.given
        child = trie.child(node, character)
        if child > 0:
            keep(reached, (part, child), weight + trie.passing(node, child))

    def _end(self, part: int, node: int) -> float:
        if node < 0:
            return log(self.ends) if node == _UNKNOWN else -inf
        return (self.surnames if part == 0 else self.given).share(node)

    def finish(self, state: State) -> float | None:
        assert isinstance(state, tuple)
        best = -inf
        for (part, node), weight in state:
            end = self._end(part, node) + (log(self.alone) if part == 0 else 0.0)
            best = max(best, weight + end)
        return best if best > -inf else None

    def known(self, text: str) -> bool:
        """Whether both names are in their lexicons."""
        compact = "".join(text.split())
        for at in range(1, len(compact)):
            if compact[:at] in self.surnames and compact[at:] in self.given:
                return True
        return False


def keep(reached: dict[Place, float], place: Place, weight: float) -> None:
    """Notes a way to a place, if it is the best one."""
    if weight > reached.get(place, -inf):
        reached[place] = weight


def settled(reached: dict[Place, float]) -> tuple[State, float] | None:
    """The state of all ways, relative to the best, and the weight of that one. Ways outside of the lexicon (nodes
    below 0) stay however far behind they are: the next character may be in no word."""
    if not reached:
        return None
    best = max(reached.values())
    kept = sorted(
        (place, round(weight - best, 3))
        for place, weight in reached.items()
        if weight > best - _FAR or place[1] < 0
    )
    return tuple(kept), best
