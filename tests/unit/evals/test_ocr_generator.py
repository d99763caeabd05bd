"""The generator: truths in normal form, the same pages from the same seed, corners where it says they are."""

from random import Random

import cv2
import numpy as np
import pytest

from evals.ocr import people
from evals.ocr.filling import fill
from evals.ocr.forms import DESIGNS
from evals.ocr.generate import Order, draw
from evals.ocr.scanning import Geometry, Scan, scan_of, scanned
from evals.ocr.sheet import HEIGHT, WIDTH
from evals.ocr.sources import SOURCES, Kind, Split, sources
from evals.ocr.wrong import pages
from ocr_service.models.fields import FieldType
from ocr_service.rules.values import Context, comparable, normal
from ocr_service.rules.values.check_digits import is_corporate_number, is_my_number


@pytest.mark.parametrize("name", DESIGNS)
def test_truths_are_normal_values(name: str) -> None:
    design = DESIGNS[name]
    slots = {field: len(places) for field, places in design.drawn().slots.items()}
    for seed in range(20):
        for entry in fill(design.form(), slots, Random(seed)).values():
            field, value = entry.field, entry.value
            assert comparable(field, normal(field, value)) == comparable(field, value), field.name
            if field.type is FieldType.CHOICE:
                assert set(value.split("|")) - {""} <= {choice.value for choice in field.choices}
            if field.type is FieldType.MY_NUMBER and value:
                assert is_my_number(value)
            if field.type is FieldType.CORPORATE_NUMBER and value:
                assert is_corporate_number(value)


@pytest.mark.parametrize("name", DESIGNS)
def test_what_is_written_means_the_truth(name: str) -> None:
    """A reader that reads every stroke rightly gets the truth."""
    design = DESIGNS[name]
    slots = {field: len(places) for field, places in design.drawn().slots.items()}
    for seed in range(20):
        entries = fill(design.form(), slots, Random(seed))
        for entry in entries.values():
            field = entry.field
            if not entry.written or field.type is FieldType.CHOICE:
                continue
            if field.type is FieldType.DATE and len(entry.written) == 3:
                row = field.name.rpartition(".")[0]
                era = entries.get(f"{row}.{field.era_field}") or entries.get(field.era_field)
                read = normal(
                    field, "{}年{}月{}日".format(*entry.written), Context(era.value if era else "令和")
                )
            else:
                read = normal(field, "".join(entry.written).strip())
            assert comparable(field, read) == comparable(field, entry.value), (field.name, entry.written)


def test_the_same_order_gives_the_same_page() -> None:
    order = Order("kyufukin", Split.TRAIN, 5, 3, hardness=0.5, kind=Kind.PRINTED)
    one, other = draw(order), draw(order)
    assert one.data == other.data
    assert {name: entry.value for name, entry in one.entries.items()} == {
        name: entry.value for name, entry in other.entries.items()
    }
    assert draw(Order("kyufukin", Split.TRAIN, 5, 4, 0.5, Kind.PRINTED)).data != one.data


def test_no_source_is_on_both_sides() -> None:
    files = [file.split("/")[1] for source in SOURCES for file in source.files if source.split is Split.TRAIN]
    held = [file.split("/")[1] for source in SOURCES for file in source.files if source.split is Split.HELD]
    assert not set(files) & set(held)
    assert [source.split for source in SOURCES if source.name == "strokes"] == [Split.HELD]
    assert {source.split for source in sources(Split.TRAIN, Kind.PRINTED)} == {Split.TRAIN}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_corners_lie_where_the_generator_says(turn: int) -> None:
    """A dot drawn at a known place of the sheet is found where the geometry puts it, within half a pixel."""
    dpi = 250
    scan = Scan(dpi=200, skew=3.1, stretch=0.025, shift=(4.0, -6.0), turn=turn, phases=(0.3, 1.1, 2.0, 4.0))
    sheet = np.full((round(HEIGHT * dpi / 25.4), round(WIDTH * dpi / 25.4), 3), 255, np.uint8)
    places = np.array([[30.0, 40.0], [180.0, 60.0], [100.0, 150.0], [40.0, 260.0], [170.0, 250.0]])
    for x, y in places * dpi / 25.4:
        cv2.circle(sheet, (round(float(x) * 16), round(float(y) * 16)), 8 * 16, (0, 0, 0), -1, cv2.LINE_AA, 4)
    geometry = Geometry(scan, WIDTH, HEIGHT)
    page = scanned(sheet, dpi, scan, geometry, np.random.default_rng(1))
    grey = 255.0 - page[..., 0].astype(np.float64)
    for x, y in geometry.turned(geometry.pixels(places)):
        left, top = round(float(x)) - 15, round(float(y)) - 15
        cut = grey[top : top + 31, left : left + 31]
        rows, columns = np.mgrid[0:31, 0:31]
        found = np.array([(cut * columns).sum(), (cut * rows).sum()]) / cut.sum() + [left, top]
        assert np.hypot(*(found - [x, y])) < 0.6


def test_scans_stay_within_what_is_promised() -> None:
    random = np.random.default_rng(3)
    scans = [scan_of(random, hardness) for hardness in np.linspace(0, 1, 300)]
    assert all(abs(scan.skew) <= 5 and scan.stretch <= 0.03 for scan in scans)
    assert all(max(map(abs, scan.shift)) <= 40 for scan in scans)
    assert {scan.dpi for scan in scans} == {120, 150, 200, 240, 300}
    assert any(scan.bilevel for scan in scans)
    assert any(scan.turn for scan in scans)


def test_numbers_and_eras_of_made_people() -> None:
    random = Random(4)
    for _ in range(300):
        assert is_my_number(people.my_number(random))
        assert is_corporate_number(people.corporate_number(random))
        home = people.home(random)
        assert len(home.postal) == 8
        assert home.address


def test_pages_of_no_form_are_the_same_again_and_of_many_kinds() -> None:
    first = list(pages(12, 7))
    again = list(pages(12, 7))
    assert all(np.array_equal(one[1], other[1]) for one, other in zip(first, again, strict=True))
    assert len({kind for kind, _page, _dpi in first}) >= 3
