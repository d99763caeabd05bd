"""Pictures as evenly lit grey, with red ink told apart."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Levels, Mask
from ocr_service.ports.page_reading import Pixels

_PAPER = 250  # what paper is brought to
_BACKGROUND_MM = 3.0  # dark shapes smaller than that are ink, larger ones shading of the paper
_COARSE = 4  # the background is looked for on a picture that many times smaller
_RED = 38  # how far red must stand above green and blue
_LEAST_RED_SHARE = 0.0004


@dataclass(frozen=True, slots=True)
class Light:
    """`dark`: grey without red ink, paper at 250. `red`: where red ink is. `noise`: how far paper scatters."""

    dark: Levels
    red: Mask
    noise: float


def evened(pixels: Pixels, scale: float) -> Light:
    """Takes shadows and the grey of photocopies out; red stamps are left out of `dark`."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    red = _red(pixels)
    if red is not None:
        near = cv2.dilate(red, np.ones((5, 5), np.uint8))
        grey = np.where(near > 0, np.maximum(grey, _through_red_filter(pixels)), grey)
    dark, noise = _evened_grey(grey, scale)
    return Light(dark, red if red is not None else np.zeros_like(dark), noise)


def evened_blank(pixels: Pixels, scale: float) -> Levels:
    """The same for the template's own picture, which is grey."""
    return _evened_grey(pixels[:, :, 1], scale)[0]


def _evened_grey(grey: Levels, scale: float) -> tuple[Levels, float]:
    height, width = grey.shape
    small = cv2.resize(
        grey, (max(1, width // _COARSE), max(1, height // _COARSE)), interpolation=cv2.INTER_AREA
    )
    side = 2 * max(1, round(_BACKGROUND_MM * scale / _COARSE / 2)) + 1
    kernel = np.ones((side, side), np.uint8)
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    ground = cv2.blur(ground, (side, side), borderType=cv2.BORDER_REPLICATE)
    ground = cv2.resize(np.maximum(ground, 40), (width, height), interpolation=cv2.INTER_LINEAR)
    even = cv2.divide(grey, ground, scale=_PAPER)
    sample = even[::3, ::3]
    middle = float(np.median(sample))
    if middle < _PAPER and middle > 0.6 * _PAPER:
        even = cv2.convertScaleAbs(even, alpha=_PAPER / middle)
        sample = even[::3, ::3]
    paper = sample[sample > 0.85 * _PAPER].astype(np.float32)
    below = paper[paper <= _PAPER]
    noise = float(np.sqrt(np.mean((below - _PAPER) ** 2))) if below.size > 20 else 8.0
    return even, noise


def _through_red_filter(pixels: Pixels) -> Levels:
    """How the picture looks without its red ink: a stamp is as light as paper, a dark pen below it stays dark."""
    seen = pixels[:, :, 0]
    paper = float(np.percentile(seen[::4, ::4], 90))
    table = np.clip((np.arange(256) / max(paper, 1.0) - 0.36) / 0.32, 0, 1) * paper
    lighter: Levels = cv2.LUT(seen, table.astype(np.uint8))
    return lighter


def _red(pixels: Pixels) -> Mask | None:
    """Vermilion of seals and red pens; None where the picture has none worth telling."""
    above = cv2.subtract(pixels[:, :, 0], cv2.max(pixels[:, :, 1], pixels[:, :, 2]))
    mask = cv2.threshold(above, _RED, 255, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(mask) < _LEAST_RED_SHARE * mask.size:
        return None
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return mask
