"""Addresses: kept as written but for widths and hyphens; compared whichever way numbers are written."""

import re

from ocr_service.rules.values.widths import HYPHENS, KANJI_DIGITS, blankless, cleaned, narrow

_HYPHEN = f"[{re.escape(HYPHENS)}]"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_FULL_WIDTH |= {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_AFTER_DIGIT = re.compile(rf"(?<=[0-9A-Za-z])\s?(?:{_HYPHEN}\s?)+(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])一(?=[0-9])")
_KANJI_COUNT = re.compile(r"[〇零一二三四五六七八九十]+(?=丁目|番地|番(?!町)|号|条)")
_UNIT = re.compile(r"(?<=[0-9])(?:丁目|番地の|番地|番(?!町)|号室|号|の(?=[0-9]))-?")
_TENS = re.compile(r"([1-9])?十([1-9])?")
_PREFECTURE = re.compile(r"^(東京都|北海道|(?:京都|大阪)府|.{2,3}県)")
_SAME = str.maketrans("ヶケがガヵカヴ澤濱邊廣", "ヶヶヶヶヶヶヴ沢浜辺広")


def address(text: str) -> str:
    """On one line, digits and Latin letters of half width, hyphens between them "-"; 丁目, 番地 and 号 stay, and
    one blank of full width where blanks were."""
    plain = re.sub(r"\s+", "\u3000", cleaned(text).translate(_FULL_WIDTH))
    return _AFTER_DIGIT.sub("-", plain)


def comparable(value: str) -> str:
    """The same for 一丁目2番3号, 1丁目2-3 and 1-2-3. Place names stay apart by every kanji."""
    plain = narrow(blankless(address(value)))
    plain = _KANJI_COUNT.sub(_counted, plain)
    plain = _UNIT.sub("-", plain)
    return re.sub(f"{_HYPHEN}+", "-", plain).strip("-")


def place(value: str) -> str:
    """The comparable address without its prefecture, and with old and new kanji and ヶ, ケ, が as one: to find
    out whether two addresses are in one place."""
    return without_prefecture(comparable(value)).translate(_SAME)


def without_prefecture(value: str) -> str:
    return _PREFECTURE.sub("", value)


def _counted(found: re.Match[str]) -> str:
    plain = found[0].translate(KANJI_DIGITS)
    return _TENS.sub(lambda ten: f"{ten[1] or '1'}{ten[2] or '0'}", plain)
