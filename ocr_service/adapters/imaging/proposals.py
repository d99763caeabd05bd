"""Places on a blank form that look like fields, with the words that seem to name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_service.adapters.imaging.grid import Ruling, ruling
from ocr_service.adapters.imaging.patches import Levels, Rect
from ocr_service.adapters.imaging.words import Words, beside, choices, inside, is_unit, right_of, tidy
from ocr_service.models.fields import Box
from ocr_service.ports.form_reading import Proposal

_SINGLE_MM = (2.8, 10.5)  # width of a box for one character
_LEAST_ROW = 3
_LEAST_FIELD_MM = (5.0, 3.5)
_LABEL_WIDTH = 0.6  # print over more of a cell's width leaves no room to write
_SMALL_PRINT = 0.45  # share of a cell's height above which print at its top names it
_MOST = 400


def proposals(levels: Levels, scale: float, lines: Sequence[Words]) -> tuple[Proposal, ...]:
    """`levels`: the blank page as even grey, `scale` pixels per millimetre; `lines`: its print. From the top."""
    return _Page(ruling(levels, scale), scale, lines).found()


@dataclass(frozen=True, slots=True)
class _Page:
    ruled: Ruling
    scale: float
    lines: Sequence[Words]

    def found(self) -> tuple[Proposal, ...]:
        rows, used = self._rows_of_cells()
        marks = self._squares() + self._lists()
        found = rows + self._cells(used) + self._underlines() + marks
        found.sort(key=lambda each: (round(each.box.y / 3), each.box.x))
        return tuple(found[:_MOST])

    def _box(self, place: Rect) -> Box:
        a, b, c, d = place.left, place.top, place.width, place.height
        return Box(*(round(each / self.scale, 2) for each in (a, b, c, d)))

    def _rows_of_cells(self) -> tuple[list[Proposal], set[Rect]]:
        """Boxes of equal width side by side, one character each."""
        found: list[Proposal] = []
        used: set[Rect] = set()
        narrow = [
            cell
            for cell in self.ruled.cells
            if _SINGLE_MM[0] * self.scale <= cell.width <= _SINGLE_MM[1] * self.scale
            and all(is_unit(line.text) for line in inside(cell, self.lines))
        ]
        for cell in sorted(narrow, key=lambda each: each.left):
            if cell in used:
                continue
            row = [cell]
            for other in sorted(narrow, key=lambda each: each.left):
                if other not in used and self._continues(row[-1], other):
                    row.append(other)
            if len(row) >= _LEAST_ROW:
                used.update(row)
                whole = Rect(row[0].left, row[0].top, row[-1].right, row[0].bottom)
                found.append(Proposal(self._box(whole), "cells", self._label(whole, row[0]), len(row)))
        return found, used

    def _continues(self, last: Rect, other: Rect) -> bool:
        gap = other.left - last.right
        return (
            -2 <= gap <= 1.4 * self.scale
            and abs(other.top - last.top) < 0.8 * self.scale
            and abs(other.height - last.height) < self.scale
            and abs(other.width - last.width) < max(0.12 * last.width, 0.6 * self.scale)
        )

    def _cells(self, used: set[Rect]) -> list[Proposal]:
        """Cells with room to write in."""
        found = []
        for cell in self.ruled.cells:
            small = (
                cell.width < _LEAST_FIELD_MM[0] * self.scale or cell.height < _LEAST_FIELD_MM[1] * self.scale
            )
            if cell in used or small or self._holds_cells(cell) or self._is_label(cell):
                continue
            text = [line for line in inside(cell, self.lines) if self._names(line)]
            place = self._free_part(cell, text)
            label = tidy(" ".join(line.text for line in text)) or self._label(cell, cell)
            kind = "cell" if self._neighbours(cell) else "box"
            found.append(Proposal(self._box(place), kind, label))
        return found

    def _holds_cells(self, cell: Rect) -> bool:
        return any(
            other is not cell
            and cell.left <= other.left
            and other.right <= cell.right
            and cell.top <= other.top
            and other.bottom <= cell.bottom
            for other in self.ruled.cells
        )

    def _names(self, line: Words) -> bool:
        return not is_unit(line.text) and not choices(line) and not self._beside_square(line)

    def _beside_square(self, line: Words) -> bool:
        return any(
            square.top <= (line.place.top + line.place.bottom) / 2 <= square.bottom
            and square.left < line.place.right
            and square.right > line.place.left - 4 * self.scale
            for square in self.ruled.squares
        )

    def _is_label(self, cell: Rect) -> bool:
        """Whether print fills the cell."""
        text = inside(cell, self.lines)
        if not text:
            return False
        if not any(self._names(line) for line in text):
            # nothing but 年 月 日 or a list to choose from: a place to write when room is left beside it
            listed = any(choices(line) or self._beside_square(line) for line in text)
            return listed and self._free_width(cell, text) < 15 * self.scale
        return not self._leaves_room(cell, text)

    def _free_width(self, cell: Rect, text: list[Words]) -> int:
        return cell.width - sum(line.place.width for line in text)

    def _leaves_room(self, cell: Rect, text: list[Words]) -> bool:
        """A small heading at the top or a word at the left of a large cell."""
        bottom = max(line.place.bottom for line in text) - cell.top
        right = max(line.place.right for line in text) - cell.left
        below = bottom <= _SMALL_PRINT * cell.height and cell.height - bottom > 5 * self.scale
        after = right <= (1 - _LABEL_WIDTH) * cell.width and cell.width - right > 25 * self.scale
        return below or after

    def _free_part(self, cell: Rect, text: list[Words]) -> Rect:
        if not text:
            return cell
        bottom = max(line.place.bottom for line in text)
        if bottom - cell.top <= _SMALL_PRINT * cell.height and cell.bottom - bottom > 5 * self.scale:
            return Rect(cell.left, bottom, cell.right, cell.bottom)
        return Rect(max(line.place.right for line in text), cell.top, cell.right, cell.bottom)

    def _neighbours(self, cell: Rect) -> bool:
        near = 1.5 * self.scale
        return any(
            other is not cell
            and (abs(other.left - cell.right) < near or abs(other.right - cell.left) < near)
            and min(other.bottom, cell.bottom) - max(other.top, cell.top)
            > 0.5 * min(other.height, cell.height)
            for other in self.ruled.cells
        )

    def _label(self, place: Rect, first: Rect) -> str:
        """The words of the cell to the left, of the heading above its column, or the nearest words."""
        left = self._towards(first, across=True)
        if left is not None and (text := self._words_of(left)):
            return text
        above = self._towards(first, across=False)
        while above is not None:
            if text := self._words_of(above):
                return text
            above = self._towards(above, across=False)
        while left is not None:
            left = self._towards(left, across=True)
            if left is not None and (text := self._words_of(left)):
                return text
        return beside(place, self.lines, self.scale)

    def _words_of(self, cell: Rect) -> str:
        lines = sorted(inside(cell, self.lines), key=lambda line: (line.place.top, line.place.left))
        return tidy("".join(line.text for line in lines if not is_unit(line.text)))

    def _towards(self, cell: Rect, across: bool) -> Rect | None:
        """The cell that touches this one on its left, or above."""
        near = 1.5 * self.scale
        for other in self.ruled.cells:
            if across:
                touches = abs(other.right - cell.left) < near
                shared = min(other.bottom, cell.bottom) - max(other.top, cell.top) > 0.5 * cell.height
            else:
                touches = abs(other.bottom - cell.top) < near
                shared = min(other.right, cell.right) - max(other.left, cell.left) > 0.5 * cell.width
            if other is not cell and touches and shared:
                return other
        return None

    def _underlines(self) -> list[Proposal]:
        return [
            Proposal(self._box(place), "line", beside(place, self.lines, self.scale))
            for place in self.ruled.underlines
        ]

    def _squares(self) -> list[Proposal]:
        found = []
        for square in self.ruled.squares:
            after = [
                other.left
                for other in self.ruled.squares
                if other.left > square.right and abs(other.top - square.top) < 2 * self.scale
            ]
            until = min(after, default=square.right + round(60 * self.scale))
            found.append(Proposal(self._box(square), "mark", right_of(square, until, self.lines, self.scale)))
        return found

    def _lists(self) -> list[Proposal]:
        return [
            Proposal(self._box(choice.place), "mark", choice.text)
            for line in self.lines
            if not self._beside_square(line)
            for choice in choices(line)
        ]
