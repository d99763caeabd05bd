"""Excel workbooks whose cells are text: leading zeros stay, and nothing is a formula. openpyxl is loaded with the
first workbook, so that serving starts without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ocr_service.models.exports import ExportSettings, FilledForm
from ocr_service.models.forms import Form
from ocr_service.rules.tables import columns_of, rows_of

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_TEXT = "@"
_WIDTHS = (8, 40)  # characters
_CELL_MOST = 32_767  # characters; Excel takes no more


class ExcelWriter:
    """A TableWriter."""

    def write(self, file: Path, form: Form, filled: Iterable[FilledForm], settings: ExportSettings) -> None:
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter

        book = Workbook(write_only=True)
        sheet = book.create_sheet(title="読み取り結果")
        headings = [column.heading for column in columns_of(form, settings)]
        for number, heading in enumerate(headings, start=1):
            width = min(max(2 * len(heading) + 2, _WIDTHS[0]), _WIDTHS[1])
            sheet.column_dimensions[get_column_letter(number)].width = width
        if settings.header:
            sheet.freeze_panes = "A2"
            sheet.append(self._cells(sheet, headings, bold=True))
        for row in rows_of(form, filled, settings):
            sheet.append(self._cells(sheet, row))
        book.save(file)

    def _cells(self, sheet: WriteOnlyWorksheet, texts: Sequence[str], bold: bool = False) -> list[Cell]:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.styles import Font

        cells = []
        for text in texts:
            cell = WriteOnlyCell(sheet)
            cell.number_format = _TEXT
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_CELL_MOST]
            cell.data_type = "s"
            if bold:
                cell.font = Font(bold=True)
            cells.append(cell)
        return cells
