"""A page's text: the engine's lines, turned upright and put into reading order."""

import numpy as np

from ocr_service.adapters.rapidocr.engine import Corners, Engine, Options
from ocr_service.models.pages import PageText, Point, TextLine
from ocr_service.ports.page_reading import Pixels
from ocr_service.rules.reading_order import in_reading_order

_SAMPLE = 6  # lines that are read twice to learn which way up the page is
_SURE = 0.85  # a page whose sampled lines reach this confidence is the right way up


class RapidOcrReader:
    """A PixelReader; loads its models (about 0.5 s) when it is made."""

    def __init__(self, options: Options | None = None) -> None:
        self._engine = Engine(options or Options())

    def read(self, pixels: Pixels) -> PageText:
        boxes = self._engine.find_lines(pixels)
        turns = self._quarter_turns(pixels, boxes)
        if turns:
            pixels, boxes = _turn(pixels, boxes, turns)
        read = self._engine.read_lines([self._engine.cut(pixels, box) for box in boxes])
        lines = [
            TextLine(_points(box), text.strip(), confidence)
            for box, (text, confidence) in zip(boxes, read, strict=True)
            if text.strip()
        ]
        height, width = pixels.shape[:2]
        return PageText(width, height, in_reading_order(lines), turns * 90)

    def _quarter_turns(self, pixels: Pixels, boxes: list[Corners]) -> int:
        """How many clockwise quarter turns make the page upright, judged by how surely its longest lines read.
        Lines of vertical writing read well as they stand, so such a page is not turned."""
        sample = sorted(boxes, key=_length, reverse=True)[:_SAMPLE]
        if not sample:
            return 0
        best, turns = self._sureness(pixels, sample, 0), 0
        if best >= _SURE:
            return 0
        for candidate in (1, 2, 3):
            sureness = self._sureness(pixels, sample, candidate)
            if sureness > best + 0.05:
                best, turns = sureness, candidate
        return turns

    def _sureness(self, pixels: Pixels, boxes: list[Corners], turns: int) -> float:
        """Mean confidence of some lines after the page has been turned, weighted by their length in text."""
        turned, moved = _turn(pixels, boxes, turns)
        read = self._engine.read_lines([self._engine.cut(turned, box) for box in moved])
        weight = sum(len(text) for text, _ in read)
        return sum(len(text) * confidence for text, confidence in read) / weight if weight else 0.0


def _length(box: Corners) -> float:
    return float(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[1] - box[2])))


def _turn(pixels: Pixels, boxes: list[Corners], turns: int) -> tuple[Pixels, list[Corners]]:
    """Page and boxes after clockwise quarter turns; corners again start at the upper left."""
    height, width = pixels.shape[:2]
    for _ in range(turns):
        boxes = [np.roll(np.stack([height - box[:, 1], box[:, 0]], axis=1), 1, axis=0) for box in boxes]
        height, width = width, height
    return np.ascontiguousarray(np.rot90(pixels, -turns)), boxes


def _points(box: Corners) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in box)
    return a, b, c, d
