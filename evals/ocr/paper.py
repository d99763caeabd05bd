"""A sheet of paper that ink is put on: the printed form in colour at one resolution, places in millimetres."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.float32]
Colour = tuple[int, int, int]  # red, green, blue
BLACK: Colour = (28, 28, 32)
BLUE: Colour = (30, 45, 120)
PENCIL: Colour = (95, 95, 98)
RED: Colour = (205, 40, 48)


class Paper:
    """Mutable picture, rows × columns × 3."""

    def __init__(self, blank: NDArray[np.uint8], dpi: int) -> None:
        self.pixels: NDArray[np.uint8] = np.repeat(blank[..., None], 3, axis=2)
        self.scale = dpi / 25.4  # pixels a millimetre

    def put(self, mask: Mask, x: float, y: float, colour: Colour, strength: float = 1.0) -> None:
        """Blends ink into the paper; x, y = upper left corner of the mask in millimetres. What lies outside of
        the paper is lost."""
        left, top = round(x * self.scale), round(y * self.scale)
        height, width = self.pixels.shape[:2]
        cut = mask[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
        if cut.size == 0:
            return
        top, left = max(0, top), max(0, left)
        place = self.pixels[top : top + cut.shape[0], left : left + cut.shape[1]]
        alpha = (cut * strength)[..., None]
        ink = np.array(colour, np.float32)
        mixed = place * (1.0 - alpha) + np.minimum(place, ink) * alpha
        place[...] = np.clip(mixed, 0, 255).astype(np.uint8)

    def paths(
        self, paths: list[Mask], colour: Colour, width: float, strength: float = 1.0, closed: bool = False
    ) -> None:
        """Draws paths (points × 2, millimetres) with a pen `width` millimetres thick."""
        every = np.vstack(paths)
        margin = width + 0.5
        left, top = every.min(axis=0) - margin
        right, bottom = every.max(axis=0) + margin
        size = (max(2, round((bottom - top) * self.scale)), max(2, round((right - left) * self.scale)))
        mask: Any = np.zeros(size, np.uint8)
        for path in paths:
            points = np.round((path - [left, top]) * self.scale * 8).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(mask, [points], closed, 255, max(1, round(width * self.scale)), cv2.LINE_AA, 3)
        self.put(mask.astype(np.float32) / 255.0, float(left), float(top), colour, strength)


def worn(mask: Mask, random: np.random.Generator, gaps: float) -> Mask:
    """Ink that does not take everywhere: gaps 0 = none, 1 = hardly readable."""
    if gaps <= 0.02:
        return mask
    height, width = mask.shape
    coarse = random.random((max(2, height // 5), max(2, width // 5)), dtype=np.float32)
    noise = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    kept = np.clip((noise - gaps * 0.62) * 6.0 + 0.5, 0.0, 1.0)
    return np.asarray(mask * kept, np.float32)
