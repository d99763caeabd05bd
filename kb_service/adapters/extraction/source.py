"""What every family of files is given to read, and what it answers."""

import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb_service.adapters.extraction import refusals
from kb_service.models.attachments import TextPart
from kb_service.ports.extraction import Progress
from kernel.errors import Text

# What libraries raise on damaged bytes, besides their own errors. A defect of ours looks the same, so that
# whoever turns one of these into a refusal keeps it as the cause.
DAMAGE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, AttributeError, TypeError),
    *(AssertionError, ArithmeticError, OSError, EOFError, SyntaxError, NotImplementedError, RecursionError),
)

Pixels = NDArray[np.uint8]  # height × width × 3, red green blue
ReadPixels = Callable[[Pixels], str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of one file is read; what lies beyond is left out with a note. `seconds` is the time after
    which no new page is begun. Sizes in bytes and in pixels."""

    pages: int = 5_000
    ocr_pages: int = 500
    characters: int = 8_000_000
    text_bytes: int = 30_000_000
    seconds: float = 1_500.0
    unpacked_bytes: int = 500_000_000
    pixels: int = 120_000_000
    mail_attachments: int = 100
    cells: int = 2_000_000


@dataclass(slots=True)
class Found:
    """Text of a file as its family read it."""

    parts: list[TextPart]
    title: str = ""
    notes: list[Text] = field(default_factory=list)


class Tools:
    """What one file's reading shares: bounds, progress, the clock, and OCR that is loaded when first needed."""

    def __init__(self, bounds: Bounds, progress: Progress, open_ocr: Callable[[], ReadPixels] | None) -> None:
        self.bounds = bounds
        self.progress = progress
        self._open_ocr = open_ocr
        self._ocr: ReadPixels | None = None
        self._started = time.monotonic()
        self._ocr_pages = 0

    @property
    def has_ocr(self) -> bool:
        return self._open_ocr is not None

    @property
    def is_late(self) -> bool:
        """No new page should be begun."""
        return time.monotonic() - self._started > self.bounds.seconds

    @property
    def ocr_is_used_up(self) -> bool:
        return self._ocr_pages >= self.bounds.ocr_pages

    def read_pixels(self, pixels: Pixels, name: str) -> str:
        """OCR of a picture; raises Unreadable where there is no OCR."""
        if self._open_ocr is None:
            raise refusals.without_ocr(name)
        if self._ocr is None:
            self._ocr = self._open_ocr()
        self._ocr_pages += 1
        return self._ocr(pixels)


@dataclass(frozen=True, slots=True)
class Source:
    """A file, the name a person gave it, and what to read it with. `depth` is 1 inside an e-mail."""

    file: Path
    name: str
    tools: Tools
    depth: int = 0

    def head(self) -> bytes:
        """The bytes of a text file as far as they are read."""
        with self.file.open("rb") as stream:
            return stream.read(self.tools.bounds.text_bytes)
