"""Checks of one field's value and across fields: what people must be told about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.errors import Text
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.forms import Check, CheckKind, Form
from ocr_service.models.readings import Flag
from ocr_service.rules.characters import classes_of
from ocr_service.rules.patterns import LONGEST_VALUE, BadPattern, fits
from ocr_service.rules.values import addresses, dates, digits, same
from ocr_service.rules.values.check_digits import is_corporate_number, is_my_number
from ocr_service.rules.values.choices import chosen

PostalAddresses = Callable[[str], Sequence[str]]
"""Addresses (prefecture, city, town) of a postal code in the form 100-0001; none for a code that is not in use."""

_ROWS = re.compile(r"([a-z][a-z0-9_]*)\[\]\.([a-z][a-z0-9_]*)", re.ASCII)
_CELL = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]+)\]\.([a-z][a-z0-9_]*)", re.ASCII)
_POSTAL = re.compile(r"[0-9]{3}-[0-9]{4}", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_KANA = re.compile(r"[ァ-ヺーヽヾ・\u3000 .．]+")
_PHONE_LENGTHS = range(10, 12)
_OLDEST = 150  # years


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. `fields`: the names it concerns, the one to look at first in front."""

    fields: tuple[str, ...]
    text: Text
    flag: Flag = Flag.CHECK_FAILED


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What checks know besides the form: the day of reading, and the postal directory if there is one."""

    today: date
    postal: PostalAddresses | None = None


def findings(form: Form, values: Mapping[str, str], around: Surroundings) -> tuple[Finding, ...]:
    """All findings on one sheet. `values`: normal values by field name, blanks as "". Fields that are not in it
    are on a page that is not there: nothing is said about them, and checks that need them are passed over. Rows of
    a table in which nothing is filled in are not used: nothing is missing there."""
    fields = {each.name: each for each in form.every_field() if each.name in values}
    unused = _unused_rows(values)
    asked = [one for one in fields.values() if _row_of(one.name) not in unused]
    found = [each for one in asked for each in of_field(one, values[one.name])]
    for check in form.checks:
        for bound in _bound(check, fields, unused):
            text = _KINDS[bound.kind](bound, fields, values, around)
            if text is not None:
                found.append(Finding(bound.fields, _own_words(bound, text), _flag(bound)))
    return tuple(found)


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


# Across fields. Each rule gets a check whose fields are all there, and gives a sentence where it does not hold.

_Fields = Mapping[str, Field]
_Values = Mapping[str, str]


def _age(check: Check, _fields: _Fields, values: _Values, around: Surroundings) -> Text | None:
    """A form without its own date may be read weeks later: then last year's age fits as well."""
    age = digits.number(values[check.fields[0]])
    born = dates.from_iso(values[check.fields[1]])
    if age is None or born is None:
        return None
    written = dates.from_iso(values[check.fields[2]]) if len(check.fields) > 2 else None
    if len(check.fields) > 2 and written is None:
        return None
    years = _years(born, written or around.today)
    if not 0 <= years <= _OLDEST:
        return Text("生年月日が、ありえない日です。", "This cannot be a date of birth.")
    if age == years or (written is None and age == years - 1):
        return None
    return Text(
        f"年齢が生年月日と合いません（生年月日からは{years}歳）。",
        f"The age does not fit the date of birth, which makes it {years}.",
    )


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _postal(check: Check, _fields: _Fields, values: _Values, around: Surroundings) -> Text | None:
    code, written = values[check.fields[0]], values[check.fields[1]]
    if around.postal is None or not written or not _POSTAL.fullmatch(code):
        return None
    known = around.postal(code)
    if not known:
        return Text(f"郵便番号{code}は使われていません。", f"The postal code {code} is not in use.")
    if any(_in_place(written, each) for each in known):
        return None
    return Text(
        f"住所が郵便番号と合いません（{code}は{known[0]}）。",
        f"The address does not fit the postal code; {code} is {known[0]}.",
    )


def _in_place(written: str, known: str) -> bool:
    """Whether the written address begins with the known one; the prefecture may be left out, and so may the city
    or ward where the town is named."""
    here, there = addresses.place(written), addresses.place(known)
    if here.startswith(there):
        return True
    town = re.sub(r"^.+?(市.+区|区|市|郡.+?[町村]|町|村)(?=.)", "", there)
    return town != there and here.startswith(town)


