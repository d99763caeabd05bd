"""A smooth field of displacements over a form: what is left between a form and its picture after scale and
turn. Copiers and scanners stretch paper unevenly; a mesh of nodes follows that, a single homography cannot."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # n × 2

_SPACING = 22.0  # millimetres between nodes
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Grid:
    """The nodes over a page of `width` × `height` millimetres."""

    width: float
    height: float
    columns: int
    rows: int

    @classmethod
    def over(cls, width: float, height: float) -> "Grid":
        return cls(width, height, max(3, round(width / _SPACING) + 1), max(3, round(height / _SPACING) + 1))

    def zero(self) -> "Mesh":
        return Mesh(self, np.zeros((self.rows, self.columns, 2)))

    def weights(self, points: Points) -> NDArray[np.float64]:
        """How each point (n × 2, millimetres) is made of the nodes: n × (rows · columns), bilinear; points
        beyond the page take the nearest edge."""
        x = np.clip(points[:, 0] / self.width * (self.columns - 1), 0, self.columns - 1 - 1e-9)
        y = np.clip(points[:, 1] / self.height * (self.rows - 1), 0, self.rows - 1 - 1e-9)
        left, top = x.astype(int), y.astype(int)
        right, below = x - left, y - top
        found = np.zeros((len(points), self.rows * self.columns))
        each = np.arange(len(points))
        for down, share_down in ((0, 1 - below), (1, below)):
            for beside, share_beside in ((0, 1 - right), (1, right)):
                found[each, (top + down) * self.columns + left + beside] += share_down * share_beside
        return found

    def bending(self) -> NDArray[np.float64]:
        """Second differences along rows, columns and across: zero for whatever an affine map does."""
        rows = []
        number = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        size = number.size
        for parts, factors in (
            ((number[:, :-2], number[:, 1:-1], number[:, 2:]), (1.0, -2.0, 1.0)),
            ((number[:-2], number[1:-1], number[2:]), (1.0, -2.0, 1.0)),
            ((number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:]), (1.0, -1.0, -1.0, 1.0)),
        ):
            count = parts[0].size
            block = np.zeros((count, size))
            for part, factor in zip(parts, factors, strict=True):
                block[np.arange(count), part.ravel()] = factor
            rows.append(block)
        stacked = np.concatenate(rows)
        return np.asarray(stacked.T @ stacked)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Displacements in millimetres at the nodes: rows × columns × 2."""

    grid: Grid
    nodes: NDArray[np.float64]

    def at(self, points: Points) -> Points:
        """The displacement of each point (n × 2, millimetres)."""
        return np.asarray(self.grid.weights(points) @ self.nodes.reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Sightings:
    """Places of the form that were found on the page: n places, their displacements (n × 2, millimetres), how
    sure each is along each axis (n × 2, 0 to 1)."""

    places: Points
    moves: Points
    sure: Points


def fit(grid: Grid, bending: NDArray[np.float64], seen: Sightings, stiffness: float, least: float) -> Mesh:
    """The smoothest mesh through the sightings. Sightings that disagree with their neighbours by more than
    about `least` millimetres lose their say (Cauchy weights, the scale found from the residuals)."""
    weights = grid.weights(seen.places)
    nodes = np.zeros((grid.rows * grid.columns, 2))
    ridge = 1e-6 * np.eye(grid.rows * grid.columns)
    for axis in (0, 1):
        moves, sure = seen.moves[:, axis], seen.sure[:, axis]
        say = sure.copy()
        for _ in range(_ROUNDS):
            weighted = weights * say[:, None]
            left = weighted.T @ weights + stiffness * bending + ridge
            nodes[:, axis] = np.linalg.solve(left, weighted.T @ moves)
            away = np.abs(weights @ nodes[:, axis] - moves)
            scale = max(least, 1.5 * weighted_median(away, sure))
            say = sure / (1 + (away / scale) ** 2) ** 2
    return Mesh(grid, nodes.reshape(grid.rows, grid.columns, 2))


def between(nodes: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float32]:
    """Values at nodes (rows × columns × 2) filled in to 2 × height × width, the outermost nodes in the outermost
    pixels. Exact: OpenCV's own ways round to 1/32 of a node's distance."""
    across = _filling(nodes.shape[1], size[0])
    down = _filling(nodes.shape[0], size[1])
    planes = [down @ nodes[..., axis].astype(np.float32) @ across.T for axis in (0, 1)]
    return np.asarray(np.stack(planes), dtype=np.float32)


def remapped(picture: NDArray[np.uint8], where: NDArray[np.float32], beyond: int) -> NDArray[np.uint8]:
    """The picture at each of the places (x and y, each height × width); `beyond` where they are off it."""
    shades = (beyond, beyond, beyond)
    return np.asarray(
        cv2.remap(picture, where[0], where[1], cv2.INTER_LINEAR, borderValue=shades), dtype=np.uint8
    )


def _filling(nodes: int, size: int) -> NDArray[np.float32]:
    at = np.linspace(0, nodes - 1, size)
    left = np.minimum(at.astype(int), max(0, nodes - 2))
    found = np.zeros((size, nodes), np.float32)
    each = np.arange(size)
    found[each, left] = 1 - (at - left)
    found[each, np.minimum(left + 1, nodes - 1)] += (at - left).astype(np.float32)
    return found


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """0 when nothing has any weight."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    if not len(total) or total[-1] <= 0:
        return 0.0
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])
