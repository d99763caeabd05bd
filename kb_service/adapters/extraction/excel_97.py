"""Excel of before 2007 (.xls), by xlrd."""

from typing import Any

import xlrd

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.excel import Budget, shown_value, too_many_cells
from kb_service.adapters.extraction.plain_text import joined_cells
from kb_service.adapters.extraction.source import DAMAGE, Found, Source
from kb_service.models.attachments import Place, PlaceKind, TextPart

_BROKEN: tuple[type[Exception], ...] = (xlrd.XLRDError, xlrd.compdoc.CompDocError, *DAMAGE)


def read_excel_97(source: Source) -> Found:
    """A part for each sheet with text, as for .xlsx."""
    try:
        book = xlrd.open_workbook(str(source.file), on_demand=True, logfile=_Silence())
        return _sheets(source, book)
    except _BROKEN as error:
        if "encrypt" in str(error).lower():
            raise refusals.encrypted(source.name) from error
        raise refusals.damaged(source.name, "Excelブック", "an Excel workbook") from error


class _Silence:
    """Where xlrd's remarks go."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is held."""


def _sheets(source: Source, book: Any) -> Found:
    tools = source.tools
    found = Found([])
    budget = Budget(tools.bounds.cells, tools.bounds.characters)
    for index in range(book.nsheets):
        tools.progress(index, book.nsheets)
        sheet = book.sheet_by_index(index)
        lines = []
        for row in range(sheet.nrows):
            if budget.is_spent:
                break
            line = joined_cells([_shown(cell, book.datemode) for cell in sheet.row(row)])
            budget.take(max(1, sheet.ncols), len(line))
            if line:
                lines.append(line)
        text = clean("\n".join(lines))
        if text:
            found.parts.append(TextPart(Place(PlaceKind.SHEET, index + 1, sheet.name), text))
        book.unload_sheet(index)
    tools.progress(book.nsheets, book.nsheets)
    if budget.is_spent:
        found.notes.append(too_many_cells())
    return found


def _shown(cell: Any, datemode: int) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return shown_value(xlrd.xldate_as_datetime(cell.value, datemode))
        except (OverflowError, ValueError):
            return shown_value(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown_value(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return shown_value(cell.value)
