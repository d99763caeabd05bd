"""Postal addresses: 都道府県, 市区町村, 町域, found from either side."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from ocr_service.rules.lexicons.tries import ROOT, Trie

_TWINS = str.maketrans("ケヶが之ノ", "ケケケノノ")
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class Addresses:
    """`trie` holds whole addresses (東京都千代田区霞が関) and the same without the prefecture. `codes` are
    postal codes as numbers, sorted, one for each place; `nodes` the place's node in the trie."""

    trie: Trie
    codes: NDArray[np.int32]
    nodes: NDArray[np.int32]

    def of_postal(self, code: str) -> tuple[str, ...]:
        """The places of a postal code ("1000013" or "100-0013") with prefecture; none = no such code."""
        digits = code.translate(_DIGITS).replace("-", "")
        if not (len(digits) == 7 and digits.isascii() and digits.isdigit()):
            return ()
        low, high = np.searchsorted(self.codes, [int(digits), int(digits) + 1])
        return tuple(self.trie.word(int(node)) for node in self.nodes[low:high])

    def begins(self, text: str) -> bool:
        """Whether an address begins with a place of the lexicon."""
        node = ROOT
        for character in text:
            node = self.trie.child(node, character)
            if node < 0:
                return False
            if self.trie.end[node] > -inf:
                return True
        return False

    def agree(self, code: str, address: str) -> bool | None:
        """Whether an address lies where the postal code says; None when the code is not known. The prefecture
        may be missing, and ケ ヶ が count as one."""
        places = self.of_postal(code)
        if not places:
            return None
        written = _folded(address)
        return any(
            written.startswith(start)
            for place in places
            for start in {_folded(place), _folded(without_prefecture(place))}
        )


def without_prefecture(place: str) -> str:
    """東京都千代田区霞が関 → 千代田区霞が関."""
    for ending in ("都", "道", "府", "県"):
        at = place.find(ending)
        if 1 < at <= 3:
            return place[at + 1 :]
    return place


def _folded(address: str) -> str:
    return "".join(address.split()).replace("大字", "").replace("字", "").translate(_TWINS)
