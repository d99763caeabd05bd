"""Letters that look alike, settled by their neighbours. For text that is searched, never for a field's value:
a name may well hold the rarer letter."""

import re
import unicodedata

# kanji and signs that printed katakana are taken for, and the reverse
_TO_KATAKANA = dict(zip("一二口力夕卜工八才千－―-ｰ", "ーニロカタトエハオチーーーー", strict=True))
_TO_KANJI = {"カ": "力", "ロ": "口", "エ": "工", "ニ": "二", "ー": "一"}
_KATAKANA_TWIN = re.compile(r"(?<=[ァ-ヺー])[一二口力夕卜工八才千－―\-ｰ](?=[ァ-ヺー])")
_KANJI = r"[一-鿿々]"
_KANJI_TWIN = re.compile(
    rf"(?<={_KANJI})ー"  # no word has a long-vowel mark behind a kanji
    r"|(?<=[一-鿿々])(?<![一二三四五六七八九十百千数何幾])カ(?![ァ-ヺー月所国年条])"  # 入力, but 三カ月 and 数カ所
    rf"|(?<={_KANJI})[ロエ](?![ァ-ヺー])|(?<![ァ-ヺー])[ロエ](?={_KANJI})"  # 窓口, 口座, 施工, 工事
    rf"|(?<={_KANJI})ニ(?={_KANJI})"
)
_PARTICLE = re.compile(r"(?<=[ァ-ヺー][ァ-ヺー])ヘ(?=[一-鿿ぁ-ん])")  # システムヘ入力: the particle へ
_LATIN = "A-Za-zＡ-Ｚａ-ｚ"
_LATIN_RUN = re.compile(rf"[{_LATIN}0-9０-９〇○◯Ⅰ－‐-]*[{_LATIN}][{_LATIN}0-9０-９〇○◯Ⅰ－‐-]*")
_ROUND = re.compile(r"[〇○◯]")
_OCR = re.compile(r"(?<![A-Za-z0-9])0CR(?![A-Za-z0-9])")


def settle_lookalikes(text: str) -> str:
    """サ一バー → サーバー between katakana, 入カ → 入力 beside kanji, ＡⅠ－〇CR → AI-OCR within Latin words."""
    text = _KATAKANA_TWIN.sub(lambda match: _TO_KATAKANA[match[0]], text)
    text = _KANJI_TWIN.sub(lambda match: _TO_KANJI[match[0]], text)
    text = _PARTICLE.sub("へ", text)
    return _LATIN_RUN.sub(lambda match: _latin(match[0]), text)


def _latin(word: str) -> str:
    return _OCR.sub("OCR", unicodedata.normalize("NFKC", _ROUND.sub("O", word)))
