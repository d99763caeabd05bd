"""What runs inside the sandbox. Other services name these functions by their dotted path, and share no type
with this one: pixels go in, text or JSON comes out."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr_service.adapters.images import open_page
from ocr_service.adapters.rapidocr.engine import Options
from ocr_service.adapters.rapidocr.reader import RapidOcrReader
from ocr_service.ports.page_reading import Pixels
from ocr_service.rules.lookalikes import settle_lookalikes
from ocr_service.schemas.pages import page_to_json

_NOISE = 0.4  # below it, what is "read" from photographs and rulings is no text; a search gains nothing by it


def open_page_reader() -> Callable[[Pixels], str]:
    """A function from RGB pixels (height × width × 3, uint8) to the page's text in reading order, fit
    to be searched. Loads the models; keep it for all pages of a file."""
    reader = _reader()
    return lambda pixels: settle_lookalikes(reader.read(pixels).text_above(_NOISE))


def read_file(
    arguments: Mapping[str, Any], files: Sequence[Path], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """A sandbox task: page `arguments["page"]` of the one image file, as schemas.page_to_json."""
    progress(0, 1)
    page = _reader().read(open_page(files[0], int(arguments["page"])))
    progress(1, 1)
    return page_to_json(page)


def _reader() -> RapidOcrReader:
    """The sandbox says by OMP_NUM_THREADS how many threads a task may use."""
    return RapidOcrReader(Options(threads=int(os.environ.get("OMP_NUM_THREADS", "1"))))
