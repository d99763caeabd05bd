"""Writing that was struck out with lines, or blotted out."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocr_service.adapters.imaging.cleaning import ruled
from ocr_service.adapters.imaging.ink import Ink, fine_strokes
from ocr_service.adapters.imaging.lines import line_masks
from ocr_service.adapters.imaging.patches import Mask, Patch, Rect

_SCALE = 6.0  # pixels per millimetre: what is looked at is no finer
_SLOPES = (-0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15)  # of a line drawn by hand
_LEAST_MM = 5.5
_HEIGHTS = 1.75  # a strike is longer than that many line heights; 一 and ー are not
_SINGLE = 1.3  # one line must be that much longer than one of two
_LEAST_HEIGHT_MM = 2.2
_WOBBLE_MM = 0.12
_GAP_MM = 0.35
_PEN_MM = 1.0
_PAIR_MM = 2.4  # two lines close to each other
_FULL = 0.94  # share of a strike that is inked
_CROSSINGS = 4  # strokes that meet it, above and below together
_CENTRAL = (0.12, 0.9)  # of the line's height: an underline lies lower
_BLOT_MM = 0.9  # radius of ink without a gap
_BLOT_MM2 = 2.0  # so far inside of it


@dataclass(frozen=True, slots=True)
class Strike:
    """`probability` that something is struck or blotted out; `length` of the longest strike in millimetres;
    `double`: two lines."""

    probability: float
    length: float
    double: bool


_NONE = Strike(0.0, 0.0, False)


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight stroke: its place on the sheared picture, and how many strokes meet it on each side."""

    place: Rect
    above: int
    below: int


def strike(patch: Patch, ink: Ink, expected_lines: int = 1) -> Strike:
    """Looks for straight strokes along the writing that go through several characters."""
    if ink.box is None or ink.box.width < _LEAST_MM * patch.scale:
        return _NONE
    fine = fine_strokes(ink, ink.dark)
    if _blotted(fine, patch.scale):
        return Strike(0.9, 0.0, False)
    factor = min(1.0, _SCALE / patch.scale)
    scale = patch.scale * factor
    lines = ruled(ink.preprint.levels, patch.scale)
    near = patch.pixels(0.45)
    lines = cv2.dilate(lines, np.ones((2 * near + 1, 2 * near + 1), np.uint8))
    best = _NONE
    for mask in line_masks(ink.dark, patch.scale, expected_lines):
        own = _smaller(cv2.bitwise_and(mask, fine), factor)
        found = _strike_of_line(own, _smaller(lines, factor), scale)
        best = max(best, found, key=lambda each: (each.probability, each.length))
    return best


def _smaller(mask: Mask, factor: float) -> Mask:
    if factor == 1.0:
        return mask
    small = cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cv2.threshold(small, 90, 255, cv2.THRESH_BINARY)[1]


def _strike_of_line(mask: Mask, lines: Mask, scale: float) -> Strike:
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        return _NONE
    least = max(_LEAST_MM, _HEIGHTS * max(_LEAST_HEIGHT_MM, _text_height(mask, scale))) * scale
    if width < least:
        return _NONE
    room = round(0.08 * width) + 2
    rows, columns = mask.shape
    box = Rect(left, top, left + width, top + height).grown(room, rows, columns)
    part, print_part = mask[box.slices], lines[box.slices]
    best = _NONE
    for slope in _SLOPES:
        straight = _sheared(part, slope)
        runs = [
            run
            for run in _runs(straight, least, scale)
            if _goes_through(run, straight) and not _is_print(run, _sheared(print_part, slope), straight)
        ]
        if not runs:
            continue
        longest = max(run.place.width for run in runs) / scale
        if not _double(runs, scale) and longest * scale < _SINGLE * least:
            continue
        meets = max(run.above + run.below for run in runs)
        double = _double(runs, scale)
        sure = 0.55 + 0.08 * (meets - _CROSSINGS) + 0.1 * (longest * scale / least - 1) + 0.2 * double
        found = Strike(min(0.98, sure), longest, double)
        best = max(best, found, key=lambda each: (each.probability, each.length))
    return best


