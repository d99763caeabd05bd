"""Proposals become fields: marks side by side are one choice."""

from ocr_service.models.fields import Box, FieldType
from ocr_service.ports.form_reading import Proposal
from ocr_service.service.proposing import proposed_fields


def _mark(x: float, label: str, y: float = 50.0) -> Proposal:
    return Proposal(Box(x, y, 4, 4), "mark", label)


def test_marks_on_one_line_are_one_choice() -> None:
    eras = [_mark(20 + 6 * number, word) for number, word in enumerate("明大昭平令")]
    (field,) = proposed_fields(eras)
    assert (field.name, field.type, field.label) == ("era", FieldType.CHOICE, "明・大・昭・平・令")
    assert [(choice.value, choice.box.x) for choice in field.choices] == [
        ("明", 20),
        ("大", 26),
        ("昭", 32),
        ("平", 38),
        ("令", 44),
    ]
    assert field.box == Box(20, 50, 28, 4)


def test_marks_far_apart_or_with_long_words_are_boxes_to_tick() -> None:
    fields = proposed_fields(
        [
            _mark(20, "男"),
            _mark(60, "女"),
            _mark(20, "給付金の受給を希望しません", 80),
            _mark(26, "同意", 80),
            _mark(20, "", 100),
            _mark(26, "", 100),
        ]
    )
    assert [field.type for field in fields] == [FieldType.CHECK_BOX] * 6


def test_lines_below_each_other_are_choices_of_their_own() -> None:
    fields = proposed_fields([_mark(20, "有"), _mark(30, "無"), _mark(20, "有", 60), _mark(30, "無", 60)])
    assert [len(field.choices) for field in fields] == [2, 2]


def test_places_are_given_in_millimetres_of_the_wanted_page() -> None:
    (field,) = proposed_fields([Proposal(Box(10, 20, 30, 8), "cells", "電話番号", 11)], 2.0, 0.5)
    assert (field.box, field.type, field.cells) == (Box(20, 10, 60, 4), FieldType.PHONE, 11)
