"""Lines through PaddleOCR's recognition module. Only sandboxed code and evaluations import this."""

import importlib
import importlib.metadata
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import yaml

from kernel.errors import Text, Unavailable
from ocr_service.ports.page_reading import Pixels
from ocr_service.ports.recognition import ReadText

MODELS = "CHIENOWA_PADDLE_MODELS"
"""Environment variable: a folder with an exported recognition model (inference.yml), or a folder of such folders."""


class PaddleReader:
    """A PlainReader: PaddleOCR shows texts with one score each, not its matrices. Raises Unavailable when the
    library or a model is missing."""

    def __init__(self, folder: Path) -> None:
        name, model = _recogniser(folder)
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # it would look for a network
        try:
            library: Any = importlib.import_module("paddleocr")
        except ImportError as error:
            raise Unavailable(
                Text(
                    "PaddleOCRが入っていません。paddleocrとpaddlepaddleを入れてください。",
                    "PaddleOCR is not installed. Install paddleocr and paddlepaddle.",
                )
            ) from error
        self._model: Any = library.TextRecognition(model_name=name, model_dir=str(model), device="cpu")
        self._engine = f"paddleocr-{importlib.metadata.version('paddleocr')}/{name}"

    @property
    def engine(self) -> str:
        return self._engine

    def texts(self, lines: Sequence[Pixels]) -> list[ReadText]:
        return [self._text(line) for line in lines]

    def _text(self, line: Pixels) -> ReadText:
        if line.size == 0:
            return ReadText("", ())
        result = self._model.predict(input=cv2.cvtColor(line, cv2.COLOR_RGB2BGR), batch_size=1)[0]
        text, score = str(result["rec_text"]), float(result["rec_score"])
        return ReadText(text, (score,) * len(text))


def _recogniser(folder: Path) -> tuple[str, Path]:
    """Name and place of the first recognition model in the folder or right below it."""
    for place in (folder, *sorted(each for each in folder.glob("*") if each.is_dir())):
        told = place / "inference.yml"
        if told.is_file():
            content = yaml.safe_load(told.read_text(encoding="utf-8")) or {}
            name = str(content.get("Global", {}).get("model_name", ""))
            if name.endswith("_rec"):
                return name, place
    raise Unavailable(
        Text(
            f"「{folder}」に文字認識のモデルがありません。{MODELS}には、inference.ymlのあるフォルダーを指定してください。",
            f"There is no recognition model in “{folder}”. {MODELS} must name a folder with an inference.yml.",
        )
    )
