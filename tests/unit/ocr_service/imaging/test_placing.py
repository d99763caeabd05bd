"""Pages are turned upright, matched with their form and laid over it; other papers are refused."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from evals.random_forms import (
    Drawing,
    design,
    printed,
    with_other_words,
    with_row_added,
    with_row_split,
    written,
)
from ocr_service.adapters.imaging.cropping import preview
from ocr_service.adapters.imaging.features import MM, moved, turning
from ocr_service.adapters.imaging.matching import KnownPages, Placed
from ocr_service.adapters.imaging.registration import Registration
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.adapters.imaging.uprighting import is_empty, skew_of, straighten
from ocr_service.models.fields import Box
from ocr_service.models.readings import PageOutcome
from tests.fakes import paper
from tests.fakes.paper import Scan, Wear

FORMS = (1, 2, 3)
cv2.setNumThreads(1)  # several workers share the machine
_ALLOWED_MM = 0.7


@cache
def known() -> KnownPages:
    return KnownPages([paper.known_form(seed) for seed in FORMS])


def scan(wear: Wear, drawing: Drawing | None = None, seed: int = 1) -> Scan:
    chance = np.random.default_rng(seed)
    drawing = drawing or design(seed)
    return paper.scanned(written(printed(drawing), drawing, chance), wear, chance)


def corners(box: Box) -> NDArray[np.float64]:
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])


def laid(placed: Placed) -> Registration:
    assert placed.outcome is PageOutcome.MATCHED and placed.registration is not None
    return placed.registration


def misplaced(page: Scan, placed: Placed) -> tuple[float, int]:
    """The largest error of a corner in millimetres over all fields wholly on the page, and how many these are."""
    height, width = page.sheet.pixels.shape[:2]
    turn = turning(placed.turn // 90, width, height)
    worst, count = 0.0, 0
    assert placed.page is not None
    for field in placed.page.every_field():
        at = page.where(corners(field.box))
        if (at < 0).any() or (at >= [width, height]).any():
            continue
        away = np.hypot(*(laid(placed).quad(field.box) - moved(turn, at)).T) / page.sheet.dpi * MM
        worst, count = max(worst, float(away.max())), count + 1
        assert laid(placed).on_page(field.box) > 0.999
    return worst, count


@pytest.mark.parametrize(
    "wear",
    [
        Wear(),
        Wear(skew=5.0, stretch=0.03, turns=2, dpi=150, noise=12, jpeg=50),
        Wear(skew=-5.0, stretch=0.03, shift=(40.0, -30.0), border=True, blur=1.0),
        Wear(skew=2.0, shift=(-20.0, 40.0), turns=3, bits=True),
        Wear(skew=-1.0, dpi=120, jpeg=30, fade=0.5, turns=1),
    ],
    ids=["clean", "upside down", "shifted", "turned fax", "faint 120 dpi"],
)
def test_every_field_that_is_on_the_page_is_found(wear: Wear) -> None:
    page = scan(wear)
    placed = known().place(page.sheet)
    assert placed.match is not None and placed.match.template_id == "form-1"
    assert placed.turn == -wear.turns * 90 % 360
    worst, count = misplaced(page, placed)
    assert count >= 5 and worst < _ALLOWED_MM
    assert placed.match.residual < 0.2


def test_uneven_stretch_is_followed_piece_by_piece() -> None:
    page = scan(Wear(stretch=0.03))
    placed = known().place(page.sheet)
    assert np.abs(laid(placed).mesh.nodes).max() > _ALLOWED_MM  # one affine map would miss by so much
    assert misplaced(page, placed)[0] < 0.3


@pytest.mark.parametrize("wrong", [0.91, 1.1])
def test_a_resolution_that_is_not_true_does_no_harm(wrong: float) -> None:
    page = scan(Wear(skew=1.0))
    placed = known().place(Sheet(page.sheet.pixels, page.sheet.dpi * wrong))
    assert placed.match is not None and placed.match.template_id == "form-1"
    assert misplaced(page, placed)[0] < _ALLOWED_MM


def other_papers() -> dict[str, NDArray[np.uint8]]:
    base = design(1)
    chance = np.random.default_rng(5)
    return {
        "another form": printed(design(77)),
        "a row more": printed(with_row_added(base, 2)),
        "a row cut in two": printed(with_row_split(base, 1)),
        "other words": printed(with_other_words(base, 9)),
        "noise": chance.integers(0, 256, (2338, 1653), dtype=np.uint8),
        "a photograph": np.asarray(
            np.clip(np.add.outer(np.arange(2338) / 12, np.arange(1653) / 9), 0, 255), np.uint8
        ),
    }


@pytest.mark.parametrize("name", list(other_papers()))
def test_other_papers_are_unknown(name: str) -> None:
    picture = other_papers()[name]
    page = paper.scanned(np.dstack([picture] * 3), Wear(skew=1.0, noise=5), np.random.default_rng(2))
    placed = known().place(page.sheet)
    assert placed.outcome is PageOutcome.UNKNOWN and placed.registration is None


def test_of_two_forms_that_differ_by_a_row_the_right_one_is_taken() -> None:
    one, other = design(1), with_row_split(design(1), 1)
    pages = KnownPages([paper.known_form(1, one), replace(paper.known_form(1, other), template_id="other")])
    for drawing, wanted in ((one, "form-1"), (other, "other")):
        placed = pages.place(scan(Wear(skew=-2.0, stretch=0.01), drawing).sheet)
        assert placed.match is not None and placed.match.template_id == wanted


def test_a_person_s_word_is_taken_for_a_page_that_nearly_fits() -> None:
    page = scan(Wear(skew=1.0), with_row_split(design(1), 1))
    assert known().place(page.sheet).outcome is PageOutcome.UNKNOWN
    assert known().place(page.sheet, "form-1").outcome is PageOutcome.MATCHED
    assert known().place(page.sheet, "form-2").outcome is PageOutcome.UNKNOWN


def test_a_blank_sheet_is_empty_and_a_line_of_print_is_not() -> None:
    chance = np.random.default_rng(3)
    white = np.full((2338, 1653, 3), 255, np.uint8)
    page = paper.scanned(white, Wear(noise=15, border=True, jpeg=60), chance)
    assert is_empty(page.sheet) and known().place(page.sheet).outcome is PageOutcome.EMPTY
    white[600:625, 300:900:4] = 0
    assert not is_empty(paper.scanned(white, Wear(noise=15), chance).sheet)


def test_fields_cut_off_by_the_copy_are_told() -> None:
    placed = known().place(scan(Wear(shift=(-40.0, 0.0))).sheet)
    assert laid(placed).on_page(Box(5, 100, 20, 10)) == 0.0
    assert 0.2 < laid(placed).on_page(Box(30, 100, 20, 10)) < 0.8
    assert laid(placed).residual_at(Box(100, 100, 40, 10)) < 0.3


def test_a_crop_and_the_blank_form_lie_on_each_other() -> None:
    page = scan(Wear(skew=3.0, stretch=0.02, dpi=240))
    placed = known().place(page.sheet)
    assert placed.page is not None
    label = next(cell.box for cell in design(1).cells if cell.label)
    crop = laid(placed).crop(placed.pixels, label, 1.0)
    blank = laid(placed).blank(label, 1.0, crop)
    assert crop.shape == blank.shape and crop.shape[1] == pytest.approx(
        (label.width + 2) * 240 / MM, rel=0.03
    )
    assert np.corrcoef(crop[..., 1].ravel(), blank[..., 1].ravel())[0, 1] > 0.8
    outside = laid(placed).crop(placed.pixels, Box(-60, 10, 20, 10))
    assert outside.min() == 255


@pytest.mark.parametrize("skew", [-4.3, 0.0, 2.6])
def test_skew_is_measured_and_taken_back(skew: float) -> None:
    page = scan(Wear(skew=skew, noise=8))
    assert skew_of(page.sheet) == pytest.approx(skew, abs=0.15)
    straight = straighten(page.sheet.pixels, skew_of(page.sheet))
    assert skew_of(Sheet(straight, page.sheet.dpi)) == pytest.approx(0.0, abs=0.15)


def test_the_preview_shows_fields_where_they_are_said_to_be() -> None:
    page = scan(Wear(skew=-4.0, dpi=300))
    placed = known().place(page.sheet)
    small = preview(placed.pixels, placed.skew)
    assert max(small.pixels.shape) <= 1_400
    assert placed.page is not None
    points = np.array(small.points(laid(placed).quad(placed.page.fields[0].box)))
    assert abs(points[0, 1] - points[1, 1]) < 2 and abs(points[1, 0] - points[2, 0]) < 2  # it stands straight
    row = small.pixels[
        round(points[0, 1]) - 2 : round(points[0, 1]) + 3, round(points[0, 0]) + 8 : round(points[1, 0]) - 8
    ]
    assert row.min(axis=(0, 2)).mean() < 170  # its upper line is there
