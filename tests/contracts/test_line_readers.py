"""What every reader of lines must do, measured on printed lines that are drawn here."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_service.ports.page_reading import Pixels
from ocr_service.ports.recognition import CtcReader, Matrix, PlainReader
from tests.resources import documents

LINES = ("東京都千代田区霞が関", "令和8年11月20日", "090-1234-5678", "フリガナ")
EMPTY: Pixels = np.zeros((0, 0, 3), np.uint8)


class Texts(Protocol):
    """Lines in, one text for each out."""

    engine: str

    def __call__(self, lines: Sequence[Pixels]) -> list[str]: ...


class Best:
    """A CtcReader's likeliest way through its matrices."""

    def __init__(self, reader: CtcReader) -> None:
        self.engine, self._reader = reader.engine, reader

    def __call__(self, lines: Sequence[Pixels]) -> list[str]:
        return [self._text(matrix) for matrix in self._reader.matrices(lines)]

    def _text(self, matrix: Matrix) -> str:
        best = matrix.argmax(axis=1) if len(matrix) else np.zeros(0, int)
        kept = [one for at, one in enumerate(best) if one and (at == 0 or best[at - 1] != one)]
        return "".join(self._reader.alphabet[one] for one in kept)


class Plain:
    """A PlainReader's texts."""

    def __init__(self, reader: PlainReader) -> None:
        self.engine, self._reader = reader.engine, reader

    def __call__(self, lines: Sequence[Pixels]) -> list[str]:
        read = self._reader.texts(lines)
        assert all(len(each.characters) == len(each.text) for each in read)
        assert all(0.0 <= one <= 1.0 for each in read for one in each.characters)
        return [each.text for each in read]


def rapidocr() -> Texts:
    from ocr_service.adapters.rapidocr.ctc import RapidOcrCtcReader

    return Best(RapidOcrCtcReader())


def tesseract() -> Texts:
    from kernel.errors import Unavailable
    from ocr_service.adapters.tesseract.reader import TesseractReader

    try:
        return Plain(TesseractReader())
    except Unavailable:
        pytest.skip("tesseract with its Japanese model is not installed (tesseract-ocr, tesseract-ocr-jpn)")


def paddleocr() -> Texts:
    from ocr_service.adapters.paddleocr.reader import MODELS, PaddleReader

    folder = os.environ.get(MODELS)
    if not folder:
        pytest.skip(f"{MODELS} does not name a folder with PaddleOCR's models")
    return Plain(PaddleReader(Path(folder)))


READERS: dict[str, Callable[[], Texts]] = {
    "rapidocr": rapidocr,
    "tesseract": tesseract,
    "paddleocr": paddleocr,
}


@pytest.fixture(scope="module", params=list(READERS))
def reader(request: pytest.FixtureRequest) -> Texts:
    """Every adapter of the two ports; a new one is added here."""
    return READERS[request.param]()


def line(text: str, size: int = 40) -> Pixels:
    font = ImageFont.truetype(str(documents.FONT), size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("RGB", (int(right - left) + 16, int(bottom - top) + 16), "white")
    ImageDraw.Draw(image).text((8 - left, 8 - top), text, font=font, fill=(20, 20, 20))
    return np.array(image)


def test_printed_lines_are_read_in_the_order_given(reader: Texts) -> None:
    read = reader([line(text) for text in LINES])
    assert ["".join(text.split()) for text in read] == list(LINES)


def test_a_line_of_no_size_has_no_text_and_takes_no_place_of_another(reader: Texts) -> None:
    assert ["".join(text.split()) for text in reader([EMPTY, line("氏名"), EMPTY])] == ["", "氏名", ""]
    assert reader([]) == []


def test_the_engine_tells_its_version(reader: Texts) -> None:
    name, _, model = reader.engine.partition("/")
    assert model and any(character.isdigit() for character in name)


def test_one_line_alone_reads_as_among_others(reader: Texts) -> None:
    assert reader([line(LINES[1])]) == [reader([line(text) for text in LINES])[1]]
