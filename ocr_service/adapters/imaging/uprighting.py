"""How a page lies on the scanner's glass: how far it is turned from straight, and whether anything is on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.features import MM, Matrix, Plane, darkness, grey_at_scale, plane
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.ports.page_reading import Pixels

MOST_SKEW = 8.0
_STRIPS = 32
_COARSE, _FINE = 0.2, 0.05  # degrees
_EMPTY_MM2 = 12.0  # of ink; a line of small print has more
_INK = 70  # darkness
_MARGIN_MM = 8.0  # dust, punch holes and borders lie there
_EDGE = 40  # pixels at SCALE: a copier's black border
_PAPER, _EVEN, _PAPER_SHARE = 90.0, 0.75, 0.93  # paper is light, and of one shade nearly everywhere


def skew_of(sheet: Sheet) -> float:
    """By how many degrees the page is turned clockwise, -8 to 8: the turn at which lines and rows of print are
    sharpest. 0 for a page without any."""
    return skew_of_ink(darkness(grey_at_scale(sheet.pixels, sheet.dpi / MM)[0]))


def skew_of_ink(dark: Plane) -> float:
    """The same for darkness at SCALE. About 15 ms for A4."""
    half = plane(cv2.resize(dark, (dark.shape[1] // 2, dark.shape[0] // 2), interpolation=cv2.INTER_AREA))
    wide = np.arange(-MOST_SKEW, MOST_SKEW + _COARSE / 2, _COARSE)
    sharpness = _sharpness(half, wide)
    best = float(wide[int(np.argmax(sharpness))])
    if sharpness.max() <= 1.1 * float(np.median(sharpness)):
        return 0.0
    near = best + np.arange(-_COARSE, _COARSE + _FINE / 2, _FINE)
    return float(near[int(np.argmax(_sharpness(dark, near)))])


def _sharpness(dark: Plane, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each angle, how much the rows and the columns of the page, turned back by it, differ from the next."""
    return _rows_sharpness(dark, angles) + _rows_sharpness(dark.T, -angles)


def _rows_sharpness(dark: Plane, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = dark.shape
    strips = cv2.resize(dark.astype(np.float32), (_STRIPS, height), interpolation=cv2.INTER_AREA).T
    middles = (np.arange(_STRIPS) + 0.5) / _STRIPS * width - width / 2
    room = int(np.ceil(np.tan(np.deg2rad(np.abs(angles).max() + 0.1)) * width / 2)) + 1
    strips = np.pad(strips, ((0, 0), (room, room)))
    found = np.empty(len(angles))
    for index, angle in enumerate(angles):
        shifts = np.rint(np.tan(np.deg2rad(angle)) * middles).astype(int) + room
        profile = np.zeros(height, np.float32)
        for strip, shift in zip(strips, shifts, strict=True):
            profile += strip[shift : shift + height]
        found[index] = float(np.sum(np.diff(profile) ** 2))
    return found


def is_empty(sheet: Sheet) -> bool:
    """Whether the sheet is blank: no more ink on it than dust and what shines through from behind."""
    grey = grey_at_scale(sheet.pixels, sheet.dpi / MM)[0]
    return is_empty_ink(grey, darkness(grey))


def is_empty_ink(grey: Plane, dark: Plane) -> bool:
    """The same for a grey picture at SCALE and its darkness. A photograph without strokes is no blank sheet."""
    inside = grey[_EDGE:-_EDGE, _EDGE:-_EDGE] if min(grey.shape) > 3 * _EDGE else grey
    white = float(np.percentile(inside, 80))
    if white < _PAPER or float(np.mean(inside > _EVEN * white)) < _PAPER_SHARE:
        return False
    margin = round(_MARGIN_MM * 4)
    inner = dark[margin:-margin, margin:-margin] if min(dark.shape) > 3 * margin else dark
    ink = cv2.medianBlur(np.ascontiguousarray(inner), 3) > _INK
    return float(np.count_nonzero(ink)) / 16.0 < _EMPTY_MM2


def straightening(skew: float, width: int, height: int) -> tuple[Matrix, tuple[int, int]]:
    """The matrix that turns a picture back by its skew around its middle, and the size that holds all of it."""
    angle = np.deg2rad(-skew)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    size = (
        int(np.ceil(abs(width * cos) + abs(height * sin))),
        int(np.ceil(abs(width * sin) + abs(height * cos))),
    )
    x, y = (width - 1) / 2, (height - 1) / 2
    right, below = (size[0] - 1) / 2, (size[1] - 1) / 2
    matrix = np.array(
        [[cos, -sin, right - cos * x + sin * y], [sin, cos, below - sin * x - cos * y], [0.0, 0.0, 1.0]]
    )
    return matrix, size


def straighten(pixels: Pixels, skew: float) -> Pixels:
    """The whole picture turned back by its skew, on white; a little larger than before."""
    height, width = pixels.shape[:2]
    matrix, size = straightening(skew, width, height)
    return np.asarray(
        cv2.warpAffine(pixels, matrix[:2], size, flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)),
        dtype=np.uint8,
    )
