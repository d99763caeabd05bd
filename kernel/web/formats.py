"""How dates, numbers and amounts are written for people, in Japanese and in English. Times are shown in JST."""

from datetime import date, datetime

from kernel.clock import JST

_DAYS_JA = "月火水木金土日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Formats:
    """The filters of one language."""

    def __init__(self, language: str) -> None:
        self._english = language == "en"

    def date(self, value: date | datetime | None) -> str:
        """2026年11月20日(金), or 20 Nov 2026 (Fri); a dash for nothing."""
        if value is None:
            return "—"
        day = value.astimezone(JST) if isinstance(value, datetime) else value
        if self._english:
            return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year} ({_DAYS_EN[day.weekday()]})"
        return f"{day.year}年{day.month}月{day.day}日({_DAYS_JA[day.weekday()]})"

    def datetime(self, value: datetime | None) -> str:
        """The date with hours and minutes: 2026年11月20日(金) 18:05."""
        if value is None:
            return "—"
        return f"{self.date(value)} {value.astimezone(JST):%H:%M}"

    def number(self, value: float | None) -> str:
        """Grouped digits, at most one decimal: 12,345 or 12.5."""
        if value is None:
            return "—"
        if isinstance(value, int) or float(value).is_integer():
            return f"{int(value):,}"
        return f"{value:,.1f}"

    def yen(self, value: int | None) -> str:
        """An amount in yen with 万円 and 千円 written out when they come out even: 120万円, 85千円, 1,234円."""
        if value is None:
            return "—"
        if self._english:
            return f"¥{value:,}"
        if value and value % 10_000 == 0:
            return f"{value // 10_000:,}万円"
        if value and value % 1_000 == 0:
            return f"{value // 1_000:,}千円"
        return f"{value:,}円"

    def hours(self, value: float | None) -> str:
        """Hours: 1,200時間."""
        if value is None:
            return "—"
        return f"{self.number(value)} h" if self._english else f"{self.number(value)}時間"

    def size(self, value: int) -> str:
        """A file size in decimal units: 3.4 MB."""
        for unit, factor in (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)):
            if value >= factor:
                return f"{value / factor:.1f} {unit}"
        return f"{value} B" if self._english else f"{value} バイト"
