"""Checks of one field's value by itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from kernel.errors import Text
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.readings import Flag
from ocr_service.rules.characters import classes_of
from ocr_service.rules.patterns import LONGEST_VALUE, BadPattern, fits
from ocr_service.rules.values import dates, digits
from ocr_service.rules.values.check_digits import is_corporate_number, is_my_number
from ocr_service.rules.values.choices import chosen

_POSTAL = re.compile(r"[0-9]{3}-[0-9]{4}", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_KANA = re.compile(r"[ァ-ヺーヽヾ・\u3000 .．]+")
_PHONE_LENGTHS = range(10, 12)
_MISSING = Text("必ず記入する項目ですが、空欄です。", "This must be filled in and is blank.")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. `fields`: the names it concerns, the one to look at first in front."""

    fields: tuple[str, ...]
    text: Text
    flag: Flag = Flag.CHECK_FAILED


def of_field(field: Field, value: str) -> tuple[Finding, ...]:
    """What is wrong with the value of one field by itself."""
    if not value:
        return (Finding((field.name,), _MISSING, Flag.MISSING),) if field.required else ()
    texts = [text for rule in (_type, _characters, _pattern, _extent) if (text := rule(field, value))]
    return tuple(Finding((field.name,), text) for text in texts)


def _type(field: Field, value: str) -> Text | None:
    rule = _TYPES.get(field.type)
    return rule(field, value) if rule else None


def _date(_field: Field, value: str) -> Text | None:
    if dates.from_iso(value):
        return None
    return Text(
        f"日付として読めません（{value[:20]}）。元号と、実在する日かを確かめてください。",
        f"This is no day of the calendar ({value[:20]}). Check the era and the day.",
    )


def _number(_field: Field, value: str) -> Text | None:
    if _PLAIN_NUMBER.fullmatch(value):
        return None
    return Text("数として読めません。", "This is no number.")


def _postal_code(_field: Field, value: str) -> Text | None:
    return (
        None if _POSTAL.fullmatch(value) else Text("郵便番号は7けたです。", "A postal code has seven digits.")
    )


def _phone(_field: Field, value: str) -> Text | None:
    plain = value.replace("-", "")
    if plain.isascii() and plain.isdigit() and len(plain) in _PHONE_LENGTHS and plain.startswith("0"):
        return None
    return Text(
        "電話番号は0で始まる10けたか11けたです。", "A telephone number begins with 0 and has 10 or 11 digits."
    )


def _my_number(_field: Field, value: str) -> Text | None:
    if is_my_number(value):
        return None
    return Text(
        "個人番号の検査用数字が合いません（12けた）。",
        "The check digit of this My Number is wrong (12 digits).",
    )


def _corporate_number(_field: Field, value: str) -> Text | None:
    if is_corporate_number(value):
        return None
    return Text(
        "法人番号の検査用数字が合いません（13けた）。",
        "The check digit of this corporate number is wrong (13 digits).",
    )


def _bank_account(_field: Field, value: str) -> Text | None:
    if value.isascii() and value.isdigit() and len(value) == 7:
        return None
    return Text("口座番号は7けたです。", "An account number has seven digits.")


def _kana(_field: Field, value: str) -> Text | None:
    return (
        None if _KANA.fullmatch(value) else Text("カナでない文字があります。", "Not all of this is katakana.")
    )


def _choice(field: Field, value: str) -> Text | None:
    marked = chosen(value)
    if any(each not in {choice.value for choice in field.choices} for each in marked):
        return Text("選択肢にない値です。", "This is none of the choices.")
    if len(marked) > 1 and not field.several:
        return Text("二つ以上選ばれています。", "More than one is marked.")
    return None


_TYPES: dict[FieldType, Callable[[Field, str], Text | None]] = {
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.POSTAL_CODE: _postal_code,
    FieldType.PHONE: _phone,
    FieldType.MY_NUMBER: _my_number,
    FieldType.CORPORATE_NUMBER: _corporate_number,
    FieldType.BANK_ACCOUNT: _bank_account,
    FieldType.KANA: _kana,
    FieldType.CHOICE: _choice,
}
_COUNTED = frozenset({FieldType.NUMBER, FieldType.MONEY})


def _characters(field: Field, value: str) -> Text | None:
    if not field.characters:
        return None
    wrong = dict.fromkeys(
        each for each in value if not each.isspace() and not classes_of(each) & field.characters
    )
    if not wrong:
        return None
    listed = "".join(wrong)[:20]
    return Text(
        f"この項目で使えない文字があります: {listed}", f"Characters that this field does not allow: {listed}"
    )


def _pattern(field: Field, value: str) -> Text | None:
    try:
        if not field.pattern or fits(field.pattern, value):
            return None
    except BadPattern:  # a form that was never checked; saving and importing refuse such patterns
        return Text("様式に書かれた書式が正しくありません。", "The template's pattern is not sound.")
    if len(value) > LONGEST_VALUE:
        return Text("値が長すぎて、書式を確かめられません。", "The value is too long for its pattern.")
    return Text("書式に合いません。", "This does not fit the pattern.")


def _extent(field: Field, value: str) -> Text | None:
    """`least` and `most`: of the number for NUMBER and MONEY, of the characters otherwise; 0 = no bound."""
    if field.type in _COUNTED:
        size = digits.number(value)
        if size is None:
            return None
        unit_ja, unit_en = "", ""
    else:
        size, unit_ja, unit_en = Decimal(len(value)), "文字", " characters"
    if field.least and size < field.least:
        return Text(f"{field.least:,}{unit_ja}以上です。", f"This must be at least {field.least:,}{unit_en}.")
    if field.most and size > field.most:
        return Text(f"{field.most:,}{unit_ja}までです。", f"This must be at most {field.most:,}{unit_en}.")
    return None
