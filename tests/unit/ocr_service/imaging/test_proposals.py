"""Places on a blank form that look like fields."""

import cv2
import numpy as np

from ocr_service.adapters.imaging.patches import Rect
from ocr_service.adapters.imaging.proposals import proposals
from ocr_service.adapters.imaging.words import Words
from ocr_service.ports.form_reading import Proposal

SCALE = 200 / 25.4


def px(*millimetres: float) -> tuple[int, ...]:
    return tuple(round(each * SCALE) for each in millimetres)


def page() -> np.ndarray:
    return np.full(px(120, 170), 250, np.uint8)


def box(picture: np.ndarray, x: float, y: float, width: float, height: float) -> None:
    cv2.rectangle(picture, px(x, y), px(x + width, y + height), 0, 2)


def words(text: str, x: float, y: float, width: float, height: float = 4.0) -> Words:
    return Words(text, Rect(*px(x, y, x + width, y + height)))


def near(found: Proposal, x: float, y: float, width: float, height: float) -> bool:
    told = (found.box.x, found.box.y, found.box.width, found.box.height)
    return all(abs(a - b) < 1.2 for a, b in zip(told, (x, y, width, height), strict=True))


def test_a_cell_takes_the_name_of_the_cell_to_its_left() -> None:
    picture = page()
    box(picture, 20, 20, 30, 10)
    box(picture, 50, 20, 80, 10)
    found = proposals(picture, SCALE, [words("氏名", 27, 23, 16)])
    assert [(each.kind, each.label) for each in found] == [("cell", "氏名")]
    assert near(found[0], 50, 20, 80, 10)


def test_a_column_takes_the_name_of_its_heading() -> None:
    picture = page()
    for row in range(3):
        for column in range(2):
            box(picture, 20 + 50 * column, 20 + 10 * row, 50, 10)
    found = proposals(picture, SCALE, [words("品名", 37, 23, 16), words("金額", 87, 23, 16)])
    assert sorted(each.label for each in found) == ["品名", "品名", "金額", "金額"]


def test_boxes_for_single_characters_are_one_field() -> None:
    picture = page()
    for number in range(12):
        box(picture, 40 + 6 * number, 30, 6, 8)
    found = proposals(picture, SCALE, [words("個人番号", 10, 32, 24)])
    assert [(each.kind, each.cells, each.label) for each in found] == [("cells", 12, "個人番号")]


def test_an_underline_leaves_room_above_it() -> None:
    picture = page()
    cv2.line(picture, px(40, 60), px(120, 60), 0, 2)
    found = proposals(picture, SCALE, [words("住所", 20, 55, 14)])
    assert [(each.kind, each.label) for each in found] == [("line", "住所")]
    assert found[0].box.height > 5


def test_check_squares_take_the_words_after_them() -> None:
    picture = page()
    box(picture, 20, 30, 3.5, 3.5)
    box(picture, 50, 30, 3.5, 3.5)
    found = proposals(picture, SCALE, [words("希望する", 25, 30, 16), words("希望しない", 55, 30, 20)])
    assert [(each.kind, each.label) for each in found] == [("mark", "希望する"), ("mark", "希望しない")]


def test_a_printed_list_becomes_one_mark_for_each_word() -> None:
    found = proposals(page(), SCALE, [words("明・大・昭・平・令", 20, 30, 36)])
    assert [each.label for each in found] == ["明", "大", "昭", "平", "令"]
    assert all(each.kind == "mark" for each in found)
    assert near(found[2], 36, 30, 4, 4)


def test_a_heading_that_holds_a_dot_is_no_list() -> None:
    assert proposals(page(), SCALE, [words("届出・申請", 20, 30, 36)]) == ()
