"""Single fields drawn with lines and Latin digits: the blank form, what a hand added, and a poor scan of both."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Patch

SCALE = 200 / 25.4
MARGIN = 3.0


@dataclass
class Drawing:
    """A field of `width` × `height` millimetres; all places in millimetres from its upper left corner."""

    width: float = 60.0
    height: float = 10.0
    blank: np.ndarray = field(init=False)
    filled: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        size = (round((self.height + 2 * MARGIN) * SCALE), round((self.width + 2 * MARGIN) * SCALE), 3)
        self.blank = np.full(size, 255, np.uint8)
        left, top = self._at(0, 0)
        right, bottom = self._at(self.width, self.height)
        cv2.rectangle(self.blank, (left, top), (right, bottom), (0, 0, 0), 2)
        self.filled = self.blank.copy()

    def print_word(self, x: float, y: float, text: str) -> None:
        for picture in (self.blank, self.filled):
            cv2.putText(
                picture, text, self._at(x, y), cv2.FONT_HERSHEY_COMPLEX, 0.9, (0, 0, 0), 2, cv2.LINE_AA
            )

    def print_square(self, x: float, y: float, side: float) -> None:
        for picture in (self.blank, self.filled):
            cv2.rectangle(picture, self._at(x, y), self._at(x + side, y + side), (0, 0, 0), 1)

    def write(
        self, x: float, y: float, text: str, colour: tuple[int, int, int] = (40, 40, 40), size: float = 1.2
    ) -> None:
        cv2.putText(
            self.filled, text, self._at(x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, colour, 2, cv2.LINE_AA
        )

    def stroke(self, *points: tuple[float, float], colour: tuple[int, int, int] = (40, 40, 40)) -> None:
        path = np.array([self._at(x, y) for x, y in points])
        cv2.polylines(self.filled, [path], False, colour, 3, cv2.LINE_AA)

    def ring(
        self,
        x: float,
        y: float,
        radius: float,
        colour: tuple[int, int, int] = (40, 40, 40),
        flat: float = 1.0,
    ) -> None:
        axes = (round(radius * SCALE), round(radius * flat * SCALE))
        cv2.ellipse(self.filled, self._at(x, y), axes, 8, 0, 360, colour, 3, cv2.LINE_AA)

    def patch(self, seed: int = 1, shift: float = 0.4, noise: float = 5.0, paper: int = 225) -> Patch:
        """The scan: moved by `shift` mm, grey paper, blur, noise, JPEG."""
        random = np.random.default_rng(seed)
        matrix = np.array([[1, 0.002, shift * SCALE], [-0.002, 1, -shift * SCALE]], np.float32)
        size = (self.filled.shape[1], self.filled.shape[0])
        moved = cv2.warpAffine(self.filled, matrix, size, borderValue=(255, 255, 255)).astype(np.float32)
        grey = cv2.GaussianBlur(moved * (paper / 255), (0, 0), 0.7) + random.normal(0, noise, moved.shape)
        crop = np.clip(grey, 0, 255).astype(np.uint8)
        packed = cv2.imencode(".jpg", crop[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
        return Patch(np.ascontiguousarray(cv2.imdecode(packed, 1)[:, :, ::-1]), self.blank, SCALE, MARGIN)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round((x + MARGIN) * SCALE), round((y + MARGIN) * SCALE)
