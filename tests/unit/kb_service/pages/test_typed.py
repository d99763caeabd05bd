"""Numbers and dates as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.pages.typed import amount, day


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1,200", 1200),
        ("１，２００", 1200),
        ("350万", 3_500_000),
        ("３５０万円", 3_500_000),
        ("1億2000万円", 120_000_000),
        ("約3千万円", 30_000_000),
        ("1,200.5 時間", 1200.5),
        ("0", 0),
    ],
)
def test_amounts(typed: str, meant: float) -> None:
    assert amount(typed) == meant


@pytest.mark.parametrize("typed", ["", "円", "たくさん", "1.2.3", "-5", "1e5", "万", "9" * 40])
def test_what_is_no_amount(typed: str) -> None:
    assert amount(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2025-04-01", date(2025, 4, 1)),
        ("2025/4/1", date(2025, 4, 1)),
        ("2025年4月1日", date(2025, 4, 1)),
        ("令和7年4月1日", date(2025, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("Ｒ７．４．１", date(2025, 4, 1)),
        ("2025年4月", date(2025, 4, 1)),
    ],
)
def test_dates(typed: str, meant: date) -> None:
    assert day(typed) == meant


@pytest.mark.parametrize("typed", ["", "来年", "2025-13-01", "2025-02-30", "99999-1-1", "4月1日"])
def test_what_is_no_date(typed: str) -> None:
    assert day(typed) is None


@given(st.integers(0, 10**14))
def test_grouped_digits_read_back(number: int) -> None:
    assert amount(f"{number:,}円") == number


@given(st.dates(date(1000, 1, 1)))
def test_iso_dates_read_back(value: date) -> None:
    assert day(value.isoformat()) == value


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    amount(text)
    day(text)
