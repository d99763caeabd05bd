"""PDF to sheets, drawn so that the scan inside keeps its resolution."""

import contextlib
import io

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr_service.adapters.imaging import refusals
from ocr_service.adapters.imaging.sheets import LEAST_DPI, MAX_PAGES, MOST_DPI, Sheet, Source

_DPI = 200.0  # of a page that was never scanned
_MAX_SIDE = 6_000  # pixels; posters are drawn at less than their resolution
_RENEW_AFTER = 100  # pages: pdfium keeps what it has parsed until the document is closed
_POINTS = 72.0
_A_TOUCH_LESS = 1 - 1e-6  # sizes are rounded up: a page of 1654.0001 pixels would be smeared over 1655
_SHARE = 0.5  # of the page that a picture must cover to be its scan


class Document:
    """One opened PDF."""

    def __init__(self, source: Source, name: str) -> None:
        """Raises UnreadableScan for a password, damage, no pages or too many."""
        self._source = source
        self._name = name
        self._drawn = 0
        self._document = self._open()
        self._count = len(self._document)
        if self._count > MAX_PAGES:
            self.close()
            raise refusals.refuse(name, refusals.too_many_pages(self._count, MAX_PAGES))
        if not self._count:
            self.close()
            raise refusals.refuse(name, refusals.DAMAGED)

    @property
    def count(self) -> int:
        return self._count

    def sheet(self, number: int) -> Sheet:
        if not 1 <= number <= self._count:
            raise refusals.refuse(self._name, refusals.NO_SUCH_PAGE)
        if self._drawn >= _RENEW_AFTER:
            self.close()
            self._document, self._drawn = self._open(), 0
        self._drawn += 1
        try:
            page = self._document[number - 1]
        except pdfium.PdfiumError as error:
            raise refusals.refuse(self._name, refusals.DAMAGED) from error
        try:
            return _draw(page)
        except (pdfium.PdfiumError, ValueError, OSError) as error:
            raise refusals.refuse(self._name, refusals.DAMAGED) from error
        finally:
            page.close()

    def close(self) -> None:
        self._document.close()

    def _open(self) -> pdfium.PdfDocument:
        try:
            if isinstance(self._source, io.BytesIO):
                self._source.seek(0)
            document = pdfium.PdfDocument(self._source)
        except pdfium.PdfiumError as error:
            locked = any(word in str(error).lower() for word in ("password", "security"))
            raise refusals.refuse(self._name, refusals.PASSWORD if locked else refusals.DAMAGED) from error
        with contextlib.suppress(pdfium.PdfiumError):
            if document.get_formtype() != pdfium_c.FORMTYPE_NONE:
                document.init_forms()  # otherwise what was typed into a PDF's own fields is not drawn
        return document


def _draw(page: pdfium.PdfPage) -> Sheet:
    width, height = page.get_size()
    if width <= 1 or height <= 1:
        raise ValueError("a page of no size")
    dpi = _scan_dpi(page, width * height)
    dpi = min(dpi, _MAX_SIDE / max(width, height) * _POINTS)
    bitmap = page.render(scale=dpi / _POINTS * _A_TOUCH_LESS, rev_byteorder=True)
    try:
        drawn = bitmap.to_numpy()
        colours = drawn[:, :, :3] if drawn.ndim == 3 and drawn.shape[2] >= 3 else np.dstack([drawn] * 3)
        return Sheet(np.ascontiguousarray(colours, dtype=np.uint8), dpi)
    finally:
        bitmap.close()


def _scan_dpi(page: pdfium.PdfPage, area: float) -> float:
    """The resolution of the picture that covers the page; the usual one when there is none."""
    best = 0.0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) < _SHARE * area or not isinstance(item, pdfium.PdfImage):
            continue
        across, down = item.get_px_size()
        # a turned picture swaps its sides: the diagonal does not care
        best = max(best, float(np.hypot(across, down) / np.hypot(right - left, top - bottom)) * _POINTS)
    if best < LEAST_DPI:
        return _DPI
    return min(best, float(MOST_DPI))
