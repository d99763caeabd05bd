"""Whether a page is the form that was laid over it: its lines and words are there, and no other lines are."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.features import SCALE, Plane, lines_of, plane
from ocr_service.adapters.imaging.layouts import FormLayout, Strokes

_NEAR = 2  # pixels (half a millimetre) that a line may lie beside its place
_FAINTEST = 9.0  # how line-like the form's lines are on the page at the least
_SHARE = 0.33  # of that is still a line
_FOREIGN_MM = 25.0  # a line that the form has not; shorter ones people draw
_BARE_MM = 20.0
_ROW_MM = 60.0
_LABEL_NEAR = 2
_LABEL_LIKE = 0.42
_LEAST_LABELS = 6  # also: how many neighbours are looked at, of which _MOST_OF are lost together
_MOST_OF = 4
_LEAST_RULED = 120.0  # millimetres
# what a page must at least agree in to be believed, and may at most disagree in
_LEAST_LINES, _LEAST_WORDS = 0.85, 0.93
_MOST_FOREIGN, _MOST_LOST, _LOST_SHARE = 60.0, 60.0, 0.012
_MOST_MISSING = 0.02
_NEAR_LINES, _NEAR_WORDS = 0.7, 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """`lines`: the share of the form's ruled lines (by length) that the page has. `lost`: millimetres of long
    lines that it has not. `foreign`: millimetres of long lines that the form has not. `words`: the share of the
    form's printed words found; `missing`: the share that is not there in whole parts. `seen`: the share of the form that lies on the picture. `ruled`: millimetres of
    lines that were looked for; `labels`: how many words."""

    lines: float
    lost: float
    foreign: float
    words: float
    missing: float
    seen: float
    ruled: float
    labels: int

    @property
    def score(self) -> float:
        """0 to 1, 0.5 = just enough to be believed: as good as the worst of its parts."""
        parts = [(1.0 - self.foreign / _MOST_FOREIGN / 2)]
        if self.labels >= _LEAST_LABELS:
            parts.append(1.0 - self.missing / _MOST_MISSING / 2)
            parts.append(0.5 + (self.words - _LEAST_WORDS) / (1 - _LEAST_WORDS) / 2)
        if self.ruled >= _LEAST_RULED:
            parts.append(0.5 + (self.lines - _LEAST_LINES) / (1 - _LEAST_LINES) / 2)
            parts.append(1.0 - self.lost / max(_MOST_LOST, _LOST_SHARE * self.ruled) / 2)
        if len(parts) == 1:
            return 0.0  # too little is printed on the form to know it by
        return float(min(1.0, max(0.0, min(parts))))

    @property
    def quality(self) -> float:
        """Tells the better one of two forms that differ little."""
        return self.score + (self.lines + self.words) / 2 - (self.lost + self.foreign) / 500

    @property
    def is_near(self) -> bool:
        """Enough to lay the form over a page that a person says is this form."""
        return self.lines >= _NEAR_LINES or self.words >= _NEAR_WORDS


NOTHING = Agreement(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)


def agreement(flat: Plane, inside: Plane, form: FormLayout) -> Agreement:
    """`flat`: the page's darkness laid over the form at SCALE; `inside`: not 0 where the picture reaches."""
    lines = lines_of(flat)
    printed = cv2.bitwise_and(cv2.erode(inside, np.ones((17, 17), np.uint8)), form.printed)
    across = _Support(lines.across, inside, form.across, (1, 2 * _NEAR + 1))
    down = _Support(lines.down, inside, form.down, (2 * _NEAR + 1, 1))
    values = np.concatenate([across.values, down.values])
    strength = float(np.median(values)) if len(values) else 0.0
    least = max(_FAINTEST, strength) * _SHARE
    found_across, lost_across, ruled_across = across.found(least)
    found_down, lost_down, ruled_down = down.found(least)
    ruled = ruled_across + ruled_down
    words, missing, labels = _words(flat, inside, form)
    return Agreement(
        lines=(found_across + found_down) / ruled if ruled else 0.0,
        lost=(lost_across + lost_down) / SCALE,
        foreign=_foreign(lines.across, plane(printed), form.across, least, along=1)
        + _foreign(lines.down, plane(printed), form.down, least, along=0),
        words=words,
        missing=missing,
        seen=float(np.count_nonzero(inside)) / inside.size,
        ruled=ruled / SCALE,
        labels=labels,
    )


