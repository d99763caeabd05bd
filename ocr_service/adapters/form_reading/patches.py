"""One field cut out of a placed page, beside the blank form's picture of the same place."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Patch
from ocr_service.adapters.imaging.registration import Registration
from ocr_service.models.fields import Box, Field
from ocr_service.ports.page_reading import Pixels

MARGIN_MM = 2.0
_COLOURED = 40  # difference of channels from which a picture is worth its colours
_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Cut:
    """A field's patch. `box`: the place on the form that the patch shows (with all choices in it), `on_page`:
    the share of it that is on the picture; `residual` in millimetres."""

    field: Field
    box: Box
    patch: Patch
    on_page: float
    residual: float


def cut(field: Field, registration: Registration, pixels: Pixels) -> Cut:
    """The field at the scan's own resolution."""
    box = around(field)
    crop = registration.crop(pixels, box, MARGIN_MM)
    blank = registration.blank(box, MARGIN_MM, crop)
    return Cut(
        field=field,
        box=box,
        patch=Patch(crop, blank, registration.px_per_mm, MARGIN_MM),
        on_page=registration.on_page(box),
        residual=registration.residual_at(box),
    )


def around(field: Field) -> Box:
    """The field's box and those of its choices in one."""
    boxes = [field.box, *(choice.box for choice in field.choices)]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(left, top, right - left, bottom - top)


def picture(crop: Pixels) -> bytes:
    """The crop for people and for learning: JPEG, in colour only where there is some (a tenth of a PNG of a
    noisy scan, and no worse to read)."""
    spread = crop.max(axis=2).astype(np.int16) - crop.min(axis=2)
    coloured = np.count_nonzero(spread > _COLOURED) > 0.001 * spread.size
    shown = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR if coloured else cv2.COLOR_RGB2GRAY)
    return bytes(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
