"""Strokes that run across what the form has printed."""

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Mask

_LINE_MM = 0.35  # the thickest ruled line that strokes are followed across
_TOLERANCE_MM = 0.14


def bridges(all_ink: Mask, gone: Mask, scale: float, outside: Mask | None = None) -> Mask:
    """The inked pixels of `gone` (print that is to be taken away) that join strokes on both of its
    sides. `outside`: the strokes to be joined, all that lie outside of `gone` when not given."""
    if outside is None:
        outside = cv2.bitwise_and(all_ink, cv2.bitwise_not(gone))
    length = 2 * max(1, round(_TOLERANCE_MM * scale)) + max(1, round(_LINE_MM * scale)) + 3
    found = np.zeros_like(outside)
    for kernel in _directions(length):
        found = cv2.bitwise_or(found, cv2.morphologyEx(outside, cv2.MORPH_CLOSE, kernel))
    return cv2.bitwise_and(cv2.bitwise_and(found, gone), all_ink)


def _directions(length: int) -> list[Mask]:
    slanted = np.eye(length, dtype=np.uint8)
    return [
        np.ones((length, 1), np.uint8),
        np.ones((1, length), np.uint8),
        slanted,
        np.ascontiguousarray(slanted[:, ::-1]),
    ]