class _Support:
    """How line-like the page is at each pixel of the form's lines along one direction."""

    def __init__(self, found: Plane, inside: Plane, strokes: Strokes, beside: tuple[int, int]) -> None:
        near = cv2.dilate(found, np.ones((beside[1], beside[0]), np.uint8))
        on_page = inside[strokes.ys, strokes.xs] > 0
        self.values = near[strokes.ys, strokes.xs][on_page].astype(np.float32)
        self._owner = strokes.owner[on_page]
        self._strokes = strokes

    def found(self, least: float) -> tuple[float, float, float]:
        """Pixels of line found, pixels of long lines that are mostly not there, pixels looked for; each line's
        thickness counts once."""
        count = len(self._strokes.lengths)
        whole = np.bincount(self._strokes.owner, minlength=count)
        looked = np.bincount(self._owner, minlength=count)
        there = np.bincount(self._owner, self.values >= least, minlength=count)
        share_seen = looked / np.maximum(whole, 1)
        share_there = there / np.maximum(looked, 1)
        lengths = self._strokes.lengths * share_seen
        long = lengths >= _FOREIGN_MM * SCALE
        lost = float(np.sum((lengths * (1 - share_there))[long & (share_there < 0.5)]))
        return float(np.sum(lengths * share_there)), lost, float(np.sum(lengths))


def _foreign(found: Plane, inside: Plane, strokes: Strokes, least: float, along: int) -> float:
    """Millimetres of long lines on the page where the form has none. A line is taken whole when a part of it
    lies on bare paper; lines outside of what is printed are edges and folds of the paper."""
    length = round(_FOREIGN_MM * SCALE)
    line = (found >= least).astype(np.uint8)
    line = plane(cv2.dilate(line, np.ones((3, 1) if along else (1, 3), np.uint8)))
    line = plane(
        cv2.morphologyEx(line, cv2.MORPH_OPEN, np.ones((1, length) if along else (length, 1), np.uint8))
    )
    line[(strokes.near_ruled > 0) | (inside == 0)] = 0
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(line, connectivity=8)
    sizes = stats[1:, cv2.CC_STAT_WIDTH if along else cv2.CC_STAT_HEIGHT] / SCALE
    thick = stats[1:, cv2.CC_STAT_AREA] / SCALE / SCALE / np.maximum(sizes, 1.0)
    bare = np.bincount(numbers[(strokes.near == 0) & (line > 0)], minlength=count)[1:] / SCALE / SCALE
    strange = (bare / np.maximum(thick, 0.1) >= _BARE_MM) & (sizes >= _BARE_MM)
    # short ones are strike-outs by hand; a row that was put in is as long as its table
    return float(np.sum(np.where(sizes >= _ROW_MM, sizes, sizes / 3)[strange]))


def _words(flat: Plane, inside: Plane, form: FormLayout) -> tuple[float, float, int]:
    """What `_judged` makes of the form's printed words that look alike on the page, and of those that do not."""
    height, width = flat.shape
    middles: list[tuple[float, float]] = []
    weights: list[float] = []
    alike: list[bool] = []
    for x, y, wide, high in form.labels:
        left, top = max(0, x - 1), max(0, y - 1)
        right, bottom = min(width, x + wide + 1), min(height, y + high + 1)
        if left < _LABEL_NEAR or top < _LABEL_NEAR or right + _LABEL_NEAR > width:
            continue
        if bottom + _LABEL_NEAR > height or not inside[top:bottom, left:right].all():
            continue
        piece = form.dark[top:bottom, left:right]
        window = flat[top - _LABEL_NEAR : bottom + _LABEL_NEAR, left - _LABEL_NEAR : right + _LABEL_NEAR]
        likeness = cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED)
        middles.append((x + wide / 2, y + high / 2))
        weights.append(float(np.sqrt(wide * high)))
        alike.append(float(likeness.max()) >= _LABEL_LIKE)
    return _judged(np.array(middles), np.array(weights), np.array(alike))


def _judged(
    middles: NDArray[np.float64], weights: NDArray[np.float64], alike: NDArray[np.bool_]
) -> tuple[float, float, int]:
    """The share of words found, the share of those lost whose neighbours are lost too (a part of the form that
    is elsewhere, not a stamp here and dirt there), and how many were looked for."""
    if len(weights) < _LEAST_LABELS:
        return 0.0, 0.0, len(weights)
    share = float(weights[alike].sum() / weights.sum())
    away = np.hypot(*(middles[:, None] - middles[None, :]).transpose(2, 0, 1))
    near = np.argsort(away, axis=1)[:, :_LEAST_LABELS]
    together = ~alike & (np.count_nonzero(~alike[near], axis=1) >= _MOST_OF)
    return share, float(weights[together].sum() / weights.sum()), len(weights)
