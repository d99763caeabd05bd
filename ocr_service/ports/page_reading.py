"""What the service needs of an OCR engine."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kernel.errors import ChienowaError
from ocr_service.models.pages import PageText

Pixels = NDArray[np.uint8]  # height × width × 3, red green blue


class UnreadableImage(ChienowaError):
    """The bytes are no image that can be opened, or the image is too large."""

    status = 422
    code = "unreadable-image"


class PixelReader(Protocol):
    """Reads an image that is already decoded. One instance belongs to one thread: engines keep state."""

    def read(self, pixels: Pixels) -> PageText:
        """A page turned by 90, 180 or 270 degrees is turned upright first. An empty page has no rows.
        Lines of low confidence are kept: whoever asks decides what to believe."""


class PageReader(Protocol):
    """Reads the text of an image file of unknown origin, behind a sandbox."""

    def read(self, image: Path, page: int = 1) -> PageText:
        """`page` counts from 1 in files of several (TIFF). Raises UnreadableImage, also for a page that is
        not there."""
