"""A page without a template: made straight, read, its ruled tables found, and a picture for the searchable PDF."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.grid import ruling
from ocr_service.adapters.imaging.levels import evened
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.adapters.imaging.uprighting import skew_of, straighten
from ocr_service.models.documents import DocumentPage, ReadPage, RuledCell
from ocr_service.ports.form_reading import PageAddress
from ocr_service.ports.page_reading import PixelReader, Pixels
from ocr_service.rules.ruled_tables import tables_of, text_with_tables

NOISE = 0.4  # below it, what is "read" from photographs and rulings is no text; a search gains nothing by it
_STRAIGHT = 0.15  # degrees that need no turning back
_PICTURE_DPI = 150
_JPEG = 80
_MM = 25.4


@dataclass(frozen=True, slots=True)
class Seen:
    """The page as it was read, upright and straight."""

    pixels: Pixels
    read: ReadPage


def see(sheet: Sheet, reader: PixelReader) -> Seen:
    """Lines and tables; rulings are looked for only where there is print."""
    pixels = sheet.pixels
    skew = skew_of(sheet)
    if abs(skew) > _STRAIGHT:
        pixels = straighten(pixels, skew)
    text = reader.read(pixels)
    if text.rotation:
        pixels = np.ascontiguousarray(np.rot90(pixels, -text.rotation // 90))
    if len(text.lines) < 2:
        return Seen(pixels, ReadPage(text, ()))
    scale = sheet.dpi / _MM
    cells = [
        RuledCell(cell.left, cell.top, cell.right, cell.bottom)
        for cell in ruling(evened(pixels, scale).dark, scale).cells
    ]
    sure = [line for line in text.lines if line.confidence >= NOISE]
    return Seen(pixels, ReadPage(text, tables_of(cells, sure, scale)))


def document_page(sheet: Sheet, address: PageAddress, reader: PixelReader) -> DocumentPage:
    """The whole page as it leaves the sandbox."""
    seen = see(sheet, reader)
    factor = min(1.0, _PICTURE_DPI / sheet.dpi)
    height, width = seen.pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(seen.pixels, size, interpolation=cv2.INTER_AREA) if factor < 1 else seen.pixels
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG])[1]
    across, down = size[0] / width, size[1] / height
    lines = []
    for line in seen.read.text.lines:
        if line.confidence >= NOISE:
            a, b, c, d = ((round(x * across, 1), round(y * down, 1)) for x, y in line.box)
            lines.append(((a, b, c, d), line.text))
    return DocumentPage(
        name=address.member,
        number=address.number,
        picture=jpeg.tobytes(),
        size=size,
        lines=tuple(lines),
        tables=tuple(table.rows for table in seen.read.tables),
        text=text_with_tables(seen.read.text, seen.read.tables, NOISE),
    )
