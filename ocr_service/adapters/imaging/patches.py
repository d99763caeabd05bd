"""A field's picture beside the blank form's picture of the same place."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ocr_service.ports.page_reading import Pixels

# uint8 both; cv2 declares its results as any kind of number
Mask = NDArray[Any]  # height × width, 0 or 255
Levels = NDArray[Any]  # height × width, 250 is paper, 0 black
Labels = NDArray[Any]  # height × width, int32


@dataclass(frozen=True, slots=True)
class Rect:
    """A place on a picture in pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, by: int, height: int, width: int) -> "Rect":
        """Larger on all sides, but not over a picture of that size."""
        return Rect(
            max(0, self.left - by),
            max(0, self.top - by),
            min(width, self.right + by),
            min(height, self.bottom + by),
        )


@dataclass(frozen=True, slots=True)
class Patch:
    """`crop` and `blank` show the same place at the same scale, RGB, registered to about 0.7 mm. `scale` is in
    pixels per millimetre. `margin`: millimetres around the field on all four sides of both pictures."""

    crop: Pixels
    blank: Pixels
    scale: float
    margin: float

    @property
    def field(self) -> Rect:
        """The field without its margin."""
        height, width = self.crop.shape[:2]
        inset = round(self.margin * self.scale)
        across, down = min(inset, (width - 1) // 2), min(inset, (height - 1) // 2)
        return Rect(across, down, width - across, height - down)

    def pixels(self, millimetres: float) -> int:
        """A length as whole pixels, at least one."""
        return max(1, round(millimetres * self.scale))

    def place(self, x: float, y: float, width: float, height: float) -> Rect:
        """A box given in millimetres from the field's own upper left corner, cut to the picture."""
        rows, columns = self.crop.shape[:2]
        left, top = (x + self.margin) * self.scale, (y + self.margin) * self.scale
        left_px, top_px = min(max(0, round(left)), columns - 1), min(max(0, round(top)), rows - 1)
        return Rect(
            left_px,
            top_px,
            max(left_px + 1, min(columns, round(left + width * self.scale))),
            max(top_px + 1, min(rows, round(top + height * self.scale))),
        )
