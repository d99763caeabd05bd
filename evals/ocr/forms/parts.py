# ruff: noqa: PLR0917 - places and sizes are read best in their usual order
"""What several forms have in common."""

from collections.abc import Sequence

from evals.ocr.sheet import MINCHO, Sheet
from ocr_service.models.fields import FieldType

ERAS = (("明治", "明"), ("大正", "大"), ("昭和", "昭"), ("平成", "平"), ("令和", "令"))
SEX = (("男", "男"), ("女", "女"))


def words(*values: str) -> tuple[tuple[str, str], ...]:
    """Choices that are printed as they are kept."""
    return tuple((value, value) for value in values)


def heading(sheet: Sheet, title: str, note: str, size: float = 17.0) -> None:
    """Title in the middle, the number of the form at the left, サンプル in a box at the right."""
    sheet.text(105.0, 19.5, title, size, MINCHO, "middle")
    sheet.text(14.0, 12.5, note, 7.0)
    sheet.box(176.0, 9.5, 20.0, 6.5, 0.4)
    sheet.text(186.0, 12.8, "サンプル", 9.0, anchor="middle")


def person_number(
    sheet: Sheet, name: str, label: str, x: float, y: float, width: float, height: float, **rest: object
) -> None:
    """Twelve cells in three groups inside a ruled box of that size."""
    for down in sheet.downs():
        sheet.box(x, y + down, width, height)
    side = min(5.6, (width - 6.0) / 12)
    left = x + (width - 12 * side - 3.0) / 2
    sheet.cells(name, label, FieldType.MY_NUMBER, left, y + 1.1, side, height - 2.2, (4, 4, 4), 1.5, **rest)


def office(sheet: Sheet, y: float, stamps: Sequence[str], steps: Sequence[str]) -> None:
    """What the office fills in by itself: nothing there is a field."""
    sheet.text(14.0, y + 2.2, "区　処　理　欄　（ここから下は記入しないでください）", 7.0)
    left, height = 14.0, 22.0
    for word in steps:
        sheet.head(left, y + 5.0, 18.0, 5.0, word, 6.5)
        sheet.box(left, y + 10.0, 18.0, height - 5.0)
        left += 18.0
    sheet.head(left, y + 5.0, 20.0, 5.0, "決定", 6.5)
    sheet.box(left, y + 10.0, 20.0, height - 5.0)
    for number, word in enumerate(stamps):
        sheet.text(left + 10.0, y + 14.5 + number * 6.0, word, 7.5, anchor="middle")
    left += 20.0
    sheet.head(left, y + 5.0, 196.0 - left, 5.0, "受付印", 6.5)
    sheet.box(left, y + 10.0, 196.0 - left, height - 5.0)
