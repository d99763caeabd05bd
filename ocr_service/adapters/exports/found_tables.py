"""Tables that were found on pages: as a workbook with a sheet each, or as one CSV. openpyxl is loaded with the first workbook."""

import csv
from collections.abc import Iterable
from pathlib import Path

from ocr_service.ports.documents import Rows
from ocr_service.rules.tables import guarded

_NONE = "表は見つかりませんでした。 / No table was found."
_CELL_MOST = 32_767  # characters; Excel takes no more
_MOST_SHEETS = 500


class TablesBook:
    """A TablesWriter of Excel workbooks; all cells are text, nothing is a formula."""

    def write(self, file: Path, tables: Iterable[tuple[str, Rows]]) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        book = Workbook(write_only=True)
        written = 0
        for title, rows in tables:
            if written == _MOST_SHEETS:
                break
            sheet = book.create_sheet(title=title)
            for row in rows:
                cells = []
                for text in row:
                    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_CELL_MOST])
                    cell.data_type, cell.number_format = "s", "@"
                    cells.append(cell)
                sheet.append(cells)
            written += 1
        if not written:
            book.create_sheet(title="表").append([_NONE])
        book.save(file)


class TablesCsv:
    """A TablesWriter of one CSV (UTF-8 with a byte order mark): a line with each table's title, its rows, an empty
    line."""

    def write(self, file: Path, tables: Iterable[tuple[str, Rows]]) -> None:
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            for title, rows in tables:
                writer.writerow([title])
                writer.writerows([[guarded(text) for text in row] for row in rows])
                writer.writerow([])