def _total(check: Check, _fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    total = digits.number(values[check.fields[0]])
    items = [digits.number(values[name]) for name in check.fields[1:] if values[name]]
    if total is None or any(item is None for item in items):
        return None
    added = sum((item for item in items if item is not None), Decimal(0))
    if added == total:
        return None
    return Text(
        f"合計が内訳と合いません（内訳を足すと{added:,}）。",
        f"The total does not fit its items, which add up to {added:,}.",
    )


def _date_order(check: Check, _fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    earlier, later = (dates.from_iso(values[name]) for name in check.fields)
    if earlier is None or later is None or earlier <= later:
        return None
    return Text("日付の前後が逆です。", "The dates are in the wrong order.")


def _holds(check: Check, fields: _Fields, values: _Values) -> bool:
    """Whether the condition field has the check's value; without one, whether it is filled in."""
    name = check.fields[1]
    value = values[name]
    if not check.value:
        return bool(value)
    if fields[name].type is FieldType.CHOICE:
        return check.value in chosen(value)
    return same(fields[name], value, check.value)


def _required_if(check: Check, fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    if values[check.fields[0]] or not _holds(check, fields, values):
        return None
    label = fields[check.fields[1]].label
    return Text(
        f"「{label}」の内容から、ここには記入が必要です。", f'Because of "{label}" this must be filled in.'
    )


def _empty_if(check: Check, fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    if not values[check.fields[0]] or not _holds(check, fields, values):
        return None
    label = fields[check.fields[1]].label
    return Text(
        f"「{label}」の内容から、ここは空欄のはずです。", f'Because of "{label}" this should be blank.'
    )


def _one_of(check: Check, fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    if any(values[name] for name in check.fields):
        return None
    labels = "、".join(fields[name].label for name in check.fields)[:100]
    return Text(f"どれか一つは記入が必要です（{labels}）。", f"One of these must be filled in: {labels}.")


def _same(check: Check, fields: _Fields, values: _Values, _around: Surroundings) -> Text | None:
    one, other = check.fields
    if same(fields[one], values[one], values[other]):
        return None
    return Text(
        f"「{fields[one].label}」と「{fields[other].label}」が違います。",
        f'"{fields[one].label}" and "{fields[other].label}" differ.',
    )


_KINDS: dict[CheckKind, Callable[[Check, _Fields, _Values, Surroundings], Text | None]] = {
    CheckKind.AGE_FITS_DATE: _age,
    CheckKind.POSTAL_FITS_ADDRESS: _postal,
    CheckKind.TOTAL_IS_SUM: _total,
    CheckKind.DATE_ORDER: _date_order,
    CheckKind.REQUIRED_IF: _required_if,
    CheckKind.EMPTY_IF: _empty_if,
    CheckKind.ONE_OF: _one_of,
    CheckKind.SAME: _same,
}
_MISSING = Text("必ず記入する項目ですが、空欄です。", "This must be filled in and is blank.")


def _row_of(name: str) -> tuple[str, int] | None:
    """Table and row of a cell; None for other fields."""
    cell = _CELL.fullmatch(name)
    return (cell[1], int(cell[2])) if cell else None


def _unused_rows(values: _Values) -> frozenset[tuple[str, int]]:
    rows = {name: row for name in values if (row := _row_of(name)) is not None}
    return frozenset(rows.values()) - {row for name, row in rows.items() if values[name]}


def _bound(check: Check, fields: _Fields, unused: frozenset[tuple[str, int]]) -> Iterator[Check]:
    """The check with names of real fields: "items[].amount" is all rows for a total, and one check for each row
    in use for the other kinds. Nothing where a field is not there."""
    if check.kind is CheckKind.TOTAL_IS_SUM:
        names = [cell for name in check.fields for cell in _all_rows(name, fields)]
        rows = [tuple(names)]
    elif any(_ROWS.fullmatch(name) for name in check.fields):
        rows = [tuple(_in_row(name, row) for name in check.fields) for row in _rows(check, fields, unused)]
    else:
        rows = [check.fields]
    for row in rows:
        if row and all(name in fields for name in row):
            yield Check(check.kind, row, check.value, check.message_ja, check.message_en)


def _all_rows(name: str, fields: _Fields) -> list[str]:
    found = _ROWS.fullmatch(name)
    if found is None:
        return [name]
    cells = (cell for each in fields if (cell := _CELL.fullmatch(each)))
    return [cell[0] for cell in cells if (cell[1], cell[3]) == (found[1], found[2])]


def _rows(check: Check, fields: _Fields, unused: frozenset[tuple[str, int]]) -> list[int]:
    tables = {found[1] for name in check.fields if (found := _ROWS.fullmatch(name))}
    rows = {row for each in fields if (row := _row_of(each)) is not None and row[0] in tables}
    return sorted(number for _table, number in rows - unused)


def _in_row(name: str, row: int) -> str:
    return name.replace("[]", f"[{row}]", 1)


def _own_words(check: Check, text: Text) -> Text:
    return Text(check.message_ja or text.ja, check.message_en or check.message_ja or text.en)


def _flag(check: Check) -> Flag:
    return Flag.MISSING if check.kind is CheckKind.REQUIRED_IF else Flag.CHECK_FAILED
