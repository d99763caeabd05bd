"""Pictures, read by OCR; TIFF files page by page."""

import warnings

import numpy as np
from PIL import Image, ImageOps

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean, close_up
from kb_service.adapters.extraction.source import DAMAGE, Found, Pixels, Source
from kb_service.models.attachments import Place, PlaceKind, TextPart
from kb_service.rules.joining import join_lines
from kernel.errors import Text

_MIN_SIDE = 16  # pixels; smaller pictures hold no text


def read_image(source: Source) -> Found:
    """A part for each page with text. The size is checked before anything is decoded."""
    if not source.tools.has_ocr:
        raise refusals.without_ocr(source.name)
    Image.MAX_IMAGE_PIXELS = None  # _pixels measures, with a message of ours
    warnings.simplefilter("ignore")
    try:
        with Image.open(source.file) as image:
            return _frames(source, image)
    except DAMAGE as error:
        raise refusals.damaged(source.name, "画像", "an image") from error


def _frames(source: Source, image: Image.Image) -> Found:
    tools = source.tools
    # frames of an animation are no pages
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    found = Found([])
    done = 0
    for number in range(1, min(count, tools.bounds.pages) + 1):
        if tools.is_late or tools.ocr_is_used_up:
            break
        tools.progress(number - 1, count)
        image.seek(number - 1)
        done = number
        if min(image.size) < _MIN_SIDE:
            continue
        text = clean(close_up(join_lines(clean(tools.read_pixels(_pixels(image, source), source.name)))))
        if text:
            found.parts.append(TextPart(Place(PlaceKind.PAGE, number), text, by_ocr=True))
    tools.progress(done, count)
    if done < count:
        found.notes.append(
            Text(
                f"全{count}ページのうち、はじめの{done}ページだけを読み取りました。",
                f"Only the first {done} of {count} pages were read.",
            )
        )
    return found


def _pixels(frame: Image.Image, source: Source) -> Pixels:
    """Eight-bit RGB, turned as the camera says, on white where it is transparent."""
    limit = source.tools.bounds.pixels
    if frame.width * frame.height > limit:
        raise refusals.image_too_large(source.name, frame.width, frame.height, limit)
    upright = ImageOps.exif_transpose(frame) or frame
    if upright.mode.startswith(("I", "F")):
        levels = np.asarray(upright, dtype=np.float64)
        spread = float(levels.max() - levels.min()) or 1.0
        upright = Image.fromarray(((levels - levels.min()) * (255.0 / spread)).astype(np.uint8))
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    return np.array(upright.convert("RGB"))
