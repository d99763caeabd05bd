"""One page as pixels, and what is agreed between the ways to get there."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ocr_service.ports.page_reading import Pixels

Source = Path | io.BytesIO
"""Where a scan's bytes are: a file, or a member of a ZIP that has been unpacked."""

MAX_PAGES = 2_000
MAX_PIXELS = 120_000_000  # an A3 sheet at 800 dpi
MOST_DPI = 300
LEAST_DPI = 100
_A4_LONG_MM = 297.0
_MM = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page at full resolution, pixels as wide as high. `dpi`: what the file says, or A4 is assumed; the
    paper's true scale is found when the page is laid over its form."""

    pixels: Pixels
    dpi: float


class Pages(Protocol):
    """The pages of one PDF, TIFF or picture, kept open between pages."""

    @property
    def count(self) -> int: ...

    def sheet(self, number: int) -> Sheet:
        """Page `number` from 1. Raises UnreadableScan."""

    def close(self) -> None: ...


def plausible_dpi(width: int, height: int, told: float) -> float:
    """`told` when the sheet is then of a paper's size (long side 100 to 600 mm), otherwise as if it were A4."""
    side = max(width, height)
    if told > 1 and 100.0 <= side / told * _MM <= 600.0:
        return told
    return side / _A4_LONG_MM * _MM
