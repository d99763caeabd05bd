"""Letters that look alike, settled by their neighbours. For text that is searched, never for a field's value:
a name may well hold the rarer letter."""

import re
import unicodedata

# kanji and signs that printed katakana are taken for
_KATAKANA_TWINS = str.maketrans(
    dict(zip("一二口力夕卜工八才千－―-ｰ", "ーニロカタトエハオチーーーー", strict=True))
)
_TWIN = re.compile(r"(?<=[ァ-ヺー])[一二口力夕卜工八才千－―\-ｰ](?=[ァ-ヺー])")
_LATIN = "A-Za-zＡ-Ｚａ-ｚ"
_LATIN_RUN = re.compile(rf"[{_LATIN}0-9０-９〇○◯Ⅰ－‐-]*[{_LATIN}][{_LATIN}0-9０-９〇○◯Ⅰ－‐-]*")
_ROUND = re.compile(r"[〇○◯]")


def settle_lookalikes(text: str) -> str:
    """サ一バ一 → サーバー only between katakana (サーバ一 stays); ＡⅠ－〇CR → AI-OCR within Latin words."""
    text = _TWIN.sub(lambda match: match[0].translate(_KATAKANA_TWINS), text)
    return _LATIN_RUN.sub(lambda match: unicodedata.normalize("NFKC", _ROUND.sub("O", match[0])), text)
