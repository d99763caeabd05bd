"""Bar codes and two-dimensional codes, read with zxing-cpp."""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from ocr_service.adapters.imaging.patches import Levels
from ocr_service.ports.page_reading import Pixels

_ENLARGED = 2.0


@dataclass(frozen=True, slots=True)
class Code:
    """`text` as the code says it; `format` for example "QRCode", "Code128", "ITF"."""

    text: str
    format: str


def codes(crop: Pixels) -> list[Code]:
    """All codes on the picture from left to right; none is an empty list. Poor scans are tried again enlarged
    and evened out. Codes check themselves: what is read is right but for misprints."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    found = _read(grey)
    if not found:
        larger = cv2.resize(grey, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
        found = _read(cv2.GaussianBlur(larger, (0, 0), 1.0))
    return found


def _read(grey: Levels) -> list[Code]:
    read = [code for code in zxingcpp.read_barcodes(np.ascontiguousarray(grey)) if code.valid]
    read.sort(key=lambda code: min(code.position.top_left.x, code.position.bottom_left.x))
    return [Code(str(code.text), str(code.format).rpartition(".")[2]) for code in read]
