"""Small but complete form templates, with a white page as picture."""

import struct
import zlib
from dataclasses import replace

from ocr_service.models.fields import Box, Characters, Choice, Field, FieldType, Table, Writing
from ocr_service.models.forms import Check, CheckKind, Form, FormPage


def png(width: int, height: int, grey: int = 255) -> bytes:
    """A grey PNG of one shade."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


A4 = png(827, 1169)
BOX = Box(40.0, 60.0, 80.0, 10.0)


def text_field(name: str = "applicant", **changes: object) -> Field:
    return replace(Field(name, "氏名", FieldType.NAME, BOX), **changes)  # type: ignore[arg-type]


def page(*fields: Field, tables: tuple[Table, ...] = (), number: int = 1) -> FormPage:
    """An A4 page at 100 dpi."""
    return FormPage(number, 210.0, 297.0, 100, A4, fields, tables)


def small_form(name: str = "moushikomi", title: str = "利用申込書（サンプル）") -> Form:
    """One field; the least that is a template."""
    return Form(name, title, "", (page(text_field()),))


def full_form() -> Form:
    """Every property of the format with a value that is not its default."""
    era = Field(
        "birth_era",
        "元号",
        FieldType.CHOICE,
        Box(20.0, 80.0, 30.0, 8.0),
        Writing.HANDWRITTEN,
        required=True,
        choices=(
            Choice("昭和", "昭", Box(20.0, 80.0, 8.0, 8.0)),
            Choice("平成", "平", Box(30.5, 80.0, 8.0, 8.0)),
        ),
        several=True,
    )
    birth = Field("birth", "生年月日", FieldType.DATE, Box(60.0, 80.0, 60.0, 8.0), era_field="birth_era")
    code = Field(
        "code",
        "整理番号",
        FieldType.TEXT,
        Box(120.0, 40.0, 50.0, 8.0),
        Writing.PRINTED,
        cells=8,
        lines=2,
        characters=frozenset({Characters.DIGITS, Characters.LATIN}),
        pattern=r"[A-Z]{2}\d{6}",
        least=8,
        most=8,
        replacements=(("O", "0"), ("｜", "")),
    )
    age = Field("age", "年齢", FieldType.NUMBER, Box(150.0, 80.0, 15.0, 8.0))
    family = Table(
        "family",
        "家族",
        (
            Field("name", "氏名", FieldType.NAME, Box(20.0, 150.0, 60.0, 9.0)),
            Field(
                "era",
                "元号",
                FieldType.CHOICE,
                Box(80.0, 150.0, 20.0, 9.0),
                choices=(Choice("令和", "令", Box(80.0, 150.0, 8.0, 8.0)),),
            ),
            Field("birth", "生年月日", FieldType.DATE, Box(100.0, 150.0, 40.0, 9.0), era_field="era"),
            Field("amount", "金額", FieldType.MONEY, Box(140.0, 150.0, 30.0, 9.0)),
        ),
        (150.0, 160.25, 170.5),
    )
    total = Field("total", "合計", FieldType.MONEY, Box(140.0, 181.0, 30.0, 9.0))
    back = page(Field("memo", "備考", FieldType.FREE_TEXT, Box(10.0, 10.0, 190.0, 50.0), lines=5), number=2)
    checks = (
        Check(
            CheckKind.AGE_FITS_DATE,
            ("age", "birth"),
            message_ja="年齢が合いません。",
            message_en="Wrong age.",
        ),
        Check(CheckKind.TOTAL_IS_SUM, ("total", "family[].amount")),
        Check(CheckKind.REQUIRED_IF, ("memo", "birth_era"), value="昭和"),
    )
    front = page(era, birth, code, age, total, tables=(family,))
    return Form("kazoku", "家族届（サンプル）", "試験用の様式です。", (front, back), checks)
