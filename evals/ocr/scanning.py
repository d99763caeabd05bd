"""What a copier and a scanner do to a sheet: stretch, turn, shift, blur, noise, grey, black borders, JPEG."""

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]
Random = np.random.Generator
_CV: Any = cv2  # its stubs know neither fewer maps nor borders of one colour


@dataclass(frozen=True, slots=True)
class Scan:
    """`stretch`: largest local departure from the true scale; `shift` in millimetres; `turn` clockwise quarter
    turns; `grey` of the background 0 to 255; `border` millimetres of black at the edges; `jpeg` 0 = none."""

    dpi: int = 200
    skew: float = 0.0
    stretch: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    turn: int = 0
    blur: float = 0.0
    noise: float = 0.0
    grey: int = 255
    ink: float = 1.0  # 1 = as dark as it is, less = paler
    border: float = 0.0
    bleed: float = 0.0  # of the other side, 0 to 1
    specks: int = 0
    copied: bool = False  # photocopied: no colour, harsh contrast
    jpeg: int = 0
    bilevel: bool = False
    phases: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def scan_of(random: Random, hardness: float) -> Scan:
    """A scan as offices get them; hardness 0 = a good flat-bed, 1 = a copy of a fax."""
    dpi = int(
        random.choice((200, 200, 240, 300, 300))
        if random.random() > 0.25 * hardness
        else random.choice((150, 120))
    )
    copied = bool(random.random() < 0.15 + 0.35 * hardness)
    far = random.random() < 0.03 + 0.03 * hardness
    reach = 40.0 if far else 2.0 + 6.0 * hardness
    return Scan(
        dpi=dpi,
        skew=float(np.clip(random.normal(0, 0.5 + 1.6 * hardness), -5, 5)),
        stretch=float(random.uniform(0, 0.004 + 0.026 * hardness * copied)),
        shift=(
            float(random.uniform(-reach, reach) * (0.6 if far else 1)),
            float(random.uniform(-reach, reach)),
        ),
        turn=int(random.choice((90, 180, 270))) if random.random() < 0.03 else 0,
        blur=float(random.uniform(0.0, 0.5 + 0.7 * hardness)),
        noise=float(random.uniform(1.0, 4.0 + 14.0 * hardness)),
        grey=int(random.integers(round(244 - 44 * hardness), 256)),
        ink=float(random.uniform(1.0 - 0.3 * hardness, 1.0)),
        border=float(random.uniform(1, 7)) if copied and random.random() < 0.5 else 0.0,
        bleed=float(random.uniform(0.03, 0.14)) if random.random() < 0.15 + 0.2 * hardness else 0.0,
        specks=int(random.integers(0, 20 + int(120 * hardness))),
        copied=copied,
        jpeg=int(random.integers(round(75 - 40 * hardness), 93))
        if random.random() < 0.5 + 0.4 * hardness or dpi < 200
        else 0,
        bilevel=bool(copied and dpi >= 200 and random.random() < 0.2),
        phases=_phases(random),
    )


def _phases(random: Random) -> tuple[float, float, float, float]:
    first, second, third, fourth = (float(each) for each in random.uniform(0, 2 * np.pi, 4))
    return first, second, third, fourth


