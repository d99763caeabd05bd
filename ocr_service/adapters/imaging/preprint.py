"""What the form itself has printed at a place: found on the crop, so that it can be taken away."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.patches import Levels, Mask

_SEARCH_MM = 1.0  # how far print may lie from where the registration expects it
_COARSE = 5.0  # pixels per millimetre of the search: a line then agrees best with its middle, however wide
_TILE_MM = 18.0
_PULL = 0.06  # what a millimetre of displacement must gain in agreement
_CLIP = 70  # ink darker than that counts the same: a heavy pen must not outweigh a fine line
_LEAST_PRINT = 0.002  # share of a tile that must be printed for it to be looked for

Grid = NDArray[Any]  # float32


@dataclass(frozen=True, slots=True)
class Preprint:
    """`levels`: the blank form moved onto the crop. `fit`: how much of its ink is on the crop, 0 to 1; 1 where
    nothing is printed. `shift`: the largest displacement in pixels."""

    levels: Levels
    fit: float
    shift: float


def laid_over(dark: Levels, blank: Levels, scale: float) -> Preprint:
    """Moves the blank form by up to 1 mm, tile by tile, to where its print lies on the crop."""
    factor = min(1.0, _COARSE / scale)
    ink, print_ink = _smaller(_clipped(dark), factor), _smaller(_clipped(blank), factor)
    if float(print_ink.mean()) < 255 * 0.0004:
        return Preprint(blank, 1.0, 0.0)
    height, width = ink.shape
    fine = scale * factor
    across, down = _tiles(width / fine), _tiles(height / fine)
    xs: Grid = np.zeros((down, across), np.float32)
    ys: Grid = np.zeros((down, across), np.float32)
    trust = np.zeros((down, across), np.float32)
    fits, weights = 0.0, 0.0
    for row in range(down):
        for column in range(across):
            top, bottom = height * row // down, height * (row + 1) // down
            left, right = width * column // across, width * (column + 1) // across
            tile = print_ink[top:bottom, left:right]
            if float(tile.mean()) < 255 * _LEAST_PRINT:
                continue
            x, y, fit = _displacement(ink, tile, left, top, fine)
            xs[row, column], ys[row, column], trust[row, column] = x, y, 1.0
            weight = float(tile.mean())
            fits += fit * weight
            weights += weight
    if not weights:
        return Preprint(blank, 1.0, 0.0)
    xs, ys = _filled(xs, trust) / factor, _filled(ys, trust) / factor
    return Preprint(_moved(blank, xs, ys), fits / weights, float(np.hypot(xs, ys).max()))


def _clipped(levels: Levels) -> Levels:
    """Ink as 0 to 255, clipped; paper's own noise taken off."""
    ink = cv2.subtract(np.full_like(levels, 238), levels)
    return cv2.convertScaleAbs(cv2.min(ink, np.full_like(ink, _CLIP)), alpha=255 / _CLIP)


def _tiles(millimetres: float) -> int:
    return max(1, round(millimetres / _TILE_MM))


def _smaller(ink: Levels, factor: float) -> Levels:
    if factor == 1.0:
        return cv2.GaussianBlur(ink, (3, 3), 0.7)
    return cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def _displacement(ink: Levels, tile: Levels, left: int, top: int, scale: float) -> tuple[float, float, float]:
    """(x, y) in pixels that lay the tile over its print, and the share of its ink that is found there."""
    reach = max(2, round(_SEARCH_MM * scale))
    height, width = tile.shape
    window = _window(ink, left - reach, top - reach, width + 2 * reach, height + 2 * reach)
    whole = float(np.sum(np.square(tile, dtype=np.float32))) or 1.0
    agreement = cv2.matchTemplate(window, tile, cv2.TM_CCORR) / whole
    away = np.arange(-reach, reach + 1, dtype=np.float32) ** 2 / scale**2
    worth: Grid = agreement - _PULL * (away[None, :] + away[:, None])
    _, _, _, (x, y) = cv2.minMaxLoc(worth)
    fit = min(1.0, float(agreement[y, x]))
    return x - reach + _between(worth[y, :], x), y - reach + _between(worth[:, x], y), fit


def _between(worth: Grid, best: int) -> float:
    """Where between the pixels the parabola through the best value and its neighbours is highest."""
    if not 0 < best < len(worth) - 1:
        return 0.0
    before, here, after = (float(each) for each in worth[best - 1 : best + 2])
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


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
