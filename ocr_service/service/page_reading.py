"""What the rest of the system asks of reading."""

from pathlib import Path

from ocr_service.models.pages import PageText
from ocr_service.ports.page_reading import PageReader


class Reading:
    """Reads single pages. Forms, batches and verification stand on it."""

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader

    def page(self, image: Path, page: int = 1) -> PageText:
        """The text of one page of an image file; raises UnreadableImage."""
        return self._reader.read(image, page)
