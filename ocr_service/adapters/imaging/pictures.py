"""PNG, JPEG and TIFF (also of many pages, 1-bit, LZW, JPEG inside) to sheets."""

import io
import math
import struct
import warnings
from typing import Any

import numpy as np
from PIL import Image

from ocr_service.adapters.images import flatten
from ocr_service.adapters.imaging import refusals
from ocr_service.adapters.imaging.sheets import MAX_PAGES, MAX_PIXELS, MOST_DPI, Sheet, Source, plausible_dpi

FORMATS = ("PNG", "JPEG", "TIFF")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError, TypeError, IndexError)
"""What Pillow raises on foreign bytes."""

_PLACES_AND_SIZES = ((273, 279), (324, 325))  # TIFF: strips, tiles
_TAIL = 4_096
_SHRINK_ABOVE = 1.3  # times the resolution that is kept


class Picture:
    """One opened picture file. Only its header is read until a page is asked for."""

    def __init__(self, source: Source, name: str) -> None:
        """Raises UnreadableScan when it is no picture, too large, cut off, or has too many pages."""
        Image.MAX_IMAGE_PIXELS = None  # sizes are judged below, with a message that helps
        warnings.simplefilter("ignore")
        self._name = name
        try:
            self._image = Image.open(source, formats=FORMATS)
            self._count = self._pages()
        except BROKEN as error:
            raise refusals.refuse(name, refusals.DAMAGED) from error
        if self._count > MAX_PAGES:
            raise refusals.refuse(name, refusals.too_many_pages(self._count, MAX_PAGES))
        if self._count == 1:
            self._check_size()
        try:
            whole = self._is_whole(source)
        except BROKEN as error:
            raise refusals.refuse(name, refusals.DAMAGED) from error
        if not whole:
            raise refusals.refuse(name, refusals.DAMAGED)

    @property
    def count(self) -> int:
        return self._count

    def sheet(self, number: int) -> Sheet:
        if not 1 <= number <= self._count:
            raise refusals.refuse(self._name, refusals.NO_SUCH_PAGE)
        try:
            self._image.seek(number - 1)
            self._check_size()
            return _sheet(self._image)
        except BROKEN as error:
            raise refusals.refuse(self._name, refusals.DAMAGED) from error

    def close(self) -> None:
        self._image.close()

    def _pages(self) -> int:
        """A JPEG with a preview inside and an animated PNG are one page each."""
        return int(getattr(self._image, "n_frames", 1)) if self._image.format == "TIFF" else 1

    def _check_size(self) -> None:
        width, height = self._image.size
        if width * height > MAX_PIXELS:
            raise refusals.refuse(self._name, refusals.too_large(width, height, MAX_PIXELS))

    def _is_whole(self, source: Source) -> bool:
        """Whether the end of the file is there, told without decoding its pixels; a TIFF of many pages is judged
        page by page later, so that its good pages are read."""
        size, tail = _tail(source)
        if self._image.format == "PNG":
            return b"IEND" in tail
        if self._image.format == "TIFF":
            return self._count > 1 or _ends_inside(self._image, size)
        if b"\xff\xd9" in tail:
            return True
        self._image.load()  # some scanners leave the end mark out; what cannot be decoded raises
        return True


def _tail(source: Source) -> tuple[int, bytes]:
    if isinstance(source, io.BytesIO):
        data = source.getbuffer()
        return len(data), bytes(data[-_TAIL:])
    size = source.stat().st_size
    with source.open("rb") as stream:
        stream.seek(max(0, size - _TAIL))
        return size, stream.read()


def _ends_inside(image: Image.Image, size: int) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    for places, sizes in _PLACES_AND_SIZES:
        if places in tags and sizes in tags:
            return all(
                at + length <= size
                for at, length in zip(_numbers(tags[places]), _numbers(tags[sizes]), strict=False)
            )
    return True


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple) else (value,)


def _sheet(image: Image.Image) -> Sheet:
    """Shrunk to about 300 dpi while it is still small in memory, then RGB; a fax's flat pixels become square."""
    across, down = _told_dpi(image)
    width, height = image.size
    if across > 1 and down > 1 and not 0.8 < across / down < 1.25:
        # a fax has 204 × 98 or 204 × 391 points to the inch
        dpi = plausible_dpi(width, round(height * across / down), across)
        image = _levels(image).resize(
            (width, max(1, round(height * across / down))), Image.Resampling.BICUBIC
        )
    else:
        dpi = plausible_dpi(width, height, across)
        if image.format == "JPEG" and dpi > MOST_DPI * _SHRINK_ABOVE:
            image.draft(None, (round(width * MOST_DPI / dpi), round(height * MOST_DPI / dpi)))
            dpi *= image.size[0] / width
    turn = image.getexif().get(0x0112) if hasattr(image, "getexif") else None
    if dpi > MOST_DPI * _SHRINK_ABOVE:
        small = _levels(image)
        factor = math.floor(dpi / MOST_DPI)
        if factor > 1:
            small, dpi = small.reduce(factor), dpi / factor
        if dpi > MOST_DPI * _SHRINK_ABOVE:
            size = (max(1, round(small.width * MOST_DPI / dpi)), max(1, round(small.height * MOST_DPI / dpi)))
            small, dpi = small.resize(size, Image.Resampling.BOX), MOST_DPI
        if turn is not None:
            small.getexif()[0x0112] = turn
        image = small
    return Sheet(np.ascontiguousarray(flatten(image)), dpi)


def _levels(image: Image.Image) -> Image.Image:
    """A picture that can be shrunk smoothly: bits and palettes become levels."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    if image.mode.startswith("I;16"):
        return image.convert("I")
    image.load()
    return image


def _told_dpi(image: Image.Image) -> tuple[float, float]:
    told = image.info.get("dpi")
    try:
        across, down = float(told[0]), float(told[1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0, 0.0
    return (across, down) if math.isfinite(across) and math.isfinite(down) else (0.0, 0.0)
