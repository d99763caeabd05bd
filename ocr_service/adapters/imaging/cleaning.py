"""A field's picture made ready for a recogniser: natural grey without the form's own print."""

import cv2
import numpy as np

from ocr_service.adapters.imaging.bridging import bridges
from ocr_service.adapters.imaging.ink import Ink
from ocr_service.adapters.imaging.patches import Levels, Mask, Patch
from ocr_service.ports.page_reading import Pixels

_PAPER = 250
_PRINT_BELOW = 215
_LINE_MM = 3.0  # print that runs straight for longer is a ruled line, shorter is a word
_STRONG = 110  # the darkest strokes are brought below that level
_MOST_GAIN = 2.6
_DOT_MM = 1.1
_BESIDE_MM, _ABOVE_MM = 1.3, 0.7  # from the nearest stroke of the writing


def cleaned(patch: Patch, ink: Ink, keep_words: bool = False) -> Pixels:
    """Ruled lines and cell borders go, with them the form's words unless `keep_words`, red stamps and what
    belongs to neighbouring fields; strokes that cross print stay joined. Faint writing is strengthened.
    RGB of three equal channels, size of the crop."""
    gone = _removed(patch, ink, keep_words)
    crossing = bridges(ink.all_ink, gone, patch.scale)
    erased = cv2.bitwise_and(gone, cv2.bitwise_not(crossing))
    near = cv2.dilate(ink.dark, np.ones((5, 5), np.uint8))
    stray = cv2.bitwise_and(ink.all_ink, cv2.bitwise_not(cv2.bitwise_or(ink.printed, near)))
    stray = cv2.bitwise_and(stray, cv2.bitwise_not(_dots(stray, patch, ink)))
    stray = cv2.dilate(stray, np.ones((3, 3), np.uint8))
    levels = ink.levels.copy()
    levels[erased > 0] = _PAPER
    levels[cv2.bitwise_and(stray, cv2.bitwise_not(near)) > 0] = _PAPER
    return np.repeat(_strengthened(levels, ink)[:, :, None], 3, axis=2)


def _dots(stray: Mask, patch: Patch, ink: Ink) -> Mask:
    """Specks among the writing: the points of 14:30, of an address of mail, of シ and ぱ. Too small for writing
    by themselves, and dust anywhere else."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(stray, connectivity=8, ltype=cv2.CV_32S)
    if count == 1:
        return stray
    across, down = patch.pixels(_BESIDE_MM), patch.pixels(_ABOVE_MM)
    around = cv2.dilate(ink.dark, np.ones((2 * down + 1, 2 * across + 1), np.uint8))
    small = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= _DOT_MM * patch.scale
    small &= np.bincount(labels[around > 0].ravel(), minlength=count) > 0
    small[0] = False
    dots: Mask = np.where(small, 255, 0).astype(np.uint8)[labels]
    return dots


def ruled(levels: Levels, scale: float) -> Mask:
    """Straight lines among the print of a blank form."""
    ink = cv2.threshold(levels, _PRINT_BELOW, 255, cv2.THRESH_BINARY_INV)[1]
    length = max(5, round(_LINE_MM * scale))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return cv2.bitwise_or(across, down)


def _removed(patch: Patch, ink: Ink, keep_words: bool) -> Mask:
    """What must go: the print with its tolerance, or its lines alone."""
    if not keep_words:
        return ink.printed
    lines = ruled(ink.preprint.levels, patch.scale)
    reach = patch.pixels(0.2)
    return cv2.dilate(lines, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))


def _strengthened(levels: Levels, ink: Ink) -> Levels:
    """Spreads the levels so that the strokes are as dark as a pen's on clean paper."""
    strokes = levels[ink.dark > 0]
    if strokes.size < 12:
        return levels
    dark = float(np.percentile(strokes, 25))
    if dark <= _STRONG:
        return levels
    gain = min(_MOST_GAIN, (_PAPER - _STRONG) / max(1.0, _PAPER - dark))
    table = np.clip(_PAPER - gain * (_PAPER - np.arange(256)), 0, 255).astype(np.uint8)
    stronger: Levels = cv2.LUT(levels, table)
    return stronger
