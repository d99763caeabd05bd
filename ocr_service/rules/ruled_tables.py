"""Ruled cells and lines of print joined to tables, and a page's text with its tables in it."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr_service.models.documents import FoundTable, RuledCell
from ocr_service.models.pages import PageText, TextLine
from ocr_service.rules.reading_order import in_reading_order

_RULE_MM = 1.8  # neighbouring cells lie no farther apart: the ruling is between them
_EDGE_MM = 1.2  # edges that lie closer are one line of the table
_LEAST_FILLED = 3  # cells with text; less is a frame or a box for ticking
_HALF = 0.55  # width of a Latin letter beside a Japanese one


def tables_of(cells: Sequence[RuledCell], lines: Sequence[TextLine], scale: float) -> tuple[FoundTable, ...]:
    """Tables of at least two rows and two columns that hold some text, from the top. `scale`: pixels per
    millimetre."""
    found = []
    for group in _groups(cells, _RULE_MM * scale):
        grid = _Grid.of(group, _EDGE_MM * scale)
        if len(grid.tops) < 2 or len(grid.lefts) < 2:
            continue
        rows = grid.filled(lines)
        if sum(bool(text) for row in rows for text in row) >= _LEAST_FILLED:
            found.append(FoundTable(grid.place, rows))
    return tuple(sorted(found, key=lambda table: (table.place.top, table.place.left)))


def text_with_tables(page: PageText, tables: Sequence[FoundTable], least: float = 0.0) -> str:
    """The page in reading order; a table stands where its first line would, a row a line, its cells parted by
    tabs. Lines less sure than `least` are left out beside tables."""
    shown: list[str] = []
    written: set[int] = set()
    for row in page.rows:
        beside = []
        for line in row:
            number = next((n for n, table in enumerate(tables) if _inside(line, table.place)), None)
            if number is None:
                if line.confidence >= least:
                    beside.append(line.text)
            elif number not in written:
                written.add(number)
                shown += ["\t".join(cells).rstrip("\t") for cells in tables[number].rows if any(cells)]
        if beside:
            shown.append(" ".join(beside))
    return "\n".join(shown)


def _inside(line: TextLine, place: RuledCell) -> bool:
    across, down = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    return place.left <= across <= place.right and place.top <= down <= place.bottom


def _groups(cells: Sequence[RuledCell], near: float) -> list[list[RuledCell]]:
    """Cells that touch each other, directly or through others."""
    waiting, groups = set(range(len(cells))), []
    while waiting:
        open_cells, group = [waiting.pop()], []
        while open_cells:
            number = open_cells.pop()
            group.append(cells[number])
            touching = [other for other in waiting if _touch(cells[number], cells[other], near)]
            waiting.difference_update(touching)
            open_cells += touching
        groups.append(group)
    return groups


def _touch(one: RuledCell, other: RuledCell, near: float) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return (across > 0 and -near <= down <= near) or (down > 0 and -near <= across <= near)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the rows and columns of one table begin."""

    cells: Sequence[RuledCell]
    tops: tuple[float, ...]
    lefts: tuple[float, ...]

    @staticmethod
    def of(cells: Sequence[RuledCell], near: float) -> "_Grid":
        return _Grid(
            cells,
            _distinct((cell.top for cell in cells), near),
            _distinct((cell.left for cell in cells), near),
        )

    @property
    def place(self) -> RuledCell:
        return RuledCell(
            min(cell.left for cell in self.cells),
            min(cell.top for cell in self.cells),
            max(cell.right for cell in self.cells),
            max(cell.bottom for cell in self.cells),
        )

    def filled(self, lines: Sequence[TextLine]) -> tuple[tuple[str, ...], ...]:
        held: dict[int, list[TextLine]] = {}
        for line in lines:
            if _inside(line, self.place):
                for number, piece in self._pieces(line):
                    held.setdefault(number, []).append(piece)
        rows = [[""] * len(self.lefts) for _ in self.tops]
        for number, pieces in held.items():
            row = _nearest(self.tops, self.cells[number].top)
            column = _nearest(self.lefts, self.cells[number].left)
            text = "".join(line.text for each in in_reading_order(pieces) for line in each)
            rows[row][column] += text.replace("\t", " ")
        return tuple(tuple(row) for row in rows)

    def _pieces(self, line: TextLine) -> Iterable[tuple[int, TextLine]]:
        """The line, or its parts when the engine took neighbouring cells for one line."""
        widths = [_width(character) for character in line.text]
        whole = sum(widths) or 1.0
        at, cut = 0.0, list[tuple[int, int]]()
        for index, width in enumerate(widths):
            middle = (at + width / 2) / whole
            at += width
            cut.append((self._cell_at(line, middle), index))
        edges = [0, *(b[1] for a, b in pairwise(cut) if a[0] != b[0]), len(widths)]
        if len(edges) <= 2 or line.is_upright:
            yield self._cell_at(line, 0.5), line
            return
        for start, end in pairwise(edges):
            text = line.text[start:end].strip()
            if text:
                yield cut[start][0], _part(line, text, sum(widths[:start]) / whole, sum(widths[:end]) / whole)

    def _cell_at(self, line: TextLine, share: float) -> int:
        """The cell at that share of the line's way; the nearest when it lies on a ruling."""
        across, down = line.left + share * (line.right - line.left), (line.top + line.bottom) / 2

        def away(number: int) -> float:
            cell = self.cells[number]
            return max(cell.left - across, across - cell.right, 0) + max(
                cell.top - down, down - cell.bottom, 0
            )

        return min(range(len(self.cells)), key=away)


def _part(line: TextLine, text: str, start: float, end: float) -> TextLine:
    width = line.right - line.left
    left, right = line.left + start * width, line.left + end * width
    box = ((left, line.top), (right, line.top), (right, line.bottom), (left, line.bottom))
    return TextLine(box, text, line.confidence)


def _width(character: str) -> float:
    return _HALF if unicodedata.east_asian_width(character) in "NaH" else 1.0


def _distinct(edges: Iterable[float], near: float) -> tuple[float, ...]:
    found: list[float] = []
    for edge in sorted(edges):
        if not found or edge - found[-1] > near:
            found.append(edge)
    return tuple(found)


def _nearest(edges: Sequence[float], edge: float) -> int:
    away: Callable[[int], float] = lambda number: abs(edges[number] - edge)  # noqa: E731
    return min(range(len(edges)), key=away)
