"""Rules of batches: names, plans, states, and how crops lie in their blob."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from ocr_service.models.batches import BatchState, Outstanding, Plan
from ocr_service.rules.batches import NAME_MAX, checked, safe_name, standing_state
from ocr_service.rules.joining import joined


@given(st.text())
def test_a_name_is_storable_and_leads_nowhere(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= NAME_MAX
    assert not set(safe) & set("/\\\x00\u202e\n") and safe not in (".", "..")
    assert safe.encode()
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        (r"C:\scan\申請書.pdf", "申請書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("請求書\u202efdp.exe", "請求書fdp.exe"),
        ("か\u3099.tif", "が.tif"),
        ("", "名称なし"),
        ("あ" * 300 + ".pdf", "あ" * 251 + ".pdf"),
    ],
)
def test_names_of_files(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected


def test_a_plan_is_tidied() -> None:
    plan = checked(Plan("  給付金 \n 第1便 ", ("b" * 32, "a" * 32, "b" * 32), note=" 急ぎ\n"))
    assert (plan.title, plan.templates, plan.note) == ("給付金 第1便", ("b" * 32, "a" * 32), "急ぎ")


def test_every_mistake_of_a_plan_is_told_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        checked(Plan("", priority=9, threshold=0, note="x" * 2_001))
    assert {problem.where for problem in raised.value.problems} == {"title", "priority", "threshold", "note"}


@pytest.mark.parametrize(
    ("outstanding", "state"),
    [
        (Outstanding(0, 0, 0, False, False), BatchState.RECEIVING),
        (Outstanding(0, 0, 1, False, False), BatchState.RECEIVING),
        (Outstanding(3, 0, 1, False, False), BatchState.READING),
        (Outstanding(3, 1, 0, True, True), BatchState.READING),
        (Outstanding(3, 0, 0, True, False), BatchState.VERIFYING),
        (Outstanding(3, 0, 0, False, True), BatchState.VERIFYING),
        (Outstanding(3, 0, 0, False, False), BatchState.READY),
    ],
)
def test_where_a_batch_stands(outstanding: Outstanding, state: BatchState) -> None:
    assert standing_state(outstanding) is state


@given(st.lists(st.binary(max_size=20)))
def test_every_crop_is_found_again(crops: list[bytes]) -> None:
    data, places = joined(crops)
    assert [data[start : start + size] for start, size in places] == crops
    assert len(data) == sum(map(len, crops))
