"""Names, their kana, and other text."""

import re

from ocr_service.rules.values.widths import HYPHENS, cleaned

_BETWEEN = re.compile(r"\s+")
_LATIN_GAP = re.compile(r"(?<=[A-Za-z.,]) (?=[A-Za-z])")
_HIRAGANA = {code: chr(code + 0x60) for code in range(0x3041, 0x3097)} | {0x309D: "ヽ", 0x309E: "ヾ"}
# Kanji and signs that a kana field cannot mean; each is taken for the kana that it looks like.
_TWINS = str.maketrans("一二口力夕卜工八才千三", "ーニロカタトエハオチミ")
_LONG = re.compile(f"(?<=[ァ-ヺーヽヾ])[{re.escape(HYPHENS)}]+")
_BIG = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")


def name(text: str) -> str:
    """As it was written, on one line; one blank between surname and given name (of full width, but between Latin
    words an ASCII one). No kanji is changed: 髙, 﨑 and 邉 stay."""
    plain = _BETWEEN.sub(" ", cleaned(text))
    parts = _LATIN_GAP.split(plain)
    return " ".join(part.replace(" ", "\u3000") for part in parts)


def kana(text: str) -> str:
    """Katakana of full width; hiragana become katakana, hyphens behind a kana the long-vowel mark. Small and
    large kana stay as they were written."""
    plain = _BETWEEN.sub("\u3000", cleaned(text)).translate(_HIRAGANA).translate(_TWINS)
    return _LONG.sub(lambda found: "ー" * len(found[0]), plain)


def large(value: str) -> str:
    """Without small kana, for forms that are compared with lists written in large kana (bank transfers)."""
    return value.translate(_BIG)


def text(written: str) -> str:
    """Text on one line or several, with blanks and line ends in order."""
    return cleaned(written)
