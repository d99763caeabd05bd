"""Eras and the calendar. Days are Gregorian throughout; Meiji counts from its proclaimed beginning."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Era:
    """`first` and `last` are days of the era, both inside. On 30 July 1912 and 25 December 1926 one era ended
    and the next began, so that the day may be written in either."""

    name: str
    short: str
    letter: str
    code: str  # of resident records: 1 Meiji to 5 Reiwa
    first: date
    last: date

    def day(self, year: int, month: int, day: int) -> date | None:
        """The day of a date in this era; None when the era or the calendar has no such day."""
        found = gregorian(self.first.year + year - 1, month, day) if year >= 1 else None
        return found if found is not None and self.first <= found <= self.last else None


# First days: 改元の詔 of 1868 (counted from the New Year, 25 January Gregorian) and the imperial ordinances and
# cabinet orders on each era: 1912-07-30, 1926-12-25, 昭和64年政令第1号 (next day), 平成31年政令第143号.
ERAS = (
    Era("明治", "明", "M", "1", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "大", "T", "2", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "昭", "S", "3", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "平", "H", "4", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "令", "R", "5", date(2019, 5, 1), date(9999, 12, 31)),
)
PRESENT = ERAS[-1]
WESTERN = "西暦"

_BY_SIGN = {sign: era for era in ERAS for sign in (era.name, era.short, era.letter, era.letter.lower())}
_BY_SIGN |= dict(zip("㍾㍽㍼㍻㋿", ERAS, strict=True))
_BY_SIGN["\uf9a8"] = PRESENT  # the compatibility form of 令, which some fonts give


def era_named(sign: str) -> Era | None:
    """By name, first kanji, letter or the one-character sign; None for others."""
    return _BY_SIGN.get(sign)


def era_chosen(choice: str) -> Era | None:
    """What a circled choice says: as `era_named`, or the code of resident records."""
    sign = choice.strip()
    return era_named(sign) or next((era for era in ERAS if era.code == sign), None)


def era_of(day: date) -> Era | None:
    """The later one on a day of change; None before Meiji."""
    return next((era for era in reversed(ERAS) if era.first <= day), None)


def gregorian(year: int, month: int, day: int) -> date | None:
    """None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None