def _text_height(mask: Mask, scale: float) -> float:
    """Height of the writing in millimetres, by where nine tenths of its ink lie."""
    profile = np.cumsum(np.count_nonzero(mask, axis=1))
    low, high = np.searchsorted(profile, [0.05 * profile[-1], 0.95 * profile[-1]])
    return float(high - low) / scale


def _sheared(mask: Mask, slope: float) -> Mask:
    """The picture moved so that lines of that slope lie level."""
    if slope == 0.0:
        return mask
    height, width = mask.shape
    matrix = np.array([[1, 0, 0], [-slope, 1, slope * width / 2]], np.float32)
    return cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST)


def _runs(straight: Mask, least: float, scale: float) -> list[_Run]:
    """Level strokes longer than `least` that wobble little and are hardly ever broken."""
    wobble = max(1, round(_WOBBLE_MM * scale))
    thick = cv2.dilate(straight, np.ones((2 * wobble + 1, 1), np.uint8))
    thick = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_GAP_MM * scale))), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(3, round(least))), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8, ltype=cv2.CV_32S)
    found = []
    for label in range(1, count):
        left, top, width, height = (int(each) for each in stats[label, :4])
        if height > _PAIR_MM * scale + 4 * wobble:
            continue
        place = Rect(left, top, left + width, top + height)
        inked = straight[place.slices].any(axis=0)
        if np.count_nonzero(inked) >= _FULL * width:
            found.append(_Run(place, _meets(straight, place, -1, scale), _meets(straight, place, 1, scale)))
    return found


def _meets(straight: Mask, place: Rect, side: int, scale: float) -> int:
    """How many strokes lie just above (-1) or below (1) the run."""
    away = max(1, round(0.3 * scale))
    row = place.top - away if side < 0 else place.bottom + away - 1
    if not 0 <= row < straight.shape[0]:
        return 0
    inked = straight[row, place.left : place.right] > 0
    return int(np.count_nonzero(inked[1:] & ~inked[:-1]) + bool(inked[0]))


def _goes_through(run: _Run, straight: Mask) -> bool:
    if run.above < 1 or run.below < 1 or run.above + run.below < _CROSSINGS:
        return False
    rows = np.flatnonzero(straight.any(axis=1))
    height = max(1, rows[-1] - rows[0])
    middle = ((run.place.top + run.place.bottom) / 2 - rows[0]) / height
    return bool(_CENTRAL[0] <= middle <= _CENTRAL[1])


def _is_print(run: _Run, lines: Mask, straight: Mask) -> bool:
    """What is left of a ruled line is no strike."""
    stroke = straight[run.place.slices] > 0
    inked = int(np.count_nonzero(stroke))
    return inked == 0 or int(np.count_nonzero(lines[run.place.slices][stroke])) > 0.5 * inked


def _double(runs: list[_Run], scale: float) -> bool:
    """Two lines, one above the other."""
    ordered = sorted(runs, key=lambda run: run.place.top)
    if any(run.place.height > (_PEN_MM + 4 * _WOBBLE_MM) * scale for run in runs):
        return True
    return any(
        0 < lower.place.top - upper.place.top < 3 * scale
        and min(lower.place.right, upper.place.right) - max(lower.place.left, upper.place.left)
        > 0.5 * min(lower.place.width, upper.place.width)
        for upper, lower in pairwise(ordered)
    )


def _blotted(dark: Mask, scale: float) -> bool:
    """A patch of ink without gaps, larger than any stroke."""
    depth = cv2.distanceTransform(dark, cv2.DIST_L2, 3)
    pen = float(np.median(depth[dark > 0])) if cv2.countNonZero(dark) else 0.0
    deep = int(np.count_nonzero(depth >= max(_BLOT_MM * scale, 3.2 * pen)))
    return deep > _BLOT_MM2 * scale**2
