"""Checks of a sheet: of every field by itself and across fields. What people must be told about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.errors import Text
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.forms import Check, CheckKind, Form
from ocr_service.models.readings import Flag
from ocr_service.rules.field_checks import Finding, of_field
from ocr_service.rules.values import addresses, dates, digits, same
from ocr_service.rules.values.choices import chosen

__all__ = ["Finding", "PostalAddresses", "Surroundings", "findings", "of_field"]

PostalAddresses = Callable[[str], Sequence[str]]
"""Addresses (prefecture, city, town) of a postal code in the form 100-0001; none for a code that is not in use."""

_ROWS = re.compile(r"([a-z][a-z0-9_]*)\[\]\.([a-z][a-z0-9_]*)", re.ASCII)
_CELL = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]+)\]\.([a-z][a-z0-9_]*)", re.ASCII)
_POSTAL = re.compile(r"[0-9]{3}-[0-9]{4}", re.ASCII)
_OLDEST = 150  # years


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
                found.append(Finding(_concerned(bound, values), _own_words(bound, text), _flag(bound)))
    return tuple(found)


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


def _concerned(check: Check, values: _Values) -> tuple[str, ...]:
    """The fields that people should look at: of a total's items those that are filled in."""
    if check.kind is not CheckKind.TOTAL_IS_SUM:
        return check.fields
    return (check.fields[0], *(name for name in check.fields[1:] if values[name]))


def _own_words(check: Check, text: Text) -> Text:
    return Text(check.message_ja or text.ja, check.message_en or check.message_ja or text.en)


def _flag(check: Check) -> Flag:
    return Flag.MISSING if check.kind is CheckKind.REQUIRED_IF else Flag.CHECK_FAILED
