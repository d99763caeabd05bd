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
# By name: 東諸県郡 in 宮崎県 begins like a prefecture.
_PREFECTURE = re.compile(
    "東京都|北海道|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|"
    "滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県"
)
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
    found = _PREFECTURE.match(value)
    return value[found.end() :] if found else value


def _counted(found: re.Match[str]) -> str:
    plain = found[0].translate(KANJI_DIGITS)
    return _TENS.sub(lambda ten: f"{ten[1] or '1'}{ten[2] or '0'}", plain)
