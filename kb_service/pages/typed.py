"""Numbers and dates as people type them, full width, 万 and eras included."""

import re
import unicodedata
from datetime import date

_SCALES = {"千": 1_000, "万": 10_000, "億": 100_000_000}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([千万億]*)")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988, "s": 1925}
_DATE = re.compile(
    r"(令和|平成|昭和|[rhs])?(\d{1,4}|元)[年./-](\d{1,2})(?:[月./-](\d{1,2})日?|月)?$", re.IGNORECASE
)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "")


def amount(text: str) -> float | None:
    """3,500,000, ３５０万円, 1億2000万, 1,200時間. None when it is no number. Source of the scales: 単位の漢数字."""
    rest = _folded(text).removeprefix("約").removeprefix("¥").removesuffix("時間").removesuffix("円")
    total, position = 0.0, 0
    while position < len(rest):
        match = _NUMBER.match(rest, position)
        if match is None:
            return None
        value = float(match[1])
        for scale in match[2]:
            value *= _SCALES[scale]
        total, position = total + value, match.end()
    return total if rest and total < 1e15 else None


def day(text: str) -> date | None:
    """2025-04-01, 2025/4/1, 2025年4月1日, 令和7年4月1日, R7.4.1; a month alone is its first day. None when no date."""
    match = _DATE.match(_folded(text))
    if match is None:
        return None
    era, year, month, of_month = match.groups()
    number = 1 if year == "元" else int(year)
    number += _ERAS[era.lower()] if era else 0
    try:
        return date(number, int(month), int(of_month or 1))
    except ValueError:
        return None
