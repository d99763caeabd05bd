"""Where a form may lie on a page: quarter turn, place and scale, from the layout of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.features import SCALE, Lines, Matrix, Plane

Spectrum = NDArray[np.complex64]
Profile = NDArray[np.float32]

_CANVAS = 256  # pixels of two millimetres: A3 and a shift
_STEP = 8  # pixels at SCALE for one of these
_MOST_SHIFT = 35  # of them
_WEIGHTS = (1.0, 1.0, 0.6)  # lines across, lines down, all that is dark
_SHIFT_MM = 10.0  # what the coarse place may be wrong by
_STRETCHES = np.arange(0.955, 1.0451, 0.005)


@dataclass(frozen=True, slots=True)
class Guess:
    """A form page (by its index) that may lie on the page after `turns`, moved from the middle by pixels at
    SCALE, with the page's scale taken as `ratio` of what its resolution says."""

    score: float
    index: int
    turns: int
    across: float
    down: float
    ratio: float


def layout(dark: Plane, lines: Lines) -> list[NDArray[np.float32]]:
    """Small pictures of what is compared, one for each channel."""
    height, width = dark.shape
    size = (max(1, width // _STEP), max(1, height // _STEP))
    small = [
        cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for plane in (lines.across, lines.down, dark)
    ]
    return [np.asarray(plane - cv2.blur(plane, (15, 15)), dtype=np.float32) for plane in small]


def turned_layout(planes: Sequence[NDArray[np.float32]], turns: int) -> list[NDArray[np.float32]]:
    across, down, dark = planes if turns % 2 == 0 else (planes[1], planes[0], planes[2])
    return [np.ascontiguousarray(np.rot90(plane, -turns)) for plane in (across, down, dark)]


def spectrum(planes: Sequence[NDArray[np.float32]], ratio: float = 1.0) -> Spectrum:
    """The channels around the middle of one canvas, each of the same weight whatever its contrast."""
    found = []
    for plane, weight in zip(planes, _WEIGHTS, strict=True):
        canvas = _centred(plane, ratio)
        size = float(np.linalg.norm(canvas)) or 1.0
        found.append(np.fft.rfft2(canvas * np.float32(weight / size)))
    return np.asarray(found, dtype=np.complex64)


def _centred(plane: NDArray[np.float32], ratio: float) -> NDArray[np.float32]:
    """Bilinear, so that the middle of the plane is exactly the middle of the canvas."""
    height, width = plane.shape
    place = np.array(
        [
            [ratio, 0.0, _CANVAS / 2 - ratio * (width - 1) / 2],
            [0.0, ratio, _CANVAS / 2 - ratio * (height - 1) / 2],
        ]
    )
    return np.asarray(cv2.warpAffine(plane, place, (_CANVAS, _CANVAS)), np.float32)


def roughened(fine: Spectrum) -> Spectrum:
    """The same picture at half the size: its lower frequencies."""
    half = _CANVAS // 4
    return np.ascontiguousarray(
        np.concatenate([fine[:, :half, : half + 1], fine[:, -half:, : half + 1]], axis=1)
    )


def likeness(page: Spectrum, form: Spectrum) -> tuple[float, float, float]:
    """How alike the two are where they fit best, and the shift there from the middle in pixels at SCALE (x, y).
    About 1.5 ms, a quarter of that for roughened ones."""
    size = page.shape[1]
    surface = np.fft.irfft2((page * form.conj()).sum(axis=0), s=(size, size))
    reach = _MOST_SHIFT * size // _CANVAS
    window = np.roll(surface, (reach, reach), axis=(0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    y, x = np.unravel_index(int(np.argmax(window)), window.shape)
    step = _STEP * _CANVAS // size
    share = (_CANVAS / size) ** 2
    return float(window[y, x]) / share, (int(x) - reach) * step, (int(y) - reach) * step


def profiles(dark: Plane, lines: Lines) -> tuple[Profile, Profile]:
    """Along the rows and along the columns: how much line, and how much else, lies there."""
    rows = cv2.reduce(lines.across, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    columns = cv2.reduce(lines.down, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    rows = rows + 0.3 * cv2.reduce(dark, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    columns = columns + 0.3 * cv2.reduce(dark, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    return _flat(rows), _flat(columns)


def _flat(profile: NDArray[Any]) -> Profile:
    smooth = cv2.GaussianBlur(profile.reshape(1, -1), (0, 0), 2.5)
    return np.asarray((smooth - cv2.blur(smooth, (81, 1))).ravel(), dtype=np.float32)


def fitted(page: tuple[Profile, Profile], form: tuple[Profile, Profile], start: Guess) -> Matrix:
    """From the form's points at SCALE to the (straight, turned) page's: scale and shift along each axis that
    bring the profiles together best near the guess."""
    down, top = _fit(page[0], form[0], start.down, start.ratio)
    across, left = _fit(page[1], form[1], start.across, start.ratio)
    return np.array([[across, 0.0, left], [0.0, down, top], [0.0, 0.0, 1.0]])


def _fit(page: Profile, form: Profile, shift: float, ratio: float) -> tuple[float, float]:
    reach = round(_SHIFT_MM * SCALE)
    middle = (len(form) - 1) / 2
    steps = np.arange(len(form)) - middle
    best, found = -np.inf, (1.0, 0.0)
    # the canvas showed the page enlarged by the ratio; here it has its own size
    for stretch in _STRETCHES / ratio:
        origin = (len(page) - 1) / 2 + shift / ratio
        at = np.arange(np.floor(-middle * stretch), np.ceil(middle * stretch) + 1)
        wanted = np.interp(at / stretch, steps, form).astype(np.float32)
        wanted /= float(np.linalg.norm(wanted)) or 1.0
        first = round(origin) + int(at[0]) - reach
        window = _window(page, first, len(at) + 2 * reach)
        scores = np.correlate(window, wanted, "valid")
        index = int(np.argmax(scores))
        if scores[index] > best:
            best = float(scores[index])
            centre = round(origin) + index - reach
            found = (float(stretch), float(centre - stretch * middle))
    return found


def _window(profile: Profile, first: int, length: int) -> Profile:
    """A part of the profile, zero beyond its ends."""
    window = np.zeros(length, np.float32)
    start, end = max(0, first), min(len(profile), first + length)
    if start < end:
        window[start - first : end - first] = profile[start:end]
    return window
