"""Widths of characters, blanks and hyphens. Nothing here changes which kanji a person wrote."""

import re
import unicodedata

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c")
_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
_MARKED_KANA = re.compile("[\u3041-\u30fe][\u3099\u309a\u309b\u309c]")
_COMBINING = str.maketrans("\u309b\u309c", "\u3099\u309a")

HYPHENS = "-‐‑‒–—―−－ー─━﹣~〜～"
"""What is written or read for a hyphen between digits."""

LIKE_DIGITS = str.maketrans("Oo〇○◯lI|", "00000111")
"""Signs that look like 0 and 1, for fields that hold nothing but digits."""

KANJI_DIGITS = str.maketrans("〇零一壱壹二弐貳三参參四五伍六七八九", "001112223334556789")


def cleaned(text: str) -> str:
    """Without control characters; blanks at the ends and empty lines at the ends are dropped, line ends are \\n,
    runs of blanks one blank (of full width where one was); kana are one character each, of full width."""
    text = _CONTROL.sub("", _NEWLINES.sub("\n", text))
    text = whole_kana(text)
    return "\n".join(_BLANKS.sub(_blank, line).strip() for line in text.split("\n")).strip()


def whole_kana(text: str) -> str:
    """Kana of half width become full, and marks of voicing join the kana before them."""
    text = _HALF_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _MARKED_KANA.sub(_joined, text)


def narrow(text: str) -> str:
    """Latin letters, digits, signs and blanks of full width as ASCII; everything else stays."""
    return text.translate(_ASCII)


def blankless(text: str) -> str:
    return "".join(text.split())


def _blank(found: re.Match[str]) -> str:
    return "\u3000" if "\u3000" in found[0] else " "


def _joined(found: re.Match[str]) -> str:
    """か and ゛ are が; where no such kana exists, both stay."""
    joined = unicodedata.normalize("NFC", found[0].translate(_COMBINING))
    return joined if len(joined) == 1 else found[0]
