"""Text as files hold it, made fit to be stored and searched."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# controls, lone surrogates, non-characters, invisible joiners and marks of direction or of soft hyphens
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff]"
    r"|[\ud800-\udfff]"
)
_TRAILING = re.compile(r"[ \t\u3000\xa0]+$", re.MULTILINE)
_MANY_BLANK_LINES = re.compile(r"\n{3,}")
_KANGXI = re.compile(r"[\u2f00-\u2fdf]")
# Unicode's EquivalentUnifiedIdeograph.txt, the shapes that fonts of Japanese PDF files are seen to yield
_PAIRS = "⺝月⺟母⺠民⺩王⻁虎⻄西⻆角⻑長⻘青⻝食⻣骨⻤鬼⻨麦⻩黄⻫斉⻭歯⻯竜⻲亀"
_RADICALS = str.maketrans(_PAIRS[::2], _PAIRS[1::2])
_SINGLE = r"[\u3041-\u30ff\u3400-\u9fff々〇０-９]"
_SPREAD = re.compile(rf"(?<![^\s]){_SINGLE}(?:[ \u3000]{{1,3}}{_SINGLE}){{1,}}(?![^\s])")


def clean(text: str) -> str:
    """Without NUL and other invisible characters; radicals as characters (⻑ → 長); at most one blank line."""
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text).translate(_RADICALS)
    text = _KANGXI.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _TRAILING.sub("", text)
    return _MANY_BLANK_LINES.sub("\n\n", text).strip("\n")


def close_up(text: str) -> str:
    """Headings set with spaces between single characters (知 恵 の 輪, 目　次) become words again."""
    return _SPREAD.sub(lambda match: re.sub(r"[ \u3000]", "", match[0]), text)
