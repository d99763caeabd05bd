"""Writing folded for matching: widths, case, old kanji, kana. Stored text is never changed by this."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kernel.japanese.kanji import OLD_TO_NEW

_UNSAFE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAME_LENGTH = {**OLD_TO_NEW, ord("ヰ"): "イ", ord("ヱ"): "エ", ord("ゐ"): "い", ord("ゑ"): "え"}

_OLD = re.compile("[" + "".join(map(chr, _SAME_LENGTH)) + "]")
_VOICING = re.compile("[ﾞﾟ]")

_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA = {code: chr(code + 0x60) for code in range(0x3041, 0x3097)} | {0x309D: "ヽ", 0x309E: "ヾ"}
_VOICED = str.maketrans(
    "カキクケコサシスセソタチツテトハヒフヘホウ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"
)
_SOUNDS = {
    "ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴュ": "ビユ", "ヴ": "ブ",
    "ティ": "チ", "ディ": "ジ", "トゥ": "ツ", "ドゥ": "ド", "テュ": "チユ", "デュ": "ジユ",
    "フュ": "ヒユ", "イヤ": "イア", "ヂ": "ジ", "ヅ": "ズ", "ヰ": "イ", "ヱ": "エ", "ヲ": "オ",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_REPEATED = re.compile("([\u3400-\u9fff])々|([ァ-ヴ])([ヽヾ])")
_SECOND = frozenset(
    "々ヽヾゝゞ" + "ァィェォュゥァぁぃぇぉゅぅヤや"
)  # folds together with the character before it
# Dropped inside a word: prolonged sound marks, hyphens of every kind, the middle dot, blanks.
_JOINERS = re.compile(r"[ー\-‐‑‒–—―−~〜・･'’\s]+")
_BREAKS = re.compile(r"[^\w]+")


def normalise(text: str) -> str:
    """NFKC, lower case, new kanji; control characters and lone surrogates become blanks."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(" ", text)
    return text.translate(_SAME_LENGTH) if _OLD.search(text) else text


_piece = lru_cache(maxsize=20_000)(normalise)


def normalise_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """`normalise`, and for each of its characters (and its end) the offset in `text` where it came from."""
    plain = normalise(text)
    # Without marks that join the character before them no character gets shorter.
    if len(plain) == len(text) and not any(map(unicodedata.combining, text)) and not _VOICING.search(text):
        return plain, range(len(text) + 1)
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in "ﾞﾟ"):
            end += 1
        piece = _piece(text[start:end])
        pieces.append(piece)
        offsets.extend([start] * len(piece))
        start = end
    offsets.append(len(text))
    return "".join(pieces), offsets


def to_katakana(text: str) -> str:
    """Hiragana as katakana; everything else stays."""
    return text.translate(_HIRAGANA)


def _repeat(found: re.Match[str]) -> str:
    kanji, kana, mark = found.groups()
    if kanji:
        return kanji * 2
    return kana + (kana.translate(_VOICED) if mark == "ヾ" else kana)


def _fold_kana(text: str) -> str:
    """Katakana in which spellings that sound alike (ヴァ バ, ヂ ジ, ティ チ, ッ ツ) are one."""
    text = to_katakana(text)
    if "々" in text or "ヽ" in text or "ヾ" in text:
        text = _REPEATED.sub(_repeat, text)
    return _SOUND.sub(lambda found: _SOUNDS[found[0]], text).translate(_SMALL)


@lru_cache(maxsize=200_000)
def sound_key(word: str) -> str:
    """One key for all kana spellings of a normalised word: no prolonged sound, no hyphen, one kana."""
    return _JOINERS.sub("", _fold_kana(word))


def fold(text: str) -> str:
    """Normalised text as comparable characters: runs of letters and digits parted by single blanks.

    Hyphens, middle dots, prolonged sound marks and blanks vanish, so that AI-OCR, ＡＩ・ＯＣＲ and ai ocr
    meet; other punctuation parts."""
    return fold_normalised(normalise(text))


def fold_normalised(plain: str) -> str:
    """`fold` of text that is normalised already."""
    return _BREAKS.sub(" ", _JOINERS.sub("", _fold_kana(plain))).strip()


@lru_cache(maxsize=20_000)
def _folded_piece(plain: str) -> str:
    return _BREAKS.sub(" ", _JOINERS.sub("", _fold_kana(plain)))


def fold_with_offsets(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`fold`, and for each of its characters the (start, end) in `text` that it stands for."""
    plain, offsets = normalise_with_offsets(text)
    spans: list[tuple[int, int]] = []
    pieces: list[str] = []
    at = 0
    while at < len(plain):
        # A sound of two characters (ティ, ヴァ) or a repeated kanji (人々) folds as one piece.
        long = plain[at : at + 2]
        size = 2 if len(long) == 2 and long[1] in _SECOND else 1
        piece = _folded_piece(plain[at : at + size])
        if piece == " " and (not pieces or pieces[-1] == " "):
            piece = ""
        pieces.extend(piece)
        spans.extend([(offsets[at], max(offsets[at + size - 1] + 1, offsets[at + size]))] * len(piece))
        at += size
    if pieces and pieces[-1] == " ":
        pieces.pop()
        spans.pop()
    return "".join(pieces), spans


def bigrams(folded: str) -> list[str]:
    """Overlapping pairs of characters of each run; a run of one character is itself."""
    found: list[str] = []
    for run in folded.split(" "):
        if len(run) > 1:
            found.extend(map(str.__add__, run, run[1:]))
        elif run:
            found.append(run)
    return found
