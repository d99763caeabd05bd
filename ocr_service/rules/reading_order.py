"""The order in which a person reads the lines of a Japanese page."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians, sin
from statistics import median

from ocr_service.models.pages import Point, TextLine

Row = tuple[TextLine, ...]

_LEAST_SKEW, _MOST_SKEW = 0.2, 15.0  # degrees: less changes nothing, more is no page laid askew

_MIN_COLUMN_LINES = 4  # fewer lines side by side are a table or a form, read row by row
_GUTTER = 0.8  # of a line's height: the least white between two columns of text
_FULL_LINE = 0.6  # of its column's width: prose fills its column, cells of a table do not
_LONG_LINE = 10  # characters: cells of a form are shorter than lines of prose
_PITCH = 2.5  # of a line's height: lines of prose stand closer than rows of a form


def in_reading_order(lines: Sequence[TextLine]) -> tuple[Row, ...]:
    """Rows from top to bottom; columns of prose one after the other; vertical writing from right to left.
    A page counts as vertical when most of its characters stand in upright lines. A page that lies askew is
    ordered as if it lay straight."""
    if not lines:
        return ()
    straight = _straightened(lines)
    original = {id(turned): line for turned, line in zip(straight, lines, strict=True)}
    upright = sum(len(line.text) for line in straight if line.is_upright)
    is_vertical = upright * 2 > sum(len(line.text) for line in straight)
    rows = _vertical(straight) if is_vertical else _columns(straight)
    return tuple(tuple(original[id(line)] for line in row) for row in rows)


def _straightened(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines after the page's skew, the median over the longer half of them, is turned back."""
    edges = []
    for line in lines:
        sides = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(line.box)]
        across, down = max(sides, key=lambda side: hypot(*side))
        edges.append((hypot(across, down), (degrees(atan2(down, across)) + 45) % 90 - 45))
    longest = sorted(edges, reverse=True)[: (len(edges) + 1) // 2]
    skew = median(angle for _, angle in longest)
    if not _LEAST_SKEW < abs(skew) < _MOST_SKEW:
        return [replace(line) for line in lines]
    cosine, sine = cos(radians(-skew)), sin(radians(-skew))
    return [replace(line, box=_turned(line, cosine, sine)) for line in lines]


def _turned(line: TextLine, cosine: float, sine: float) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((x * cosine - y * sine, x * sine + y * cosine) for x, y in line.box)
    return a, b, c, d


def _vertical(lines: Sequence[TextLine]) -> list[Row]:
    """Bands from top to bottom (two or more on a page of several tiers), in each from right to left."""
    rows: list[Row] = []
    for band in _split(lines, across=False, gap=_line_height(lines, upright=True) * 2):
        rows.extend((line,) for line in sorted(band, key=lambda line: -line.right))
    return rows


def _columns(lines: list[TextLine]) -> list[Row]:
    """Splits at gutters between columns of prose as often as it helps, and reads what is left row by row."""
    height = _line_height(lines, upright=False)
    columns = _split(lines, across=True, gap=height * _GUTTER)
    if len(columns) > 1 and all(_is_prose(column) for column in columns):
        return [row for column in columns for row in _columns(column)]
    bands = _split(lines, across=False, gap=height * _GUTTER)
    if len(bands) > 1:
        merged = _merge_single_columns(bands, height)
        if len(merged) > 1:
            return [row for band in merged for row in _columns(band)]
    return _rows(lines)


def _merge_single_columns(bands: list[list[TextLine]], height: float) -> list[list[TextLine]]:
    """Joins neighbouring bands that share a gutter, so that paragraphs' white does not break a column."""
    merged: list[list[TextLine]] = []
    for band in bands:
        together = merged[-1] + band if merged else band
        if merged and len(_split(together, across=True, gap=height * _GUTTER)) > 1:
            merged[-1] = together
        else:
            merged.append(band)
    return merged


def _is_prose(column: Sequence[TextLine]) -> bool:
    """Several lines, most of them long and full, close under each other."""
    if len(column) < _MIN_COLUMN_LINES:
        return False
    width = max(line.right for line in column) - min(line.left for line in column)
    height = _line_height(column, upright=False)
    full = sum(line.right - line.left >= max(width * _FULL_LINE, height * _LONG_LINE) for line in column)
    tops = sorted(line.top for line in column)
    pitch = median(after - before for before, after in pairwise(tops))
    return full * 2 >= len(column) and pitch <= height * _PITCH


def _line_height(lines: Sequence[TextLine], upright: bool) -> float:
    """The usual thickness of a line in pixels."""
    if upright:
        return median(line.right - line.left for line in lines)
    return median(line.bottom - line.top for line in lines)


def _split(lines: Sequence[TextLine], across: bool, gap: float) -> list[list[TextLine]]:
    """Groups parted by white of at least `gap` that runs through: left to right, or top to bottom."""
    spans = sorted(
        ((line.left, line.right, line) if across else (line.top, line.bottom, line) for line in lines),
        key=lambda span: span[:2],
    )
    groups: list[list[TextLine]] = [[spans[0][2]]]
    end = spans[0][1]
    for start, stop, line in spans[1:]:
        if start - end >= gap:
            groups.append([])
        groups[-1].append(line)
        end = max(end, stop)
    return groups


def _rows(lines: Sequence[TextLine]) -> list[Row]:
    """Lines whose middle lies within the height of a row's first line stand beside each other."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.top + line.bottom):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [tuple(sorted(row, key=lambda line: line.left)) for row in rows]
