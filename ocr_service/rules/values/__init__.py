"""Values of fields: the normal form in which they are kept, checked and exported, how they are shown, and when
two entries mean the same.

Normal forms by type: DATE ISO 8601 (2026-11-20) · MONEY, NUMBER plain digits (12345, -3, 1.5) · POSTAL_CODE
100-0001 · PHONE groups as written, joined by hyphens · MY_NUMBER, CORPORATE_NUMBER 12 and 13 digits ·
BANK_ACCOUNT seven digits · KANA katakana of full width · NAME as written, one blank of full width between the
parts · ADDRESS as written, digits and hyphens of half width · CHOICE the choices' values joined by "|" ·
CHECK_BOX, SEAL "1" or "" · TEXT, FREE_TEXT, BARCODE as written. What cannot be understood stays as it was
written: the checks tell people about it. Nothing folds one kanji into another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ocr_service.models.fields import CHECKED, Field, FieldType
from ocr_service.rules.values import addresses, choices, dates, digits, names
from ocr_service.rules.values.widths import blankless, narrow, whole_kana


@dataclass(frozen=True, slots=True)
class Context:
    """What a value depends on besides its own writing: `era`, the value of the field's era field."""

    era: str = ""


NOTHING = Context()


def context_of(field: Field, values: Mapping[str, str]) -> Context:
    """From the normal values of the page's other fields."""
    return Context(values.get(field.era_field, "") if field.era_field else "")


def normal(field: Field, raw: str, context: Context = NOTHING) -> str:
    """The normal form of what was read or typed, after the field's replacements; "" for nothing. Never raises.
    Without replacements, the normal form of a normal form is itself."""
    for read, meant in field.replacements:
        raw = raw.replace(read, meant)
    return _normal(field, raw, context)


def typed(field: Field, text: str, context: Context = NOTHING) -> str:
    """`normal` for what a person typed: the replacements are for misreadings and are not applied."""
    return _normal(field, text, context)


def shown(field: Field, value: str, dates_as: str = "era") -> str:
    """A normal value for people: 令和8年11月20日, 12,345円, 1234 5678 9012, ✓. `normal` of it is the value
    again."""
    match field.type:
        case FieldType.DATE:
            day = dates.from_iso(value)
            return dates.shown(day, dates_as) if day else value
        case FieldType.MONEY | FieldType.NUMBER:
            return _grouped(value, "円" if field.type is FieldType.MONEY else "")
        case FieldType.MY_NUMBER if len(value) == 12 and value.isdigit():
            return f"{value[:4]} {value[4:8]} {value[8:]}"
        case FieldType.CHECK_BOX | FieldType.SEAL:
            return "✓" if value == CHECKED else ""
        case _:
            return value


def same(field: Field, one: str, other: str) -> bool:
    """Whether two normal values mean the same: names and text without their blanks, telephone numbers by their
    digits, addresses whichever way the numbers are written, widths of Latin letters aside."""
    return one == other or comparable(field, one) == comparable(field, other)


def comparable(field: Field, value: str) -> str:
    """The form that `same` compares."""
    match field.type:
        case FieldType.ADDRESS:
            return addresses.comparable(value)
        case FieldType.PHONE:
            return digits.digits(value) or value
        case FieldType.NAME | FieldType.KANA | FieldType.TEXT | FieldType.FREE_TEXT:
            return narrow(blankless(whole_kana(value)))
        case _:
            return value


def _normal(field: Field, text: str, context: Context) -> str:
    if field.type is FieldType.DATE:
        return dates.normal(text, context.era or (dates.UNMARKED if field.era_field else ""))
    if field.type is FieldType.CHOICE:
        return choices.choice(field, text)
    return _PLAIN.get(field.type, names.text)(text)


def _my_number(text: str) -> str:
    return digits.exactly(text, 12)


_PLAIN: dict[FieldType, Callable[[str], str]] = {
    FieldType.NUMBER: digits.plain_number,
    FieldType.MONEY: digits.plain_number,
    FieldType.POSTAL_CODE: digits.postal_code,
    FieldType.PHONE: digits.phone,
    FieldType.MY_NUMBER: _my_number,
    FieldType.CORPORATE_NUMBER: digits.corporate_number,
    FieldType.BANK_ACCOUNT: digits.bank_account,
    FieldType.NAME: names.name,
    FieldType.KANA: names.kana,
    FieldType.ADDRESS: addresses.address,
    FieldType.CHECK_BOX: choices.mark,
    FieldType.SEAL: choices.mark,
}


def _grouped(value: str, unit: str) -> str:
    number = digits.number(value)
    if number is None or not value.lstrip("-").replace(".", "", 1).isdigit():
        return value
    return f"{number:,}{unit}"
