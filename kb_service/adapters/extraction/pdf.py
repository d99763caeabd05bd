"""PDF: the text layer page by page; a page without one is drawn and read by OCR."""

from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean, close_up
from kb_service.adapters.extraction.source import Found, Pixels, Source
from kb_service.adapters.extraction.vertical_pdf import vertical_lines
from kb_service.models.attachments import Place, PlaceKind, TextPart
from kb_service.rules.joining import join_lines
from kernel.errors import Text

_DPI = 200
_MAX_SIDE = 5_000  # pixels; posters are drawn smaller than 200 dpi
_FEW_CHARACTERS = 20  # a page number or a stamp over a scan is no text layer
_NO_TITLES = {"untitled", "無題", "名称未設定", "powerpoint プレゼンテーション", "powerpoint presentation"}
_ANNOTATION_BYTES = 200_000
_IMAGE_SHARE = 0.5  # of the page's area


def read_pdf(source: Source) -> Found:
    """One part for each page with text. Reads as many pages as the bounds allow and notes the rest."""
    try:
        document = pdfium.PdfDocument(source.file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise refusals.encrypted(source.name) from error
        raise refusals.damaged(source.name, "PDF", "PDF") from error
    try:
        return _Pages(source, document).read()
    finally:
        document.close()


class _Pages:
    """The pages of one document and what has been found on them."""

    def __init__(self, source: Source, document: pdfium.PdfDocument) -> None:
        self._source = source
        self._tools = source.tools
        self._document = document
        self._found = Found([], _title(document))
        self._unread: list[int] = []
        self._without_ocr: list[int] = []

    def read(self) -> Found:
        count = len(self._document)
        if not count:
            raise refusals.damaged(self._source.name, "PDF", "PDF")
        limit = min(count, self._tools.bounds.pages)
        characters = 0
        for number in range(1, limit + 1):
            if self._tools.is_late or characters > self._tools.bounds.characters:
                limit = number - 1
                break
            self._tools.progress(number - 1, count)
            part = self._page(number)
            if part:
                self._found.parts.append(part)
                characters += len(part.text)
        self._tools.progress(limit, count)
        self._note(limit, count)
        return self._found

    def _page(self, number: int) -> TextPart | None:
        place = Place(PlaceKind.PAGE, number)
        try:
            page = self._document[number - 1]
        except pdfium.PdfiumError:
            self._unread.append(number)
            return None
        try:
            text = self._text_layer(page)
            if not _needs_ocr(page, text):
                return TextPart(place, text) if text else None
            if not self._tools.has_ocr or self._tools.ocr_is_used_up:
                self._without_ocr.append(number)
                return TextPart(place, text) if text else None
            read = clean(close_up(join_lines(clean(self._tools.read_pixels(_draw(page), self._source.name)))))
            return TextPart(place, read, by_ocr=True) if read else None
        except pdfium.PdfiumError:
            self._unread.append(number)
            return None
        finally:
            page.close()

    def _text_layer(self, page: pdfium.PdfPage) -> str:
        layer = page.get_textpage()
        try:
            upright = vertical_lines(layer)
            printed = close_up(join_lines(clean("\n".join(upright) or layer.get_text_bounded())))
        finally:
            layer.close()
        return "\n".join([printed, *_filled_in(page)]).strip("\n")

    def _note(self, limit: int, count: int) -> None:
        notes = self._found.notes
        if limit < count:
            notes.append(
                Text(
                    f"全{count}ページのうち、はじめの{limit}ページだけを読み取りました。"
                    "残りも検索したい場合は、分割して添付してください。",
                    f"Only the first {limit} of {count} pages were read. Split the file to have the rest searched.",
                )
            )
        if self._unread:
            pages = _listed(self._unread)
            notes.append(
                Text(
                    f"{pages}ページは壊れているため読み取れませんでした。",
                    f"Damaged and not read: page {pages}.",
                )
            )
        if self._without_ocr:
            pages = _listed(self._without_ocr)
            notes.append(
                Text(
                    f"{pages}ページは画像のため、文字を読み取っていません。",
                    f"Images that were not read: page {pages}.",
                )
            )


def _title(document: pdfium.PdfDocument) -> str:
    """The title that the document gives itself, unless a program wrote it in its own name."""
    title = clean(document.get_metadata_value("Title")).replace("\n", " ").strip()
    return "" if title.lower() in _NO_TITLES else title.removeprefix("Microsoft Word - ")


def _filled_in(page: pdfium.PdfPage) -> list[str]:
    """Values of form fields, and what notes on the page say: neither is part of the text layer."""
    lines: dict[str, None] = {}
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        is_field = pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_WIDGET
        line = clean(_annotation_text(annotation, b"V" if is_field else b"Contents"))
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if line:
            lines[line] = None
    return list(lines)


def _annotation_text(annotation: Any, key: bytes) -> str:
    """A string of an annotation's dictionary; pdfium answers UTF-16 with its size in bytes."""
    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= _ANNOTATION_BYTES:
        return ""
    buffer = (pdfium_c.FPDF_WCHAR * (size // 2))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\x00")


def _needs_ocr(page: pdfium.PdfPage, text: str) -> bool:
    """No text layer worth the name: nothing, a stamp over a scan, or characters without a meaning."""
    letters = "".join(text.split())
    if sum("\ue000" <= letter <= "\uf8ff" or letter == "\ufffd" for letter in letters) * 3 > max(
        1, len(letters)
    ):
        return True
    if len(letters) > _FEW_CHARACTERS:
        return False
    width, height = page.get_size()
    covered, drawn = 0.0, False
    for item in page.get_objects(max_depth=3):
        drawn = True
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered = max(covered, (right - left) * (top - bottom))
    if not letters:
        return drawn
    return bool(covered > _IMAGE_SHARE * width * height)


def _draw(page: pdfium.PdfPage) -> Pixels:
    """The page in RGB at 200 dpi, less for one that would be larger than the engine can use."""
    width, height = page.get_size()
    scale = min(_DPI / 72, _MAX_SIDE / max(width, height, 1.0))
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True)
    try:
        pixels: Pixels = bitmap.to_numpy()[:, :, :3].copy()
        return pixels
    finally:
        bitmap.close()


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    return f"{shown} …" if len(numbers) > 10 else shown
