"""What was added to a form is told from what the form has printed."""

import cv2
import numpy as np
import pytest

from ocr_service.adapters.imaging.cells import cells, in_a_row
from ocr_service.adapters.imaging.cleaning import cleaned
from ocr_service.adapters.imaging.ink import written
from ocr_service.adapters.imaging.lines import lines
from tests.fakes.field_pictures import MARGIN, SCALE, Drawing


def form() -> Drawing:
    drawing = Drawing()
    drawing.print_word(20, 9, "Y")
    drawing.print_word(45, 9, "M")
    return drawing


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("paper", [255, 200, 150])
def test_an_empty_field_is_blank_however_it_is_scanned(shift: float, paper: int) -> None:
    ink = written(form().patch(shift=shift, paper=paper))
    assert ink.blank
    assert ink.preprint.fit > 0.8


@pytest.mark.parametrize("grey", [40, 120, 190, 215])
def test_writing_is_found_down_to_faint_pencil(grey: int) -> None:
    drawing = form()
    drawing.write(5, 7, "12345", colour=(grey, grey, grey))
    ink = written(drawing.patch(noise=3.0))
    assert not ink.blank
    assert ink.box is not None
    assert abs(ink.box.left / SCALE - MARGIN - 5) < 2


def test_dust_is_no_writing() -> None:
    drawing = form()
    for x in (8, 15, 33):
        cv2.circle(drawing.filled, drawing._at(x, 4), 3, (60, 60, 60), -1)
    assert written(drawing.patch()).blank


def test_a_single_stroke_is_writing() -> None:
    drawing = form()
    drawing.stroke((30, 2.5), (30, 6.5))
    assert not written(drawing.patch()).blank


def test_a_neighbours_writing_in_the_margin_is_not_the_fields() -> None:
    drawing = form()
    drawing.stroke((5, -2.6), (9, -1.0), (14, -2.6))
    assert written(drawing.patch()).blank


def test_red_ink_is_told_apart() -> None:
    drawing = form()
    drawing.ring(30, 5, 3.5, colour=(215, 60, 50))
    ink = written(drawing.patch())
    assert ink.blank
    assert ink.red_amount > 3


def test_cleaning_takes_the_lines_and_keeps_the_strokes_across_them() -> None:
    drawing = form()
    drawing.stroke((10, 4), (10, 11.8))
    patch = drawing.patch(shift=0.2)
    picture = cleaned(patch, written(patch))
    edge = round((MARGIN + 10 - 0.2) * SCALE)  # the field's lower border
    crossing = round((MARGIN + 10 + 0.2) * SCALE)
    band = picture[edge - 2 : edge + 3, :, 0]
    beside = np.delete(band, slice(crossing - 8, crossing + 9), axis=1)
    assert band[:, crossing - 2 : crossing + 3].min(axis=1).max() < 170  # the stroke goes on
    assert np.mean(beside[:, 40:-40] < 170) < 0.02  # the border is gone


def test_two_lines_are_cut_apart_and_one_is_tight() -> None:
    drawing = Drawing(width=80, height=18)
    drawing.write(4, 7, "1234567890", size=1.0)
    drawing.write(4, 15.5, "98765", size=1.0)
    patch = drawing.patch()
    ink = written(patch)
    found = lines(cleaned(patch, ink), patch, ink, expected=2)
    assert len(found) == 2
    assert found[0].shape[1] > 1.5 * found[1].shape[1]
    assert all(line.shape[0] < 9 * SCALE for line in found)


def test_one_line_stays_one() -> None:
    drawing = form()
    drawing.write(4, 7, "1234567890")
    patch = drawing.patch()
    ink = written(patch)
    assert len(lines(cleaned(patch, ink), patch, ink)) == 1


def test_cells_are_cut_and_blank_ones_told() -> None:
    drawing = Drawing(width=48, height=8)
    for number in range(1, 8):
        for picture in (drawing.blank, drawing.filled):
            cv2.line(picture, drawing._at(6 * number, 0), drawing._at(6 * number, 8), (0, 0, 0), 1)
    for number, digit in ((1, "4"), (2, "7"), (5, "3")):
        drawing.write(6 * number + 1.2, 6.4, digit, size=1.0)
    patch = drawing.patch(shift=0.2)
    ink = written(patch)
    found = cells(cleaned(patch, ink), patch, ink, 8)
    assert [cell.blank for cell in found] == [True, False, False, True, True, False, True, True]
    row = in_a_row(found)
    assert row is not None
    assert row.shape[1] < 30 * SCALE
    assert in_a_row([cell for cell in found if cell.blank]) is None
