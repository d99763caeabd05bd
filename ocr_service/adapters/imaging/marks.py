"""Choices by circle, tick, cross or filling, and check boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.bridging import bridges
from ocr_service.adapters.imaging.ink import Ink
from ocr_service.adapters.imaging.patches import Labels, Mask, Patch, Rect

_REACH_MM = 2.2  # the middle of a mark may lie that far beside its word
_BOX_REACH_MM = 1.2  # and of a tick beside its square
_OUTSIDE_MM = 1.2  # what has its middle farther out belongs to a neighbour
_JOIN_MM = 0.3  # a circle that print has cut into pieces is one again
_SLIVER_MM = 0.25
_BESIDE = 0.72  # a stroke with that share so near to print is print
_LEAST_EXTENT_MM = 1.1
_LEAST_MM2 = 0.25
_HALF_MM2 = 0.8  # with that much ink a mark is as likely as not
_STEEP = 3.2
_WEAK = 0.22  # a choice with so small a share of the strongest one's ink is not marked itself
_BINS = 24
_RING = 0.75  # share of directions in which a circle has ink
_MIDDLE = 0.5
_FAT = 0.6  # how much fatter than the other words' print may be
_CROSSED_MM2 = 1.8  # ink inside a circle that is no print: the mark was taken back
_UNEVEN = 0.14  # by how much print's growth differs from word to word
_PRINT_BELOW = 225
_OVER_MM2 = 0.15  # ink over a word that says nothing
_HEAVIER = 1.9


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
    added, near = _added(patch, ink, places)
    shares = _shares(added, near, places, patch, _REACH_MM)
    square = patch.scale**2
    pieces = [_owned(added, shares, number) for number in range(len(places))]
    beside = np.array([cv2.countNonZero(piece) / square for piece in pieces])
    over, growth = _over_words(patch, ink, places, shares)
    # print that has grown fat on a copy leaves the same on all words
    floor = beside.min() if len(places) > 1 else 0.0
    beside -= min(floor, 0.3 * beside.max(initial=0.0))
    amounts = np.maximum(beside, over)
    weak = min(_WEAK * amounts.max(initial=0.0), _HALF_MM2 * 2.5)
    found = []
    for piece, amount in zip(pieces, amounts, strict=True):
        crossed = bool(amount > 2 * _HALF_MM2) and _crossed_circle(piece, patch, ink, growth)
        found.append(Mark(_probability(amount) if amount >= weak else 0.0, float(amount), crossed))
    chosen = [number for number, mark in enumerate(found) if mark.probability > 0.5]
    if len(chosen) > 1 and not several:
        found = _without_crossed_out(found, chosen)
    crossed_out = any(mark.crossed_out for mark in found)
    return Marks(tuple(found), crossed_out or (len(chosen) > 1 and not several))


def _over_words(patch: Patch, ink: Ink, places: Sequence[Rect], shares: "_Owned") -> tuple[Labels, float]:
    """mm² of ink on each choice's words beyond what the form has printed there, allowing for how much fatter
    print is on this scan as a whole (told as the second value), and without the strokes of other choices."""
    print_mask = _print_of(patch, ink)
    printed, inked = [], []
    for number, place in enumerate(places):
        owners = shares.owner[shares.labels[place.slices]]
        foreign = (owners >= 0) & (owners != number)
        printed.append(np.count_nonzero(print_mask[place.slices][~foreign]))
        inked.append(np.count_nonzero(ink.all_ink[place.slices][~foreign]))
    print_ink, all_ink = np.array(printed) / patch.scale**2, np.array(inked) / patch.scale**2
    told = print_ink > 0.3
    growth = float(np.clip((all_ink[told] / print_ink[told]).min(), 0.6, 2.2)) if told.sum() > 1 else 1.3
    over: Labels = np.where(told, np.maximum(0, all_ink - (growth + _UNEVEN) * print_ink - _OVER_MM2), 0.0)
    return over, growth


def _print_of(patch: Patch, ink: Ink) -> Mask:
    """The form's print as wide as ink is taken to be."""
    smooth = cv2.GaussianBlur(ink.preprint.levels, (0, 0), max(0.5, 0.09 * patch.scale))
    return cv2.threshold(smooth, _PRINT_BELOW, 255, cv2.THRESH_BINARY_INV)[1]


def box_mark(patch: Patch, ink: Ink) -> Mark:
    """A check box: the field is its square."""
    added, near = _added(patch, ink, [patch.field])
    shares = _shares(added, near, [patch.field], patch, _BOX_REACH_MM)
    amount = cv2.countNonZero(_owned(added, shares, 0)) / patch.scale**2
    return Mark(_probability(amount), amount)


def _probability(amount: float) -> float:
    return float(1 / (1 + (_HALF_MM2 / max(amount, 1e-3)) ** _STEEP))


