"""Writing cut into lines."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.ink import Ink, bounds
from ocr_service.adapters.imaging.patches import Labels, Mask, Patch
from ocr_service.ports.page_reading import Pixels

_PAPER = 250
_ROOM_MM = 1.1  # paper left around a line
_LEAST_LINE_MM = 1.6
_VALLEY = 0.3  # what is left of the lines' ink between two of them
_PLAIN_VALLEY = 0.05  # the same where one line was expected
_SLOPES = (-0.05, -0.025, 0.0, 0.025, 0.05)  # handwriting climbs or falls
_WHOLE = 0.7  # a stroke with that share in one line belongs to it


def lines(picture: Pixels, patch: Patch, ink: Ink, expected: int = 1) -> list[Pixels]:
    """`picture` (see cleaned) cut into lines of writing from the top, each tight with a little paper around it
    and without the strokes of its neighbours. At most `expected` lines, two where a field for one line clearly
    holds two; none where nothing is written."""
    room = patch.pixels(_ROOM_MM)
    masks = line_masks(ink.dark, patch.scale, expected)
    return [_alone(picture, mask, ink.dark, room) for mask in masks]


def line_masks(dark: Mask, scale: float, expected: int) -> list[Mask]:
    """The strokes of each line."""
    box = bounds(dark)
    if box is None:
        return []
    allowed = max(expected, 2)
    too_low = box.height < 2 * _LEAST_LINE_MM * scale
    if too_low or (expected < 2 and box.width < 4 * box.height):
        return [dark]
    written = np.ascontiguousarray(dark[box.slices])
    slope, cuts = _cuts(written, scale, expected, allowed)
    if not cuts:
        return [dark]
    bands = _bands(written, slope, cuts)
    masks = []
    for band in range(len(cuts) + 1):
        mask = np.zeros_like(dark)
        mask[box.slices] = np.where(bands == band, written, 0)
        if cv2.countNonZero(mask) > 0.3 * scale**2:
            masks.append(mask)
    return masks or [dark]


def _cuts(written: Mask, scale: float, expected: int, allowed: int) -> tuple[float, list[float]]:
    """The slope at which lines part best, and the heights where they do."""
    best: tuple[float, float, list[float]] = (0.0, 0.0, [])
    slopes = _SLOPES if written.shape[1] > 3 * written.shape[0] or expected > 1 else (0.0,)
    rows, columns = np.nonzero(written)
    middle = written.shape[1] / 2
    for slope in slopes:
        heights = rows - slope * (columns - middle)
        lowest = float(heights.min())
        profile: NDArray[Any] = np.bincount((heights - lowest).astype(np.int64)).astype(np.float32)
        profile = np.convolve(profile, np.ones(max(1, round(0.3 * scale))), "same")
        found = _valleys(profile, scale, _VALLEY if expected > 1 else _PLAIN_VALLEY, allowed)
        worth = sum(depth for depth, _ in found) - abs(slope)
        if found and worth > best[0]:
            best = (worth, slope, sorted(lowest + place for _, place in found))
    return best[1], best[2]


def _valleys(
    profile: NDArray[Any], scale: float, most_left: float, allowed: int
) -> list[tuple[float, float]]:
    """(depth, height) of the clearest places between lines; lines keep a sensible height."""
    least = _LEAST_LINE_MM * scale
    found: list[tuple[float, float]] = []
    places: list[float] = [0.0, float(len(profile))]
    for _ in range(allowed - 1):
        choice: tuple[float, float] | None = None
        ordered = sorted(places)
        for top, bottom in pairwise(ordered):
            here = _deepest(profile[int(top) : int(bottom)], least, most_left)
            if here is not None and (choice is None or here[0] > choice[0]):
                choice = (here[0], top + here[1])
        if choice is None:
            break
        found.append(choice)
        places.append(choice[1])
    return found


def _deepest(profile: NDArray[Any], least: float, most_left: float) -> tuple[float, float] | None:
    """The deepest valley of a stretch of the profile, when it is deep enough."""
    from_row, to_row = int(least), int(len(profile) - least)
    if to_row <= from_row:
        return None
    above = np.maximum.accumulate(profile)[from_row:to_row]
    below = np.maximum.accumulate(profile[::-1])[::-1][from_row:to_row]
    left = profile[from_row:to_row] / np.maximum(1.0, np.minimum(above, below))
    lowest = float(left.min())
    if lowest > most_left:
        return None
    empty = np.flatnonzero(left <= lowest + 1e-6)
    return 1.0 - lowest, from_row + float(empty[len(empty) // 2])


def _bands(written: Mask, slope: float, cuts: list[float]) -> Labels:
    """For each pixel the number of its line; a stroke that lies in one line for the greater part keeps whole."""
    height, width = written.shape
    heights = np.arange(height)[:, None] - slope * (np.arange(width)[None, :] - width / 2)
    bands = np.searchsorted(np.array(cuts), heights)
    count, labels = cv2.connectedComponents(written, connectivity=8, ltype=cv2.CV_32S)
    shares = shares_of(labels, bands, count, len(cuts) + 1)
    main = shares.argmax(axis=1)
    whole = shares.max(axis=1) >= _WHOLE * shares.sum(axis=1)
    whole[0] = False
    owners: Labels = np.where(whole[labels], main[labels], bands)
    return owners


def shares_of(labels: Labels, owners: Labels, strokes: int, parts: int) -> Labels:
    """Pixels of each stroke (row) in each part (column)."""
    counted = np.bincount(labels.ravel() * parts + owners.ravel(), minlength=strokes * parts)
    table: Labels = counted.reshape(strokes, parts)
    return table


def _alone(picture: Pixels, mask: Mask, dark: Mask, room: int) -> Pixels:
    """The line's own part of the picture, with paper where others write."""
    place = bounds(mask)
    if place is None:
        return picture
    height, width = mask.shape
    place = place.grown(room, height, width)
    part: Pixels = picture[place.slices].copy()
    others = cv2.bitwise_and(dark[place.slices], cv2.bitwise_not(mask[place.slices]))
    if cv2.countNonZero(others):
        reach = np.ones((3, 3), np.uint8)
        others = cv2.bitwise_and(
            cv2.dilate(others, reach), cv2.bitwise_not(cv2.dilate(mask[place.slices], reach))
        )
        part[others > 0] = _PAPER
    return part
