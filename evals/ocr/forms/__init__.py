"""The five forms that ship with the service, as drawings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from evals.ocr.forms import benefit, child_allowance, facility, health_insurance, resident_transfer
from evals.ocr.sheet import HEIGHT, WIDTH, Drawn
from ocr_service.models.forms import Form, FormPage

DPI = 200


@dataclass(frozen=True, slots=True)
class Design:
    """A form as it is drawn."""

    name: str
    title: str
    description: str
    draw: Callable[[], Drawn]

    def drawn(self) -> Drawn:
        return _drawn(self.draw)

    def form(self) -> Form:
        """The template's content."""
        return _form(self)


DESIGNS: Mapping[str, Design] = {
    each.NAME: Design(each.NAME, each.TITLE, each.DESCRIPTION, each.draw)
    for each in (resident_transfer, health_insurance, child_allowance, benefit, facility)
}


@cache
def _drawn(draw: Callable[[], Drawn]) -> Drawn:
    return draw()


@cache
def _form(design: Design) -> Form:
    drawn = design.drawn()
    image = png(picture(drawn.pdf, DPI))
    page = FormPage(1, WIDTH, HEIGHT, DPI, image, drawn.fields, drawn.tables)
    return Form(design.name, design.title, design.description, (page,), drawn.checks)


def picture(pdf: bytes, dpi: int) -> NDArray[np.uint8]:
    """The page as grey pixels, height × width."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        image = document[0].render(scale=dpi / 72, grayscale=True).to_numpy()
    finally:
        document.close()
    return np.ascontiguousarray(image.reshape(image.shape[0], image.shape[1]))


def png(image: NDArray[np.uint8]) -> bytes:
    """Smallest PNG of a grey page: shades are cut to sixteen, which no reader misses."""
    shades = (np.round(image / 17.0) * 17).astype(np.uint8)
    return cv2.imencode(".png", shades, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
