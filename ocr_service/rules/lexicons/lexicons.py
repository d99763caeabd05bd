"""All lexicons that the decoder knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

from ocr_service.rules.lexicons.addresses import Addresses
from ocr_service.rules.lexicons.tries import Trie


@dataclass(frozen=True, slots=True)
class Lexicons:
    """Surnames and given names as written and in full-width katakana; words of
    ordinary writing; postal addresses."""

    surnames: Trie
    given: Trie
    surnames_kana: Trie
    given_kana: Trie
    words: Trie
    addresses: Addresses
    letters: "Letters" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "letters", Letters.of(self))


_UNSEEN = 0.02  # share of characters that occur in no word of the lexicon
_KINDS = 5_000  # how many such characters there are
_BUILDINGS = dict.fromkeys(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゴジズダデドバビブベボパピプペポッャュョィェォー",
    0.5 / 80,
)
_ROOMS = dict.fromkeys("0123456789-号室階棟館ABCDEFGHIJKLMNOPRSTUVWー ", 0.3 / 48)


@dataclass(frozen=True, slots=True)
class Letters:
    """Log probability of a character of what is in no lexicon, "" for characters never seen."""

    names: Mapping[str, float]
    kana: Mapping[str, float]
    words: Mapping[str, float]
    addresses: Mapping[str, float]

    @staticmethod
    def of(lexicons: Lexicons) -> "Letters":
        places = lexicons.addresses.trie.letters()
        return Letters(
            _logs(lexicons.surnames.letters(), lexicons.given.letters()),
            _logs(lexicons.surnames_kana.letters(), lexicons.given_kana.letters()),
            _logs(lexicons.words.letters(), _ROOMS),
            _logs(places, _BUILDINGS, _ROOMS),
        )


def _logs(*sources: Mapping[str, float]) -> dict[str, float]:
    mixed: dict[str, float] = {}
    for source in sources:
        for character, share in source.items():
            mixed[character] = mixed.get(character, 0.0) + share / len(sources)
    least = log(_UNSEEN / _KINDS)
    seen = {character: max(least, log(share * (1 - _UNSEEN))) for character, share in mixed.items()}
    return {**seen, "": least}
