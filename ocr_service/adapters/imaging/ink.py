"""What a person added to the blank form at one field."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.bridging import bridges
from ocr_service.adapters.imaging.levels import Light, evened, evened_blank
from ocr_service.adapters.imaging.patches import Labels, Levels, Mask, Patch, Rect
from ocr_service.adapters.imaging.preprint import Preprint, laid_over, printed

_PAPER = 250
_PRINT_BELOW = 232  # the blank form is print there, shading too
_TOLERANCE_MM = 0.14  # how much wider print may be on the scan
_LEAST_EXTENT_MM = 0.9  # smaller specks are dust
_LEAST_AREA_MM2 = 0.10
_SLIVER_MM = 0.25  # that near to print ink may be the print itself, a little out of place
_BESIDE = 0.8
_OWN = 0.62  # a stroke across the border is the field's when that share of it lies inside
_DOT_MM = 1.35  # a round speck up to that size alone is no writing: dust, not a character
_BLANK_MM2 = 0.4  # less ink than that is no writing
_SKIRT_MM = 0.4  # ink thinner than that
_SKIRT_FROM_MM = 0.65  # and that near to print is the blur of a ruled line
_PLENTY_MM2 = 20.0  # so much ink is writing without a closer look
_FAINT = 5.5  # how much darker than their surroundings faint strokes are
_FAINT_MM2 = 0.9


@dataclass(frozen=True, slots=True)
class Ink:
    """`dark`: added strokes that belong to the field, without red ones. `red`: added red ink. `all_ink`: every
    dark pixel of the crop, print too. `levels`: the crop as even grey without red ink. `preprint`: the blank
    form as it lies on the crop; `printed` where its print is, with tolerance. `amount` and `red_amount` in mm².
    `box`: around `dark`, None without ink. `doubt`: 0 where blank or not is plain, 1 where it is a guess.
    `touches_edge`: strokes of the field run out of the picture."""

    dark: Mask
    red: Mask
    all_ink: Mask
    levels: Levels
    preprint: Preprint
    printed: Mask
    amount: float
    red_amount: float
    box: Rect | None
    blank: bool
    doubt: float
    touches_edge: bool
    noise: float


def written(patch: Patch) -> Ink:
    """Compares the crop with the blank form. About 4 ms for a field of 80 × 10 mm at 200 dpi on a busy machine."""
    light = evened(patch.crop, patch.scale)
    preprint = laid_over(light.dark, evened_blank(patch.blank, patch.scale), patch.scale)
    mask = printed(preprint.levels, _PRINT_BELOW, patch.pixels(_TOLERANCE_MM))
    all_ink = _strokes(light, patch)
    dark, touches = _belonging(all_ink, mask, patch)
    plain = _plain(dark, mask, patch)
    if plain < _BLANK_MM2:
        faint = faint_strokes(light.dark, mask, patch)
        if faint is not None:
            all_ink = cv2.bitwise_or(all_ink, faint)
            dark = cv2.bitwise_or(dark, faint)
            plain = _BLANK_MM2 * 1.2
    square = patch.scale**2
    rows, columns = patch.field.slices
    return Ink(
        dark=dark,
        red=light.red,
        all_ink=all_ink,
        levels=light.dark,
        preprint=preprint,
        printed=mask,
        amount=cv2.countNonZero(dark) / square,
        red_amount=cv2.countNonZero(light.red[rows, columns]) / square,
        box=bounds(dark),
        blank=plain < _BLANK_MM2,
        doubt=float(np.exp(-abs(np.log(max(plain, 0.02) / _BLANK_MM2)))),
        touches_edge=touches,
        noise=light.noise,
    )


def bounds(mask: Mask) -> Rect | None:
    """The smallest rectangle around all ink."""
    left, top, width, height = cv2.boundingRect(mask)
    return Rect(left, top, left + width, top + height) if width and height else None


def fine_strokes(ink: Ink, within: Mask) -> Mask:
    """Strokes as wide as the pen was: darker than half of the strokes' own darkness. `dark` and `all_ink` are
    wider, so that faint ends are not lost."""
    levels = ink.levels[within > 0]
    if not levels.size:
        return within
    half = (_PAPER + float(np.percentile(levels, 15))) / 2
    return cv2.bitwise_and(within, cv2.threshold(ink.levels, half, 255, cv2.THRESH_BINARY_INV)[1])


def _strokes(light: Light, patch: Patch) -> Mask:
    """Ink with hysteresis: faint strokes count where they are a good deal stronger than the paper's noise."""
    smooth = cv2.GaussianBlur(light.dark, (0, 0), max(0.5, 0.09 * patch.scale))
    noise = light.noise * 0.45  # what the smoothing leaves of it
    weak = _PAPER - max(20.0, 3.2 * noise)
    strong = _PAPER - max(34.0, 5.5 * noise)
    candidates = cv2.threshold(smooth, weak, 255, cv2.THRESH_BINARY_INV)[1]
    count, labels = cv2.connectedComponents(candidates, connectivity=8, ltype=cv2.CV_32S)
    if count == 1:
        return candidates
    certain = np.zeros(count, np.uint8)
    certain[labels[smooth < strong]] = 255
    certain[0] = 0
    strokes: Mask = certain[labels]
    return strokes


