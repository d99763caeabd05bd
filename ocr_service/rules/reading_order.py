"""The order in which a person reads the lines of a Japanese page."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ocr_service.models import TextLine

Row = tuple[TextLine, ...]

_MIN_COLUMN_LINES = 4  # fewer lines side by side are a table or a form, read row by row
_GUTTER = 0.8  # of a line's height: the least white between two columns of text
_FULL_LINE = 0.6  # of its column's width: prose fills its column, cells of a table do not
_LONG_LINE = 10  # characters: cells of a form are shorter than lines of prose
_PITCH = 2.5  # of a line's height: lines of prose stand closer than rows of a form


def in_reading_order(lines: Sequence[TextLine]) -> tuple[Row, ...]:
    """Rows from top to bottom; columns of prose one after the other; vertical writing from right to left.
    A page counts as vertical when most of its characters stand in upright lines."""
    if not lines:
        return ()
    upright = sum(len(line.text) for line in lines if line.is_upright)
    if upright * 2 > sum(len(line.text) for line in lines):
        return _vertical(lines)
    return tuple(_columns(list(lines)))


def _vertical(lines: Sequence[TextLine]) -> tuple[Row, ...]:
    """Bands from top to bottom (two or more on a page of several tiers), in each from right to left."""
    rows: list[Row] = []
    for band in _split(lines, across=False, gap=_line_height(lines, upright=True) * 2):
        rows.extend((line,) for line in sorted(band, key=lambda line: -line.right))
    return tuple(rows)


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
