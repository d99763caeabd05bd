"""PDF with the page as picture and its text, invisible, over it. The font is one of those that every PDF reader
brings for Japanese (Adobe-Japan1), so nothing is embedded. reportlab is loaded with the first PDF, so that serving
starts without it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ocr_service.ports.exports import PdfPage

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_FONT = "HeiseiKakuGo-W5"
_A4 = (595.28, 841.89)  # points
_INVISIBLE = 3


class SearchablePdfWriter:
    """A PdfWriter."""

    def write(self, file: Path, title: str, pages: Iterable[PdfPage]) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
        canvas = Canvas(str(file), pageCompression=1)
        canvas.setTitle(title)
        canvas.setCreator("Chienowa")
        for page in pages:
            self._page(canvas, page)
        canvas.save()

    def _page(self, canvas: Canvas, page: PdfPage) -> None:
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfbase import pdfmetrics

        width, height = page.size
        short, long = _A4
        paper = (long, short) if width > height else (short, long)
        scale = min(paper[0] / width, paper[1] / height)
        canvas.setPageSize((width * scale, height * scale))
        canvas.drawImage(ImageReader(io.BytesIO(page.picture)), 0, 0, width * scale, height * scale)
        for (left_top, right_top, _, left_bottom), text in page.texts:
            size = max(4.0, abs(left_bottom[1] - left_top[1]) * scale * 0.7)
            natural = pdfmetrics.stringWidth(text, _FONT, size)
            if not natural:
                continue
            line = canvas.beginText()
            line.setTextRenderMode(_INVISIBLE)
            line.setFont(_FONT, size)
            line.setHorizScale(100 * max(1.0, (right_top[0] - left_top[0]) * scale) / natural)
            line.setTextOrigin(left_top[0] * scale, (height - left_bottom[1]) * scale + size * 0.15)
            line.textOut(text)
            canvas.drawText(line)
        canvas.showPage()
