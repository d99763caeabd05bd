"""Grammars over lexicons. Beside each lexicon stands a grammar of letters for what is in none."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log

from ocr_service.rules.decoding.grammars import State
from ocr_service.rules.lexicons.tries import ROOT, Trie

_SPACES = frozenset(" 　")
_FAR = 14.0  # log: what is so much less probable than the best way is forgotten
_Place = tuple[int, int]  # part of the name, node of its trie
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

    def _entering(self, part: int, weight: float) -> tuple[tuple[_Place, float], ...]:
        return (
            ((part, ROOT), weight + log(1 - self.unknown)),
            ((part, _UNBEGUN), weight + log(self.unknown)),
        )

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        reached: dict[_Place, float] = {}
        for (part, node), weight in state:
            self._go(reached, part, node, weight, character)
            end = self._end(part, node)
            if part != 0 or end == -inf:
                continue
            if character in _SPACES:
                for place, entered in self._entering(1, weight + end + log(self.spaced)):
                    _keep(reached, place, entered)
            else:
                for (_, inner), entered in self._entering(1, weight + end + log(1 - self.spaced)):
                    self._go(reached, 1, inner, entered, character)
        return _settled(reached)

    def _go(self, reached: dict[_Place, float], part: int, node: int, weight: float, character: str) -> None:
        if node < 0:
            letter = self.letters.get(character, self.letters[""])
            _keep(reached, (part, _UNKNOWN), weight + letter + log(1 - self.ends))
            return
        trie = self.surnames if part == 0 else self.given
        child = trie.child(node, character)
        if child > 0:
            _keep(reached, (part, child), weight + float(trie.mass[child] - trie.mass[node]))

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


def _keep(reached: dict[_Place, float], place: _Place, weight: float) -> None:
    if weight > reached.get(place, -inf):
        reached[place] = weight


def _settled(reached: dict[_Place, float]) -> tuple[State, float] | None:
    if not reached:
        return None
    best = max(reached.values())
    kept = sorted(
        (place, round(weight - best, 3)) for place, weight in reached.items() if weight > best - _FAR
    )
    return tuple(kept), best


_TWINS = {
    "ケ": "ヶがヵ",
    "ヶ": "ケが",
    "が": "ヶケ",
    "之": "ノの",
    "ノ": "之の",
    "の": "ノ之",
}  # of one place's name
_TAIL = "0123456789-ー－‐丁目番地号の 一二三四五六七八九十"
_TAIL_LETTER = log(0.6 / len(_TAIL))
_BEHIND = 1  # parts of an address: 0 the place, 1 house numbers and buildings, 2 a place in no lexicon


@dataclass(frozen=True, slots=True)
class AddressOf:
    """A place of the lexicon (with or without prefecture), then numbers and a building; or a place that is
    unknown. `near`: beginnings that are expected here (the places of the postal code that was read)."""

    places: Trie
    letters: Mapping[str, float]
    near: tuple[str, ...] = ()
    unknown: float = 0.03
    expected: float = 0.7  # share of addresses that lie where the postal code says

    @property
    def start(self) -> State:
        share = log(1 - self.unknown) + (log(1 - self.expected) if self.near else 0.0)
        near = tuple(
            ((3 + number, 0), log(self.expected / len(self.near))) for number in range(len(self.near))
        )
        return (((0, ROOT), share), ((2, 0), log(self.unknown)), *near)

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        reached: dict[_Place, float] = {}
        for (part, node), weight in state:
            if part >= 3:
                self._near(reached, part, node, weight, character)
            elif part == 0:
                self._place(reached, node, weight, character)
            else:
                _keep(reached, (part, 0), weight + self._letter(part, character))
        return _settled(reached)

    def _near(self, reached: dict[_Place, float], part: int, at: int, weight: float, character: str) -> None:
        place = self.near[part - 3]
        if at < len(place) and (place[at] == character or character in _TWINS.get(place[at], "")):
            _keep(reached, (part, at + 1), weight)
        elif at == len(place):
            _keep(reached, (_BEHIND, 0), weight + self._letter(_BEHIND, character))

    def _place(self, reached: dict[_Place, float], node: int, weight: float, character: str) -> None:
        for letter in (character, *_TWINS.get(character, "")):
            child = self.places.child(node, letter)
            if child > 0:
                lost = 0.0 if letter == character else log(0.3)
                _keep(
                    reached,
                    (0, child),
                    weight + lost + float(self.places.mass[child] - self.places.mass[node]),
                )
        end = self.places.share(node)
        if end > -inf:
            _keep(reached, (_BEHIND, 0), weight + end + self._letter(_BEHIND, character))

    def _letter(self, part: int, character: str) -> float:
        if part == _BEHIND and character in _TAIL:
            return _TAIL_LETTER
        return self.letters.get(character, self.letters[""]) + (log(0.4) if part == _BEHIND else 0.0)

    def finish(self, state: State) -> float | None:
        assert isinstance(state, tuple)
        best = max(
            (weight + (self.places.share(node) if part == 0 else 0.0) for (part, node), weight in state),
            default=-inf,
        )
        return best if best > -inf else None

    def known(self, text: str) -> bool:
        """Whether the address begins with a place of the lexicon."""
        node = ROOT
        for character in text:
            node = self.places.child(node, character)
            if node < 0:
                return False
            if self.places.end[node] > -inf and len(text) > 4:
                return True
        return False
