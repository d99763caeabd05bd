"""Choices by circle, tick, cross or filling, and check boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.bridging import bridges
from ocr_service.adapters.imaging.ink import Ink
from ocr_service.adapters.imaging.patches import Labels, Mask, Patch, Rect

_REACH_MM = 3.0  # a mark may lie that far beside its word
_HALF_MM2 = 0.62  # with that much ink a mark is as likely as not
_STEEP = 3.2
_BINS = 24
_RING = 0.7  # share of directions in which a circle has ink
_CROSSED = 0.34  # share of a circle's ink near its middle from which it is a circle crossed out
_HEAVIER = 1.7


@dataclass(frozen=True, slots=True)
class Mark:
    """One choice or box. `probability` that it is marked, counting a mark that was crossed out as none;
    `amount`: added ink in mm²; `crossed_out`: marked, then taken back."""

    probability: float
    amount: float
    crossed_out: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """All choices of a field in their order. `unclear`: several marks, or one taken back: a person must see."""

    each: tuple[Mark, ...]
    unclear: bool


def marks(patch: Patch, ink: Ink, places: Sequence[Rect], several: bool = False) -> Marks:
    """Judges choices whose printed words (or squares) lie at `places` (see Patch.place). With `several`, more
    than one mark is no fault."""
    added = _added(patch, ink)
    shares = _shares(added, places, patch.scale)
    found = [_mark(_owned(added, shares, number), patch.scale) for number in range(len(places))]
    crossed = any(mark.crossed_out for mark in found)
    chosen = sum(mark.probability > 0.5 for mark in found)
    if chosen == 2 and not several:
        found = _heavier_crossed_out(found)
    return Marks(tuple(found), crossed or (chosen > 1 and not several))


def box_mark(patch: Patch, ink: Ink) -> Mark:
    """A check box: the field is its square."""
    return marks(patch, ink, [patch.field], several=True).each[0]


def _added(patch: Patch, ink: Ink) -> Mask:
    """Added ink of any colour, with the strokes that run across print joined."""
    crossing = bridges(ink, ink.printed, patch.scale)
    rows, columns = patch.field.grown(patch.pixels(_REACH_MM), *ink.dark.shape).slices
    free = cv2.bitwise_and(ink.all_ink, cv2.bitwise_not(ink.printed))
    joined = cv2.bitwise_or(free, crossing)
    whole = cv2.bitwise_or(joined, ink.red)
    added = np.zeros_like(whole)
    added[rows, columns] = whole[rows, columns]
    return added


@dataclass(frozen=True, slots=True)
class _Owned:
    """Whose each stroke is: `labels` of strokes, `owner` by label (-1: nobody's)."""

    labels: Labels
    owner: Labels


def _shares(added: Mask, places: Sequence[Rect], scale: float) -> _Owned:
    """Gives each stroke to the choice that its middle is nearest to."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(added, connectivity=8, ltype=cv2.CV_32S)
    owner = np.full(count, -1, np.int64)
    middles_x = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2
    middles_y = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    nearest = np.full(count, np.inf)
    for number, place in enumerate(places):
        across = np.maximum(0, np.maximum(place.left - middles_x, middles_x - place.right))
        down = np.maximum(0, np.maximum(place.top - middles_y, middles_y - place.bottom))
        centre = np.hypot(
            middles_x - (place.left + place.right) / 2, middles_y - (place.top + place.bottom) / 2
        )
        distance = np.hypot(across, down) + 0.05 * centre
        closer = distance < nearest
        nearest[closer] = distance[closer]
        owner[closer] = number
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    owner[nearest > _REACH_MM * scale] = -1
    owner[extent < 0.6 * scale] = -1
    owner[0] = -1
    return _Owned(labels, owner)


def _owned(added: Mask, shares: _Owned, number: int) -> Mask:
    own: Mask = np.where((shares.owner == number)[shares.labels], added, 0).astype(np.uint8)
    return own


def _mark(own: Mask, scale: float) -> Mark:
    amount = cv2.countNonZero(own) / scale**2
    probability = float(1 / (1 + (_HALF_MM2 / max(amount, 1e-3)) ** _STEEP))
    crossed = amount > 3 * _HALF_MM2 and _crossed_circle(own)
    return Mark(0.25 * probability if crossed else probability, amount, crossed)


def _crossed_circle(own: Mask) -> bool:
    """A circle with strokes through its middle is a mark that was taken back."""
    rows, columns = np.nonzero(own)
    middle_x, middle_y = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    half_x, half_y = max(1.0, np.ptp(columns) / 2), max(1.0, np.ptp(rows) / 2)
    x, y = (columns - middle_x) / half_x, (rows - middle_y) / half_y
    radius = np.hypot(x, y)
    outer = radius > 0.7
    turns = ((np.arctan2(y[outer], x[outer]) / (2 * np.pi) + 0.5) * _BINS).astype(np.int64) % _BINS
    round_about = len(np.unique(turns)) / _BINS
    return bool(round_about >= _RING and np.count_nonzero(radius < 0.6) > _CROSSED * len(rows))


def _heavier_crossed_out(found: list[Mark]) -> list[Mark]:
    """Of two marks the one with far more ink is probably the one that was crossed out."""
    first, second = (number for number, mark in enumerate(found) if mark.probability > 0.5)
    for heavy, light in ((first, second), (second, first)):
        if found[heavy].amount > _HEAVIER * found[light].amount:
            found = list(found)
            found[heavy] = Mark(0.4 * found[heavy].probability, found[heavy].amount, True)
            break
    return found
