"""Choices by circle, tick, cross or filling, and check boxes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
_BORDER = (0.75, 1.75)  # how far from its middle, in half sizes, a circle runs round a word or square
_WIDEST = 3.5  # of circles round short words
_RING_OF_BOX = 0.7
_PLAIN_RING = 0.2  # and in so many directions clear of print,
_PLAIN_RING_MM2 = 1.0  # with that much ink
_MUCH_STRAY_MM2 = 5.5
_HARDLY = 0.45
_CLOSE_MM = 1.9
_PART_OF_RING = 0.6
_ARC = 0.4  # more than a neighbour's circle shows
_RUN_IN_MM = 1.1  # ink outside of a square that goes on farther away than that belongs to a neighbour,
_INSIDE = 0.35  # unless that share of it lies in the square
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
    `amount`: added ink in mm²; `crossed_out`: marked, then taken back; `ring`: share of the directions in which
    the mark surrounds it; `stray`: mm² of ink near by that was counted for nothing."""

    probability: float
    amount: float
    crossed_out: bool = False
    ring: float = 0.0
    stray: float = 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """All choices of a field in their order. `unclear`: several marks, or one taken back: a person must see.
    `tail`: share of a mark's ink, at the most, that lies nearer to another choice, counted as far as the mark does
    not surround its own; `stray`: mm² of strokes that are no choice's."""

    each: tuple[Mark, ...]
    unclear: bool
    tail: float = 0.0
    stray: float = 0.0


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
    for piece, place, amount in zip(pieces, places, amounts, strict=True):
        crossed = bool(amount > 2 * _HALF_MM2) and _crossed_circle(piece, patch, ink, growth)
        probability = _probability(amount) if amount >= weak else 0.0
        around = _surrounds(piece, place) if amount >= weak else 0.0
        found.append(Mark(probability, float(amount), crossed, around))
    chosen = [number for number, mark in enumerate(found) if mark.probability > 0.5]
    if len(chosen) > 1 and not several:
        found = _without_crossed_out(found, chosen)
    if not chosen and shares.stray > _MUCH_STRAY_MM2 * square:
        likeliest = int(np.argmax(amounts))  # there is a mark; only whose it is nobody can tell
        found[likeliest] = replace(found[likeliest], probability=_HARDLY)
    crossed_out = any(mark.crossed_out for mark in found)
    tail = max((shares.shared[number] * (1.0 - found[number].ring) for number in chosen), default=0.0)
    return Marks(tuple(found), crossed_out or (len(chosen) > 1 and not several), tail, shares.stray / square)


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
    """A check box: the field is its square. A circle round the square marks it too; what runs in from a box near
    by does not."""
    square, box = patch.scale**2, patch.field
    added, near = _added(patch, ink, [box])
    added, foreign = _without_neighbours(added, patch)
    close = box.grown(patch.pixels(_CLOSE_MM), *added.shape)
    stray = cv2.countNonZero(foreign[close.slices]) / square
    around = _surrounds(added, box)
    plain = cv2.bitwise_and(added, cv2.bitwise_not(near))
    if (
        around >= _RING_OF_BOX
        and _surrounds(plain, box) >= _PLAIN_RING
        and cv2.countNonZero(plain) > _PLAIN_RING_MM2 * square
    ):
        own = added  # a circle close to the square's border is no print out of place
    else:
        own = _owned(added, _shares(added, near, [box], patch, _BOX_REACH_MM), 0)
    amount = cv2.countNonZero(own) / square
    stray += (cv2.countNonZero(added) - cv2.countNonZero(own)) / square
    probability = _probability(amount)
    if stray > _MUCH_STRAY_MM2:  # more than a neighbour's mark would show
        probability = max(probability, _HARDLY)
    return Mark(probability, amount, ring=_surrounds(own, box), stray=stray)


