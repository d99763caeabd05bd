"""Rates, bounds and thresholds of the form evaluation."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.ocr.answers import Answer
from evals.ocr.judging import Judged, chosen_threshold, distance, figures, upper_bound
from ocr_service.models.fields import Box, Field, FieldType

NAME = Field("name", "氏名", FieldType.NAME, Box(0, 0, 10, 10))


def _one(truth: str, read: str, confidence: float = 0.9, page: str = "f/1/1", sure: bool = True) -> Judged:
    return Judged(page, NAME, "handwritten", truth, Answer(read, confidence, sure, (read,)))


def test_upper_bounds_of_rates() -> None:
    assert upper_bound(0, 3_000) == pytest.approx(1 - 0.05 ** (1 / 3_000), rel=1e-6)
    assert upper_bound(0, 1) == pytest.approx(0.95)
    assert upper_bound(5, 100) == pytest.approx(0.10225, abs=1e-4)  # Clopper–Pearson, one-sided 95 %
    assert upper_bound(0, 0) == 1.0
    assert upper_bound(7, 7) == 1.0


@given(st.integers(1, 400), st.data())
def test_a_bound_lies_above_its_rate(count: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, count))
    bound = upper_bound(errors, count)
    assert errors / count <= bound <= 1.0
    if errors < count:
        assert upper_bound(errors + 1, count) >= bound


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_a_distance(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


def test_accuracy_leaves_blank_fields_out() -> None:
    found = figures([_one("田中", "田中"), _one("田中", "田申"), _one("", ""), _one("", "口")])
    assert (found["field_accuracy"], found["filled"], found["wrong"]) == (0.5, 2, 1)
    assert (found["blank_accuracy"], found["blanks"]) == (0.5, 2)
    assert found["cer"] == 0.25


def test_brushes_are_apart() -> None:
    brush = Judged("f/1/1", NAME, "brush", "田中", Answer("甲"))
    found = figures([_one("田中", "田中"), brush])
    assert found["field_accuracy"] == 1.0
    assert found["brush"]["field_accuracy"] == 0.0


def test_the_threshold_lets_one_in_two_hundred_through() -> None:
    right = [_one("田中", "田中", 0.9 + number / 100_000) for number in range(1_000)]
    wrong = [_one("田中", "田申", 0.5 + number / 1_000) for number in range(100)]
    threshold = chosen_threshold([*right, *wrong])
    passed = [each for each in (*right, *wrong) if each.answer.confidence >= threshold]
    errors = sum(not each.right for each in passed)
    assert len(passed) > 1_000
    assert errors / len(passed) <= 0.005
    assert chosen_threshold(wrong) > 1.0


def test_what_is_flagged_never_passes() -> None:
    every = [_one("田中", "田中", 0.99, f"f/{number}/1", sure=False) for number in range(400)]
    found = figures(every)
    assert found["straight_through"] == 0.0
    assert math.isclose(found["shown"]["truth_shown"], 1.0)
