"""A blank or sample form made ready to be a template: upright, straight, grey, with proposals for its fields.
Runs only inside the sandbox."""

import base64
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kernel.errors import Problem, Text
from ocr_service.adapters.imaging.levels import evened
from ocr_service.adapters.imaging.opening import open_scan
from ocr_service.adapters.imaging.patches import Rect
from ocr_service.adapters.imaging.proposals import proposals
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.adapters.imaging.uprighting import skew_of, straighten
from ocr_service.adapters.imaging.words import Words
from ocr_service.adapters.rapidocr.engine import Options
from ocr_service.adapters.rapidocr.reader import RapidOcrReader
from ocr_service.models.pages import PageText
from ocr_service.ports.form_reading import BlankPage, UnreadableScan
from ocr_service.ports.page_reading import PixelReader, Pixels

MOST_PAGES = 20
_DPI = 200
_MM = 25.4
_STRAIGHT = 0.08  # degrees that need no turning back
_SURE = 0.5  # print that is read less surely names nothing


def blank_pages(
    file: Path, name: str, reader: PixelReader, progress: Callable[[int, int], None]
) -> list[BlankPage]:
    """All pages of the form. Raises UnreadableScan."""
    with open_scan(file, name) as opened:
        addresses = opened.contents().pages
        if len(addresses) > MOST_PAGES:
            raise _too_many(name, len(addresses))
        found = []
        for number, address in enumerate(addresses, start=1):
            progress(number - 1, len(addresses))
            found.append(blank_page(opened.page(address), number, reader))
        return found


def blank_page(sheet: Sheet, number: int, reader: PixelReader) -> BlankPage:
    """One page at 200 dpi."""
    pixels = _at_resolution(sheet)
    skew = skew_of(Sheet(pixels, _DPI))
    if abs(skew) > _STRAIGHT:
        pixels = _middle(straighten(pixels, skew), pixels.shape[1], pixels.shape[0])
    text = reader.read(pixels)
    if text.rotation:
        pixels = np.ascontiguousarray(np.rot90(pixels, -text.rotation // 90))
    scale = _DPI / _MM
    light = evened(pixels, scale)
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return BlankPage(
        number=number,
        width=round(width / scale, 2),
        height=round(height / scale, 2),
        dpi=_DPI,
        image=cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes(),
        proposals=proposals(light.dark, scale, _words(text)),
    )


def read_blank_form(
    arguments: Mapping[str, Any], files: Sequence[Path], progress: Callable[[int, int], None]
) -> list[dict[str, Any]]:
    """A sandbox task: the pages of the one file, called `arguments["name"]`."""
    reader = RapidOcrReader(Options(threads=int(os.environ.get("OMP_NUM_THREADS", "1"))))
    return [_plain(page) for page in blank_pages(files[0], str(arguments["name"]), reader, progress)]


def _plain(page: BlankPage) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "image": base64.b64encode(page.image).decode("ascii"),
        "proposals": [
            [each.box.x, each.box.y, each.box.width, each.box.height, each.kind, each.label, each.cells]
            for each in page.proposals
        ],
    }


def _at_resolution(sheet: Sheet) -> Pixels:
    factor = _DPI / sheet.dpi
    if abs(factor - 1) < 0.005:
        return sheet.pixels
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = (round(sheet.pixels.shape[1] * factor), round(sheet.pixels.shape[0] * factor))
    return np.asarray(cv2.resize(sheet.pixels, size, interpolation=method), dtype=np.uint8)


def _middle(pixels: Pixels, width: int, height: int) -> Pixels:
    """The page itself: turning it back has made the picture a little larger."""
    left, top = (pixels.shape[1] - width) // 2, (pixels.shape[0] - height) // 2
    return np.ascontiguousarray(
        pixels[max(0, top) : max(0, top) + height, max(0, left) : max(0, left) + width]
    )


def _words(text: PageText) -> list[Words]:
    return [
        Words(line.text, Rect(round(line.left), round(line.top), round(line.right), round(line.bottom)))
        for line in text.lines
        if line.confidence >= _SURE
    ]


def _too_many(name: str, pages: int) -> UnreadableScan:
    why = Text(
        f"{pages:,}ページあります。帳票のひな形は{MOST_PAGES}ページまでです。必要なページだけのファイルを使ってください。",
        f"It has {pages:,} pages. A form may have {MOST_PAGES}. Use a file with the needed pages alone.",
    )
    return UnreadableScan(Text(f"「{name}」: {why.ja}", f"{name}: {why.en}"), (Problem(name, why),))
