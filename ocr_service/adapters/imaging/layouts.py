"""A form's page made ready to be found again. Worked out once for all pages that are read."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kernel.errors import Text
from ocr_service.adapters.imaging import coarse
from ocr_service.adapters.imaging.features import (
    MM,
    SCALE,
    Lines,
    Plane,
    darkness,
    lines_of,
    plane,
)
from ocr_service.adapters.imaging.mesh import Grid
from ocr_service.models.forms import FormPage
from ocr_service.ports.form_reading import KnownForm, UnreadableScan

_LINE_DARK = 50
_LINE_LIKE = 8
_SHORTEST_MM = 8.0  # of a ruled line
_LABEL_DARK = 60
_MOST_LABELS = 120


@dataclass(frozen=True, slots=True)
class Strokes:
    """Pixels of the form's ruled lines along one direction: `ys`, `xs` and the number of the line that each
    belongs to; `lengths` of the lines in pixels. `near`: wherever the form has anything like a line (dashes, rows
    of print), and `near_ruled`: the ruled lines alone, each with a little around it."""

    ys: NDArray[np.intp]
    xs: NDArray[np.intp]
    owner: NDArray[np.intp]
    lengths: NDArray[np.float64]
    mask: Plane
    near: Plane
    near_ruled: Plane


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One page of one form. `picture`: grey, as the template has it; `dark` and the rest at SCALE; `labels`:
    boxes of printed words (x, y, width, height); `printed`: 255 within the outermost print."""

    known: KnownForm
    page: FormPage
    picture: Plane
    px_per_mm: float
    dark: Plane
    half: Plane
    lines: Lines
    profiles: tuple[coarse.Profile, coarse.Profile]
    spectrum: coarse.Spectrum
    rough: coarse.Spectrum
    across: Strokes
    down: Strokes
    labels: tuple[tuple[int, int, int, int], ...]
    printed: Plane
    grid: Grid
    bending: NDArray[np.float64]


def layout_of(known: KnownForm, page: FormPage) -> FormLayout:
    """Raises UnreadableScan when the template's picture cannot be opened."""
    picture = cv2.imdecode(np.frombuffer(page.image, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise UnreadableScan(
            Text(
                f"帳票「{known.form.title}」の{page.number}ページ目の画像を開けません。帳票を取り込み直してください。",
                f'The picture of page {page.number} of the form "{known.form.title}" cannot be opened. '
                "Import the form again.",
            )
        )
    width = round(page.width * SCALE), round(page.height * SCALE)
    grey = cv2.resize(np.asarray(picture, np.uint8), width, interpolation=cv2.INTER_AREA)
    dark = darkness(np.asarray(grey, np.uint8))
    lines = lines_of(dark)
    across, down = _strokes(dark, lines.across, along=1), _strokes(dark, lines.down, along=0)
    spectrum = coarse.spectrum(coarse.layout(dark, lines))
    grid = Grid.over(page.width, page.height)
    return FormLayout(
        known,
        page,
        np.asarray(picture, np.uint8),
        page.dpi / MM,
        dark,
        np.asarray(cv2.resize(dark, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8),
        lines,
        coarse.profiles(dark, lines),
        spectrum,
        coarse.roughened(spectrum),
        across,
        down,
        _labels(dark, across, down),
        _printed(dark),
        grid,
        grid.bending(),
    )


def _strokes(dark: Plane, lines: Plane, along: int) -> Strokes:
    """Ruled lines: dark for at least `_SHORTEST_MM` along one axis, thin along the other."""
    length = round(_SHORTEST_MM * SCALE)
    kernel = np.ones((1, length) if along else (length, 1), np.uint8)
    beside = np.ones((7, 1) if along else (1, 7), np.uint8)
    found = cv2.morphologyEx((dark > _LINE_DARK).astype(np.uint8), cv2.MORPH_OPEN, kernel)
    found = cv2.subtract(found, cv2.morphologyEx(found, cv2.MORPH_OPEN, beside))  # no bars
    count, owner, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    sizes = stats[:, cv2.CC_STAT_WIDTH if along else cv2.CC_STAT_HEIGHT].astype(np.float64)
    ys, xs = np.nonzero(found)
    known = cv2.max(found, (lines >= _LINE_LIKE).astype(np.uint8))
    around = np.ones((13, 9) if along else (9, 13), np.uint8)
    owners = owner[ys, xs].astype(np.intp)
    return Strokes(
        ys,
        xs,
        owners,
        sizes[:count],
        plane(found),
        plane(cv2.dilate(known, around)),
        plane(cv2.dilate(found, around)),
    )


def _printed(dark: Plane) -> Plane:
    x, y, width, height = cv2.boundingRect((dark > _LABEL_DARK).astype(np.uint8))
    found = np.zeros_like(dark)
    found[y : y + height, x : x + width] = 255
    return found


def _labels(dark: Plane, across: Strokes, down: Strokes) -> tuple[tuple[int, int, int, int], ...]:
    """Printed words: dark, near each other, no lines; the largest first."""
    ruled = cv2.dilate(cv2.max(across.mask, down.mask), np.ones((3, 3), np.uint8))
    ink = cv2.bitwise_and((dark > _LABEL_DARK).astype(np.uint8), 1 - ruled)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 9), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, width, height, _area in stats[1:]:
        if not (6 <= height <= 40 and width >= 6):
            continue
        parts = max(1, round(width / 100))
        for part in range(parts):
            left, right = x + width * part // parts, x + width * (part + 1) // parts
            amount = int(np.count_nonzero(ink[y : y + height, left:right]))
            found.append((amount, (int(left), int(y), int(right - left), int(height))))
    found.sort(key=lambda each: -each[0])
    return tuple(box for _, box in found[:_MOST_LABELS])
