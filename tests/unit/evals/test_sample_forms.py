"""The five forms that ship: sound, as drawn, and with boxes where the drawing has them."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from evals.ocr.forms import DESIGNS, DPI, picture
from ocr_service.models.fields import Box, FieldType
from ocr_service.schemas.forms import read_file, write_file

FOLDER = Path(__file__).parents[3] / "ocr_service" / "samples" / "forms"
LARGEST = 400_000  # bytes


def _overlap(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    return wide * high if wide > 0.3 and high > 0.3 else 0.0


def test_five_forms_ship() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(DESIGNS)
    assert len(DESIGNS) == 5


@pytest.mark.parametrize("name", DESIGNS)
def test_shipped_files_are_the_drawing(name: str) -> None:
    data = (FOLDER / f"{name}.json").read_bytes()
    form = DESIGNS[name].form()
    assert len(data) < LARGEST
    assert read_file(data).form == form
    assert write_file(form) == data
    assert (FOLDER / f"{name}.pdf").read_bytes() == DESIGNS[name].drawn().pdf


@pytest.mark.parametrize("name", DESIGNS)
def test_no_field_lies_over_another(name: str) -> None:
    every = list(DESIGNS[name].form().every_field())
    for one, other in combinations(every, 2):
        assert _overlap(one.box, other.box) == 0.0, (one.name, other.name)


@pytest.mark.parametrize("name", DESIGNS)
def test_boxes_are_where_the_drawing_has_them(name: str) -> None:
    """Printed words of a choice lie in their boxes; rooms for names hold no print; cells have their lines."""
    design = DESIGNS[name]
    page = picture(design.drawn().pdf, DPI)
    scale = DPI / 25.4

    def dark(box: Box) -> int:
        cut = page[
            round(box.y * scale) : round(box.bottom * scale), round(box.x * scale) : round(box.right * scale)
        ]
        return int((cut < 128).sum())

    for field in design.form().every_field():
        if field.type is FieldType.CHOICE:
            assert all(dark(choice.box) > 20 for choice in field.choices), field.name
        if field.type in (FieldType.NAME, FieldType.ADDRESS):
            assert dark(field.box) == 0, field.name
        if field.cells:
            assert dark(field.box) > 50, field.name


@pytest.mark.parametrize("name", DESIGNS)
def test_every_form_says_sample_and_has_the_fields_of_its_kind(name: str) -> None:
    form = DESIGNS[name].form()
    types = {field.type for field in form.every_field()}
    assert {FieldType.NAME, FieldType.ADDRESS, FieldType.DATE, FieldType.CHOICE, FieldType.CHECK_BOX} <= types
    assert form.pages[0].tables
    assert "サンプル" in form.description
    assert np.any(picture(DESIGNS[name].drawn().pdf, 50) < 128)


def test_what_the_benefit_form_must_have() -> None:
    form = DESIGNS["kyufukin"].form()
    for name in ("decline", "account_number", "correction_seal", "code"):
        assert form.field(name) is not None
