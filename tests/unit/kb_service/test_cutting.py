"""Cutting text into pieces: nothing lost, order kept, sizes bounded, whatever the text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.rules.cutting import LONGEST, SHORTEST, cut, plain

MARKUP = st.sampled_from(
    [
        "\n",
        "\n\n",
        "# ",
        "## 見出し\n",
        "**",
        "|",
        "> ",
        "- ",
        "。",
        "、",
        "```\n",
        "[",
        "](",
        ")",
        "１．",
        "---\n",
        "\r\n",
        "\x00",
        "\f",
        "か\u3099",
    ]
)
TEXTS = st.lists(
    st.one_of(st.text(max_size=80), MARKUP, st.just("自治体の情報システムを共同で利用する。")), max_size=60
).map("".join)


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@given(TEXTS, st.booleans())
def test_no_letter_is_lost_or_moved(text: str, markdown: bool) -> None:
    pieces = cut(text, markdown)
    assert letters("".join(piece.text for piece in pieces)) == letters(text)


@given(TEXTS, st.booleans())
def test_pieces_are_bounded_and_never_empty(text: str, markdown: bool) -> None:
    for piece in cut(text, markdown):
        assert 0 < len(piece.text) <= LONGEST
        assert piece.text == piece.text.strip()
        assert len(piece.heading) <= 100


@given(st.integers(min_value=1, max_value=40))
def test_long_prose_gives_pieces_of_a_readable_length(sentences: int) -> None:
    text = (
        "住民からの申請を紙で受け付け、職員が手で入力していたため、繁忙期には残業が続いていた。" * sentences
    )
    pieces = cut(text)
    assert all(len(piece.text) >= SHORTEST for piece in pieces) or len(text) < SHORTEST
    assert all(piece.text.endswith("。") for piece in pieces)


def test_headings_cut_and_are_kept() -> None:
    body = "# 背景\n\n" + "あ" * 150 + "。\n\n## 効果 ##\n\n" + "い" * 150 + "。\n"
    pieces = cut(body, markdown=True)
    assert [piece.heading for piece in pieces] == ["背景", "効果"]
    assert pieces[1].text.startswith("効果\n")


def test_short_sections_share_a_piece() -> None:
    body = "## 費用\n\n100万円\n\n## 期間\n\n3か月\n"
    assert [piece.text for piece in cut(body, markdown=True)] == ["費用\n100万円\n期間\n3か月"]


def test_numbered_lines_of_plain_text_are_headings() -> None:
    text = (
        "5.1 組織体制について\n" + "連携の主体を比べた。" * 20 + "\n（2）費用の分担\n" + "人口で分ける。" * 20
    )
    assert [piece.heading for piece in cut(text)] == ["5.1 組織体制について", "（2）費用の分担"]
    amounts = "0.5百万ユーロ\n2.5 倍\n12.5%\n削減した。"
    assert {piece.heading for piece in cut(amounts)} <= {"", "2.5 倍"}
    dated = "1.5倍に増えた件数を、翌年度の予算に反映させた。\n12. そして。"
    assert {piece.heading for piece in cut(dated)} == {""}


def test_a_word_broken_over_two_lines_is_joined() -> None:
    text = "都市区町村を含めた全ての団体で話し合いの場を設け、電子自治体共同運\n営に特化した検討を始めた。"
    assert "共同運営に特化" in cut(text)[0].text
    assert cut("氏名\n住所")[0].text == "氏名\n住所"  # short lines were ended on purpose


def test_a_page_with_an_empty_line_after_every_line_is_joined() -> None:
    lines = [
        "会長は総務局長、副会長は各市区町村から選任され、最高の意思決定機",
        "関としての総会の下に部会を置く。",
    ] * 8
    assert "最高の意思決定機関としての総会" in cut("\n\n".join(lines))[0].text


def test_markdown_reads_as_text() -> None:
    assert plain("> **重要** [手引き](docs/guide.pdf) `kintone`") == "重要 手引き docs/guide.pdf kintone"
    table = cut("| 区 | 件数 |\n|---|---:|\n| 港区 | 12 |\n", markdown=True)
    assert table[0].text == "区　件数\n港区　12"


@pytest.mark.parametrize("unit", ["*a", "`b ", "[", "# #", "|-", " \n", "a ", "-", "。", "👨‍👩‍👧", "が"])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    started = time.perf_counter()
    cut(unit * (200_000 // len(unit)), markdown=True)
    assert time.perf_counter() - started < 3
