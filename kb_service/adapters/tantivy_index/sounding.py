"""Kana that are written for the same sound of a foreign word: ティ テイ テ チ, ディ デ ジ, フェ ヘ."""

from collections.abc import Iterator

# Of folded kana, where ティ has become チ and small kana are large (kernel.japanese.folding).
_PAIRS = (
    ("テイ", "チ"), ("テ", "チ"), ("デイ", "ジ"), ("デ", "ジ"), ("トウ", "ツ"), ("ドウ", "ド"),
    ("フア", "ハ"), ("フイ", "ヒ"), ("フエ", "ヘ"), ("フオ", "ホ"), ("ウイ", "イ"), ("ウエ", "エ"), ("ウオ", "オ"),
    ("シエ", "セ"), ("ジエ", "ゼ"), ("チエ", "テ"), ("ツア", "サ"), ("グア", "ガ"), ("クオ", "コ"), ("クア", "カ"),
    ("ア", "ヤ"), ("エイ", "エ"), ("オウ", "オ"), ("ユウ", "ユ"), ("ヨウ", "ヨ"), ("バ", "ブア"), ("ビ", "ブイ"),
    ("ベ", "ブエ"), ("ボ", "ブオ"), ("ズ", "ス"), ("グ", "ク"), ("ド", "ト"),
)  # fmt: skip
_MOST = 40


def variants(folded: str) -> Iterator[str]:
    """Other writings of folded kana, each with one stretch changed; at most _MOST."""
    made: set[str] = {folded}
    for pair in _PAIRS:
        for one, other in (pair, pair[::-1]):
            at = folded.find(one)
            while at >= 0 and len(made) <= _MOST:
                changed = folded[:at] + other + folded[at + len(one) :]
                if changed not in made:
                    made.add(changed)
                    yield changed
                at = folded.find(one, at + 1)
