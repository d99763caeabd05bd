"""Dates in 和暦 and 西暦: what people write, the normal form (ISO 8601), and how dates are shown."""

import re
from datetime import date

from ocr_service.rules.values.eras import PRESENT, WESTERN, Era, era_chosen, era_named, era_of, gregorian
from ocr_service.rules.values.widths import HYPHENS, KANJI_DIGITS, LIKE_DIGITS, cleaned, narrow

EARLIEST = 1800
LATEST = 2200
UNMARKED = "?"
"""For `era`: the form lets people choose an era, and none is chosen. Then only an era that is written counts."""
STYLES = ("iso", "slashes", "era", "compact")
_LONGEST = 40  # characters of a date

_WEEKDAY = re.compile(r"\s*(\([月火水木金土日]\)|[(]?[月火水木金土日]曜日?[)]?)$")
_ERA = re.compile(r"(明治|大正|昭和|平成|令和|西暦|[㍾㍽㍼㍻㋿明大昭平令\uf9a8MTSHRmtshr])\s*[.・]?\s*")
_SEPARATOR = re.compile(rf"[\s年月日./,、・:;'{re.escape(HYPHENS)}]+")
_TENS = re.compile(r"([1-9])?十([1-9])?")
_PARTS = re.compile(r"([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2})")
_TOGETHER = re.compile(r"([0-9]{4}|[0-9]{2})([0-9]{2})([0-9]{2})")
_CODED = re.compile(r"([1-5])-?([0-9]{2})([0-9]{2})([0-9]{2})")


def parse(text: str, era: str = "") -> date | None:
    """The day that was written, or None. `era`: what was chosen beside the date, "" when nothing was; then a year
    of one or two digits counts as Reiwa, which forms have printed before it. Seven digits begin with the era's
    code."""
    plain = re.sub(r"\s+", " ", narrow(cleaned(text)))
    if len(plain) > _LONGEST:
        return None
    plain = _WEEKDAY.sub("", plain)
    found = _ERA.match(plain)
    written = found[1] if found else ""
    return _day(written, _digits(plain[found.end() :] if found else plain), era)


def normal(text: str, era: str = "") -> str:
    """ISO 8601, or the text as it was written when it is no date."""
    day = parse(text, era)
    return day.isoformat() if day else cleaned(text)


def from_iso(value: str) -> date | None:
    """The day of a normal value; None for what is no date."""
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def shown(day: date, style: str = "era") -> str:
    """ "iso" 2026-11-20, "slashes" 2026/11/20, "compact" 20261120, "era" 令和8年11月20日 (元年 for the first year,
    西暦 before Meiji)."""
    if style == "slashes":
        return f"{day.year:04}/{day.month:02}/{day.day:02}"
    if style == "compact":
        return f"{day.year:04}{day.month:02}{day.day:02}"
    if style == "era":
        era = era_of(day)
        if era is None:
            return f"{WESTERN}{day.year}年{day.month}月{day.day}日"
        year = day.year - era.first.year + 1
        return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return day.isoformat()


def _day(written: str, digits: str, chosen: str) -> date | None:
    """`written`: the sign of an era in front of the digits, `chosen`: one beside them."""
    coded = _CODED.fullmatch(digits)
    if coded and not written:
        return _in(era_chosen(coded[1]), int(coded[2]), int(coded[3]), int(coded[4]))
    parts = _PARTS.fullmatch(digits) or _TOGETHER.fullmatch(digits)
    if parts is None:
        return None
    year, month, day = int(parts[1]), int(parts[2]), int(parts[3])
    if written == WESTERN or (len(parts[1]) == 4 and not written):
        return gregorian(year, month, day) if EARLIEST <= year <= LATEST else None
    if len(parts[1]) > 2:  # no era has lasted a hundred years
        return None
    beside = era_chosen(chosen) if chosen else PRESENT
    return _in(era_named(written) if written else beside, year, month, day)


def _in(era: Era | None, year: int, month: int, day: int) -> date | None:
    return era.day(year, month, day) if era else None


def _digits(text: str) -> str:
    """Year, month and day joined by hyphens as far as they were apart."""
    plain = re.sub(r"^元", "1", text).translate(KANJI_DIGITS).translate(LIKE_DIGITS)
    plain = _TENS.sub(lambda found: f"{found[1] or '1'}{found[2] or '0'}", plain)
    return _SEPARATOR.sub("-", plain).strip("-")
