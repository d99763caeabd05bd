"""What runs inside the sandbox."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr_service.adapters.images import open_page
from ocr_service.adapters.rapidocr.engine import Options
from ocr_service.adapters.rapidocr.reader import RapidOcrReader
from ocr_service.schemas.pages import page_to_json


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
