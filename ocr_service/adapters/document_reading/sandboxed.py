"""What runs inside the sandbox. Other services name these functions by their dotted path, and share no type
with this one: pixels go in, text or JSON comes out."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr_service.adapters.document_reading.pages import NOISE, document_page, see
from ocr_service.adapters.imaging.opening import open_scan
from ocr_service.adapters.imaging.sheets import Sheet, plausible_dpi
from ocr_service.adapters.rapidocr.engine import Options
from ocr_service.adapters.rapidocr.reader import RapidOcrReader
from ocr_service.models.documents import DocumentPage
from ocr_service.ports.form_reading import PageAddress, UnreadableScan
from ocr_service.ports.page_reading import Pixels
from ocr_service.rules.lookalikes import settle_lookalikes
from ocr_service.rules.ruled_tables import text_with_tables
from ocr_service.schemas.document_pages import page_to_json


def open_page_reader() -> Callable[[Pixels], str]:
    """A function from RGB pixels (height × width × 3, uint8) to the page's text in reading order, fit to be
    searched; the cells of a table's row are parted by tabs. Loads the models; keep it for all pages of a file."""
    reader = _reader()

    def text_of(pixels: Pixels) -> str:
        dpi = plausible_dpi(pixels.shape[1], pixels.shape[0], 0.0)
        read = see(Sheet(pixels, dpi), reader).read
        return settle_lookalikes(text_with_tables(read.text, read.tables, NOISE))

    return text_of


def read_document(
    arguments: Mapping[str, Any], files: Sequence[Path], progress: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    """A sandbox task: the pages of the one file, called `arguments["name"]`, one after the other as
    schemas.document_pages.page_to_json. A page that cannot be read says why and stops no other."""
    reader = _reader()
    with open_scan(files[0], str(arguments["name"])) as scan:
        addresses = scan.contents().pages
        for done, address in enumerate(addresses):
            progress(done, len(addresses))
            try:
                page = document_page(scan.page(address), address, reader)
            except UnreadableScan as error:
                page = _unread(address, error)
            yield page_to_json(page)
        progress(len(addresses), len(addresses))


def _unread(address: PageAddress, error: UnreadableScan) -> DocumentPage:
    return DocumentPage(address.member, address.number, b"", (0, 0), (), (), "", error.text.ja, error.text.en)


def _reader() -> RapidOcrReader:
    """The sandbox says by OMP_NUM_THREADS how many threads a task may use."""
    return RapidOcrReader(Options(threads=int(os.environ.get("OMP_NUM_THREADS", "1"))))
