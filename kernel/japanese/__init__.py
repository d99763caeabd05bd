"""Japanese text for searching: words, readings, pairs of characters, and writing folded for matching."""

from kernel.japanese.analyser import STOP_WORDS, Analyser, Analysis, Token, Written
from kernel.japanese.folding import (
    bigrams,
    fold,
    fold_with_offsets,
    normalise,
    normalise_with_offsets,
    sound_key,
    to_katakana,
)
from kernel.japanese.romaji import romaji_to_katakana
from kernel.japanese.workers import Workers

__all__ = [
    "STOP_WORDS",
    "Analyser",
    "Analysis",
    "Token",
    "Workers",
    "Written",
    "bigrams",
    "fold",
    "fold_with_offsets",
    "normalise",
    "normalise_with_offsets",
    "romaji_to_katakana",
    "sound_key",
    "to_katakana",
]
