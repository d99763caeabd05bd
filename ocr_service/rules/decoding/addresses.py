"""The grammar of addresses: a place of the lexicon, then house numbers and buildings."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log

from ocr_service.rules.decoding.grammars import State
from ocr_service.rules.decoding.texts import TextOf
from ocr_service.rules.decoding.words import Place, keep, settled
from ocr_service.rules.lexicons.tries import ROOT, Trie

_TWINS = {
    "ケ": "ヶがヵ",
    "ヶ": "ケが",
    "が": "ヶケ",
    "之": "ノの",
    "ノ": "之の",
    "の": "ノ之",
}  # of one place's name
_PLACE, _BEHIND, _ELSEWHERE, _BUILDING, _NEAR = range(
    5
)  # parts of an address; from _NEAR on the expected places
_ANYTHING = -1  # node of a place that is in no lexicon
_DIGITS = "0123456789"
_KANJI_DIGITS = "一二三四五六七八九十"
_HYPHENS = "-ー－‐−の"
_KINDS = dict.fromkeys(_DIGITS, 1) | dict.fromkeys(_KANJI_DIGITS, 2) | dict.fromkeys(_HYPHENS, 3)
_KINDS |= {"丁": 4, "目": 5, "番": 6, "地": 7, "号": 8, "室": 9, " ": 10}
_OTHER = 0  # kind of a letter of a building's name
# How often what follows what in house numbers: digits share the entry "0", hyphens "-", letters of buildings "".
_FOLLOWS: tuple[Mapping[str, float], ...] = (
    {"": 0.80, "0": 0.13, "号": 0.03, " ": 0.03},
    {"0": 0.34, "-": 0.27, "丁": 0.12, "番": 0.10, "号": 0.08, " ": 0.02, "": 0.07},
    {"丁": 0.70, "一": 0.15, "番": 0.06, "号": 0.04, "": 0.05},
    {"0": 0.97, "一": 0.01, "": 0.02},
    {"目": 0.99, "": 0.01},
    {"0": 0.93, " ": 0.03, "一": 0.02, "": 0.02},
    {"0": 0.62, "地": 0.33, " ": 0.02, "": 0.03},
    {"0": 0.55, "の": 0.10, " ": 0.15, "": 0.20},
    {"": 0.45, "室": 0.45, " ": 0.08, "0": 0.02},
    {" ": 0.2, "": 0.6, "0": 0.2},
    {"": 0.75, "0": 0.22, "室": 0.03},
)
_SHARED = {"0": (_DIGITS, 1 / 10), "-": ("-ー－‐−", 0.2), "一": (_KANJI_DIGITS, 1 / 10)}
_RARE = log(1e-4)  # a step that the table does not know


def _spread(table: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for entry, share in table.items():
        letters, part = _SHARED.get(entry, (entry, 1.0))
        for letter in letters or [""]:
            found[letter] = max(found.get(letter, -inf), log(share * part))
    return found


_FOLLOWED = tuple(_spread(table) for table in _FOLLOWS)


@dataclass(frozen=True, slots=True)
class AddressOf:
    """A place of the lexicon (with or without prefecture), then numbers and a building; or a place that is
    unknown. `near`: beginnings that are expected here (the places of the postal code that was read)."""

    places: Trie
    letters: Mapping[str, float]
    buildings: TextOf
    near: tuple[str, ...] = ()
    unknown: float = 0.03
    expected: float = 0.7  # share of addresses that lie where the postal code says

    @property
    def start(self) -> State:
        share = log(1 - self.unknown) + (log(1 - self.expected) if self.near else 0.0)
        near = tuple(
            ((_NEAR + number, 0), log(self.expected / len(self.near))) for number in range(len(self.near))
        )
        return (((_PLACE, ROOT), share), ((_ELSEWHERE, _ANYTHING), log(self.unknown)), *near)

    def step(self, state: State, character: str) -> tuple[State, float] | None:
        assert isinstance(state, tuple)
        reached: dict[Place, float] = {}
        for (part, node), weight in state:
            if part >= _NEAR:
                self._near(reached, part, node, weight, character)
            elif part == _PLACE:
                self._place(reached, node, weight, character)
            elif part == _ELSEWHERE:
                self._elsewhere(reached, weight, character)
            elif part == _BUILDING:
                self._building(reached, node, weight, character)
            else:
                self._behind(reached, node, weight, character)
        return settled(reached)

    def _near(self, reached: dict[Place, float], part: int, at: int, weight: float, character: str) -> None:
        place = self.near[part - _NEAR]
        if at < len(place) and (place[at] == character or character in _TWINS.get(place[at], "")):
            keep(reached, (part, at + 1), weight)
        elif at == len(place):
            self._behind(reached, _KINDS["目"], weight, character)

    def _place(self, reached: dict[Place, float], node: int, weight: float, character: str) -> None:
        for letter in (character, *_TWINS.get(character, "")):
            child = self.places.child(node, letter)
            if child > 0:
                lost = 0.0 if letter == character else log(0.3)
                passing = self.places.passing(node, child)
                keep(reached, (_PLACE, child), weight + lost + passing)
        end = self.places.share(node)
        if end > -inf:
            self._behind(reached, _KINDS["目"], weight + end, character)

    def _elsewhere(self, reached: dict[Place, float], weight: float, character: str) -> None:
        """Any letters; from the first digit on it is a house number."""
        if character in _DIGITS:
            keep(reached, (_BEHIND, 1), weight + log(0.1 / 10))
        keep(reached, (_ELSEWHERE, _ANYTHING), weight + self.letters.get(character, self.letters[""]))

    def _behind(self, reached: dict[Place, float], kind: int, weight: float, character: str) -> None:
        """House numbers and buildings: `kind` of the character before."""
        now = _KINDS.get(character, _OTHER)
        table = _FOLLOWED[kind]
        step = table.get(character, _RARE)
        keep(reached, (_BEHIND, now), weight + step)
        if kind != _KINDS["丁"]:
            for node, gained in self.buildings.ways(ROOT, character):
                keep(reached, (_BUILDING, node), weight + table.get("", _RARE) + gained)

    def _building(self, reached: dict[Place, float], node: int, weight: float, character: str) -> None:
        """The name of a building; behind a word of it more words, or the number of a room."""
        for after, gained in self.buildings.ways(node, character):
            keep(reached, (_BUILDING, after), weight + gained)
        end = self.buildings.end(node)
        now = _KINDS.get(character)
        if end > -inf and now is not None:
            keep(reached, (_BEHIND, now), weight + end + _FOLLOWED[_OTHER].get(character, _RARE))

    def finish(self, state: State) -> float | None:
        assert isinstance(state, tuple)
        best = max((weight + self._end(part, node) for (part, node), weight in state), default=-inf)
        return best if best > -inf else None

    def _end(self, part: int, node: int) -> float:
        if part == _PLACE:
            return self.places.share(node)
        return self.buildings.end(node) if part == _BUILDING else 0.0
