# ruff: noqa: PLR0917 - places and sizes are read best in their usual order
"""A filled-in sheet: the entries of a form put on its blank page by one writer."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from evals.ocr import marks
from evals.ocr.filling import Entry
from evals.ocr.hands import Hand, Mask
from evals.ocr.paper import BLACK, BLUE, PENCIL, Colour, Paper, worn
from evals.ocr.qr import qr_mask
from ocr_service.models.fields import Box, FieldType

Random = np.random.Generator
_LEFT = frozenset(
    {FieldType.ADDRESS, FieldType.FREE_TEXT, FieldType.TEXT, FieldType.PHONE, FieldType.POSTAL_CODE}
)


@dataclass(frozen=True, slots=True)
class Ink:
    """One pen: `gaps` 0 = none, 1 = hardly readable; `size` = height of characters in millimetres."""

    colour: Colour
    strength: float
    gaps: float
    size: float
    line: float  # width of lines in millimetres


@dataclass(frozen=True, slots=True)
class Carelessness:
    """Shares of fields with which something happens."""

    over_lines: float = 0.0  # written across the field's edge
    struck: float = 0.0  # first written wrong, struck out, written again
    correction_seal: float = 0.0  # a seal on what was struck out
    sealed: float = 0.0  # somebody's seal lies over the writing


def ink(random: Random, printed: bool, hardness: float) -> Ink:
    """A pen, or a printer."""
    if printed:
        return Ink(BLACK, float(random.uniform(0.85, 1.0)), 0.0, float(random.uniform(3.0, 4.2)), 0.3)
    colour = (BLACK, BLACK, BLUE, PENCIL)[int(random.integers(0, 4))]
    strength = float(np.clip(random.normal(0.95 - 0.25 * hardness, 0.08), 0.45, 1.0))
    gaps = float(np.clip(random.normal(0.32 * hardness - 0.02, 0.09), 0.0, 0.55))
    return Ink(colour, strength, gaps, float(random.uniform(3.5, 5.6)), float(random.uniform(0.25, 0.55)))


class Writer:
    """Fills in one sheet. `notes` tells, by field, what happened to it: "struck", "sealed", "over_lines"."""

    def __init__(
        self, paper: Paper, hand: Hand, pen: Ink, printed: bool, random: Random, care: Carelessness
    ) -> None:
        self._paper, self._hand, self._pen, self._printed = paper, hand, pen, printed
        self._random, self._care = random, care
        self.notes: dict[str, str] = {}

    def write(self, entry: Entry, slots: tuple[Box, ...]) -> None:
        field, kind = entry.field, entry.field.type
        if not entry.value:
            return
        if kind is FieldType.CHOICE:
            chosen = entry.value.split("|")
            for choice in field.choices:
                if choice.value in chosen:
                    self._mark(choice.box)
        elif kind is FieldType.CHECK_BOX:
            inner = Box(field.box.x + 0.4, field.box.y + 0.4, field.box.width - 0.8, field.box.height - 0.8)
            pen = self._pen
            marks.tick(self._paper, inner, self._random, pen.colour, pen.strength, pen.line)
        elif kind is FieldType.SEAL:
            self._seal(field.box, entry.written[0] if entry.written else "印")
        elif kind is FieldType.BARCODE:
            self._paper.put(
                qr_mask(entry.value, field.box, self._paper.scale), field.box.x, field.box.y, BLACK
            )
        elif len(slots) > 1 or (slots and field.cells):
            for part, slot in zip(entry.written, slots, strict=False):
                if part.strip():
                    self._text(part, slot, "middle", "")
        else:
            self._spoilt(entry, field.box)

    def _spoilt(self, entry: Entry, box: Box) -> None:
        """Ordinary writing, with what may happen to it."""
        random, care, text = self._random, self._care, entry.written[0]
        name, anchor = entry.field.name, "left" if entry.field.type in _LEFT else "any"
        if not self._printed and random.random() < care.struck and box.height > 6.0 and box.width > 30.0:
            half = box.width * 0.42
            wrong = self._text(text[::-1][: max(1, len(text) - 1)], replace(box, width=half), "left", "")
            marks.strike(self._paper, wrong, random, self._pen.colour, self._pen.strength, 0.3)
            if random.random() < care.correction_seal:
                marks.seal(self._paper, wrong.right - 2.0, wrong.y + wrong.height / 2, "印", random, 6.0)
            self._text(text, Box(box.x + half + 2, box.y, box.width - half - 2, box.height), "left", "")
            self.notes[name] = "struck"
            return
        across = not self._printed and random.random() < care.over_lines
        place = self._text(text, box, anchor, "over_lines" if across else "")
        if across:
            self.notes[name] = "over_lines"
        if entry.field.type is FieldType.NAME and random.random() < care.sealed:
            marks.seal(
                self._paper, place.right - random.uniform(0, 6), place.y + place.height / 2, text, random
            )
            self.notes[name] = "sealed"

    def _text(self, text: str, box: Box, anchor: str, note: str) -> Box:
        """Writes into a box, on as many lines as it takes; the place that the writing takes."""
        random, size = self._random, min(self._pen.size * random_size(self._random), box.height * 0.82)
        lines = [text]
        mask = self._line(text, size)
        wide = mask.shape[1] / self._paper.scale
        if wide > box.width * 1.12 and box.height >= 8.5:
            cut = _break(text)
            lines, size = [text[:cut], text[cut:]], min(size, box.height * 0.43)
        left, right, tops = box.right, box.x, []
        for number, line in enumerate(lines):
            mask = self._line(line, size)
            most = max(4, int((box.width - 0.4) * self._paper.scale))
            if mask.shape[1] > most:
                mask = _narrowed(mask, most)
            height, width = (side / self._paper.scale for side in mask.shape)
            spare = max(0.0, box.width - width)
            x = box.x + (
                min(spare, random.uniform(0.3, 2.5))
                if anchor == "left"
                else spare * (0.5 if anchor == "middle" else random.uniform(0.05, 0.6))
            )
            row = box.height / len(lines)
            y = box.y + row * number + (row - height) / 2 + random.normal(0, 0.03 * row)
            if note:
                y += random.choice((-1, 1)) * random.uniform(0.2, 0.36) * row
            mask = worn(mask, random, self._pen.gaps)
            self._paper.put(mask, x, y, self._pen.colour, self._pen.strength)
            left, right = min(left, x), max(right, x + width)
            tops += [y + height * 0.2, y + height * 0.8]
        return Box(left, min(tops), right - left, max(tops) - min(tops))

    def _line(self, text: str, size: float) -> Mask:
        return self._hand.line(text, max(6, round(size * self._paper.scale)), self._random)

    def _mark(self, box: Box) -> None:
        pen = self._pen
        if self._random.random() < 0.85:
            marks.circle(self._paper, box, self._random, pen.colour, pen.strength, pen.line)
        else:
            marks.tick(self._paper, box, self._random, pen.colour, pen.strength, pen.line)

    def _seal(self, box: Box, name: str) -> None:
        x, y = box.x + box.width / 2, box.y + box.height / 2
        shift = self._random.normal(0, 1.2, 2)
        marks.seal(
            self._paper, x + shift[0], y + shift[1], name, self._random, float(self._random.uniform(9, 12))
        )


def random_size(random: Random) -> float:
    return float(random.uniform(0.88, 1.12))


def _break(text: str) -> int:
    """Where people begin a second line: before the number of the house, or in the middle."""
    digits = [place for place, character in enumerate(text) if character.isdigit()]
    middle = len(text) // 2
    near = [place for place in digits if abs(place - middle) <= len(text) // 4]
    return near[0] if near else max(1, middle)


def _narrowed(mask: Mask, width: int) -> Mask:
    height = mask.shape[0]
    if mask.shape[1] > width * 1.5:  # smaller as a whole, not only narrower
        height = max(6, round(height * width * 1.5 / mask.shape[1]))
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.float32)
