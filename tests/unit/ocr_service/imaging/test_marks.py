"""Choices, check boxes and seals."""

import pytest

from ocr_service.adapters.imaging.ink import written
from ocr_service.adapters.imaging.marks import Marks, box_mark, marks
from ocr_service.adapters.imaging.patches import Patch
from ocr_service.adapters.imaging.seals import correction_seal, seal
from tests.fakes.field_pictures import Drawing

PLACES = ((6.0, 3.0), (21.0, 3.0), (36.0, 3.0))


def choices() -> Drawing:
    drawing = Drawing(width=50, height=10)
    for x, y in PLACES:
        drawing.print_word(x, y + 4, "AB")
    return drawing


def judged(patch: Patch, several: bool = False) -> Marks:
    return marks(patch, written(patch), [patch.place(x, y, 5.5, 4.5) for x, y in PLACES], several)


def chosen(found: Marks) -> list[int]:
    return [number for number, mark in enumerate(found.each) if mark.probability > 0.5]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("colour", [(40, 40, 40), (60, 60, 160), (210, 60, 50)])
def test_a_circle_marks_its_word(which: int, colour: tuple[int, int, int]) -> None:
    drawing = choices()
    x, y = PLACES[which]
    drawing.ring(x + 2.8, y + 2.4, 4.2, colour=colour, flat=0.8)
    found = judged(drawing.patch())
    assert chosen(found) == [which]
    assert not found.unclear


def test_a_tick_over_the_word_marks_it() -> None:
    drawing = choices()
    drawing.stroke((20.5, 4.5), (23, 7), (28, 1))
    assert chosen(judged(drawing.patch())) == [1]


def test_no_mark_is_no_choice() -> None:
    found = judged(choices().patch())
    assert chosen(found) == []
    assert not found.unclear


def test_two_marks_are_unclear_unless_several_may_be_chosen() -> None:
    drawing = choices()
    for x, y in PLACES[:2]:
        drawing.ring(x + 2.8, y + 2.4, 4.2, flat=0.8)
    assert judged(drawing.patch()).unclear
    many = judged(drawing.patch(), several=True)
    assert chosen(many) == [0, 1]
    assert not many.unclear


def test_a_circle_that_is_crossed_out_calls_for_a_person() -> None:
    drawing = choices()
    for x, y in PLACES[:2]:
        drawing.ring(x + 2.8, y + 2.4, 4.2, flat=0.8)
    for down in (1.2, 2.4, 3.6):
        drawing.stroke((5.5, 3 + down), (12.0, 3 + down))
    found = judged(drawing.patch())
    assert 1 in chosen(found)
    assert found.unclear


@pytest.mark.parametrize(
    "path",
    [
        ((0.5, 1.5), (1.6, 3.4), (4.2, -0.6)),
        ((0.4, 0.4), (3.2, 3.2)),
        ((0.5, 0.6), (3, 0.9), (0.6, 1.5), (3, 1.9), (0.6, 2.4), (3, 2.8)),
    ],
)
def test_a_check_box_is_ticked_crossed_or_filled(path: tuple[tuple[float, float], ...]) -> None:
    drawing = Drawing(width=3.6, height=3.6)
    empty = drawing.patch()
    assert box_mark(empty, written(empty)).probability < 0.3
    drawing.stroke(*path)
    ticked = drawing.patch()
    assert box_mark(ticked, written(ticked)).probability > 0.7


def test_circles_that_touch_mark_both_their_words() -> None:
    drawing = choices()
    for x, y in PLACES[:2]:
        drawing.ring(x + 2.8, y + 2.4, 7.6, flat=0.5)
    assert chosen(judged(drawing.patch(), several=True)) == [0, 1]


def test_a_tick_that_runs_on_over_the_next_word_tells_of_it() -> None:
    drawing = Drawing(width=40, height=10)
    for x in (6.0, 14.0, 22.0):
        drawing.print_word(x, 7, "AB")
    drawing.stroke((16, 5.5), (17.5, 7.5), (26, 1))
    patch = drawing.patch()
    long = marks(patch, written(patch), [patch.place(x, 3, 5.5, 4.5) for x in (6.0, 14.0, 22.0)])
    plain = choices()
    plain.ring(PLACES[1][0] + 2.8, PLACES[1][1] + 2.4, 4.2, flat=0.8)
    assert judged(plain.patch()).tail < 0.05
    assert long.tail > 0.15


def test_a_mark_between_the_words_makes_a_blank_unsure() -> None:
    drawing = choices()
    drawing.ring(31.2, 5, 1.6)
    found = judged(drawing.patch())
    assert chosen(found) == []
    assert max(mark.probability for mark in found.each) > 0.3


@pytest.mark.parametrize("radius", [2.1, 2.5, 2.9])
@pytest.mark.parametrize("aside", [0.0, 0.6])
def test_a_circle_round_a_check_box_marks_it(radius: float, aside: float) -> None:
    drawing = Drawing(width=4.2, height=4.2)
    drawing.ring(2.1 + aside, 2.1, radius)
    patch = drawing.patch(shift=0.1)
    found = box_mark(patch, written(patch))
    assert found.probability > 0.7
    assert found.ring > 0.4


@pytest.mark.parametrize(("what", "most"), [("circle", 0.1), ("wide", 0.5), ("tick", 0.1)])
def test_a_mark_of_the_box_below_is_not_this_box_s(what: str, most: float) -> None:
    """A wide circle that comes close may leave it unsure, but marks nothing."""
    drawing = Drawing(width=4.2, height=4.2)
    drawing.print_square(0, 5.4, 4.2)
    if what != "tick":
        drawing.ring(2.1, 7.5, 2.4 if what == "circle" else 2.8)
    else:
        drawing.stroke((1, 7.3), (2, 8.8), (3.8, 4.6))
    patch = drawing.patch(shift=0.1)
    found = box_mark(patch, written(patch))
    assert found.probability < most
    assert found.stray > 0.3


@pytest.mark.parametrize("colour", [(215, 60, 50), (90, 90, 90)])
def test_a_seal_is_there_or_not(colour: tuple[int, int, int]) -> None:
    drawing = Drawing(width=20, height=16)
    drawing.print_word(8, 10, "O")
    empty = drawing.patch()
    assert seal(empty, written(empty)).probability < 0.1
    drawing.ring(10, 8, 5, colour=colour)
    drawing.write(7, 10, "25", colour=colour, size=1.0)
    sealed = drawing.patch()
    found = seal(sealed, written(sealed))
    assert found.probability > 0.9
    assert found.red == (colour[0] > 200)


def test_a_correction_seal_over_writing_is_seen_and_round_digits_are_none() -> None:
    drawing = Drawing(width=60, height=12)
    drawing.write(5, 9, "80069", size=1.4)
    plain = drawing.patch()
    assert correction_seal(plain, written(plain)) < 0.5
    drawing.ring(30, 6, 3.5, colour=(215, 60, 50))
    drawing.write(28.5, 8, "K", colour=(215, 60, 50), size=0.9)
    sealed = drawing.patch()
    assert correction_seal(sealed, written(sealed)) > 0.9
