"""How results leave: profiles, and what was made of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExportFormat(StrEnum):
    """The shapes that results are given in."""

    CSV = "csv"
    EXCEL = "excel"
    JSON = "json"
    PDF = "pdf"  # searchable


class Encoding(StrEnum):
    """Of CSV. UTF-8 comes with a byte order mark, which Excel needs."""

    UTF8 = "utf-8"
    CP932 = "cp932"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field's value, with the heading that the receiving system wants. `raw`: as it was read
    rather than in normal form. A name that begins with "@" is about the page: @file, @page, @batch, @template,
    @decided_by, @confidence."""

    field: str
    heading: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """A saved way of exporting one form; `columns` empty = all fields, each with its raw reading beside it.
    `dates`: "iso" 2026-11-20, "slashes" 2026/11/20, "era" 令和8年11月20日, "compact" 20261120."""

    id: str
    owner: str
    template_id: str
    name: str
    format: ExportFormat
    encoding: Encoding
    columns: tuple[Column, ...]
    dates: str
    header: bool
    updated_at: datetime
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Unencodable:
    """Characters of one field of one page that the target encoding cannot write."""

    page: int
    field: str
    characters: str
