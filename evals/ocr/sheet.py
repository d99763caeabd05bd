# ruff: noqa: PLR0917 - places and sizes are read best in their usual order
"""Drawing of a blank form. One description gives the printed page and the template's boxes, so that the two
cannot disagree. All lengths in millimetres from the upper left corner, text sizes in points."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ocr_service.models.fields import Box, Choice, Field, FieldType, Table
from ocr_service.models.forms import Check

WIDTH, HEIGHT = 210.0, 297.0
GOTHIC, MINCHO = "IPAPGothic", "IPAPMincho"
_FILES = {
    GOTHIC: Path("/usr/share/fonts/opentype/ipafont-gothic/ipagp.ttf"),
    MINCHO: Path("/usr/share/fonts/opentype/ipafont-mincho/ipamp.ttf"),
}
_POINT = 25.4 / 72
_THIN, THICK = 0.18, 0.5
_SHADE = 0.88


@dataclass(frozen=True, slots=True)
class Drawn:
    """A blank form as drawn. `slots`: where the parts of a field are written (year, month, day; single cells),
    by the field's name as in Form.every_field; a field that is not there is written into its box."""

    pdf: bytes
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    checks: tuple[Check, ...]
    slots: dict[str, tuple[Box, ...]]


@dataclass(slots=True)
class _Growing:
    name: str
    label: str
    tops: tuple[float, ...]
    columns: list[Field] = field(default_factory=list)


