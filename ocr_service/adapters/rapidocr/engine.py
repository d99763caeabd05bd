"""The engine itself: where lines are on a page, and what a line says."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.main import RapidOCRError
from rapidocr.utils.process_img import get_rotate_crop_image

from ocr_service.ports.page_reading import Pixels

_LARGEST_SIDE = 2_400  # pixels: detection there takes about 1 GB
_LEAST_SIDE = 64
_LEAST_SCALE = 0.6  # characters of 20 pixels are found down to here

Corners = NDArray[np.float32]  # 4 × 2, clockwise from the upper left, pixels of the full page


@dataclass(frozen=True, slots=True)
class Options:
    """`detection_side`: longest side in pixels at which lines are looked for; they are read at full size."""

    detection_side: int = 1_600
    threads: int = 1


class Engine:
    """One engine of one thread: rapidocr changes its own state while it works."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._rapidocr = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.text_score": 0.0,  # the default drops every line under 0.5
                "Global.use_vertical_padding": False,  # it moves the boxes without saying so
                "Det.limit_type": "max",  # sizes are chosen here; "min" blows narrow strips up to 10,000 pixels
                "Det.limit_side_len": _LARGEST_SIDE,
                "Rec.rec_batch_num": 1,  # padding to the longest line of six cost 40 % more time
                "EngineConfig.onnxruntime.intra_op_num_threads": options.threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def find_lines(self, pixels: Pixels) -> list[Corners]:
        """The corners of every line of print; works on a copy that is shrunk to the detection side."""
        height, width = pixels.shape[:2]
        scale = self._scale(max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        if scale != 1.0:
            small = cv2.resize(small, size, interpolation=cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC)
        # white below and to the right moves no box and gives narrow strips the room that detection needs
        below, beside = max(0, _LEAST_SIDE - size[1]), max(0, _LEAST_SIDE - size[0])
        small = cv2.copyMakeBorder(small, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        try:
            _, found = self._rapidocr.detect_and_crop(small, {})
        except RapidOCRError:  # says that the page is empty
            return []
        if found.boxes is None:
            return []
        ratio = np.array([width / size[0], height / size[1]], dtype=np.float32)
        edge = np.array([width, height], dtype=np.float32)
        return [np.minimum(np.asarray(box, dtype=np.float32) * ratio, edge) for box in found.boxes]

    def _scale(self, side: int) -> float:
        """Small pictures are enlarged up to twice; large ones shrunk, very large ones to a larger side."""
        wanted = self._options.detection_side
        if side <= wanted:
            return min(2.0, wanted / side)
        return min(_LARGEST_SIDE, max(wanted, side * _LEAST_SCALE)) / side

    def cut(self, pixels: Pixels, corners: Corners) -> Pixels:
        """A line's own picture at full size; an upright one is turned a quarter to the left."""
        picture: Pixels = get_rotate_crop_image(pixels, corners.copy())
        return np.ascontiguousarray(picture)

    def read_lines(self, pictures: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Text and confidence of each picture, in the order given."""
        if not pictures:
            return []
        read = self._rapidocr.recognize_txt(
            [cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) for picture in pictures]
        )
        return [
            (str(text), float(score)) for text, score in zip(read.txts or (), read.scores or (), strict=True)
        ]
