"""How results leave: settings, saved profiles, and what was made with them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExportFormat(StrEnum):
    """The shapes that results are given in."""

    CSV = "csv"
    EXCEL = "excel"
    JSON = "json"
    PDF = "pdf"  # searchable


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
    ExportFormat.PDF: "application/pdf",
}


class Encoding(StrEnum):
    """Of CSV. UTF-8 comes with a byte order mark, which Excel needs."""

    UTF8 = "utf-8"
    CP932 = "cp932"


class DateStyle(StrEnum):
    """2026-11-20, 2026/11/20, 20261120, 令和8年11月20日."""

    ISO = "iso"
    SLASHES = "slashes"
    COMPACT = "compact"
    ERA = "era"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field's value, with the heading that the receiving system wants. `raw`: as it was read
    rather than in normal form. A name that begins with "@" is about the page: see rules.tables.ABOUT."""

    field: str
    heading: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """`columns` empty = all fields, each with its raw reading beside it. `exact`: CSV values that a spreadsheet
    would take for a formula are left as they are; otherwise they get a leading apostrophe."""

    format: ExportFormat = ExportFormat.CSV
    encoding: Encoding = Encoding.UTF8
    columns: tuple[Column, ...] = ()
    dates: DateStyle = DateStyle.ISO
    header: bool = True
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """Settings that a ward has saved for one template."""

    id: str
    owner: str
    template_id: str
    name: str
    settings: ExportSettings
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Unencodable:
    """Characters of one cell that the target encoding cannot write. `row` counts forms from 1."""

    row: int
    heading: str
    characters: str


@dataclass(frozen=True, slots=True)
class FilledCell:
    """One field of one form as it leaves. `value` in normal form, `state` and `flags` by their names."""

    field: str
    value: str
    raw: str
    confidence: float
    state: str
    flags: tuple[str, ...]
    decided_by: str


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One form that somebody filled in: its pages joined. `positions`: the pages' places in the stack."""

    file: str
    positions: tuple[int, ...]
    template_id: str
    version: str
    cells: tuple[FilledCell, ...]

    def cell(self, field: str) -> FilledCell | None:
        return next((cell for cell in self.cells if cell.field == field), None)


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was made. `notes`: what its reader must know, in Japanese and English alternately."""

    id: str
    batch_id: str
    format: ExportFormat
    name: str
    digest: str
    size: int
    notes: tuple[tuple[str, str], ...]
    made_at: datetime
    made_by: str
