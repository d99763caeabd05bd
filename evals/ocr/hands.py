"""Lines of writing: a typewriter, a hand made of a font, a hand made of pen strokes. Each gives an alpha mask
(rows × columns, 0 to 1) of one line, as high as it was asked for and as wide as the text needs."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from evals.ocr.sources import Kind, Source, draws, font, strokes

Mask = NDArray[np.float32]
Random = np.random.Generator
_DRAWN = 56  # pixels of an em while a line is being drawn
_ROOM = 14  # pixels around it


@dataclass(frozen=True, slots=True)
class Manner:
    """How one writer writes, all in parts of an em unless said. `elastic`: how far strokes bend."""

    slant: float = 0.0  # shift to the right for each unit upwards
    size: float = 0.0  # spread of the sizes of characters
    baseline: float = 0.0
    spacing: float = 0.05
    elastic: float = 0.0
    pen: float = 0.055
    small_kana: float = 0.85


def manner(random: Random, hardness: float) -> Manner:
    """A writer's manner; hardness 0 is a careful hand, 1 a hasty one."""
    return Manner(
        slant=float(random.normal(0.04, 0.06 + 0.10 * hardness)),
        size=0.03 + 0.09 * hardness * float(random.random()),
        baseline=0.02 + 0.07 * hardness * float(random.random()),
        spacing=float(random.uniform(-0.10 * hardness, 0.22)),
        elastic=0.012 + 0.045 * hardness * float(random.random()),
        pen=float(random.uniform(0.035, 0.09)),
        small_kana=float(random.uniform(0.78, 0.95)),
    )


class Hand(Protocol):
    """Somebody or something that writes."""

    def line(self, text: str, height: int, random: Random) -> Mask:
        """`height`: pixels of an ordinary character."""


class Typewriter:
    """Printed type: no jitter but the printer's."""

    def __init__(self, file: str, spares: tuple[str, ...] = ()) -> None:
        self._files = (file, *spares)

    def line(self, text: str, height: int, random: Random) -> Mask:  # noqa: ARG002 - as every hand
        size = max(8, height)
        runs = [(character, font(_drawing(self._files, character), size)) for character in text]
        width = sum(face.getlength(character) for character, face in runs)
        image = Image.new("L", (int(width) + 8, int(size * 1.4)))
        pen, x = ImageDraw.Draw(image), 3.0
        for character, face in runs:
            pen.text((x, size * 1.1), character, font=face, fill=255, anchor="ls")
            x += face.getlength(character)
        return np.asarray(image, dtype=np.float32) / 255.0


class FontHand:
    """Handwriting from a font, every line bent and every character placed anew."""

    def __init__(self, file: str, spares: tuple[str, ...], manner: Manner) -> None:
        self._files, self._manner = (file, *spares), manner

    def line(self, text: str, height: int, random: Random) -> Mask:
        how, em = self._manner, _DRAWN
        image = Image.new("L", (int(len(text) * em * 1.5) + 2 * _ROOM, em + 2 * _ROOM))
        pen, x = ImageDraw.Draw(image), float(_ROOM)
        for character in text:
            if character.isspace():
                x += em * random.uniform(0.3, 0.6)
                continue
            size = 2 * round(em * float(np.clip(random.normal(1.0, how.size), 0.7, 1.25)) / 2)
            face = font(_drawing(self._files, character), size)
            y = _ROOM + em * (0.86 + random.normal(0.0, how.baseline))
            pen.text((x, y), character, font=face, fill=255, anchor="ls")
            x += face.getlength(character) + em * (how.spacing + random.normal(0.0, 0.03))
        drawn = np.asarray(image)[:, : int(x) + _ROOM].astype(np.float32) / 255.0
        if how.pen > 0.065:
            drawn = np.asarray(cv2.dilate(drawn, _round(3 if how.pen < 0.08 else 4)), np.float32)
        elif how.pen < 0.042:
            drawn = np.minimum(drawn, cv2.erode(drawn, _round(2)) + 0.35)
        return _sized(_bent(drawn, how, random), height, em)


