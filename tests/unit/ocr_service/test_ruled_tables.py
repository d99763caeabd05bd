"""Tables from rulings and print: what stands in which cell, and where the table stands in the text."""

from hypothesis import given
from hypothesis import strategies as st

from ocr_service.models.documents import FoundTable, RuledCell
from ocr_service.models.pages import PageText, TextLine
from ocr_service.rules.reading_order import in_reading_order
from ocr_service.rules.ruled_tables import tables_of, text_with_tables

SCALE = 8.0  # pixels per millimetre
WIDE, TALL, RULE = 160, 60, 4
WORDS = st.text("あい窓口9A", min_size=1, max_size=5)


def line(text: str, left: float, top: float, width: float = 100, sure: float = 0.9) -> TextLine:
    return TextLine(
        ((left, top), (left + width, top), (left + width, top + 30), (left, top + 30)), text, sure
    )


def cell(row: int, column: int, across: int = 1, down: int = 1) -> RuledCell:
    left, top = 100 + column * WIDE, 200 + row * TALL
    return RuledCell(left, top, left + across * WIDE - RULE, top + down * TALL - RULE)


def written(text: str, row: int, column: int) -> TextLine:
    at = cell(row, column)
    return line(text, at.left + 10, at.top + 12)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=2, max_size=5), st.randoms())
def test_a_full_grid_comes_out_as_it_was(rows: list[list[str]], chance: object) -> None:
    cells = [cell(r, c) for r in range(len(rows)) for c in range(3)]
    lines = [written(text, r, c) for r, row in enumerate(rows) for c, text in enumerate(row)]
    chance.shuffle(cells)  # type: ignore[attr-defined]
    chance.shuffle(lines)  # type: ignore[attr-defined]
    (table,) = tables_of(cells, lines, SCALE)
    assert table.rows == tuple(map(tuple, rows))


def test_a_cell_over_two_columns_has_its_text_in_the_first() -> None:
    cells = [cell(0, 0, across=2), cell(1, 0), cell(1, 1)]
    lines = [written("見出し", 0, 0), written("左", 1, 0), written("右", 1, 1)]
    (table,) = tables_of(cells, lines, SCALE)
    assert table.rows == (("見出し", ""), ("左", "右"))


def test_print_that_was_taken_for_one_line_is_cut_at_the_ruling() -> None:
    cells = [cell(r, c) for r in range(2) for c in range(2)]
    across = line("あいうえおかきく", cell(0, 0).left, cell(0, 0).top + 12, 2 * WIDE - RULE)
    lines = [across, written("下", 1, 0)]
    (table,) = tables_of(cells, lines, SCALE)
    assert table.rows == (("あいうえ", "おかきく"), ("下", ""))


def test_a_row_of_boxes_or_an_empty_form_is_no_table() -> None:
    row = [cell(0, c) for c in range(7)]
    assert tables_of(row, [written("1", 0, c) for c in range(7)], SCALE) == ()
    grid = [cell(r, c) for r in range(3) for c in range(3)]
    assert tables_of(grid, [written("印", 0, 0)], SCALE) == ()


def test_two_tables_apart_are_two() -> None:
    upper = [cell(r, c) for r in range(2) for c in range(2)]
    lower = [cell(r + 4, c) for r in range(2) for c in range(2)]
    lines = [written(str(r * 2 + c), r, c) for r in (0, 1, 4, 5) for c in (0, 1)]
    tables = tables_of(lower + upper, lines, SCALE)
    assert [table.rows for table in tables] == [(("0", "1"), ("2", "3")), (("8", "9"), ("10", "11"))]


def test_the_table_stands_where_its_first_line_stands() -> None:
    grid = [cell(r, c) for r in range(2) for c in range(2)]
    inside = [written(text, r, c) for r, c, text in ((0, 0, "品"), (0, 1, "数"), (1, 0, "机"), (1, 1, "3"))]
    lines = [line("題", 100, 20), *inside, line("以上", 100, 600), line("雑音", 100, 700, sure=0.1)]
    page = PageText(800, 1_000, in_reading_order(lines))
    assert text_with_tables(page, tables_of(grid, lines, SCALE), 0.4) == "題\n品\t数\n机\t3\n以上"


def test_without_tables_it_is_the_plain_text() -> None:
    page = PageText(800, 1_000, in_reading_order([line("一", 100, 20), line("二", 300, 20)]))
    assert text_with_tables(page, ()) == page.text == "一 二"
    empty = FoundTable(RuledCell(0, 0, 10, 10), (("a", ""), ("", "")))
    assert text_with_tables(page, (empty,)) == page.text
