"""Struck-out writing, and what only looks like it."""

import pytest

from ocr_service.adapters.imaging.ink import written
from ocr_service.adapters.imaging.strikes import strike
from tests.fakes.field_pictures import Drawing


def probability(drawing: Drawing) -> float:
    patch = drawing.patch()
    return strike(patch, written(patch)).probability


@pytest.mark.parametrize("rows", [(5.0,), (4.2, 5.8)])
@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5])
def test_one_or_two_lines_through_writing(rows: tuple[float, ...], slope: float) -> None:
    drawing = Drawing()
    drawing.write(5, 7, "8362598", size=1.3)
    for row in rows:
        drawing.stroke((4, row - slope), (36, row + slope))
    assert probability(drawing) > 0.5


def test_writing_alone_is_not_struck() -> None:
    drawing = Drawing()
    drawing.write(5, 7, "8362598", size=1.3)
    assert probability(drawing) < 0.5


def test_an_underline_is_no_strike() -> None:
    drawing = Drawing()
    drawing.write(5, 6, "8362598", size=1.3)
    drawing.stroke((4, 8.2), (36, 8.2))
    assert probability(drawing) < 0.5


def test_characters_made_of_level_strokes_are_none() -> None:
    drawing = Drawing()
    for x in (5, 12, 19, 26):  # 三 一 三 一
        rows = (3, 5, 7) if x % 2 else (5,)
        for row in rows:
            drawing.stroke((x, row), (x + 4.5, row - 0.2))
    assert probability(drawing) < 0.5


def test_writing_on_a_ruled_line_is_not_struck() -> None:
    drawing = Drawing()
    drawing.write(5, 11.5, "8362598", size=1.3)
    assert probability(drawing) < 0.5


def test_blotted_out_writing_is() -> None:
    drawing = Drawing()
    for row in range(30, 71, 3):
        drawing.stroke((10, row / 10), (20, row / 10))
    assert probability(drawing) > 0.5
