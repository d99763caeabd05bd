"""Image files to pixels. Runs only inside the sandbox."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from kernel.errors import Text
from ocr_service.ports.page_reading import Pixels, UnreadableImage

MAX_PIXELS = 120_000_000  # an A3 sheet at 800 dpi


def open_page(file: Path, page: int) -> Pixels:
    """The pixels of one page, turned as the camera says, on white where it is transparent."""
    Image.MAX_IMAGE_PIXELS = None  # we measure ourselves, before anything is decoded
    try:
        with Image.open(file) as image:
            if not 1 <= page <= getattr(image, "n_frames", 1):
                raise _unreadable(f"{page}ページ目はありません。", f"There is no page {page}.", file.name)
            image.seek(page - 1)
            if image.width * image.height > MAX_PIXELS:
                raise _unreadable("画像が大きすぎます。", "The image is too large.", file.name)
            return flatten(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _unreadable(
            "画像として開けません。壊れていないか確かめてください。",
            "It cannot be opened as an image. Check whether it is damaged.",
            file.name,
        ) from error


def flatten(image: Image.Image) -> Pixels:
    """Eight-bit RGB of any picture, with the camera's turn applied and transparency laid on white."""
    upright = ImageOps.exif_transpose(image) or image
    if upright.mode.startswith(("I", "F")):
        levels = np.asarray(upright, dtype=np.float64)
        spread = float(levels.max() - levels.min()) or 1.0
        upright = Image.fromarray(((levels - levels.min()) * (255.0 / spread)).astype(np.uint8))
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    return np.array(upright.convert("RGB"))


def _unreadable(ja: str, en: str, name: str) -> UnreadableImage:
    return UnreadableImage(Text(f"「{name}」: {ja}", f"{name}: {en}"))
