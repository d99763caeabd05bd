"""What is compared between a page and a form: darkness against the paper, and straight lines in it.

All of it is done at `SCALE` pixels a millimetre (about 100 dpi), whatever the scan's resolution."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.ports.page_reading import Pixels

Plane = NDArray[np.uint8]  # height × width, 0 = paper
Matrix = NDArray[np.float64]  # 3 × 3, points as columns (x, y, 1)

SCALE = 4.0
MM = 25.4
_LINE = 25  # pixels: lines are at least this long (6 mm)
_BESIDE = 3  # pixels to each side that must be lighter than a line
_PAPER_STEP = 4  # the paper's own shade is looked at once a millimetre
_THICK = 5  # pixels of that: what is thicker is no ink but a border or a bar
_SHADOW = 0.6  # of the paper's white; darker areas (copier's borders, photographs) tell nothing


@dataclass(frozen=True, slots=True)
class Lines:
    """How line-like each pixel is: along rows and along columns."""

    across: Plane
    down: Plane

    def turned(self, turns: int) -> "Lines":
        """After clockwise quarter turns."""
        across, down = (self.down, self.across) if turns % 2 else (self.across, self.down)
        return Lines(turned(across, turns), turned(down, turns))


def grey_at_scale(pixels: Pixels | Plane, px_per_mm: float) -> tuple[Plane, Matrix]:
    """A grey picture of SCALE pixels a millimetre, and the matrix from the full picture's points to its own."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    height, width = grey.shape
    factor = SCALE / px_per_mm
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return plane(small), scaling(size[0] / width, size[1] / height)


def darkness(grey: Plane) -> Plane:
    """How much darker than the paper around it each pixel is, 255 = black on white."""
    return seen(grey)[0]


def seen(grey: Plane) -> tuple[Plane, Plane]:
    """The darkness, and where it tells anything: 255 on paper, 0 in shadows and borders."""
    height, width = grey.shape
    small = cv2.resize(
        grey, (max(2, width // _PAPER_STEP), max(2, height // _PAPER_STEP)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_THICK, _THICK), np.uint8))
    shadow = (paper < _SHADOW * float(np.percentile(paper, 80))).astype(np.uint8)
    paper = cv2.resize(cv2.blur(paper, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR)
    dark = cv2.subtract(paper, grey)
    dark = plane(cv2.divide(dark, plane(np.maximum(paper, 40)), scale=255.0))
    tells = np.full((height, width), 255, np.uint8)
    if shadow.any():
        shadow = plane(cv2.dilate(shadow, np.ones((5, 5), np.uint8)))
        tells[cv2.resize(shadow, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = 0
        dark = plane(cv2.bitwise_and(dark, tells))
    return dark, tells


def lines_of(dark: Plane) -> Lines:
    """Straight dark lines of up to a millimetre across, found also where they are faint or broken."""
    across = plane(cv2.blur(dark, (_LINE, 1)))
    down = plane(cv2.blur(dark, (1, _LINE)))
    return Lines(
        _above_both(across, np.roll(across, _BESIDE, axis=0), np.roll(across, -_BESIDE, axis=0)),
        _above_both(down, np.roll(down, _BESIDE, axis=1), np.roll(down, -_BESIDE, axis=1)),
    )


def _above_both(middle: Plane, one: Plane, other: Plane) -> Plane:
    return plane(cv2.subtract(middle, cv2.max(one, other)))


def plane(values: NDArray[Any]) -> Plane:
    """OpenCV's answers carry no type."""
    return np.asarray(values, dtype=np.uint8)


def turned(picture: Plane, turns: int) -> Plane:
    """After clockwise quarter turns."""
    return np.ascontiguousarray(np.rot90(picture, -turns))


def turning(turns: int, width: int, height: int) -> Matrix:
    """From the points of a picture of that size to those of the picture after clockwise quarter turns."""
    matrix = np.eye(3)
    for _ in range(turns % 4):
        matrix = np.array([[0.0, -1.0, height - 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ matrix
        width, height = height, width
    return matrix


def scaling(across: float, down: float) -> Matrix:
    """Between pictures of other sizes: pixels have their points in the middle."""
    return np.array(
        [[across, 0.0, across / 2 - 0.5], [0.0, down, down / 2 - 0.5], [0.0, 0.0, 1.0]], dtype=np.float64
    )


def millimetres(px_per_mm: float) -> Matrix:
    """From millimetres of a page to the points of its picture."""
    return np.array([[px_per_mm, 0.0, -0.5], [0.0, px_per_mm, -0.5], [0.0, 0.0, 1.0]])


def moved(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n × 2) through a matrix."""
    out = points @ matrix[:2, :2].T + matrix[:2, 2]
    below = points @ matrix[2, :2] + matrix[2, 2]
    return np.asarray(out / below[:, None])
