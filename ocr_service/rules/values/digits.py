"""Values made of digits: numbers, amounts of yen, postal codes, telephone numbers, My Number, accounts."""

import re
from decimal import Decimal

from ocr_service.rules.values.widths import HYPHENS, KANJI_DIGITS, LIKE_DIGITS, blankless, cleaned, narrow

_HYPHEN = f"[{re.escape(HYPHENS)}]"
_HYPHEN_RUN = re.compile(f"{_HYPHEN}+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_POSTAL = re.compile(r"〒?([0-9]{3})-?([0-9]{4})")
_BRACKETS = re.compile(r"[()（）〔〕\[\].·・/ ]+")
_PHONE = re.compile(r"\+?[0-9]+(-[0-9]+)*")
_UNITS = re.compile(r"(円也|円|也|人|名|歳|才|個|台|回|枚|件|か月|ヶ月|カ月|ケ月|日間|時間|日|点|%|,)+$")
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPS = re.compile(r"(?<=[0-9])[,、'](?=[0-9]{3}(?![0-9]))")
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "阡": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "億": 10**8}
_TOKEN = re.compile(r"([0-9]+(?:\.[0-9]+)?)?([十拾百佰千阡万萬億])?")
_NEGATIVE = re.compile(r"^[-△▲]")
_LONGEST = 40  # characters of a number


def digits(text: str) -> str:
    """All digits of a text in ASCII, signs that look like 0 and 1 taken for them."""
    return _NOT_DIGIT.sub("", narrow(cleaned(text)).translate(LIKE_DIGITS))


def number(text: str) -> Decimal | None:
    """A number as people write it: 12,345円, ▲3, 1万2千, 1.5万円, 三十二, 3人. None for what is no number."""
    plain = blankless(narrow(cleaned(text))).translate(LIKE_DIGITS)
    plain = _UNITS.sub("", re.sub(rf"^(金|[¥￥\\])+|{_HYPHEN}+$", "", plain))
    plain = re.sub(f"^{_HYPHEN}", "-", plain)
    negative = bool(_NEGATIVE.match(plain))
    plain = _GROUPS.sub("", _NEGATIVE.sub("", plain)).translate(KANJI_DIGITS)
    if not plain or len(plain) > _LONGEST:
        return None
    value = Decimal(plain) if _PLAIN.fullmatch(plain) else _counted(plain)
    if value is None:
        return None
    return -value if negative else value


def plain_number(text: str) -> str:
    """The normal form of NUMBER and MONEY: "12345", "-3", "1.5"; what is no number stays as it was written."""
    value = number(text)
    if value is None:
        return cleaned(text)
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def postal_code(text: str) -> str:
    plain = _HYPHEN_RUN.sub("-", blankless(narrow(cleaned(text))).translate(LIKE_DIGITS))
    found = _POSTAL.fullmatch(plain)
    return f"{found[1]}-{found[2]}" if found else cleaned(text)


def phone(text: str) -> str:
    """Groups joined by hyphens as they were written; +81 becomes 0. Other text stays as it was written."""
    plain = narrow(cleaned(text)).replace("\n", " ").translate(LIKE_DIGITS)
    plain = _BRACKETS.sub("-", re.sub(r"^(tel|℡|☎)[:. ]*", "", plain, flags=re.IGNORECASE))
    plain = _HYPHEN_RUN.sub("-", plain).strip("-")
    plain = re.sub(r"^\+81-?(0-)?0?", "0", plain)
    return plain if _PHONE.fullmatch(plain) else cleaned(text)


def exactly(text: str, *lengths: int) -> str:
    """The digits when there are as many as wanted and nothing but digits, blanks and hyphens was written."""
    plain = _HYPHEN_RUN.sub("", blankless(narrow(cleaned(text))).translate(LIKE_DIGITS))
    return plain if plain.isascii() and plain.isdigit() and len(plain) in lengths else cleaned(text)


def bank_account(text: str) -> str:
    """Seven digits; shorter numbers are filled with zeros in front, as banks do."""
    plain = exactly(text, *range(1, 9))
    return plain.zfill(7) if plain.isascii() and plain.isdigit() else plain


def corporate_number(text: str) -> str:
    """Thirteen digits; the T of a qualified invoice issuer's number is dropped."""
    return exactly(re.sub(r"^\s*[TＴ](?=[\s0-9０-９])", "", text), 13)


def _counted(plain: str) -> Decimal | None:
    """Numbers with 十 百 千 万 億."""
    total = group = Decimal(0)
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None or not found[0]:
            return None
        at = found.end()
        count = Decimal(found[1]) if found[1] else Decimal(1)
        unit = found[2] or ""
        if unit in _LARGE:
            if found[1]:
                group += count
            total += (group or 1) * _LARGE[unit]
            group = Decimal(0)
        else:
            group += count * _SMALL.get(unit, 1)
    return total + group
