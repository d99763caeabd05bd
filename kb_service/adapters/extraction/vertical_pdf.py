"""Vertical writing in PDF: pdfium puts its columns from left to right, a reader from right to left."""

from collections.abc import Sequence
from typing import Any

Rect = tuple[float, float, float, float]  # left, bottom, right, top in points; up is larger

_UPRIGHT = 2.0  # times as high as wide
_MANY = 2_000  # stretches of text: a drawing rather than a page of prose


def vertical_lines(layer: Any) -> list[str]:
    """The columns of a page whose text stands upright for the most part, in reading order; else nothing."""
    count = layer.count_rects()
    if not 2 <= count <= _MANY:
        return []
    rects: list[Rect] = [layer.get_rect(index) for index in range(count)]
    upright = sum(_area(rect) for rect in rects if rect[3] - rect[1] >= _UPRIGHT * (rect[2] - rect[0]))
    if upright * 2 <= sum(map(_area, rects)):
        return []
    return [layer.get_text_bounded(*rect).strip() for tier in _tiers(rects) for rect in tier]


def _area(rect: Rect) -> float:
    return max(0.0, rect[2] - rect[0]) * max(0.0, rect[3] - rect[1])


def _tiers(rects: Sequence[Rect]) -> list[list[Rect]]:
    """Bands parted by white that runs through, from the top; in each, columns from right to left."""
    tiers: list[list[Rect]] = []
    lowest = 0.0
    for rect in sorted(rects, key=lambda rect: -rect[3]):
        if not tiers or rect[3] < lowest:
            tiers.append([])
            lowest = rect[1]
        tiers[-1].append(rect)
        lowest = min(lowest, rect[1])
    return [sorted(tier, key=lambda rect: (-rect[2], -rect[3])) for tier in tiers]
