"""Laying a form over a page: from a rough place to a tenth of a millimetre, coarse pieces before fine ones."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.features import SCALE, Matrix, Plane, moved, plane
from ocr_service.adapters.imaging.layouts import FormLayout
from ocr_service.adapters.imaging.mesh import Mesh, Points, Sightings, between, fit, remapped

_LEAST_INK = 12.0  # standard deviation of darkness: a piece of bare paper cannot be found again
_LEAST_LIKENESS = 0.3
_RIVAL_MM = 1.5
_LEAST_SURE = 0.2  # of the pieces, on average; pages of the form have 0.5 and more


@dataclass(frozen=True, slots=True)
class Level:
    """Pieces of `size` millimetres every `stride`, looked for within `reach`, at `scale` pixels a millimetre;
    then a mesh of that stiffness through what was found."""

    scale: float
    size: float
    stride: float
    reach: float
    stiffness: float
    least: float


LEVELS = (
    Level(2.0, 34.0, 27.0, 4.5, 30.0, 2.0),
    Level(2.0, 26.0, 20.0, 3.0, 0.5, 1.5),
    Level(2.0, 20.0, 16.0, 2.0, 0.2, 1.0),
    Level(4.0, 18.0, 14.0, 1.25, 0.03, 0.4),
)


@dataclass(frozen=True, slots=True)
class View:
    """A page to lay a form over: its darkness, and where that tells anything (255, else 0)."""

    dark: Plane
    tells: Plane

    def halved(self) -> "View":
        return View(
            *(
                plane(cv2.resize(each, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
                for each in (self.dark, self.tells)
            )
        )


def refined(page: View, half: View, form: FormLayout, base: Matrix) -> tuple[Mesh, Sightings]:
    """The mesh that brings the form (millimetres through `base`) onto `page` (at SCALE; `half` the same at half
    of it), and the last pieces seen with what is left of their displacement; none when it is another form."""
    mesh = form.grid.zero()
    seen = Sightings(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)))
    for level in LEVELS:
        fine = level.scale == SCALE
        to_level = np.eye(3) if fine else np.array([[0.5, 0.0, -0.25], [0.0, 0.5, -0.25], [0.0, 0.0, 1.0]])
        seen = sightings(
            page if fine else half, form.dark if fine else form.half, to_level @ base, mesh, level
        )
        if not len(seen.places) or float(seen.sure.mean()) < _LEAST_SURE:
            # another form: what little is alike would only be torn to fit
            return form.grid.zero(), Sightings(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)))
        mesh = fit(form.grid, form.bending, seen, level.stiffness, level.least)
    return mesh, Sightings(seen.places, seen.moves - mesh.at(seen.places), seen.sure)


def laid_flat(page: Plane, base: Matrix, mesh: Mesh, scale: float, room: int) -> Plane:
    """The page's picture as if it were the form's: rectified, `scale` pixels a millimetre, with `room` more
    pixels on each side."""
    grid = mesh.grid
    width, height = round(grid.width * scale), round(grid.height * scale)
    columns, rows = 2 * grid.columns + 1, 2 * grid.rows + 1
    x = (np.linspace(-room, width - 1 + room, columns) + 0.5) / scale
    y = (np.linspace(-room, height - 1 + room, rows) + 0.5) / scale
    mm = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    at = moved(base, mm + mesh.at(mm)).reshape(rows, columns, 2)
    where = between(at, (width + 2 * room, height + 2 * room))
    return remapped(page, where, 0)


def sightings(page: View, form: Plane, base: Matrix, mesh: Mesh, level: Level) -> Sightings:
    """Where pieces of the form are found on the page, as whole displacements."""
    reach = round(level.reach * level.scale)
    flat = laid_flat(page.dark, base, mesh, level.scale, reach)
    # what of the form is off the page cannot be asked for
    visible = laid_flat(page.tells, base, mesh, level.scale, 0)
    visible = plane(cv2.erode(visible, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)))
    visible[visible < 255] = 0
    form = plane(cv2.bitwise_and(form, visible))
    size, height, width = round(level.size * level.scale), *form.shape
    places: list[tuple[float, float]] = []
    found: list[tuple[float, float, float, float]] = []
    for top in _starts(height, size, round(level.stride * level.scale)):
        for left in _starts(width, size, round(level.stride * level.scale)):
            piece = form[top : top + size, left : left + size]
            if float(cv2.meanStdDev(piece)[1][0, 0]) < _LEAST_INK:
                continue
            window = flat[top : top + piece.shape[0] + 2 * reach, left : left + piece.shape[1] + 2 * reach]
            sight = _sight(cv2.matchTemplate(window, piece, cv2.TM_CCOEFF_NORMED), level)
            if sight is not None:
                x, y = _middle(visible[top : top + size, left : left + size])
                places.append((left + x, top + y))
                found.append(sight)
    if not places:
        nothing: Points = np.zeros((0, 2))
        return Sightings(nothing, nothing, nothing)
    middles = np.array(places) / level.scale
    values = np.array(found)
    return Sightings(middles, values[:, :2] / level.scale + mesh.at(middles), values[:, 2:])


def _middle(visible: Plane) -> tuple[float, float]:
    """Of the part that is seen."""
    height, width = visible.shape
    if visible.all():
        return width / 2, height / 2
    ys, xs = np.nonzero(visible)
    return float(xs.mean()) + 0.5, float(ys.mean()) + 0.5


def _starts(length: int, size: int, stride: int) -> list[int]:
    count = max(1, int(np.ceil((length - size) / stride)) + 1)
    return [int(each) for each in np.linspace(0, max(0, length - size), count)]


def _sight(likeness: NDArray[Any], level: Level) -> tuple[float, float, float, float] | None:
    """Displacement in pixels (x, y) and sureness along each axis, None when nothing is alike."""
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < _LEAST_LIKENESS:
        return None
    middle = likeness.shape[0] // 2
    plain = min(1.0, (best - _LEAST_LIKENESS) / 0.35 + 0.1)
    beside = max(1, round(0.5 * level.scale))
    rival = round(_RIVAL_MM * level.scale)
    across = plain * _sureness(likeness, x, y, beside, rival)
    down = plain * _sureness(likeness.T, y, x, beside, rival)
    return (
        x - middle + _between(likeness[y], x),
        y - middle + _between(likeness[:, x], y),
        across,
        down,
    )


def _sureness(likeness: NDArray[np.float32], at: int, row: int, beside: int, rival: int) -> float:
    """How much worse a step to either side is, and any place farther off along this axis; 0 at the edge of
    what was searched."""
    size, best = likeness.shape[1], float(likeness[row, at])
    if not 0 < at < size - 1:
        return 0.0
    sides = [float(likeness[row, each]) for each in (at - beside, at + beside) if 0 <= each < size]
    sharp = min(1.0, max(0.0, (best - max(sides)) / 0.08)) if sides else 0.5
    far = np.concatenate([likeness[:, : max(0, at - rival)].ravel(), likeness[:, at + rival + 1 :].ravel()])
    alone = min(1.0, max(0.0, (best - float(far.max())) / 0.12)) if far.size else 1.0
    return sharp * alone


def _between(row: NDArray[np.float32], at: int) -> float:
    """Where the top of a parabola through the best pixel and its neighbours lies, -0.5 to 0.5."""
    if not 0 < at < len(row) - 1:
        return 0.0
    left, middle, right = float(row[at - 1]), float(row[at]), float(row[at + 1])
    bend = left - 2 * middle + right
    return 0.0 if bend >= -1e-9 else float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))
