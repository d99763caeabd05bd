"""What the form itself has printed at a place: found on the crop, so that it can be taken away."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.patches import Levels, Mask

_SEARCH_MM = 1.0  # how far print may lie from where the registration expects it
_COARSE = 4.0  # pixels per millimetre of the first search
_TILE_MM = 28.0
_FINE = 2  # pixels of the second search, each way
_PULL = 0.06  # what a millimetre of displacement must gain in agreement
_CLIP = 70  # ink darker than that counts the same: a heavy pen must not outweigh a fine line
_LEAST_PRINT = 0.002  # share of a tile that must be printed for it to be looked for

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Preprint:
    """`levels`: the blank form moved onto the crop. `fit`: how much of its ink is on the crop, 0 to 1; 1 where
    nothing is printed. `shift`: the largest displacement in pixels."""

    levels: Levels
    fit: float
    shift: float


def laid_over(dark: Levels, blank: Levels, scale: float) -> Preprint:
    """Moves the blank form by up to 1 mm, tile by tile, to where its print lies on the crop."""
    ink = _clipped(dark)
    print_ink = _clipped(blank)
    if float(print_ink.mean()) < 255 * 0.0004:
        return Preprint(blank, 1.0, 0.0)
    height, width = dark.shape
    across, down = _tiles(width / scale), _tiles(height / scale)
    xs = np.zeros((down, across), np.float32)
    ys = np.zeros((down, across), np.float32)
    trust = np.zeros((down, across), np.float32)
    fits, weights = 0.0, 0.0
    for row in range(down):
        for column in range(across):
            top, bottom = height * row // down, height * (row + 1) // down
            left, right = width * column // across, width * (column + 1) // across
            tile = print_ink[top:bottom, left:right]
            if float(tile.mean()) < 255 * _LEAST_PRINT:
                continue
            x, y, fit = _displacement(ink, tile, left, top, scale)
            xs[row, column], ys[row, column], trust[row, column] = x, y, 1.0
            weight = float(tile.mean())
            fits += fit * weight
            weights += weight
    if not weights:
        return Preprint(blank, 1.0, 0.0)
    xs, ys = _filled(xs, trust), _filled(ys, trust)
    return Preprint(_moved(blank, xs, ys), fits / weights, float(np.hypot(xs, ys).max()))


def _clipped(levels: Levels) -> Levels:
    """Ink as 0 to 255, clipped; paper's own noise taken off."""
    ink = cv2.subtract(np.full_like(levels, 238), levels)
    return cv2.convertScaleAbs(cv2.min(ink, np.full_like(ink, _CLIP)), alpha=255 / _CLIP)


def _tiles(millimetres: float) -> int:
    return max(1, round(millimetres / _TILE_MM))


def _displacement(ink: Levels, tile: Levels, left: int, top: int, scale: float) -> tuple[float, float, float]:
    """(x, y) in pixels that lay the tile over its print, and the share of its ink that is found there."""
    reach = max(2, round(_SEARCH_MM * scale))
    height, width = tile.shape
    window = _window(ink, left - reach, top - reach, width + 2 * reach, height + 2 * reach)
    factor = min(1.0, _COARSE / scale)
    coarse_reach = max(1, round(reach * factor))
    small_tile = cv2.resize(tile, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    size = (small_tile.shape[1] + 2 * coarse_reach, small_tile.shape[0] + 2 * coarse_reach)
    small_window = cv2.resize(window, size, interpolation=cv2.INTER_AREA)
    x, y, _ = _best(small_window, small_tile, coarse_reach, _COARSE if factor < 1.0 else scale)
    x, y = x / factor, y / factor
    around = _window(
        ink, left + round(x) - _FINE, top + round(y) - _FINE, width + 2 * _FINE, height + 2 * _FINE
    )
    dx, dy, fit = _best(around, tile, _FINE, scale, (round(x), round(y)))
    return round(x) + dx, round(y) + dy, fit


def _best(
    window: Levels, tile: Levels, reach: int, scale: float, origin: tuple[int, int] = (0, 0)
) -> tuple[float, float, float]:
    """The displacement with the best agreement less what it costs to move."""
    agreement = cv2.matchTemplate(window, tile, cv2.TM_CCORR)
    whole = float(np.sum(tile.astype(np.float32) ** 2)) or 1.0
    agreement = np.minimum(agreement / whole, 1.0)
    side = np.arange(-reach, reach + 1, dtype=np.float32)
    side_x, side_y = side[: agreement.shape[1]] + origin[0], side[: agreement.shape[0]] + origin[1]
    cost = _PULL * (side_x[None, :] ** 2 + side_y[:, None] ** 2) / scale**2
    _, _, _, (x, y) = cv2.minMaxLoc(agreement - cost)
    return float(x - reach), float(y - reach), float(agreement[y, x])


def _window(ink: Levels, left: int, top: int, width: int, height: int) -> Levels:
    """A part of the picture; nothing is inked outside of it."""
    rows, columns = ink.shape
    part = ink[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    above, before = max(0, -top), max(0, -left)
    return cv2.copyMakeBorder(
        part,
        above,
        max(0, top + height - rows),
        before,
        max(0, left + width - columns),
        cv2.BORDER_REPLICATE,
    )


def _filled(values: Grid, trust: Grid) -> Grid:
    """Tiles without print move as their neighbours do."""
    if trust.all():
        return values
    weight = cv2.GaussianBlur(trust, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    spread = cv2.GaussianBlur(values * trust, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    return np.where(trust > 0, values, spread / np.maximum(weight, 1e-6)).astype(np.float32)


def _moved(blank: Levels, xs: Grid, ys: Grid) -> Levels:
    height, width = blank.shape
    if float(np.ptp(xs)) < 1.0 and float(np.ptp(ys)) < 1.0:
        x, y = round(float(xs.mean())), round(float(ys.mean()))
        if not x and not y:
            return blank
        matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
        return cv2.warpAffine(
            blank, matrix, (width, height), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
        )
    shift_x = cv2.resize(xs, (width, height), interpolation=cv2.INTER_LINEAR)
    shift_y = cv2.resize(ys, (width, height), interpolation=cv2.INTER_LINEAR)
    columns = np.arange(width, dtype=np.float32)[None, :] - shift_x
    rows = np.arange(height, dtype=np.float32)[:, None] - shift_y
    return cv2.remap(blank, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def printed(levels: Levels, threshold: int, reach: int) -> Mask:
    """Where the form has print, grown by `reach` pixels."""
    mask = cv2.threshold(levels, threshold, 255, cv2.THRESH_BINARY_INV)[1]
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
