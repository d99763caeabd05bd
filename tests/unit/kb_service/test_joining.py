"""Lines broken by a page's width become sentences again, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.rules.joining import join_lines

PROSE = (
    "特別区では住民から受け付けた申請書を職員が一枚ずつ確かめながら業務システムへ入力しているが"
    "この作業を自動化したところ年間でおよそ千二百時間の削減につながり残業も目に見えて減ったという"
    "報告がある一方で手書きの崩れた文字や複写の濃淡による読み違いが残るため確認の手順は続けている。"
)


def wrap(text: str, width: int) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


@pytest.mark.parametrize("width", [12, 20, 35, 40])
def test_a_wrapped_paragraph_is_whole_again(width: int) -> None:
    assert join_lines(wrap(PROSE, width)) == PROSE


def test_a_blank_line_after_each_line_is_bridged_when_asked() -> None:
    spread = wrap(PROSE, 30).replace("\n", "\n\n")
    assert join_lines(spread, over_blank_lines=True) == PROSE
    assert join_lines(spread) == spread


@pytest.mark.parametrize(
    "text",
    [
        "はじめに\n" + PROSE,
        "・一つ目の項目はこのくらいの長さである\n・二つ目の項目もこのくらいの長さである\n・三つ目の項目もこのくらいの長さだ",
        "（１）対象となる業務の範囲を決めること\n（２）対象となる職員の範囲を決めること\n（３）対象となる期間の範囲を決めること",
        "氏名\n住所\n電話番号\n生年月日",
        "業務名 | 件数 | 時間 | 担当する課\n転入届 | 1,200 | 350 | 区民課\n転出届 | 1,100 | 340 | 区民課",
        "業務名\t件数\t時間\t担当する課の名\n転入届\t1,200\t350\t区民課の窓口で\n転出届\t1,100\t340\t区民課の窓口係",
        "この文はここで終わっている長い一文です。\n次の文もここで終わる長い一文なのです。\n最後の文もここで終わる長い一文である。",
        "",
    ],
)
def test_headings_lists_cells_and_whole_sentences_stay_apart(text: str) -> None:
    assert join_lines(text) == text


def test_latin_words_keep_their_space_and_lose_their_hyphen() -> None:
    text = "The ward office reads paper forms with an opti-\ncal reader and then checks every single field by\nhand."
    assert join_lines(text) == (
        "The ward office reads paper forms with an optical reader and then checks every single field by hand."
    )


def test_vertical_writing_that_comes_letter_by_letter_stands_up() -> None:
    assert join_lines("縦\n書\nき\nの\n文") == "縦書きの文"
    assert join_lines("上\n下") == "上\n下"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300), st.booleans())
def test_no_letter_is_lost_or_invented(text: str, over: bool) -> None:
    def letters(value: str) -> str:
        return re.sub(r"[\s\-]", "", value)

    assert letters(join_lines(text, over_blank_lines=over)) == letters(text)
