"""Classes of characters, as templates name them."""

from collections.abc import Callable

from ocr_service.models.fields import Characters

_BOTH_KANA = frozenset("ー・　 ゛゜")


def classes_of(character: str) -> frozenset[Characters]:
    """The classes that one character belongs to; signs are whatever is nothing else."""
    if character in _BOTH_KANA:
        return frozenset({Characters.HIRAGANA, Characters.KATAKANA, Characters.SIGNS})
    code = ord(character)
    return frozenset({next((each for each, holds in _CLASSES if holds(code)), Characters.SIGNS)})


def _digit(code: int) -> bool:
    return 0x30 <= code <= 0x39 or 0xFF10 <= code <= 0xFF19


def _latin(code: int) -> bool:
    return chr(code).isalpha() and (code < 0x250 or 0xFF21 <= code <= 0xFF5A)


def _hiragana(code: int) -> bool:
    return 0x3041 <= code <= 0x309F


def _katakana(code: int) -> bool:
    return 0x30A1 <= code <= 0x30FF or 0xFF66 <= code <= 0xFF9F


def _kanji(code: int) -> bool:
    """Unified ideographs with all extensions, compatibility ideographs, 々 〆 〇."""
    return (
        0x3400 <= code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or code in {0x3005, 0x3006, 0x3007}
    )


_CLASSES: tuple[tuple[Characters, Callable[[int], bool]], ...] = (
    (Characters.DIGITS, _digit),
    (Characters.LATIN, _latin),
    (Characters.HIRAGANA, _hiragana),
    (Characters.KATAKANA, _katakana),
    (Characters.KANJI, _kanji),
)