class Geometry:
    """Where a place of the sheet (millimetres) lies on the scan (pixels), and back."""

    def __init__(self, scan: Scan, width: float, height: float) -> None:
        self._scan, self._width, self._height = scan, width, height
        scale, angle = scan.dpi / 25.4, np.deg2rad(scan.skew)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
        middle = np.array([width / 2, height / 2])
        self._linear = turn
        self._offset = middle * scale - turn @ middle + np.array(scan.shift) * scale
        self._back = np.linalg.inv(turn)
        self.size = (round(width * scale), round(height * scale))  # columns, rows before quarter turns

    def pixels(self, places: Points) -> Points:
        """Millimetres (n × 2) → pixels of the upright scan."""
        found = places.astype(np.float64)
        for _ in range(4):
            found = places - self._moves(found)
        return np.asarray(found @ self._linear.T + self._offset)

    def turned(self, points: Points) -> Points:
        """Pixels of the upright scan → pixels after the quarter turns."""
        columns, rows = self.size
        for _ in range(self._scan.turn // 90):
            points = np.stack([rows - 1 - points[:, 1], points[:, 0]], axis=1)
            columns, rows = rows, columns
        return points

    def millimetres(self, points: Points) -> Points:
        places = (points - self._offset) @ self._back.T
        return np.asarray(places + self._moves(places))

    def _moves(self, places: Points) -> Points:
        """Uneven stretch: the local scale swings along both axes by up to `stretch`."""
        if not self._scan.stretch:
            return np.zeros_like(places)
        amount, phases = self._scan.stretch, self._scan.phases
        moves = np.empty_like(places)
        for axis, size in ((0, self._width), (1, self._height)):
            wave = 2 * np.pi * (1.0 + 0.5 * axis) / size
            along = places[:, axis]
            moves[:, axis] = amount / wave * (np.sin(wave * along + phases[axis]) - np.sin(phases[axis]))
            across = places[:, 1 - axis]
            moves[:, axis] += amount * 12 * np.sin(across * np.pi / self._width + phases[2 + axis]) * 0.25
        return moves


def scanned(sheet: Pixels, dpi: int, scan: Scan, geometry: Geometry, random: Random) -> Pixels:
    """The sheet (rows × columns × 3 at `dpi`) as the scanner gives it, grey or in colour."""
    grey = scan.copied or scan.bilevel
    source: Any = cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY) if grey else sheet
    if dpi > scan.dpi * 1.25:
        sigma = 0.42 * dpi / scan.dpi
        source = cv2.GaussianBlur(source, (0, 0), sigma)
    columns, rows = geometry.size
    step = 32
    grid_x, grid_y = np.meshgrid(np.arange(0, columns + step, step), np.arange(0, rows + step, step))
    places = geometry.millimetres(np.stack([grid_x.ravel(), grid_y.ravel()], axis=1).astype(np.float64))
    maps = (places * dpi / 25.4).astype(np.float32).reshape(*grid_x.shape, 2)
    size = (grid_x.shape[1] * step, grid_x.shape[0] * step)
    # the grid's points are the pixels 0, 32, 64 …; resizing with whole pixels needs the same corners
    full: Any = cv2.warpAffine(
        maps,
        np.array([[step, 0, 0], [0, step, 0]], np.float32),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    outside = 25 if scan.border else 255
    found: Any = _CV.remap(
        source,
        full[:rows, :columns],
        None,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(outside,) * 3,
    )
    if scan.bleed:
        ghost = cv2.GaussianBlur(cv2.flip(found, 1), (0, 0), 2.5)
        found = cv2.subtract(found, ((255 - ghost) * scan.bleed).astype(np.uint8))
    if scan.border:
        _borders(found, scan, random)
    if scan.blur > 0.25:
        found = cv2.GaussianBlur(found, (0, 0), scan.blur * scan.dpi / 200)
    found = cv2.LUT(found, _shades(scan))
    if scan.noise > 0.5:
        found = _noisy(found, scan, random)
    _specks(found, scan, random)
    if scan.bilevel:
        found = np.where(found > 150, 255, 0).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(found, -(scan.turn // 90)))


def _shades(scan: Scan) -> Pixels:
    """How dark each shade becomes: paler ink, grey paper, and the harshness of a copier."""
    shade = np.arange(256, dtype=np.float32) / 255
    if scan.copied:
        shade = 1 / (1 + np.exp(-(shade - 0.62) * 9))
        shade = (shade - shade[0]) / (shade[-1] - shade[0])
    shade = 1 - (1 - shade) * scan.ink
    return np.clip(shade * scan.grey, 0, 255).astype(np.uint8)


def _noisy(found: Any, scan: Scan, random: Random) -> Any:
    """Noise from one tile that is laid anew at a random place: a page of fresh noise takes a second."""
    rows, columns = found.shape[:2]
    tile = random.normal(0, scan.noise, (600, 600)).astype(np.int16)
    tile = np.roll(tile, tuple(random.integers(0, 600, 2)), axis=(0, 1))
    noise = np.tile(tile, (rows // 600 + 1, columns // 600 + 1))[:rows, :columns]
    noise = noise if found.ndim == 2 else np.repeat(noise[..., None], 3, axis=2)
    return np.clip(found.astype(np.int16) + noise, 0, 255).astype(np.uint8)


def _borders(found: Any, scan: Scan, random: Random) -> None:
    """Black at one or two edges, as when the lid was open."""
    rows, columns = found.shape[:2]
    thick = max(1, round(scan.border * scan.dpi / 25.4))
    for edge in random.choice(4, int(random.integers(1, 3)), replace=False):
        wide = max(1, round(thick * random.uniform(0.3, 1)))
        place = (np.s_[:wide], np.s_[rows - wide :], np.s_[:, :wide], np.s_[:, columns - wide :])[edge]
        found[place] = 20


def _specks(found: Any, scan: Scan, random: Random) -> None:
    rows, columns = found.shape[:2]
    for x, y in zip(
        random.integers(0, columns, scan.specks), random.integers(0, rows, scan.specks), strict=True
    ):
        cv2.circle(found, (int(x), int(y)), int(random.integers(1, 3)), (60, 60, 60), -1)
