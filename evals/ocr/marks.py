# ruff: noqa: PLR0917 - places and sizes are read best in their usual order
"""What is not writing: circles, ticks, strikes, seals and stamps, drawn by a hand that is never exact."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from evals.ocr.paper import RED, Colour, Paper, worn
from evals.ocr.sources import font
from ocr_service.models.fields import Box

Mask = NDArray[np.float32]
Random = np.random.Generator
_SEAL_FONT = "opentype/ipafont-mincho/ipam.ttf"


def circle(paper: Paper, box: Box, random: Random, colour: Colour, strength: float, width: float) -> None:
    """Round a printed word; does not quite close, or closes twice."""
    middle = np.array([box.x + box.width / 2, box.y + box.height / 2]) + random.normal(0, 0.35, 2)
    radius = np.array([max(box.width * 0.62, 2.0), max(box.height * 0.68, 2.0)]) * random.uniform(0.9, 1.3)
    start = random.uniform(0, 2 * np.pi)
    angle = np.linspace(start, start + 2 * np.pi * random.uniform(0.93, 1.12), 40)
    wobble = 1 + np.interp(angle, np.linspace(angle[0], angle[-1], 7), random.normal(0, 0.06, 7))
    path = middle + np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius * wobble[:, None]
    paper.paths([path.astype(np.float32)], colour, width, strength)


def tick(paper: Paper, box: Box, random: Random, colour: Colour, strength: float, width: float) -> None:
    """One of ✓ ✕ レ ■ ○ in a small square."""
    x, y, w, h = box.x, box.y, box.width, box.height
    kind = int(random.integers(0, 10))

    def jitter(points: list[list[float]]) -> Mask:
        moved = np.array(points) * [w, h] + [x, y] + random.normal(0, 0.18, (len(points), 2))
        return moved.astype(np.float32)

    if kind < 5:
        rise = random.uniform(-0.5, 0.15)
        paths = [jitter([[0.15, 0.45], [0.42, 0.85], [random.uniform(0.9, 1.4), rise]])]
    elif kind < 7:
        paths = [jitter([[0.15, 0.15], [0.85, 0.85]]), jitter([[0.85, 0.12], [0.15, 0.88]])]
    elif kind < 8:
        paths = [jitter([[0.25, 0.1], [0.28, 0.85], [0.95, 0.35]])]
    elif kind < 9:
        rows = np.linspace(0.2, 0.8, 7)
        paths = [jitter([[0.15 if number % 2 else 0.85, row] for number, row in enumerate(rows)])]
        width *= 1.6
    else:
        circle(paper, box, random, colour, strength, width)
        return
    paper.paths(paths, colour, width, strength)


def strike(paper: Paper, box: Box, random: Random, colour: Colour, strength: float, width: float) -> None:
    """One or two lines through writing that is no longer valid."""
    paths = []
    for place in ((0.5,), (0.38, 0.62))[int(random.random() < 0.75)]:
        y = box.y + box.height * place
        ends = np.array([[box.x - 0.6, y], [box.right + 0.6, y]]) + random.normal(0, 0.3, (2, 2))
        middle = ends.mean(axis=0) + random.normal(0, 0.2, 2)
        paths.append(np.vstack([ends[:1], middle[None], ends[1:]]).astype(np.float32))
    paper.paths(paths, colour, width, strength)


def seal(paper: Paper, x: float, y: float, name: str, random: Random, diameter: float = 10.0) -> None:
    """A round personal seal in vermilion, its name written downwards; x, y = its middle."""
    side = max(16, round(diameter * paper.scale))
    big = 120
    image = Image.new("L", (big, big))
    pen = ImageDraw.Draw(image)
    pen.ellipse((4, 4, big - 5, big - 5), outline=255, width=6)
    letters = name[:3]
    size = int(84 / max(2, len(letters)))
    for number, letter in enumerate(letters):
        top = big / 2 + (number - (len(letters) - 1) / 2) * size
        pen.text((big / 2, top), letter, font=font(_SEAL_FONT, size + 8), fill=255, anchor="mm")
    turned = image.rotate(float(random.normal(0, 12)))
    mask = _resized(np.asarray(turned, dtype=np.float32) / 255.0, (side, side))
    mask = worn(mask, random, float(random.uniform(0.0, 0.5)))
    paper.put(mask, x - diameter / 2, y - diameter / 2, RED, float(random.uniform(0.65, 0.95)))


def stamp(paper: Paper, x: float, y: float, lines: tuple[str, ...], random: Random) -> None:
    """The office's stamp of receipt: a frame, words, the date."""
    image = Image.new("L", (300, 150))
    pen = ImageDraw.Draw(image)
    pen.rectangle((4, 4, 295, 145), outline=255, width=5)
    for number, line in enumerate(lines):
        pen.text((150, 32 + number * 43), line, font=font(_SEAL_FONT, 34), fill=255, anchor="mm")
    turned = image.rotate(float(random.normal(0, 7)), expand=True, resample=Image.Resampling.BILINEAR)
    scale = 30.0 * paper.scale / 300
    size = (max(4, round(turned.width * scale)), max(4, round(turned.height * scale)))
    mask = _resized(np.asarray(turned, dtype=np.float32) / 255.0, size)
    colour: Colour = RED if random.random() < 0.6 else (70, 70, 150)
    paper.put(
        worn(mask, random, float(random.uniform(0.1, 0.6))), x, y, colour, float(random.uniform(0.5, 0.9))
    )


def _resized(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