def _without_neighbours(added: Mask, patch: Patch) -> tuple[Mask, Mask]:
    """The strokes without those, told apart, that lie outside of the square and go on towards the picture's edge."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(added, connectivity=8, ltype=cv2.CV_32S)
    box, (rows, columns) = patch.field, added.shape
    inside = np.bincount(labels[box.slices].ravel(), minlength=count)
    far = box.grown(patch.pixels(_RUN_IN_MM), rows, columns)
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    runs_in = (left < far.left) | (top < far.top) | (right > far.right) | (bottom > far.bottom)
    foreign = runs_in & (inside < _INSIDE * stats[:, cv2.CC_STAT_AREA])
    for label in np.flatnonzero(foreign[1:]) + 1:
        if _surrounds(np.where(labels == label, 255, 0).astype(np.uint8), box) >= _ARC:
            foreign[label] = False
    foreign[0] = False
    others: Mask = np.where(foreign, 255, 0).astype(np.uint8)[labels]
    return cv2.bitwise_and(added, cv2.bitwise_not(others)), others


def _surrounds(own: Mask, place: Rect) -> float:
    """Share of the directions around the middle of `place` in which there is ink at about its border."""
    rows, columns = np.nonzero(own)
    return _turns(rows, columns, place)


def _turns(rows: Labels, columns: Labels, place: Rect, farthest: float = _BORDER[1]) -> float:
    x = (columns - (place.left + place.right) / 2) / (place.width / 2)
    y = (rows - (place.top + place.bottom) / 2) / (place.height / 2)
    away = np.hypot(x, y)
    border = (away > _BORDER[0]) & (away < farthest)
    turns = ((np.arctan2(y[border], x[border]) / (2 * np.pi) + 0.5) * _BINS).astype(np.int64) % _BINS
    return len(np.unique(turns)) / _BINS


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
    """Whose each stroke is: `labels` of strokes, `owner` by label (-1: nobody's). `shared`: by choice, which share
    of its ink lies nearer to another; `stray`: pixels of strokes that are nobody's."""

    labels: Labels
    owner: Labels
    shared: tuple[float, ...]
    stray: float


def _shares(added: Mask, near: Mask, places: Sequence[Rect], patch: Patch, farthest: float) -> _Owned:
    """Gives each stroke to the choice that its middle is nearest to; print out of place belongs to none."""
    scale = patch.scale
    reach = 2 * patch.pixels(_JOIN_MM) + 1
    joined = cv2.morphologyEx(added, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    rows, columns = np.nonzero(added)
    nearer = _nearest(rows, columns, places)
    labels, stats = _parted(labels, stats, (rows, columns), nearer, places)
    count = len(stats)
    inked = added > 0
    area = np.bincount(labels[inked].ravel(), minlength=count)
    beside = np.bincount(labels[inked & (near > 0)].ravel(), minlength=count)
    owner = np.full(count, -1, np.int64)
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
    large = (extent >= _LEAST_EXTENT_MM * scale) & (area >= _LEAST_MM2 * scale**2)
    owner[~large] = -1
    owner[beside > _BESIDE * area] = -1
    field = patch.field.grown(patch.pixels(_OUTSIDE_MM), *added.shape)
    owner[(middles_x < field.left) | (middles_x > field.right)] = -1
    owner[(middles_y < field.top) | (middles_y > field.bottom)] = -1
    owner[0] = -1
    owners = owner[own]
    shared = tuple(
        float(np.mean(nearer[owners == number] != number)) if (owners == number).any() else 0.0
        for number in range(len(places))
    )
    strays = large & (beside <= _BESIDE * area) & (owner < 0)
    strays[0] = False
    return _Owned(labels, owner, shared, float(area[strays].sum()))


def _nearest(rows: Labels, columns: Labels, places: Sequence[Rect]) -> Labels:
    """Which choice each of the pixels is nearest to."""
    distances = [
        np.hypot(
            np.maximum(0, np.maximum(place.left - columns, columns - place.right)),
            np.maximum(0, np.maximum(place.top - rows, rows - place.bottom)),
        )
        for place in places
    ]
    return np.asarray(np.argmin(distances, axis=0))


def _parted(
    labels: Labels, stats: Labels, inked: tuple[Labels, Labels], nearer: Labels, places: Sequence[Rect]
) -> tuple[Labels, Labels]:
    """Circles that touch are one stroke each again: a stroke that surrounds several choices is cut between them."""
    if len(places) == 1:
        return labels, stats
    rows, columns = inked
    own = labels[rows, columns]
    narrowest = min(place.width for place in places)
    for label in range(1, len(stats)):
        if max(stats[label, cv2.CC_STAT_WIDTH], stats[label, cv2.CC_STAT_HEIGHT]) < 1.5 * narrowest:
            continue
        parts = []
        for number, place in enumerate(places):
            part = (own == label) & (nearer == number)
            if part.any() and _turns(rows[part], columns[part], place, _WIDEST) >= _PART_OF_RING:
                parts.append(part)
        for part in parts[1:] if len(parts) > 1 else []:
            part_rows, part_columns = rows[part], columns[part]
            labels[part_rows, part_columns] = len(stats)
            left, top = part_columns.min(), part_rows.min()
            box = [left, top, part_columns.max() + 1 - left, part_rows.max() + 1 - top, len(part_rows)]
            stats = np.vstack([stats, np.array([box], stats.dtype)])
    return labels, stats


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
        Mark(0.4 * mark.probability, mark.amount, True, mark.ring) if number in crossed else mark
        for number, mark in enumerate(found)
    ]
