"""Pictures of a page for people."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.features import Matrix, moved, scaling
from ocr_service.adapters.imaging.mesh import Points
from ocr_service.adapters.imaging.uprighting import straightening
from ocr_service.models.pages import Point
from ocr_service.ports.page_reading import Pixels

PREVIEW_HEIGHT = 1_400
_LEAST_SKEW = 0.1  # degrees; less than that nobody sees


@dataclass(frozen=True, slots=True)
class Preview:
    """The page, straight and small, and the matrix from the full picture's points to its own."""

    pixels: Pixels
    matrix: Matrix

    def points(self, corners: Points) -> tuple[Point, Point, Point, Point]:
        """Four corners on the full picture as points of the preview."""
        a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in moved(self.matrix, corners))
        return a, b, c, d


def preview(pixels: Pixels, skew: float, height: int = PREVIEW_HEIGHT) -> Preview:
    """At most `height` pixels high and wide, straightened, on white."""
    full_height, full_width = pixels.shape[:2]
    factor = min(1.0, height / max(straightening(skew, full_width, full_height)[1]))
    size = (max(1, int(full_width * factor)), max(1, int(full_height * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if factor < 1 else pixels
    matrix = scaling(size[0] / full_width, size[1] / full_height)
    if abs(skew) < _LEAST_SKEW:
        return Preview(np.asarray(small, dtype=np.uint8), matrix)
    turn, straight = straightening(skew, *size)
    turned = cv2.warpAffine(small, turn[:2], straight, flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return Preview(np.asarray(turned, dtype=np.uint8), turn @ matrix)
