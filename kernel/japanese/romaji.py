"""Kana typed as Latin letters (Hepburn and the spellings that input methods take)."""

import re

_VOWELS = "aiueo"
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_GLIDES = {
    "ky": "キ", "sy": "シ", "sh": "シ", "ty": "チ", "ch": "チ", "ny": "ニ", "hy": "ヒ", "my": "ミ", "ry": "リ",
    "gy": "ギ", "zy": "ジ", "jy": "ジ", "j": "ジ", "by": "ビ", "py": "ピ",
}  # fmt: skip
_OTHERS = {
    "ya": "ヤ", "yu": "ユ", "yo": "ヨ", "wa": "ワ", "wo": "ヲ", "shi": "シ", "chi": "チ", "tsu": "ツ", "fu": "フ", "ji": "ジ",
    "fa": "ファ", "fi": "フィ", "fe": "フェ", "fo": "フォ", "ti": "ティ", "di": "ディ", "she": "シェ", "che": "チェ", "je": "ジェ",
    "-": "ー", "nn": "ン", "n'": "ン",
}  # fmt: skip


def _table() -> dict[str, str]:
    table = {
        row + vowel: kana for row, line in _ROWS.items() for vowel, kana in zip(_VOWELS, line, strict=True)
    }
    for glide, kana in _GLIDES.items():
        table |= {glide + "a": kana + "ャ", glide + "u": kana + "ュ", glide + "o": kana + "ョ"}
    return table | _OTHERS


_KANA = _table()
_LONGEST_FIRST = sorted(_KANA, key=len, reverse=True)
_SYLLABLE = re.compile("|".join(map(re.escape, _LONGEST_FIRST)))
_DOUBLED = re.compile(r"([kstpgdbcjzfmhr])(?=\1)|t(?=ch)")
_NASAL = re.compile(r"[nm](?=[^aiueoyn']|$)")


def romaji_to_katakana(text: str) -> str | None:
    """Katakana of a word typed in Latin letters, or None when some of it is no kana syllable."""
    rest = text.lower()
    kana: list[str] = []
    at = 0
    while at < len(rest):
        if _DOUBLED.match(rest, at):
            kana.append("ッ")
            at += 1
        elif found := _SYLLABLE.match(rest, at):
            nasal = found[0] == "nn" and at + 2 < len(rest) and rest[at + 2] in _VOWELS
            kana.append("ン" if nasal else _KANA[found[0]])
            at += 1 if nasal else len(found[0])
        elif _NASAL.match(rest, at):
            kana.append("ン")
            at += 1
        else:
            return None
    return "".join(kana)
