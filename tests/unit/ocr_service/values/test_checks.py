"""Checks of values: one field, and across fields."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_service.models.fields import Box, Characters, Choice, Field, FieldType, Table
from ocr_service.models.forms import Check, CheckKind, Form, FormPage
from ocr_service.models.readings import Flag
from ocr_service.rules.checks import Surroundings, findings, of_field
from tests.fakes.templates import A4

BOX = Box(10, 10, 50, 10)
POSTAL = {
    "100-0013": ("東京都千代田区霞が関",),
    "279-0031": ("千葉県浦安市舞浜",),
    "880-1300": ("宮崎県東諸県郡綾町",),
    "190-1212": ("東京都西多摩郡瑞穂町殿ケ谷",),
}


def postal(code: str) -> Sequence[str]:
    return POSTAL.get(code, ())


AROUND = Surroundings(date(2026, 11, 20), postal)


def one(kind: FieldType, **changes: Any) -> Field:
    return Field("f", "項目", kind, BOX, **changes)


def form(fields: dict[str, FieldType], *checks: Check, tables: tuple[Table, ...] = ()) -> Form:
    choices = (Choice("昭和", "昭", BOX), Choice("平成", "平", BOX))
    made = tuple(
        Field(name, name, kind, BOX, choices=choices if kind is FieldType.CHOICE else (), several=True)
        for name, kind in fields.items()
    )
    return Form("f", "f", "", (FormPage(1, 210.0, 297.0, 100, A4, made, tables),), checks)


def told(content: Form, **values: str) -> list[tuple[str, ...]]:
    return [finding.fields for finding in findings(content, values, AROUND)]


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        (one(FieldType.DATE), ["2024-02-29"], ["2023-02-29", "8年11月", "2026/11/20"]),
        (one(FieldType.NUMBER), ["3", "-1.5"], ["三つ", "1,23"]),
        (one(FieldType.NUMBER, least=3, most=10), ["3", "10"], ["2", "11", "-4"]),
        (one(FieldType.MONEY, most=1_000), ["1000", "0"], ["1001", "千枚"]),
        (one(FieldType.POSTAL_CODE), ["100-0001"], ["100-001", "1000001"]),
        (one(FieldType.PHONE), ["03-1234-5678", "0312345678", "090-1234-5678"], ["1234-5678", "03-1234-56", "内線3"]),
        (one(FieldType.MY_NUMBER), ["123456789018"], ["123456789012", "12345678901"]),
        (one(FieldType.CORPORATE_NUMBER), ["7000012050002"], ["8000012050002"]),
        (one(FieldType.BANK_ACCOUNT), ["0012345"], ["12345678", "12-345"]),
        (one(FieldType.KANA), ["サイトウ\u3000ジロウ"], ["サイトウ次郎"]),
        (one(FieldType.CHOICE, choices=(Choice("a", "", BOX), Choice("b", "", BOX))), ["a"], ["a|b", "c"]),
        (one(FieldType.CHOICE, choices=(Choice("a", "", BOX),), several=True), ["a"], ["a|c"]),
        (one(FieldType.TEXT, pattern=r"[A-Z]\d+"), ["A12"], ["A", "xA12", "A" + "1" * 300]),
        (one(FieldType.TEXT, characters=frozenset({Characters.DIGITS, Characters.HIRAGANA})), ["1 あー２"], ["あア"]),
        (one(FieldType.TEXT, characters=frozenset({Characters.KANJI})), ["髙﨑々\U00020bb7"], ["高a"]),
        (one(FieldType.NAME, least=2, most=4), ["山田"], ["山", "山田花子郎"]),
    ],
)  # fmt: skip
def test_one_field(field: Field, right: list[str], wrong: list[str]) -> None:
    assert [value for value in right if of_field(field, value)] == []
    assert [value for value in wrong if not of_field(field, value)] == []
    assert of_field(field, "") == ()


def test_a_needed_field_that_is_blank() -> None:
    (finding,) = of_field(one(FieldType.NAME, required=True), "")
    assert finding.flag is Flag.MISSING and finding.text.ja and finding.text.en


AGE = form(
    {"age": FieldType.NUMBER, "born": FieldType.DATE, "on": FieldType.DATE},
    Check(CheckKind.AGE_FITS_DATE, ("age", "born", "on")),
)


@given(st.dates(date(1920, 1, 1), date(2026, 1, 1)), st.integers(0, 300))
def test_the_age_on_the_day_of_the_form(born: date, days: int) -> None:
    on = date(2026, 1, 1) + timedelta(days=days)
    age = 0
    while (born.year + age + 1, born.month, born.day) <= (on.year, on.month, on.day):
        age += 1
    assert told(AGE, age=str(age), born=born.isoformat(), on=on.isoformat()) == []
    for wrong in (age - 1, age + 1):
        assert told(AGE, age=str(wrong), born=born.isoformat(), on=on.isoformat()) == [("age", "born", "on")]


def test_the_age_without_a_day_of_the_form() -> None:
    content = replace(AGE, checks=(Check(CheckKind.AGE_FITS_DATE, ("age", "born")),))
    blank = {"on": ""}
    assert told(content, age="40", born="1986-11-20", **blank) == []
    assert told(content, age="39", born="1986-11-20", **blank) == []
    assert told(content, age="38", born="1986-11-20", **blank) == [("age", "born")]
    assert told(content, age="41", born="1986-11-20", **blank) == [("age", "born")]
    assert told(content, age="", born="1986-11-20", **blank) == []
    assert told(content, age="4", born="1986年", **blank) == [("born",)]
    assert told(content, age="-5", born="2031-11-20", **blank) == [("age", "born")]


@pytest.mark.parametrize(
    ("code", "address", "fits"),
    [
        ("100-0013", "東京都千代田区霞が関1-2-3", True),
        ("100-0013", "千代田区霞ヶ関一丁目2番3号", True),
        ("100-0013", "千代田区 霞ケ関1-2-3", True),
        ("100-0013", "霞が関1-2-3", True),
        ("100-0013", "千代田区永田町1-2-3", False),
        ("100-0013", "港区霞が関1-2-3", False),
        ("279-0031", "浦安市舞浜1-1", True),
        ("279-0031", "千葉県浦安市舞浜1-1", True),
        ("880-1300", "東諸県郡綾町南俣1", True),
        ("279-0031", "舞鶴1-1", False),
        ("190-1212", "瑞穂町殿ヶ谷12", False),  # the town alone is taken, a town behind half a county is not
        ("190-1212", "西多摩郡瑞穂町殿ヶ谷12", True),
        ("999-9999", "千代田区霞が関1-2-3", False),
        ("100-001", "どこか", True),  # the field's own check tells
        ("100-0013", "", True),
    ],
)
def test_postal_code_and_address(code: str, address: str, fits: bool) -> None:
    content = form(
        {"code": FieldType.TEXT, "address": FieldType.ADDRESS},
        Check(CheckKind.POSTAL_FITS_ADDRESS, ("code", "address")),
    )
    assert told(content, code=code, address=address) == ([] if fits else [("code", "address")])
    assert findings(content, {"code": code, "address": address}, Surroundings(AROUND.today)) == ()


def test_a_total_is_the_sum_of_all_rows() -> None:
    amounts = Table("items", "", (Field("amount", "金額", FieldType.MONEY, BOX),), (10, 20, 30))
    content = form(
        {"total": FieldType.MONEY},
        Check(CheckKind.TOTAL_IS_SUM, ("total", "items[].amount"), message_ja="合計を確かめてください。"),
        tables=(amounts,),
    )
    cells = {f"items[{row}].amount": "" for row in (1, 2, 3)}
    values = cells | {"total": "350", "items[1].amount": "100", "items[3].amount": "250"}
    assert findings(content, values, AROUND) == ()
    (finding,) = findings(content, values | {"total": "360"}, AROUND)
    assert finding.fields == ("total", "items[1].amount", "items[3].amount")
    assert finding.text.ja == finding.text.en == "合計を確かめてください。"
    assert findings(content, values | {"total": ""}, AROUND) == ()
    wrong = findings(content, values | {"items[1].amount": "x"}, AROUND)
    assert [each.fields for each in wrong] == [("items[1].amount",)]


def test_rows_are_checked_one_by_one() -> None:
    columns = (Field("from", "自", FieldType.DATE, BOX), Field("to", "至", FieldType.DATE, BOX))
    content = form(
        {}, Check(CheckKind.DATE_ORDER, ("t[].from", "t[].to")), tables=(Table("t", "", columns, (1, 9, 17)),)
    )
    values = {
        "t[1].from": "2026-01-01",
        "t[1].to": "2026-01-01",
        "t[2].from": "2026-02-02",
        "t[2].to": "2026-02-01",
    }
    values |= {"t[3].from": "", "t[3].to": "2020-01-01"}
    assert told(content, **values) == [("t[2].from", "t[2].to")]


def test_rows_that_nobody_used_miss_nothing() -> None:
    columns = (
        Field("name", "氏名", FieldType.NAME, BOX, required=True),
        Field("kana", "フリガナ", FieldType.KANA, BOX),
        Field("phone", "電話", FieldType.PHONE, BOX),
    )
    content = form(
        {},
        Check(CheckKind.ONE_OF, ("t[].kana", "t[].phone")),
        tables=(Table("t", "", columns, (1, 9, 17)),),
    )
    blank = {f"t[{row}].{column.name}": "" for row in (1, 2, 3) for column in columns}
    assert findings(content, blank, AROUND) == ()
    found = findings(content, blank | {"t[2].kana": "アオイ", "t[3].name": "青井"}, AROUND)
    assert [(each.fields, each.flag) for each in found] == [
        (("t[2].name",), Flag.MISSING),
        (("t[3].kana", "t[3].phone"), Flag.CHECK_FAILED),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "field", "condition", "fits"),
    [
        (CheckKind.REQUIRED_IF, "昭和", "", "昭和", False),
        (CheckKind.REQUIRED_IF, "昭和", "", "昭和|平成", False),
        (CheckKind.REQUIRED_IF, "昭和", "x", "昭和", True),
        (CheckKind.REQUIRED_IF, "昭和", "", "平成", True),
        (CheckKind.REQUIRED_IF, "", "", "平成", False),
        (CheckKind.REQUIRED_IF, "", "", "", True),
        (CheckKind.EMPTY_IF, "昭和", "x", "昭和", False),
        (CheckKind.EMPTY_IF, "昭和", "", "昭和", True),
        (CheckKind.EMPTY_IF, "昭和", "x", "平成", True),
    ],
)
def test_conditions(kind: CheckKind, value: str, field: str, condition: str, fits: bool) -> None:
    content = form({"a": FieldType.TEXT, "c": FieldType.CHOICE}, Check(kind, ("a", "c"), value))
    found = findings(content, {"a": field, "c": condition}, AROUND)
    assert [each.fields for each in found] == ([] if fits else [("a", "c")])
    if kind is CheckKind.REQUIRED_IF and not fits:
        assert found[0].flag is Flag.MISSING


def test_one_of_and_same() -> None:
    either = form({"a": FieldType.NAME, "b": FieldType.NAME}, Check(CheckKind.ONE_OF, ("a", "b")))
    assert told(either, a="", b="") == [("a", "b")]
    assert told(either, a="", b="x") == []
    alike = replace(either, checks=(Check(CheckKind.SAME, ("a", "b")),))
    assert told(alike, a="山田　花子", b="山田花子") == []
    assert told(alike, a="山田花子", b="山口花子") == [("a", "b")]


def test_a_page_that_is_not_there_is_not_judged() -> None:
    content = form({"a": FieldType.NAME, "b": FieldType.NAME}, Check(CheckKind.SAME, ("a", "b")))
    content = replace(
        content,
        pages=(
            replace(content.pages[0], fields=(*content.pages[0].fields, one(FieldType.DATE, required=True))),
        ),
    )
    assert told(content, a="x") == []
