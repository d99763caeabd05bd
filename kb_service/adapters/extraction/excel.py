"""Excel (.xlsx): each sheet's values as they are shown, its text boxes and comments."""

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.office_xml import drawing_paragraphs
from kb_service.adapters.extraction.plain_text import joined_cells
from kb_service.adapters.extraction.source import DAMAGE, Found, Source
from kb_service.models.attachments import Place, PlaceKind, TextPart
from kernel.errors import Text

_BROKEN: tuple[type[Exception], ...] = (InvalidFileException, etree.LxmlError, *DAMAGE)
_WITH_TEXT = ("/drawing", "/comments", "/threadedComment")  # ends of relations' types
_TEXTS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def read_excel(source: Source) -> Found:
    """A part for each sheet with text, named by the sheet; a row a line, cells parted by " | "."""
    try:
        with source.file.open("rb") as stream:  # of a path, openpyxl believes the name's ending
            # read-only: rows stream, and a sheet that claims a million rows costs no memory
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                return _sheets(source, book)
            finally:
                book.close()
    except _BROKEN as error:
        raise refusals.damaged(source.name, "Excelブック", "an Excel workbook") from error


def _sheets(source: Source, book: Any) -> Found:
    tools = source.tools
    found = Found([], clean(book.properties.title or ""))
    count = len(book.worksheets)
    budget = Budget(tools.bounds.cells, tools.bounds.characters)
    with zipfile.ZipFile(source.file) as package:
        for number, sheet in enumerate(book.worksheets, 1):
            tools.progress(number - 1, count)
            sheet.reset_dimensions()  # what the file declares may be far from what it holds
            lines = list(_rows(sheet, budget))
            lines += _floating(package, getattr(sheet, "_worksheet_path", ""))
            text = clean("\n".join(lines))
            if text:
                found.parts.append(TextPart(Place(PlaceKind.SHEET, number, sheet.title), text))
    tools.progress(count, count)
    if budget.is_spent:
        found.notes.append(too_many_cells())
    return found


class Budget:
    """How many cells and characters of a workbook are still read."""

    def __init__(self, cells: int, characters: int) -> None:
        self._cells = cells
        self._characters = characters

    @property
    def is_spent(self) -> bool:
        return self._cells <= 0 or self._characters <= 0

    def take(self, cells: int, characters: int) -> None:
        self._cells -= cells
        self._characters -= characters


def too_many_cells() -> Text:
    return Text(
        "セルが多いため、途中までを読み取りました。残りも検索したい場合は、シートを分けて添付してください。",
        "There are too many cells; only the first were read. Split the sheets to have the rest searched.",
    )


def _rows(sheet: Any, budget: Budget) -> Iterator[str]:
    for row in sheet.iter_rows():
        if budget.is_spent:
            return
        shown = [shown_value(cell.value, cell.number_format) for cell in row if cell.value is not None]
        line = joined_cells(shown)
        budget.take(max(1, len(row)), len(line))
        if line:
            yield line


def _floating(package: zipfile.ZipFile, sheet_path: str) -> list[str]:
    """Text boxes and comments of a sheet, found through its relations."""
    folder, name = posixpath.split(sheet_path.lstrip("/"))
    members = set(package.namelist())
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in members:
        return []
    lines: list[str] = []
    for relation in _parse(package, relations).iter(_RELATION):
        part = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or "")).lstrip("/")
        if relation.get("Type", "").endswith(_WITH_TEXT) and part in members:
            root = _parse(package, part)
            lines.extend(drawing_paragraphs(root))
            lines.extend("".join(text.itertext()) for text in root.iter(_TEXTS))
    return lines


def _parse(package: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(package.read(part), etree.XMLParser(resolve_entities=False, no_network=True))


def shown_value(value: Any, number_format: str = "General") -> str:
    """A value as a reader sees it in the cell, near enough for a search: dates, percents, thousands."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _moment(value)
    return str(value)


def _moment(value: dt.date | dt.time | dt.timedelta) -> str:
    """Dates as 2026/11/20, times as 09:30; a time of midnight is not shown behind a date."""
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    day = f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return f"{day} {value:%H:%M}"
    return day


def _number(value: float, number_format: str) -> str:
    positive = number_format.partition(";")[0]
    pattern = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", positive)
    decimals = len(match[1]) if (match := re.search(r"\.(0+)", pattern)) else 0
    if "%" in pattern:
        return f"{value * 100:.{decimals}f}%"
    if "0" in pattern or "#" in pattern:
        unit = "".join(re.findall(r'"([^"]*)"', positive))
        comma = "," if "," in pattern else ""
        return f"{value:{comma}.{decimals}f}{unit}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
