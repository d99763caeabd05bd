"""Forms on paper: filled in and scanned badly, with the truth of where everything lies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evals.random_forms import DPI, HEIGHT, WIDTH, Drawing, design, printed
from evals.random_forms import PX as _PX
from ocr_service.adapters.imaging.mesh import between
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.forms import Form, FormPage
from ocr_service.ports.form_reading import KnownForm


def fields(drawing: Drawing) -> tuple[Field, ...]:
    """The places to write."""
    return tuple(Field(f"f{i}", f"欄{i}", FieldType.TEXT, box) for i, box in enumerate(drawing.places))


def known_form(seed: int, drawing: Drawing | None = None) -> KnownForm:
    drawing = drawing or design(seed)
    data = cv2.imencode(".png", printed(drawing))[1].tobytes()
    page = FormPage(1, WIDTH, HEIGHT, DPI, data, fields(drawing))
    return KnownForm(f"form-{seed}", "1.0.0", Form(f"form_{seed}", drawing.title, "", (page,)))


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page and where millimetres of the form lie on it (n × 2 in, n × 2 pixels out)."""

    sheet: Sheet
    where: Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Wear:
    """How a page was scanned. `skew` in degrees, `stretch` a share, `shift` in millimetres."""

    skew: float = 0.0
    stretch: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    dpi: int = 200
    turns: int = 0
    blur: float = 0.0
    noise: float = 0.0
    jpeg: int = 95
    fade: float = 0.0
    border: bool = False
    bits: bool = False


def worn(chance: np.random.Generator, shift: float = 40.0, turns: bool = True) -> Wear:
    """Everything that may happen, up to 5 degrees, 3 percent and a shift."""
    by = chance.uniform(-1, 1, 2) * (shift if chance.random() < 0.5 else 8.0)
    return Wear(
        skew=float(chance.uniform(-5, 5)),
        stretch=float(chance.uniform(0, 0.03)),
        shift=(float(by[0]), float(by[1])),
        dpi=int(chance.choice([120, 150, 200, 200, 240, 300])),
        turns=int(chance.integers(0, 4)) if turns else 0,
        blur=float(chance.uniform(0, 1.2)),
        noise=float(chance.uniform(0, 20)),
        jpeg=int(chance.integers(35, 95)),
        fade=float(chance.uniform(0, 0.5)),
        border=bool(chance.random() < 0.2),
        bits=bool(chance.random() < 0.2),
    )


def scanned(paper: NDArray[np.uint8], wear: Wear, chance: np.random.Generator) -> Scan:
    """The paper as a scanner or copier gives it. Lengths change along the page in waves: rollers slip."""
    px = wear.dpi / 25.4
    wave = chance.uniform(0, 2 * np.pi, 2)
    length = chance.uniform(90, 220, 2)
    whole = chance.uniform(-1, 1, 2) * wear.stretch * 0.5
    swing = wear.stretch * 0.5 * length / (2 * np.pi)
    angle = np.deg2rad(wear.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([WIDTH / 2, HEIGHT / 2])

    def stretched(mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(
            centre + (mm - centre) * (1 + whole) + swing * np.sin(2 * np.pi * mm / length + wave)
        )

    def where(mm: NDArray[np.float64]) -> NDArray[np.float64]:
        at = ((stretched(mm) - centre) @ turn.T + centre + np.array(wear.shift)) * px - 0.5
        size = np.array([round(WIDTH * px), round(HEIGHT * px)])
        for _ in range(wear.turns):
            at = np.stack([size[1] - 1 - at[:, 1], at[:, 0]], axis=1)
            size = size[::-1]
        return np.asarray(at)

    size = (round(WIDTH * px), round(HEIGHT * px))
    # where each pixel comes from: solved at some places and filled in between
    ys, xs = np.meshgrid(np.linspace(0, size[1] - 1, 150), np.linspace(0, size[0] - 1, 110), indexing="ij")
    out = (np.stack([xs, ys], axis=-1).reshape(-1, 2) + 0.5) / px - np.array(wear.shift) - centre
    target = out @ turn + centre
    mm = target.copy()
    for _ in range(4):
        mm += target - stretched(mm)
    source = between((mm * _PX - 0.5).reshape(*xs.shape, 2), size)
    shrunk = cv2.GaussianBlur(paper, (0, 0), 0.45 * _PX / px) if px < _PX else paper
    picture = cv2.remap(shrunk, source[0], source[1], cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return Scan(Sheet(_photographed(picture, wear, chance), float(wear.dpi)), where)


def _photographed(picture: NDArray[Any], wear: Wear, chance: np.random.Generator) -> NDArray[np.uint8]:
    if picture.ndim == 2:
        picture = np.dstack([picture] * 3)
    light = picture.astype(np.float32)
    light = 255 - (255 - light) * (1 - wear.fade)
    if wear.blur:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), wear.blur), np.float32)
    if wear.border:
        light[:, : light.shape[1] // 40] = 40
        light[-light.shape[0] // 50 :] = 30
    if wear.noise:
        light += chance.standard_normal(light.shape[:2], dtype=np.float32)[..., None] * wear.noise
    if wear.bits:
        dark = cv2.GaussianBlur(light.mean(axis=2), (0, 0), 0.6) < 255 - 90 * (1 - wear.fade)
        light = np.dstack([np.where(dark, 0.0, 255.0)] * 3)
    clean = np.clip(light, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", clean[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, wear.jpeg])[1]
    shown = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return np.ascontiguousarray(np.rot90(shown, -wear.turns))
