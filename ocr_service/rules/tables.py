"""Filled forms as a table: which columns, what stands in a cell, and what an encoding cannot write."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ocr_service.models.exports import (
    Column,
    DateStyle,
    Encoding,
    ExportSettings,
    FilledForm,
    Unencodable,
)
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.forms import Form
from ocr_service.rules.values import dates

ABOUT = {
    "@file": "ファイル名",
    "@page": "ページ",
    "@template": "様式の版",
    "@confidence": "最も低い確かさ",
    "@open": "未確認の項目数",
    "@decided_by": "確認した人",
}
"""Columns about the form as a whole, with their usual headings."""

RAW_HEADING = "（読み取ったまま）"
MISSING = "〓"
"""What stands for a character that the encoding does not have."""
OPEN = frozenset({"doubtful", "entered", "different"})

_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![\d,.\-]*$)")
# Unicode has two of these characters where Windows' Shift_JIS has one; it takes the right-hand ones.
_CP932_TWINS = str.maketrans("〜−‖¢£¬—", "～－∥￠￡￢―")


def columns_of(form: Form, settings: ExportSettings) -> tuple[Column, ...]:
    """The settings' columns, or all: file and page, then each field with its raw reading beside it."""
    if settings.columns:
        return settings.columns
    every = [Column("@file", ABOUT["@file"]), Column("@page", ABOUT["@page"])]
    for field in form.every_field():
        heading = heading_of(field)
        every += [Column(field.name, heading), Column(field.name, heading + RAW_HEADING, raw=True)]
    return tuple(every)


def heading_of(field: Field) -> str:
    """The label; in a table with its row: 氏名 2."""
    row = re.search(r"\[(\d+)\]", field.name)
    return f"{field.label} {row[1]}" if row else field.label


def rows_of(form: Form, filled: Iterable[FilledForm], settings: ExportSettings) -> Iterator[tuple[str, ...]]:
    """One row a form, one cell a column."""
    columns = columns_of(form, settings)
    fields = {field.name: field for field in form.every_field()}
    for each in filled:
        yield tuple(_cell(each, column, fields.get(column.field), settings.dates) for column in columns)


def _cell(filled: FilledForm, column: Column, field: Field | None, style: DateStyle) -> str:
    if column.field.startswith("@"):
        return _about(filled, column.field)
    cell = filled.cell(column.field)
    if cell is None:
        return ""
    if column.raw:
        return cell.raw
    return _written(field, cell.value, style)


def _written(field: Field | None, value: str, style: DateStyle) -> str:
    """A value in the style that was asked for; what is no day of the calendar stays as it is."""
    if field is None or field.type is not FieldType.DATE:
        return value
    day = dates.from_iso(value)
    if day is None:
        return value
    match style:
        case DateStyle.ISO:
            return value
        case DateStyle.SLASHES:
            return day.strftime("%Y/%m/%d")
        case DateStyle.COMPACT:
            return day.strftime("%Y%m%d")
        case DateStyle.ERA:
            return dates.shown(day, "era")


def _about(filled: FilledForm, name: str) -> str:
    about = {
        "@file": lambda: filled.file,
        "@page": lambda: "-".join(map(str, dict.fromkeys(_ends(filled.positions)))),
        "@template": lambda: filled.version,
        "@confidence": lambda: f"{min((cell.confidence for cell in filled.cells), default=0.0):.3f}",
        "@open": lambda: str(sum(cell.state in OPEN for cell in filled.cells)),
        "@decided_by": lambda: " ".join(sorted({c.decided_by for c in filled.cells if c.decided_by})),
    }
    return about[name]() if name in about else ""


def _ends(positions: Sequence[int]) -> tuple[int, ...]:
    return (positions[0], positions[-1]) if positions else ()


def unencodable(
    headings: Sequence[str], rows: Iterable[Sequence[str]], encoding: Encoding
) -> Iterator[Unencodable]:
    """The cells that hold characters which the encoding does not have."""
    if encoding is Encoding.UTF8:
        return
    for number, row in enumerate(rows, start=1):
        for heading, text in zip(headings, row, strict=True):
            missing = "".join(dict.fromkeys(each for each in text if not _has(each)))
            if missing:
                yield Unencodable(number, heading, missing)


def encodable(text: str, encoding: Encoding) -> str:
    """The text with 〓 for what the encoding does not have."""
    if encoding is Encoding.UTF8:
        return text
    return "".join(each if _has(each) else MISSING for each in text).translate(_CP932_TWINS)


def _has(character: str) -> bool:
    try:
        character.translate(_CP932_TWINS).encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def guarded(text: str) -> str:
    """With an apostrophe in front of what a spreadsheet would take for a formula (OWASP, CSV injection).
    Numbers with a sign are left alone."""
    return f"'{text}" if _FORMULA.match(text) else text


def joined_forms(pages: Iterable[FilledForm], first: Iterable[bool]) -> Iterator[FilledForm]:
    """Pages of one form together. `pages` in the order of the stack, `first`: whether each begins a form."""
    held: FilledForm | None = None
    for page, begins in zip(pages, first, strict=True):
        if held is None or begins or page.file != held.file:
            if held is not None:
                yield held
            held = page
        else:
            held = replace(held, positions=held.positions + page.positions, cells=held.cells + page.cells)
    if held is not None:
        yield held
