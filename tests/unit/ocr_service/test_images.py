"""Pixels of every kind of picture become the same black on white."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kernel.errors import ChienowaError
from ocr_service.adapters.images import flatten, open_page
from tests.resources import bad_files


def drawing() -> Image.Image:
    """White with a black square at the upper left."""
    image = Image.new("L", (60, 40), 255)
    ImageDraw.Draw(image).rectangle((5, 5, 20, 20), fill=0)
    return image


def converted(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(drawing()).astype(np.uint16) * 200)
    if mode == "F":
        return Image.fromarray(np.asarray(drawing()).astype(np.float32) / 255)
    if mode in ("LA", "RGBA"):
        clear = Image.new(mode, (60, 40))  # black, and seen through: paper shows
        ImageDraw.Draw(clear).rectangle((5, 5, 20, 20), fill=(0, 255) if mode == "LA" else (0, 0, 0, 255))
        return clear
    return drawing().convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F"])
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    pixels = flatten(converted(mode))
    assert (pixels.shape, pixels.dtype) == ((40, 60, 3), np.uint8)
    assert pixels[10, 10].max() <= 5 and pixels[30, 50].min() >= 250


@pytest.mark.parametrize(("orientation", "corner"), [(1, (5, 5)), (3, (35, 55)), (6, (5, 35)), (8, (55, 5))])
def test_the_camera_s_turn_is_applied(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    drawing().save(tmp_path / "a.png", exif=exif)
    pixels = open_page(tmp_path / "a.png", 1)
    row, column = (min(max(value, 7), size - 8) for value, size in zip(corner, pixels.shape, strict=False))
    assert pixels[row, column].max() <= 5


def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    bad_files.huge_png(tmp_path / "a.png")
    with pytest.raises(ChienowaError, match="too large"):
        open_page(tmp_path / "a.png", 1)
