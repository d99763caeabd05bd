"""How fields are written: formats of raw readings, and how plausible a value is."""

from collections.abc import Callable

from ocr_service.models.fields import Characters, Field, FieldType
from ocr_service.rules.decoding.alphabets import Alphabet
from ocr_service.rules.decoding.patterns import Pattern
from ocr_service.rules.patterns import fits
from ocr_service.rules.values import check_digits, dates

_ERA = "((明治|大正|昭和|平成|令和|西暦|明|大|昭|平|令|M|T|S|H|R) ?[.]? ?)?"
_DATE = (
    rf"{_ERA}(\d\d\d\d|\d\d?|元)( ?年 ?|[-./ ]| )\d\d?( ?月 ?|[-./ ]| )\d\d?( ?日)?"
    rf"|{_ERA}\d\d\d\d\d\d(\d\d)?|[1-5]\d\d\d\d\d\d"
)
_FORMATS = {
    FieldType.POSTAL_CODE: r"(〒 ?)?\d\d\d ?-? ?\d\d\d\d",
    FieldType.PHONE: r"0\d{1,4} ?[-(] ?\d{1,4} ?[-)] ?\d{3,4}|\(0\d{1,4}\) ?\d{1,4} ?- ?\d{4}|0\d{9,10}",
    FieldType.MY_NUMBER: r"\d{4} ?-?\d{4} ?-?\d{4}",
    FieldType.CORPORATE_NUMBER: r"\d ?-?\d{4} ?-?\d{4} ?-?\d{4}",
    FieldType.BANK_ACCOUNT: r"\d{1,7}",
    FieldType.MONEY: r"(¥|金)? ?\d{1,3}( ?, ?\d\d\d)*( ?円)?-?|(¥|金)? ?\d{1,10}( ?円)?-?|\d+ ?万 ?(\d+ ?)?円?",
    FieldType.NUMBER: r"-?\d{1,3}(,\d\d\d)+|-?\d+([.]\d+)?",
    FieldType.DATE: _DATE,
}
_UNITS = "名人枚個歳才日月年回時分階号室件世帯割%kgcm㎡m"
_DIGITS = frozenset("0123456789")
_WRITTEN = frozenset(Characters) - {Characters.SIGNS}
_KANA_SIGNS = frozenset(" ー-.()・「」")
_WRONG = 0.02  # how much rarer values that a check digit or the calendar refuses are than others
_FAULTY = 0.2  # the same for what merely looks unusual


def alphabet_of(field: Field) -> Alphabet:
    """The characters that a field's raw reading may hold."""
    if field.type in _FORMATS:
        return Alphabet(single=Pattern(_written(field)).characters)
    if field.characters:
        return Alphabet(field.characters | {Characters.SIGNS})
    if field.type is FieldType.KANA:
        return Alphabet(frozenset({Characters.KATAKANA}), _KANA_SIGNS | _DIGITS)
    if field.type is FieldType.ADDRESS:
        return Alphabet(_WRITTEN, frozenset(" -ー()・、.&"))
    if field.type is FieldType.NAME:
        return Alphabet(
            frozenset({Characters.KANJI, Characters.HIRAGANA, Characters.KATAKANA, Characters.LATIN}),
            frozenset(" ・-."),
        )
    return Alphabet()


def format_of(field: Field) -> Pattern | None:
    """The format of a field's raw reading; None when the type has none."""
    return Pattern(_written(field)) if field.type in _FORMATS else None


def _written(field: Field) -> str:
    """With single-character boxes nothing but digits is written, and as many of them as there are boxes."""
    if field.cells and field.type in (FieldType.MY_NUMBER, FieldType.CORPORATE_NUMBER, FieldType.POSTAL_CODE):
        return rf"\d{{{field.cells}}}"
    if field.cells and field.type in (FieldType.BANK_ACCOUNT, FieldType.NUMBER, FieldType.MONEY):
        return rf"\d{{1,{field.cells}}}"
    if field.type is FieldType.NUMBER:
        return rf"({_FORMATS[FieldType.NUMBER]})( ?[{_UNITS}]+)?"
    return _FORMATS[field.type]


def plausibility(field: Field, value: str) -> float:
    """How much rarer such a value is than others of its type (1 = not at all): the field's pattern, check digits,
    calendar, lengths."""
    if field.pattern and not fits(field.pattern, value):
        return _WRONG
    judge = _JUDGES.get(field.type)
    return judge(value) if judge else 1.0


def _date(value: str) -> float:
    day = dates.from_iso(value)
    return _WRONG if day is None else 1.0 if 1900 <= day.year <= 2040 else _FAULTY


def _phone(value: str) -> float:
    digits = sum(character.isdigit() for character in value)
    mobile = value.startswith(("070", "080", "090", "050"))
    return 1.0 if digits == (11 if mobile else 10) else _FAULTY


_JUDGES: dict[FieldType, Callable[[str], float]] = {
    FieldType.MY_NUMBER: lambda value: 1.0 if check_digits.is_my_number(value) else _WRONG,
    FieldType.CORPORATE_NUMBER: lambda value: 1.0 if check_digits.is_corporate_number(value) else _WRONG,
    FieldType.DATE: _date,
    FieldType.PHONE: _phone,
    FieldType.BANK_ACCOUNT: lambda value: 1.0 if len(value) == 7 else _FAULTY,
}
