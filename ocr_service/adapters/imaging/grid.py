"""What is ruled on a blank form: cells, underlines, check squares. Places in pixels."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Levels, Mask, Rect

_INK_BELOW = 205
_ACROSS_MM, _DOWN_MM = 5.0, 3.4  # a ruled line is longer than print
_LEAST_CELL_MM = (2.6, 3.0)
_MOST_PAGE = 0.6  # share of the page; what is larger is the page's own frame
_RECTANGULAR = 0.88
_UNDERLINE_MM = 14.0
_SQUARE_MM = (2.0, 6.5)
_WRITING_MM = 7.5  # room above an underline


@dataclass(frozen=True, slots=True)
class Ruling:
    """All that was found on one page."""

    cells: tuple[Rect, ...]
    underlines: tuple[Rect, ...]  # the room for writing above each
    squares: tuple[Rect, ...]


def ruling(levels: Levels, scale: float) -> Ruling:
    """`levels`: the page as even grey; `scale` in pixels per millimetre."""
    ink = cv2.threshold(levels, _INK_BELOW, 255, cv2.THRESH_BINARY_INV)[1]
    across = _straight(ink, round(_ACROSS_MM * scale), 1)
    down = _straight(ink, 1, round(_DOWN_MM * scale))
    cells = _cells(cv2.bitwise_or(across, down), scale)
    squares = _squares(ink, scale)
    cells = [cell for cell in cells if not any(_same(cell, square, scale) for square in squares)]
    return Ruling(tuple(cells), tuple(_underlines(across, down, ink, scale)), tuple(squares))


def _straight(ink: Mask, width: int, height: int) -> Mask:
    """Long strokes; those that lean by a pixel or two are taken as straight."""
    thick = cv2.dilate(ink, np.ones((2, 1) if width > height else (1, 2), np.uint8))
    return cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))


def _cells(lines: Mask, scale: float) -> list[Rect]:
    """White rectangles with lines on all sides."""
    closed = cv2.dilate(lines, np.ones((3, 3), np.uint8))
    height, width = closed.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        cv2.bitwise_not(closed), connectivity=4, ltype=cv2.CV_32S
    )
    found = []
    for label in range(1, count):
        left, top, wide, tall, area = (int(each) for each in stats[label])
        inside = left > 2 and top > 2 and left + wide < width - 2 and top + tall < height - 2
        large = wide >= _LEAST_CELL_MM[0] * scale and tall >= _LEAST_CELL_MM[1] * scale
        if inside and large and area >= _RECTANGULAR * wide * tall and area < _MOST_PAGE * width * height:
            found.append(Rect(left, top, left + wide, top + tall))
    return sorted(found, key=lambda cell: (cell.top, cell.left))


def _underlines(across: Mask, down: Mask, ink: Mask, scale: float) -> list[Rect]:
    """Lines that no upright line meets, with the free room above them."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(across, connectivity=8, ltype=cv2.CV_32S)
    found = []
    for label in range(1, count):
        left, top, wide, tall = (int(each) for each in stats[label, :4])
        if wide < _UNDERLINE_MM * scale or tall > 1.2 * scale:
            continue
        near = max(2, round(0.6 * scale))
        around = down[max(0, top - near) : top + tall + near, max(0, left - near) : left + wide + near]
        if cv2.countNonZero(around):
            continue
        room = _free_above(ink, left, left + wide, top, round(_WRITING_MM * scale))
        if room >= 3.5 * scale:
            found.append(Rect(left, top - room, left + wide, top))
    return sorted(found, key=lambda place: (place.top, place.left))


def _free_above(ink: Mask, left: int, right: int, top: int, most: int) -> int:
    """How many rows above the line are nearly free of print."""
    start = max(0, top - most)
    share = np.count_nonzero(ink[start : top - 2, left:right], axis=1) / max(1, right - left)
    busy = np.flatnonzero(share > 0.12)
    return top - start - (int(busy[-1]) + 1 if len(busy) else 0)


def _squares(ink: Mask, scale: float) -> list[Rect]:
    """Small empty squares with a closed border."""
    outlines, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return []
    found: list[Rect] = []
    for outline, (_, _, child, parent) in zip(outlines, tree[0], strict=True):
        if parent >= 0 or child < 0:
            continue
        left, top, wide, tall = cv2.boundingRect(outline)
        fits = all(_SQUARE_MM[0] * scale <= side <= _SQUARE_MM[1] * scale for side in (wide, tall))
        if not fits or not 0.82 <= wide / tall <= 1.22:
            continue
        hole = outlines[child]
        _, _, hole_wide, hole_tall = cv2.boundingRect(hole)
        border = max(wide - hole_wide, tall - hole_tall)
        square = cv2.contourArea(hole) >= 0.9 * (hole_wide - 1) * (hole_tall - 1)
        alone = tree[0][child][0] < 0  # print such as 日 or 田 has several holes
        if border <= 1.6 * scale and square and alone:
            inner = ink[top + border // 2 + 1 : top + tall - border // 2 - 1, left + wide // 2]
            if not inner[3:-3].any():
                found.append(Rect(left, top, left + wide, top + tall))
    return sorted(found, key=lambda place: (place.top, place.left))


def _same(cell: Rect, square: Rect, scale: float) -> bool:
    return (
        abs(cell.left - square.left) < scale
        and abs(cell.top - square.top) < scale
        and abs(cell.right - square.right) < scale
        and abs(cell.bottom - square.bottom) < scale
    )
