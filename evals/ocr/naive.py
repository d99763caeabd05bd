"""What anybody would build first, as the measure of what our pipeline adds: one homography by keypoints, the
bundled recogniser's best path on each field's rectangle, blank by a fixed amount of ink."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evals.ocr.answers import Answer, Answers, cpu_seconds
from evals.ocr.cases import Case, Key
from ocr_service.adapters.rapidocr.engine import Engine, Options
from ocr_service.models.fields import CHECKED, Box, Field, FieldType
from ocr_service.models.forms import FormPage
from ocr_service.rules.values import context_of, normal

Pixels = NDArray[np.uint8]
_DPI = 200
_INK = 0.003  # share of a field's pixels that must be dark beyond the blank form's
_DARK = 160
_CV: Any = cv2


@dataclass(frozen=True, slots=True)
class _Known:
    page: FormPage
    blank: Pixels
    points: Any
    features: Any


class NaivePipeline:
    """Knows which form a page is; keeps one engine."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._engine = Engine(Options(threads=1))
        self._orb: Any = _CV.ORB_create(5000)
        self._matcher: Any = _CV.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
        page = case.form.pages[0]
        blank = np.asarray(cv2.imdecode(np.frombuffer(page.image, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
        points, features = self._orb.detectAndCompute(blank, None)
        self._known = _Known(page, blank, points, features)

    def run(self) -> Answers:
        """Every page of the case."""
        found: dict[Key, Answer] = {}
        started, spent = time.monotonic(), cpu_seconds()
        for file in self._case.files:
            flat = self.flattened(np.asarray(Image.open(file).convert("RGB")))
            for name, value in self._read(flat).items():
                found[file.name, 1, name] = Answer(value)
        seconds = time.monotonic() - started
        return Answers(found, seconds, engine="naive", cpu_s=cpu_seconds() - spent)

    def flattened(self, pixels: Pixels) -> Pixels:
        """The page laid over the blank form by one homography; as it came when none is found."""
        grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        points, features = self._orb.detectAndCompute(grey, None)
        rows, columns = self._known.blank.shape
        matches = self._matcher.match(features, self._known.features) if features is not None else []
        matches = sorted(matches, key=lambda match: match.distance)[:1200]
        if len(matches) < 8:
            return np.asarray(cv2.resize(pixels, (columns, rows)), np.uint8)
        there = np.array([points[match.queryIdx].pt for match in matches], np.float32)
        here = np.array([self._known.points[match.trainIdx].pt for match in matches], np.float32)
        turn, _inliers = _CV.findHomography(there, here, cv2.RANSAC, 4.0)
        if turn is None:
            return np.asarray(cv2.resize(pixels, (columns, rows)), np.uint8)
        flat = _CV.warpPerspective(pixels, turn, (columns, rows), borderValue=(255, 255, 255))
        return np.asarray(flat, np.uint8)

    def _read(self, flat: Pixels) -> Mapping[str, str]:
        values: dict[str, str] = {}
        texts: list[tuple[Field, Pixels]] = []
        for field in self._known.page.every_field():
            if field.type is FieldType.CHOICE:
                values[field.name] = self._choice(field, flat)
            elif field.type in (FieldType.CHECK_BOX, FieldType.SEAL):
                values[field.name] = CHECKED if self._ink(field.box, flat) > _INK * 8 else ""
            elif field.type is FieldType.BARCODE:
                text, _box, _code = _CV.QRCodeDetector().detectAndDecode(_cut(flat, field.box))
                values[field.name] = str(text)
            elif self._ink(field.box, flat) < _INK:
                values[field.name] = ""
            else:
                texts.append((field, _cut(flat, field.box)))
        read = self._engine.read_lines([np.ascontiguousarray(crop) for _field, crop in texts])
        for (field, _crop), (text, _score) in zip(texts, read, strict=True):
            values[field.name] = normal(field, text.strip(), context_of(field, self._near(field, values)))
        return values

    @staticmethod
    def _near(field: Field, values: Mapping[str, str]) -> Mapping[str, str]:
        """The era of a date in a table stands in the same row."""
        row, dot, _column = field.name.rpartition(".")
        if dot and field.era_field:
            return {field.era_field: values.get(f"{row}.{field.era_field}", values.get(field.era_field, ""))}
        return values

    def _choice(self, field: Field, flat: Pixels) -> str:
        inks = {choice.value: self._ink(choice.box, flat) for choice in field.choices}
        if field.several:
            return "|".join(value for value, ink in inks.items() if ink > _INK * 12)
        best = max(inks, key=lambda value: inks[value])
        return best if inks[best] > _INK * 12 else ""

    def _ink(self, box: Box, flat: Pixels) -> float:
        now = np.asarray(cv2.cvtColor(_cut(flat, box), cv2.COLOR_RGB2GRAY)) < _DARK
        before = _cut(self._known.blank, box) < _DARK
        return float(now.mean() - before.mean())


def _cut(picture: Pixels, box: Box) -> Pixels:
    scale = _DPI / 25.4
    rows, columns = picture.shape[:2]
    top, bottom = max(0, round(box.y * scale)), min(rows, round(box.bottom * scale))
    left, right = max(0, round(box.x * scale)), min(columns, round(box.right * scale))
    return picture[top : max(bottom, top + 2), left : max(right, left + 2)]