def _belonging(all_ink: Mask, mask: Mask, patch: Patch) -> tuple[Mask, bool]:
    """The added strokes that lie in the field for the greater part, without dust, slivers along print and
    the scanner's streaks; and whether one of them runs out of the picture."""
    added = cv2.bitwise_and(all_ink, cv2.bitwise_not(mask))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(added, connectivity=8, ltype=cv2.CV_32S)
    if count == 1:
        return added, False
    scale = patch.scale
    rows, columns = patch.field.grown(patch.pixels(0.4), *added.shape).slices
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    inside = np.bincount(labels[rows, columns].ravel(), minlength=count)
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    reach = 2 * patch.pixels(_SLIVER_MM) + 1
    edge = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
    beside = np.bincount(labels[edge > 0].ravel(), minlength=count)
    large = (extent >= _LEAST_EXTENT_MM * scale) & (area >= _LEAST_AREA_MM2 * scale**2)
    large &= (beside < _BESIDE * area) & ~_streaks(stats, added.shape, scale)
    large[0] = False
    keep = large & (inside > 0.5 * area)
    if (large & ~keep).any() and keep.any():
        keep |= large & _tails(labels, keep, area, bridges(all_ink, mask, scale))
    wanted: Mask = np.where(keep, 255, 0).astype(np.uint8)
    dark: Mask = wanted[labels]
    touching = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    return dark, int(np.count_nonzero(touching)) > 0.3 * scale


def _tails(labels: Labels, keep: Labels, area: Labels, crossing: Mask) -> Labels:
    """Strokes outside of the field that go on, across its border, what is written in it."""
    joined = cv2.bitwise_or(np.where(labels > 0, 255, 0).astype(np.uint8), crossing)
    count, wholes = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_32S)
    whole_of = np.zeros(len(area), np.int64)
    inked = labels > 0
    whole_of[labels[inked]] = wholes[inked]
    own = np.bincount(whole_of, np.where(keep, area, 0), minlength=count)
    both = np.bincount(whole_of, area, minlength=count)
    tails: Labels = (own > _OWN * np.maximum(both, 1))[whole_of]
    return tails


def _plain(dark: Mask, mask: Mask, patch: Patch) -> float:
    """How many mm² of the strokes are beyond doubt: larger than specks, and not beside print."""
    amount = cv2.countNonZero(dark) / patch.scale**2
    if not 0.0 < amount < _PLENTY_MM2:
        return amount
    reach = 2 * patch.pixels(_SLIVER_MM) + 1
    free = cv2.bitwise_and(dark, cv2.bitwise_not(cv2.dilate(mask, np.ones((reach, reach), np.uint8))))
    return _larger_than(free, mask, patch)[0] / patch.scale**2


def _larger_than(strokes: Mask, print_mask: Mask, patch: Patch) -> tuple[int, Mask]:
    """The strokes that are more than specks and more than the skirt of a ruled line, and their pixels' number."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8, ltype=cv2.CV_32S)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    large = np.maximum(wide, tall) > _DOT_MM * patch.scale
    thin = large & (np.minimum(wide, tall) < max(2.5, _SKIRT_MM * patch.scale))
    if thin[1:].any():
        reach = 2 * patch.pixels(_SKIRT_FROM_MM) + 1
        around = cv2.dilate(print_mask, np.ones((reach, reach), np.uint8)) > 0
        beside = np.bincount(labels[around].ravel(), minlength=count)
        large &= ~(thin & (beside > 0.6 * stats[:, cv2.CC_STAT_AREA]))
    large[0] = False
    kept: Mask = np.where(large, 255, 0).astype(np.uint8)[labels]
    return int(stats[large, cv2.CC_STAT_AREA].sum()), kept


def faint_strokes(dark: Levels, mask: Mask, patch: Patch) -> Mask | None:
    """Writing too faint for the threshold: sharp thin strokes that stand out from their own surroundings, where
    what shines through from the back is broad and soft. None when there is none."""
    levels = dark.astype(np.float32)
    reach = 2 * patch.pixels(0.3) + 1
    free = np.zeros(dark.shape, np.bool_)
    rows, columns = patch.field.slices
    free[rows, columns] = cv2.dilate(mask, np.ones((reach, reach), np.uint8))[rows, columns] == 0
    near = cv2.GaussianBlur(levels, (0, 0), max(0.6, 0.1 * patch.scale))
    around = cv2.GaussianBlur(levels, (0, 0), 0.55 * patch.scale)
    deeper = np.where(free, around - near, 0.0)
    scatter = deeper[free]
    if scatter.size < 100:
        return None
    spread = 1.4826 * float(np.median(np.abs(scatter)))
    found = np.where(deeper > max(_FAINT, 3.2 * spread), 255, 0).astype(np.uint8)
    area, strokes = _larger_than(found, mask, patch)
    return strokes if area >= _FAINT_MM2 * patch.scale**2 else None


def _streaks(stats: Labels, shape: tuple[int, ...], scale: float) -> Labels:
    """Thin straight lines across the whole picture come from the scanner's glass or a fold."""
    height, width = shape
    tall, wide = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    thin = 0.5 * scale
    upright = (tall >= height - 2) & (wide <= max(2.0, thin)) & (height > 6 * scale)
    level = (wide >= width - 2) & (tall <= max(2.0, thin)) & (width > 6 * scale)
    return upright | level