def _added(patch: Patch, ink: Ink, places: Sequence[Rect]) -> tuple[Mask, Mask]:
    """Added ink of any colour, with the strokes that run across print joined; and what lies close to print."""
    reach = 2 * patch.pixels(_SLIVER_MM) + 1
    near = cv2.dilate(ink.printed, np.ones((reach, reach), np.uint8))
    elsewhere = near.copy()
    for place in places:  # over a word the pieces of a tick all lie beside print
        elsewhere[place.slices] = 0
    free = _without_slivers(cv2.bitwise_and(ink.all_ink, cv2.bitwise_not(ink.printed)), elsewhere)
    crossing = bridges(ink.all_ink, ink.printed, patch.scale, free)
    return cv2.bitwise_or(cv2.bitwise_or(free, crossing), ink.red), near


def _without_slivers(free: Mask, near: Mask) -> Mask:
    """Without what print a little out of place leaves along it, which would join marks with borders."""
    count, labels = cv2.connectedComponents(free, connectivity=8, ltype=cv2.CV_32S)
    area = np.bincount(labels.ravel(), minlength=count)
    beside = np.bincount(labels[near > 0].ravel(), minlength=count)
    own = beside <= _BESIDE * area
    own[0] = False
    kept: Mask = np.where(own, 255, 0).astype(np.uint8)[labels]
    return kept


@dataclass(frozen=True, slots=True)
class _Owned:
    """Whose each stroke is: `labels` of strokes, `owner` by label (-1: nobody's)."""

    labels: Labels
    owner: Labels


def _shares(added: Mask, near: Mask, places: Sequence[Rect], patch: Patch, farthest: float) -> _Owned:
    """Gives each stroke to the choice that its middle is nearest to; print out of place belongs to none."""
    scale = patch.scale
    reach = 2 * patch.pixels(_JOIN_MM) + 1
    joined = cv2.morphologyEx(added, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    inked = added > 0
    area = np.bincount(labels[inked].ravel(), minlength=count)
    beside = np.bincount(labels[inked & (near > 0)].ravel(), minlength=count)
    owner = np.full(count, -1, np.int64)
    rows, columns = np.nonzero(added)
    own = labels[rows, columns]
    middles_x = np.bincount(own, columns, minlength=count) / np.maximum(area, 1)
    middles_y = np.bincount(own, rows, minlength=count) / np.maximum(area, 1)
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
    owner[nearest > farthest * scale] = -1
    owner[(extent < _LEAST_EXTENT_MM * scale) | (area < _LEAST_MM2 * scale**2)] = -1
    owner[beside > _BESIDE * area] = -1
    field = patch.field.grown(patch.pixels(_OUTSIDE_MM), *added.shape)
    owner[(middles_x < field.left) | (middles_x > field.right)] = -1
    owner[(middles_y < field.top) | (middles_y > field.bottom)] = -1
    owner[0] = -1
    return _Owned(labels, owner)


def _owned(added: Mask, shares: _Owned, number: int) -> Mask:
    own: Mask = np.where((shares.owner == number)[shares.labels], added, 0).astype(np.uint8)
    return own


def _crossed_circle(own: Mask, patch: Patch, ink: Ink, growth: float) -> bool:
    """A circle with strokes through its middle, where only the printed word should be, was taken back."""
    rows, columns = np.nonzero(own)
    if len(rows) < 2 * patch.scale**2:
        return False
    middle_x, middle_y = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    half_x, half_y = max(1.0, np.ptp(columns) / 2), max(1.0, np.ptp(rows) / 2)
    x, y = (columns - middle_x) / half_x, (rows - middle_y) / half_y
    outer = np.hypot(x, y) > 0.7
    turns = ((np.arctan2(y[outer], x[outer]) / (2 * np.pi) + 0.5) * _BINS).astype(np.int64) % _BINS
    if len(np.unique(turns)) < _RING * _BINS:
        return False
    left, right = round(middle_x - _MIDDLE * half_x), round(middle_x + _MIDDLE * half_x)
    top, bottom = round(middle_y - _MIDDLE * half_y), round(middle_y + _MIDDLE * half_y)
    inner = (slice(max(0, top), bottom), slice(max(0, left), right))
    printed = cv2.countNonZero(_print_of(patch, ink)[inner]) / patch.scale**2
    inked = cv2.countNonZero(ink.all_ink[inner]) / patch.scale**2
    return inked - (growth + _FAT) * printed > _CROSSED_MM2


def _without_crossed_out(found: list[Mark], chosen: list[int]) -> list[Mark]:
    """Of several marks those are no longer meant that are crossed out, or else the one with far more ink."""
    crossed = [number for number in chosen if found[number].crossed_out]
    if not crossed and len(chosen) == 2:
        light, heavy = sorted(chosen, key=lambda number: found[number].amount)
        if found[heavy].amount > _HEAVIER * found[light].amount and found[light].amount > 3 * _HALF_MM2:
            crossed = [heavy]
    if len(crossed) == len(chosen):
        return found
    return [
        Mark(0.4 * mark.probability, mark.amount, True) if number in crossed else mark
        for number, mark in enumerate(found)
    ]
