"""Seals and signatures, and the small seals (訂正印) that vouch for a correction."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.ink import Ink
from ocr_service.adapters.imaging.patches import Mask, Patch

_SEAL_MM2 = 2.2
_SEAL_EXTENT_MM = 3.0
_SMALL_SEAL_MM = (4.5, 14.0)  # a correction seal's diameter, a personal seal's too
_RED_MM2 = 2.0
_RADII_MM = (2.6, 3.0, 3.5, 4.1, 4.8, 5.6, 6.5)
_COARSE = 4.0  # pixels per millimetre
_SEAL_BELOW = 218
_RING = 0.84  # share of a ring that must be inked
_INSIDE = (0.12, 0.75)  # a seal has a name inside, and is not solid


@dataclass(frozen=True, slots=True)
class Seal:
    """`probability` that a seal or signature is there; `red` when it is in red ink."""

    probability: float
    red: bool


def seal(patch: Patch, ink: Ink) -> Seal:
    """A field that wants a seal or a signature."""
    rows, columns = patch.field.slices
    red, dark = ink.red[rows, columns], ink.dark[rows, columns]
    both = cv2.bitwise_or(red, dark)
    amount = cv2.countNonZero(both) / patch.scale**2
    _, _, width, height = cv2.boundingRect(both)
    extent = max(width, height) / patch.scale
    strength = min(amount / _SEAL_MM2, extent / _SEAL_EXTENT_MM)
    probability = float(1 / (1 + max(strength, 1e-3) ** -4))
    return Seal(probability, cv2.countNonZero(red) > cv2.countNonZero(dark))


def correction_seal(patch: Patch, ink: Ink) -> float:
    """How probable it is that a small round or oval seal lies on or beside the writing, 0 to 1."""
    red = _red_seal(patch, ink)
    return red if red > 0.5 else max(red, _ring(patch, ink))


def _red_seal(patch: Patch, ink: Ink) -> float:
    """Red ink of a seal's size and shape."""
    if cv2.countNonZero(ink.red) < _RED_MM2 * patch.scale**2:
        return 0.0
    reach = patch.pixels(0.8)
    joined = cv2.dilate(ink.red, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    amounts = np.bincount(labels[ink.red > 0].ravel(), minlength=count) / patch.scale**2
    for label in range(1, count):
        width = (stats[label, cv2.CC_STAT_WIDTH] - 2 * reach) / patch.scale
        height = (stats[label, cv2.CC_STAT_HEIGHT] - 2 * reach) / patch.scale
        long, short = max(width, height), min(width, height)
        # a seal at the edge of the picture is cut, so its shorter side says little
        if (
            _SMALL_SEAL_MM[0] - 1 <= long <= _SMALL_SEAL_MM[1]
            and short > 0.3 * long
            and amounts[label] >= _RED_MM2
        ):
            return 0.97
    return 0.3


def _ring(patch: Patch, ink: Ink) -> float:
    """A round seal in black or grey: rings of a seal's size with something written inside."""
    added = cv2.bitwise_and(ink.all_ink, cv2.bitwise_not(ink.printed))
    if cv2.countNonZero(added) < 4.0 * patch.scale**2:
        return 0.0
    # a seal may be lighter than the pen, so what is plainly darker than paper counts, without its blur
    added = cv2.bitwise_and(added, cv2.threshold(ink.levels, _SEAL_BELOW, 255, cv2.THRESH_BINARY_INV)[1])
    factor = min(1.0, _COARSE / patch.scale)
    small = cv2.resize(added, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = cv2.dilate(cv2.threshold(small, 80, 255, cv2.THRESH_BINARY)[1], np.ones((2, 2), np.uint8))
    best = 0.0
    for radius in _RADII_MM:
        best = max(best, _ring_at(small, radius * patch.scale * factor))
    return float(1 / (1 + np.exp(-24 * (best - _RING))))


def _ring_at(small: Mask, radius: float) -> float:
    """The most complete ring of that radius."""
    side = 2 * round(radius + 2) + 1
    if side > 3 * min(small.shape):
        return 0.0
    centre = side // 2
    y, x = np.mgrid[0:side, 0:side] - centre
    distance = np.hypot(x, y)
    ring = (np.abs(distance - radius) < 0.75).astype(np.float32)
    ring /= ring.sum()
    inner = (distance < radius - 1.6).astype(np.float32)
    inner /= max(1.0, inner.sum())
    inked = (small > 0).astype(np.float32)
    rings = cv2.filter2D(inked, cv2.CV_32F, ring, borderType=cv2.BORDER_CONSTANT)
    if float(rings.max()) < 0.6:
        return 0.0
    filled = cv2.filter2D(inked, cv2.CV_32F, inner, borderType=cv2.BORDER_CONSTANT)
    rings[(filled < _INSIDE[0]) | (filled > _INSIDE[1])] = 0.0
    return float(rings.max())
