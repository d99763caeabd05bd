"""A form laid over its picture: millimetres of the blank form to pixels of the page, piece by piece."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.adapters.imaging.features import Matrix, Plane, millimetres, moved
from ocr_service.adapters.imaging.mesh import Mesh, Points, Sightings, between, remapped
from ocr_service.models.fields import Box
from ocr_service.ports.page_reading import Pixels

_CROP_STEP = 3.0  # millimetres between places that are computed exactly in a crop
_NEAR_MM = 20.0
_NO_SIGHT = 2.0  # millimetres: said where nothing of the form was recognised
_MOST_PX_PER_MM = 300 / 25.4


@dataclass(frozen=True, slots=True)
class Registration:
    """`base` maps millimetres of the form to points of the page's picture, after `mesh` has moved them.
    `seen`: the pieces of the form that were found, with what is left of their displacement. `form`: the blank
    page's picture, grey, with `form_px_per_mm`. `size`: width and height of the page's picture."""

    base: Matrix
    mesh: Mesh
    seen: Sightings
    form: Plane
    form_px_per_mm: float
    size: tuple[int, int]
    px_per_mm: float

    def points(self, mm: Points) -> Points:
        """Millimetres of the form (n × 2) to points of the page's picture (n × 2)."""
        return moved(self.base, mm + self.mesh.at(mm))

    def quad(self, box: Box) -> Points:
        """The box's corners on the page's picture, clockwise from the upper left (4 × 2)."""
        return self.points(_corners(box))

    def on_page(self, box: Box) -> float:
        """The share of the box, 0 to 1, that lies on the picture."""
        x, y = np.meshgrid(np.linspace(box.x, box.right, 21), np.linspace(box.y, box.bottom, 9))
        at = self.points(np.stack([x.ravel(), y.ravel()], axis=1))
        inside = (at >= -0.5) & (at <= np.array(self.size) - 0.5)
        return float(np.mean(inside.all(axis=1)))

    @property
    def residual_mm(self) -> float:
        """The median distance between pieces of the form on the picture and where they are expected."""
        sure = self.seen.sure > _SURE
        return float(np.median(np.abs(self.seen.moves[sure]))) if sure.any() else _NO_SIGHT

    def residual_at(self, box: Box) -> float:
        """How far off the box may be, in millimetres: what is left of the displacements of the pieces around
        it; large where nothing was recognised near by."""
        away = np.hypot(
            *(np.maximum(0.0, np.maximum(low - place, place - high)) for low, place, high in self._sides(box))
        )
        return max(self._residual(away, 0), self._residual(away, 1))

    def _sides(self, box: Box) -> tuple[tuple[float, NDArray[np.float64], float], ...]:
        places = self.seen.places
        return (box.x, places[:, 0], box.right), (box.y, places[:, 1], box.bottom)

    def _residual(self, away: NDArray[np.float64], axis: int) -> float:
        sure = self.seen.sure[:, axis]
        reach = _NEAR_MM
        while reach <= 4 * _NEAR_MM:
            say = np.where(away < reach, sure, 0.0)
            if say.sum() > _ENOUGH:
                return float(np.sqrt(np.sum(say * self.seen.moves[:, axis] ** 2) / say.sum())) * (
                    reach / _NEAR_MM
                )
            reach *= 2
        return _NO_SIGHT

    def crop(self, pixels: Pixels, box: Box, margin_mm: float = 0.0) -> Pixels:
        """The box and a margin around it, rectified, at the scan's own resolution (`px_per_mm`); white where
        it is off the page."""
        wide = _wider(box, margin_mm)
        size = _size(wide, self.px_per_mm)
        columns = max(2, int(np.ceil(wide.width / _CROP_STEP)) + 1)
        rows = max(2, int(np.ceil(wide.height / _CROP_STEP)) + 1)
        # the first and the last of these lie in the middle of the crop's first and last pixel
        x = wide.x + (np.linspace(0, size[0] - 1, columns) + 0.5) / self.px_per_mm
        y = wide.y + (np.linspace(0, size[1] - 1, rows) + 0.5) / self.px_per_mm
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        where = between(self.points(grid).reshape(rows, columns, 2), size)
        return remapped(pixels, where, 255)

    def blank(self, box: Box, margin_mm: float, like: Pixels) -> Pixels:
        """The same place of the blank form, of the same size as `like` (a crop of it with the same margin)."""
        wide = _wider(box, margin_mm)
        height, width = like.shape[:2]
        px = self.px_per_mm
        to_form = millimetres(self.form_px_per_mm) @ np.linalg.inv(
            np.array([[px, 0.0, -0.5 - wide.x * px], [0.0, px, -0.5 - wide.y * px], [0.0, 0.0, 1.0]])
        )
        grey = cv2.warpAffine(
            self.form,
            to_form[:2],
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderValue=255.0,
        )
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


_SURE = 0.3
_ENOUGH = 0.8


def scale_of(base: Matrix, width: float, height: float) -> float:
    """Pixels a millimetre in the middle of the page, at most 300 dpi."""
    middle = np.array([[width / 2, height / 2]])
    corners = moved(base, middle + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    across, down = corners[1] - corners[0], corners[2] - corners[0]
    area = abs(float(across[0] * down[1] - across[1] * down[0]))
    return min(float(np.sqrt(area)), _MOST_PX_PER_MM)


def _corners(box: Box) -> Points:
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])


def _wider(box: Box, margin: float) -> Box:
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)


def _size(box: Box, px_per_mm: float) -> tuple[int, int]:
    return max(2, round(box.width * px_per_mm)), max(2, round(box.height * px_per_mm))
