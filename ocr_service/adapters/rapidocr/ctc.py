"""The bundled recogniser's CTC matrices: PP-OCRv6 small, run by onnxruntime without rapidocr's own decoding."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray

from kernel.errors import Text, Unavailable
from ocr_service.models.lattices import Lattice
from ocr_service.ports.page_reading import Pixels
from ocr_service.ports.recognition import Matrix

_MODEL = "PP-OCRv6_rec_small.onnx"
_HEIGHT = 48  # pixels; the model takes no other
_LEAST_WIDTH, _MOST_WIDTH = 16, 3_200  # pixels; a step is 8 pixels wide
_SMALL_ALPHABET = (
    "0123456789-ー.,/¥円年月日元 "
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポァィゥェォッャュョヴ"
)


class RapidOcrCtcReader:
    """A CtcReader. Lines go through one by one at their own width: a batch costs the same time per pixel and
    pays for its padding. Height 48, 3 channels blue green red, -1 to 1 (as rapidocr prepares them)."""

    def __init__(self, threads: int = 1) -> None:
        """Loads the model: about 0.1 s and 80 MB. `threads` for one line."""
        model = Path(rapidocr.__file__).parent / "models" / _MODEL
        if not model.is_file():
            raise Unavailable(
                Text(
                    f"文字認識のモデル「{_MODEL}」がありません。rapidocr を入れ直してください。",
                    f"The recognition model “{_MODEL}” is missing. Install rapidocr again.",
                )
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # the arena keeps the widest line's memory for ever
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input: str = self._session.get_inputs()[0].name
        characters: str = self._session.get_modelmeta().custom_metadata_map["character"]
        self._alphabet = ("", *characters.split("\n"), " ")
        places = {character: index for index, character in enumerate(self._alphabet)}
        self._always: NDArray[np.int32] = np.array(
            sorted(places[character] for character in _SMALL_ALPHABET if character in places), dtype=np.int32
        )
        self._engine = f"rapidocr-{importlib.metadata.version('rapidocr')}/PP-OCRv6-small"

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def alphabet(self) -> Sequence[str]:
        return self._alphabet

    def matrices(self, lines: Sequence[Pixels]) -> list[Matrix]:
        return [self._matrix(line) for line in lines]

    def lattices(self, lines: Sequence[Pixels]) -> list[Lattice]:
        return [Lattice.of(self._matrix(line), self._always) for line in lines]

    def _matrix(self, line: Pixels) -> Matrix:
        if line.size == 0:
            return np.zeros((0, len(self._alphabet)), dtype=np.float32)
        matrix: Matrix = self._session.run(None, {self._input: _prepared(line)})[0][0]
        return matrix


def _prepared(line: Pixels) -> NDArray[np.float32]:
    """1 × 3 × 48 × width."""
    height, width = line.shape[:2]
    wanted = int(np.clip(round(_HEIGHT * width / height), _LEAST_WIDTH, _MOST_WIDTH))
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    resized = cv2.resize(line, (wanted, _HEIGHT), interpolation=how)
    levels = resized[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)
    return np.ascontiguousarray(levels / 127.5 - 1.0)[np.newaxis]
