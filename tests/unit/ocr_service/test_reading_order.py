"""Reading order on boxes alone: rows, columns, forms, vertical writing."""

import math

from hypothesis import given
from hypothesis import strategies as st

from ocr_service.models.pages import PageText, TextLine
from ocr_service.rules.reading_order import in_reading_order
from ocr_service.schemas.pages import page_from_json, page_to_json


def line(text: str, left: float, top: float, width: float, height: float = 20) -> TextLine:
    right, bottom = left + width, top + height
    return TextLine(((left, top), (right, top), (right, bottom), (left, bottom)), text, 0.9)


def texts(lines: list[TextLine]) -> list[str]:
    return [" ".join(item.text for item in row) for row in in_reading_order(lines)]


def column(name: str, left: float, top: float, count: int = 5) -> list[TextLine]:
    return [line(f"{name}{number}", left, top + number * 30, 300) for number in range(count)]


def test_nothing_is_no_rows() -> None:
    assert in_reading_order([]) == ()


def test_lines_of_one_height_stand_in_one_row_from_left_to_right() -> None:
    lines = [line("値", 400, 103, 100), line("見出し", 50, 100, 100), line("次", 50, 160, 100)]
    assert texts(lines) == ["見出し 値", "次"]


def test_columns_of_prose_follow_each_other_below_a_heading() -> None:
    lines = [line("題", 200, 0, 300), *column("右", 400, 60), *column("左", 50, 60), line("注", 50, 300, 650)]
    assert texts(lines) == ["題", *(f"左{n}" for n in range(5)), *(f"右{n}" for n in range(5)), "注"]


def test_short_cells_side_by_side_are_a_table_and_read_row_by_row() -> None:
    lines = [
        line(f"{name}{n}", left, 60 + n * 30, 80) for name, left in (("b", 300), ("a", 50)) for n in range(5)
    ]
    assert texts(lines) == [f"a{n} b{n}" for n in range(5)]


def test_upright_lines_are_read_from_right_to_left_tier_by_tier() -> None:
    upper = [line(f"上{n}段の長い列", 500 - n * 40, 50, 22, 300) for n in range(4)]
    lower = [line(f"下{n}段の長い列", 500 - n * 40, 450, 22, 300) for n in range(4)]
    assert texts([*lower[::-1], *upper[::-1]]) == [item.text for item in (*upper, *lower)]


def test_a_page_that_lies_askew_is_read_as_if_it_lay_straight() -> None:
    def turn(item: TextLine, angle: float) -> TextLine:
        cosine, sine = math.cos(angle), math.sin(angle)
        a, b, c, d = ((x * cosine - y * sine, x * sine + y * cosine) for x, y in item.box)
        return TextLine((a, b, c, d), item.text, item.confidence)

    page = [line(f"行{n}", 100, 100 + n * 40, 1_200, 28) for n in range(20)]
    cells = [line(f"欄{n}", 100 + n * 500, 1_000, 60, 28) for n in range(3)]
    for angle in (-0.06, 0.06):  # 3.4 degrees: 70 pixels from one end of a line to the other
        askew = [turn(item, angle) for item in [*page, *cells]]
        assert texts(askew[::-1]) == [*(f"行{n}" for n in range(20)), "欄0 欄1 欄2"]


boxes = st.builds(
    line,
    st.text(st.characters(categories=["L"]), min_size=1, max_size=5),
    *(st.floats(0, 2_000), st.floats(0, 3_000), st.floats(1, 800), st.floats(1, 800)),
)


@given(st.lists(boxes, max_size=30))
def test_every_line_appears_once_and_survives_json(lines: list[TextLine]) -> None:
    rows = in_reading_order(lines)
    found = sorted((item.box, item.text) for row in rows for item in row)
    assert found == sorted((item.box, item.text) for item in lines)
    page = PageText(2_800, 3_800, rows, 90)
    assert page_from_json(page_to_json(page)) == page
