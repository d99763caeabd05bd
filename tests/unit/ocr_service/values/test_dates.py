"""Dates in 和暦 and 西暦."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from ocr_service.models.fields import Box, Field, FieldType
from ocr_service.rules.values import context_of, dates, normal
from ocr_service.rules.values.eras import ERAS, era_of


@pytest.mark.parametrize(
    "text",
    [
        "令和8年11月20日", "令8.11.20", "R8.11.20", "r08/11/20", "Ｒ８．１１．２０", "㋿8年11月20日", "令和 8 年 11 月 20 日",
        "令和八年十一月二十日", "2026/11/20", "2026-11-20", "2026.11.20", "２０２６年１１月２０日", "西暦2026年11月20日",
        "20261120", "8 11 20", "8年11月20日", "8・11・20", "081120", "5081120", "R081120", "2026年11月20日(金)",
        "令和8年11月20日（金曜日）", "令和8年11月2O日", "8年ll月20日", "R8-11-20", "8ー11ー20", "2026年 11月\n20日",
    ],
)  # fmt: skip
def test_ways_of_writing_one_day(text: str) -> None:
    assert dates.normal(text) == "2026-11-20"


@pytest.mark.parametrize(
    ("text", "era", "day"),
    [
        ("45 7 30", "明治", "1912-07-30"),
        ("元 7 30", "大正", "1912-07-30"),
        ("15.12.25", "大", "1926-12-25"),
        ("元年12月25日", "昭和", "1926-12-25"),
        ("64 1 7", "S", "1989-01-07"),
        ("1 1 8", "平", "1989-01-08"),
        ("31 4 30", "4", "2019-04-30"),
        ("元.5.1", "令", "2019-05-01"),
        ("8 11 20", "令和", "2026-11-20"),
        ("昭和50年1月2日", "平成", "1975-01-02"),  # what is written counts more than what is circled
        ("1975年1月2日", "昭和", "1975-01-02"),
    ],
)
def test_eras_beside_the_date(text: str, era: str, day: str) -> None:
    assert dates.normal(text, era) == day
    assert dates.normal(day, era) == day


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("64 1 8", "昭和"), ("31 5 1", "平成"), ("1 1 7", "平成"), ("1 4 30", "令和"), ("45 7 31", "明治"),
        ("15 12 26", "大正"), ("8 2 30", "令和"), ("8 13 1", "令和"), ("0 1 1", "令和"), ("8 11 20", "昭和|平成"),
        ("50 1 1", "西暦"), ("2026年11月", ""), ("11/20", ""), ("99999/1/1", ""), ("1700/1/1", ""), ("R2026/1/1", ""),
        ("明日", ""), ("", ""), ("8 11 20 5", ""), ("2023-02-29", ""), ("5" * 500, ""),
    ],
)  # fmt: skip
def test_what_is_no_day_stays_as_it_was_written(text: str, era: str) -> None:
    assert dates.parse(text, era) is None
    assert dates.normal(text, era) == text


def test_an_era_that_nobody_circled_is_not_guessed() -> None:
    birth = Field("b", "生年月日", FieldType.DATE, Box(1, 1, 1, 1), era_field="era")
    printed = replace(birth, era_field="")
    assert normal(birth, "50 1 2", context_of(birth, {"era": ""})) == "50 1 2"
    assert normal(birth, "50 1 2", context_of(birth, {"era": "昭和"})) == "1975-01-02"
    assert normal(birth, "昭和50年1月2日", context_of(birth, {"era": ""})) == "1975-01-02"
    assert normal(birth, "1975/1/2", context_of(birth, {})) == "1975-01-02"
    assert normal(printed, "8 1 2", context_of(printed, {})) == "2026-01-02"


def test_every_day_comes_back_in_every_style() -> None:
    day = date(1868, 1, 1)
    while day.year <= 2100:
        for style in dates.STYLES:
            assert dates.parse(dates.shown(day, style)) == day
        era = era_of(day)
        if era is not None:
            year = day.year - era.first.year + 1
            assert dates.parse(f"{year} {day.month} {day.day}", era.name) == day
            assert dates.parse(f"{era.letter}{year}.{day.month}.{day.day}") == day
        day += timedelta(days=1)


def test_eras_meet_to_the_day() -> None:
    for before, after in pairwise(ERAS):
        assert after.first - before.last in (timedelta(0), timedelta(days=1))
        year = after.first.year - before.first.year + 1
        last = before.last
        assert before.day(year, last.month, last.day) == last
        beyond = last + timedelta(days=1)
        assert before.day(year, beyond.month, beyond.day) is None
        earlier = after.first - timedelta(days=1)
        assert after.day(1, earlier.month, earlier.day) is None
