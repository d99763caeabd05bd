"""What a page says: lines with their place, their text and how sure the reader is."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of print. `box` has four corners in pixels of the upright page, clockwise from the line's own
    upper left. `confidence` is 0 to 1."""

    box: tuple[Point, Point, Point, Point]
    text: str
    confidence: float

    @property
    def left(self) -> float:
        return min(x for x, _ in self.box)

    @property
    def right(self) -> float:
        return max(x for x, _ in self.box)

    @property
    def top(self) -> float:
        return min(y for _, y in self.box)

    @property
    def bottom(self) -> float:
        return max(y for _, y in self.box)

    @property
    def is_upright(self) -> bool:
        """A column of vertical writing rather than a row: clearly taller than wide."""
        return self.bottom - self.top >= 1.5 * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's lines in reading order; a row holds lines that stand side by side. `rotation` is the clockwise
    turn in degrees (0, 90, 180, 270) that made the page upright; width and height are those after it."""

    width: int
    height: int
    rows: tuple[tuple[TextLine, ...], ...]
    rotation: int = 0

    @property
    def lines(self) -> tuple[TextLine, ...]:
        return tuple(line for row in self.rows for line in row)

    @property
    def text(self) -> str:
        """Rows under each other, the lines of a row side by side."""
        return self.text_above(0.0)

    def text_above(self, confidence: float) -> str:
        """The same without the lines that are less sure than `confidence`."""
        rows = (" ".join(line.text for line in row if line.confidence >= confidence) for row in self.rows)
        return "\n".join(row for row in rows if row)
