"""Dates, numbers and amounts for people."""

from datetime import UTC, date, datetime

from kernel.web.formats import Formats

JA, EN = Formats("ja"), Formats("en")


def test_dates() -> None:
    assert JA.date(date(2026, 11, 20)) == "2026年11月20日(金)"
    assert EN.date(date(2026, 11, 20)) == "20 Nov 2026 (Fri)"
    assert JA.date(None) == EN.date(None) == "—"


def test_times_are_shown_in_japan_where_the_day_may_be_the_next() -> None:
    assert JA.datetime(datetime(2026, 11, 20, 15, 5, tzinfo=UTC)) == "2026年11月21日(土) 00:05"
    assert JA.date(datetime(2026, 11, 20, 15, 5, tzinfo=UTC)) == "2026年11月21日(土)"


def test_numbers_and_amounts() -> None:
    assert JA.number(1234567) == "1,234,567"
    assert JA.number(12.5) == "12.5"
    assert JA.number(12.0) == "12"
    assert JA.yen(1_200_000) == "120万円"
    assert JA.yen(85_000) == "85千円"
    assert JA.yen(1_234) == "1,234円"
    assert JA.yen(0) == "0円"
    assert EN.yen(1_200_000) == "¥1,200,000"
    assert (JA.hours(1200), EN.hours(1200)) == ("1,200時間", "1,200 h")
    assert JA.size(3_400_000) == "3.4 MB"