class StrokeHand:
    """Handwriting from pen strokes, each moved by itself; characters without strokes come from a font."""

    def __init__(self, spare: FontHand, manner: Manner) -> None:
        self._spare, self._manner = spare, manner

    def line(self, text: str, height: int, random: Random) -> Mask:
        known, how, em = strokes(), self._manner, _DRAWN
        if any(not character.isspace() and character not in known for character in text):
            return self._spare.line(text, height, random)
        drawn = np.zeros((em + 2 * _ROOM, int(len(text) * em * 1.5) + 2 * _ROOM), np.uint8)
        x, width = float(_ROOM), max(1, round(how.pen * em))
        for character in text:
            if character.isspace():
                x += em * random.uniform(0.3, 0.6)
                continue
            narrow = 0.62 if character.isascii() else 1.0
            scale = em / 320 * float(np.clip(random.normal(0.95, how.size), 0.65, 1.2))
            y = _ROOM + em * random.normal(0.0, how.baseline) + (em - 320 * scale) * 0.6
            lean = random.normal(0.0, 0.03)
            for stroke in known[character]:
                moved = stroke + random.normal(0.0, 320 * how.elastic * 0.55, stroke.shape)
                moved = moved + random.normal(0.0, 320 * how.elastic * 0.6, (1, 2))
                points = np.empty(moved.shape, np.float32)
                points[:, 0] = x + (moved[:, 0] * narrow + lean * moved[:, 1]) * scale
                points[:, 1] = y + moved[:, 1] * scale
                path = np.round(_curve(points) * 8).astype(np.int32).reshape(-1, 1, 2)
                cv2.polylines(
                    drawn, [path], False, 255, max(1, width + int(random.integers(-1, 2))), cv2.LINE_AA, 3
                )
            x += 320 * narrow * scale + em * (how.spacing + random.normal(0.0, 0.03))
        return _sized(_bent(drawn[:, : int(x) + _ROOM].astype(np.float32) / 255.0, how, random), height, em)


def hand_of(source: Source, spares: tuple[Source, ...], random: Random, hardness: float) -> Hand:
    """A writer with the shapes of one source; `spares` draw what the source lacks."""
    spare = tuple(file for each in spares for file in each.files[:1])
    file = str(random.choice(source.files)) if source.files else ""
    if source.kind is Kind.PRINTED:
        return Typewriter(file, spare)
    how = manner(random, hardness)
    if not source.files:
        return StrokeHand(FontHand(spare[0], spare[1:], how), how)
    return FontHand(file, spare, how)


def _drawing(files: tuple[str, ...], character: str) -> str:
    return next((file for file in files if draws(file, character)), files[0])


def _bent(drawn: Mask, how: Manner, random: Random) -> Mask:
    """The line leaned and bent like rubber: one smooth field of moves over the whole line."""
    height, width = drawn.shape
    em = float(_DRAWN)
    grid = (max(3, height // 14), max(3, width // 14))
    moves = random.normal(0.0, 1.0, (*grid, 2)).astype(np.float32) * how.elastic * em
    field = cv2.resize(moves, (width, height), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    lean = (rows - height * 0.5) * how.slant
    moved = cv2.remap(drawn, columns + lean + field[..., 0], rows + field[..., 1], cv2.INTER_LINEAR)
    return np.asarray(np.clip(moved, 0.0, 1.0), np.float32)


def _sized(drawn: Mask, height: int, em: int) -> Mask:
    scale = height / em
    size = (max(2, round(drawn.shape[1] * scale)), max(2, round(drawn.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(drawn, size, interpolation=way), np.float32)


def _curve(points: Mask) -> Mask:
    """A smooth path through the points (Catmull–Rom, four steps a piece)."""
    if len(points) < 3:
        return points
    before = np.vstack([points[:1], points[:-1]])[:-1]
    start, end = points[:-1], points[1:]
    after = np.vstack([points[2:], points[-1:]])
    steps = []
    for t in (0.0, 0.25, 0.5, 0.75):
        steps.append(
            0.5
            * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
        )
    path = np.stack(steps, axis=1).reshape(-1, 2)
    return np.vstack([path, points[-1:]])


def _round(side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