class Sheet:
    """One A4 page that is drawn and described at the same time."""

    def __init__(self, title: str) -> None:
        for name, file in _FILES.items():
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(file)))
        self._bytes = io.BytesIO()
        self._canvas = Canvas(self._bytes, pagesize=(WIDTH * mm, HEIGHT * mm), invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Chienowa")
        self._fields: list[Field] = []
        self._tables: list[Table] = []
        self._checks: list[Check] = []
        self._slots: dict[str, tuple[Box, ...]] = {}
        self._table: _Growing | None = None

    # printing

    def line(
        self, x: float, y: float, right: float, bottom: float, weight: float = _THIN, dash: bool = False
    ) -> None:
        self._canvas.setLineWidth(weight * mm)
        self._canvas.setDash((1.2 * mm, 0.8 * mm) if dash else ())
        self._canvas.line(x * mm, (HEIGHT - y) * mm, right * mm, (HEIGHT - bottom) * mm)
        self._canvas.setDash(())

    def box(
        self, x: float, y: float, width: float, height: float, weight: float = _THIN, shade: bool = False
    ) -> Box:
        """A ruled box; the room inside its lines."""
        self._canvas.setLineWidth(weight * mm)
        self._canvas.setFillGray(_SHADE if shade else 1.0)
        self._canvas.rect(
            x * mm, (HEIGHT - y - height) * mm, width * mm, height * mm, stroke=1, fill=int(shade)
        )
        self._canvas.setFillGray(0.0)
        return Box(x + 0.3, y + 0.3, width - 0.6, height - 0.6)

    def text(
        self, x: float, y: float, text: str, size: float = 8.0, font: str = GOTHIC, anchor: str = "left"
    ) -> Box:
        """One line of print whose middle is at height y; the place that it takes."""
        width = pdfmetrics.stringWidth(text, font, size) * _POINT
        left = x - {"left": 0.0, "middle": width / 2, "right": width}[anchor]
        height = size * _POINT
        self._canvas.setFont(font, size)
        self._canvas.drawString(left * mm, (HEIGHT - y - height * 0.36) * mm, text)
        return Box(left, y - height / 2, width, height)

    def texts(
        self, x: float, y: float, lines: Sequence[str], size: float = 6.5, leading: float = 3.2
    ) -> None:
        """Guide text of several lines; y is the middle of the first."""
        for number, line in enumerate(lines):
            self.text(x, y + number * leading, line, size)

    def head(self, x: float, y: float, width: float, height: float, text: str, size: float = 8.0) -> None:
        """A shaded cell with a label of one or more lines in its middle."""
        self.box(x, y, width, height, shade=True)
        lines = text.split("\n")
        leading = size * _POINT * 1.2
        top = y + height / 2 - leading * (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            self.text(x + width / 2, top + number * leading, line, size, anchor="middle")

    def upright(self, x: float, y: float, width: float, height: float, text: str, size: float = 9.0) -> None:
        """A shaded cell with a label written downwards."""
        self.head(x, y, width, height, "\n".join(text), size)

    def circle(self, x: float, y: float, radius: float, dash: bool = True) -> None:
        self._canvas.setLineWidth(_THIN * mm)
        self._canvas.setDash((0.8 * mm, 0.6 * mm) if dash else ())
        self._canvas.circle(x * mm, (HEIGHT - y) * mm, radius * mm)
        self._canvas.setDash(())

    def corner_marks(self, inset: float = 7.0, length: float = 5.0) -> None:
        """Marks as many forms for scanners have them; nothing here depends on them."""
        for x, right in ((inset, 1), (WIDTH - inset, -1)):
            for y, down in ((inset, 1), (HEIGHT - inset, -1)):
                self.line(x, y, x + right * length, y, 0.8)
                self.line(x, y, x, y + down * length, 0.8)

    # fields

    def field(self, name: str, label: str, kind: FieldType, box: Box, **rest: object) -> Field:
        """Declares a field; inside `rows` it is a column of the table."""
        made = Field(name, label, kind, _rounded(box), **rest)  # type: ignore[arg-type]
        (self._table.columns if self._table else self._fields).append(made)
        return made

    def cells(
        self,
        name: str,
        label: str,
        kind: FieldType,
        x: float,
        y: float,
        width: float,
        height: float,
        groups: Sequence[int],
        gap: float = 1.5,
        **rest: object,
    ) -> None:
        """Boxes for single characters in groups (4, 4, 4); `width` of one box. In a table they are drawn in
        every row."""
        slots, left = [], x
        for number, group in enumerate(groups):
            left += gap if number else 0.0
            for place in range(group):
                slots.append(Box(left, y, width, height))
                for top in self._downs():
                    self.box(left, y + top, width, height, 0.12 if place else _THIN)
                left += width
            for top in self._downs():
                start = left - group * width
                self.box(start, y + top, group * width, height, 0.3)
        rest.setdefault("cells", sum(groups))
        self.field(name, label, kind, Box(x, y, left - x, height), **rest)
        self._put_slots(name, slots)

    def choices(
        self,
        name: str,
        label: str,
        x: float,
        y: float,
        words: Sequence[tuple[str, str]],
        size: float = 8.0,
        gap: float = 2.2,
        dots: bool = True,
        wrap: int = 0,
        leading: float = 4.6,
        **rest: object,
    ) -> float:
        """Printed words (value, as printed) to be circled, `wrap` of them a line (0 = all); the right end."""
        found: list[Choice] = []
        left, end, top = x, x, y
        for number, (value, word) in enumerate(words):
            if wrap and number and number % wrap == 0:
                left, top = x, top + leading
            place = Box(left, top, 0.0, 0.0)
            for down in self._downs():
                place = self.text(left, top + down, word, size)
                if dots and number + 1 < len(words) and not (wrap and (number + 1) % wrap == 0):
                    self.text(left + place.width + gap / 2, top + down, "・", size * 0.8, anchor="middle")
            box = Box(left - 0.6, top - size * _POINT / 2 - 0.6, place.width + 1.2, size * _POINT + 1.2)
            found.append(Choice(value, word, _rounded(box)))
            left += place.width + gap
            end = max(end, left - gap)
        box = _around([each.box for each in found])
        self.field(name, label, FieldType.CHOICE, box, choices=tuple(found), **rest)
        return end

    def check(
        self, name: str, label: str, x: float, y: float, text: str = "", size: float = 8.0, side: float = 3.4
    ) -> float:
        """A small square to be ticked, with its words to the right; the right end. y is the middle."""
        for down in self._downs():
            self.box(x, y - side / 2 + down, side, side, 0.25)
        self.field(name, label, FieldType.CHECK_BOX, Box(x - 0.4, y - side / 2 - 0.4, side + 0.8, side + 0.8))
        end = x + side + 1.2
        for down in self._downs():
            if text:
                place = self.text(end, y + down, text, size)
                end_of_text = place.right
        return end_of_text if text else end

    def date(
        self,
        name: str,
        label: str,
        x: float,
        y: float,
        width: float,
        height: float,
        era: str = "",
        size: float = 8.0,
        **rest: object,
    ) -> None:
        """A date with printed 年 月 日 (and the era before it, when it is given); y is the upper edge."""
        middle, left = y + height / 2, x
        for down in self._downs():
            if era:
                left = self.text(x + 0.5, middle + down, era, size).right
        step = (x + width - left) / 3
        slots = []
        for number, word in enumerate("年月日"):
            right = left + step * (number + 1)
            wide = size * _POINT
            for down in self._downs():
                self.text(right - wide / 2 - 0.4, middle + down, word, size, anchor="middle")
            slots.append(Box(left + step * number + 0.5, y + 0.6, step - wide - 1.2, height - 1.2))
        self.field(name, label, FieldType.DATE, Box(x, y + 0.4, width, height - 0.8), **rest)
        self._put_slots(name, slots)

    def seal(self, name: str, label: str, x: float, y: float, radius: float = 5.0) -> None:
        """A place for a seal: a dashed circle with 印; x, y its middle."""
        self.circle(x, y, radius)
        self.text(x, y, "印", 7.0, anchor="middle")
        side = radius * 2 + 2
        self.field(name, label, FieldType.SEAL, Box(x - side / 2, y - side / 2, side, side))

    # tables

    def rows(self, name: str, label: str, tops: Sequence[float]) -> None:
        """Begins a table: what is declared until `end_rows` is a column, drawn in every row."""
        self._table = _Growing(name, label, tuple(tops))

    def end_rows(self) -> None:
        grown = self._table
        assert grown is not None
        self._tables.append(Table(grown.name, grown.label, tuple(grown.columns), grown.tops))
        self._table = None

    def downs(self) -> tuple[float, ...]:
        """How far down each row of the table lies below the first, (0,) outside of tables."""
        return self._downs()

    def room(
        self,
        name: str,
        label: str,
        kind: FieldType,
        x: float,
        y: float,
        width: float,
        height: float,
        **rest: object,
    ) -> None:
        """A ruled cell (in every row of a table) that is one field."""
        for down in self._downs():
            self.box(x, y + down, width, height)
        self.field(name, label, kind, Box(x + 0.4, y + 0.4, width - 0.8, height - 0.8), **rest)

    def slots(self, name: str, places: Sequence[Box]) -> None:
        """Says where the parts of a field are written."""
        self._put_slots(name, list(places))

    def check_rule(self, check: Check) -> None:
        self._checks.append(check)

    def finish(self) -> Drawn:
        self._canvas.showPage()
        self._canvas.save()
        return Drawn(
            self._bytes.getvalue(), tuple(self._fields), tuple(self._tables), tuple(self._checks), self._slots
        )

    def _downs(self) -> tuple[float, ...]:
        if self._table is None:
            return (0.0,)
        return tuple(top - self._table.tops[0] for top in self._table.tops)

    def _put_slots(self, name: str, places: list[Box]) -> None:
        if self._table is None:
            self._slots[name] = tuple(places)
            return
        for row, down in enumerate(self._downs(), 1):
            self._slots[f"{self._table.name}[{row}].{name}"] = tuple(
                Box(each.x, each.y + down, each.width, each.height) for each in places
            )


def _rounded(box: Box) -> Box:
    return Box(round(box.x, 2), round(box.y, 2), round(box.width, 2), round(box.height, 2))


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
