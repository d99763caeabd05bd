"""Small parts of extraction that need no file: encodings, cleaning, sections, shown values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.adapters.extraction.cleaning import clean, close_up
from kb_service.adapters.extraction.encodings import decode
from kb_service.adapters.extraction.excel import shown_value
from kb_service.adapters.extraction.sections import sections

SENTENCES = [
    "住民票の写しの交付を受ける方は、窓口で本人確認書類を提示してください。",
    "ＡＩ－ＯＣＲの導入により①年間１，２００時間を削減した。",
    "ｶﾅ氏名は半角で入力します。",
]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (text, encoding)
        for text in SENTENCES
        for encoding in (
            "utf-8",
            "cp932",
            "euc_jis_2004",
            "iso2022_jp_ext",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
        )
        if "①" not in text or encoding != "iso2022_jp_ext"  # which has no such sign
    ],
)
def test_each_encoding_is_told_from_a_single_sentence(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc-jp"])
def test_a_file_cut_within_a_letter_loses_that_letter_alone(encoding: str) -> None:
    data = (SENTENCES[0] * 3).encode(encoding)
    assert decode(data[:-1]) == (SENTENCES[0] * 3)[:-1]


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00" * 1_000, b"\x7fELF\x02\x01" + bytes(500)])
def test_what_is_no_text_is_not_taken_for_it(data: bytes) -> None:
    assert decode(data) is None


@given(st.binary(max_size=3_000))
def test_decoding_never_fails(data: bytes) -> None:
    text = decode(data)
    if text is not None:
        clean(text).encode("utf-8")


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=500))
def test_utf_8_is_always_read_as_it_is(text: str) -> None:
    assert decode(text.encode("utf-8")) == text


def test_cleaning_removes_what_cannot_be_seen_and_mends_radicals() -> None:
    assert clean("区⻑の⺠営化\u00ad方\u200b針\x00\r\n\r\n\r\n\r\n次\ud800") == "区長の民営化方針\n\n次"
    assert clean("⽂書の⾒本") == "文書の見本"  # Kangxi radicals, as some PDF fonts yield
    assert clean("髙﨑 渡邊 葛󠄀城") == "髙﨑 渡邊 葛󠄀城"  # names keep their own forms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("知 恵 の 輪", "知恵の輪"),
        ("目　次", "目次"),
        ("令和 ７ 年度 報 告 書", "令和 ７ 年度 報告書"),
        ("渋谷区 千代田区 港区", "渋谷区 千代田区 港区"),
    ],
)
def test_headings_set_wide_are_closed_up(text: str, expected: str) -> None:
    assert close_up(text) == expected


@given(
    st.lists(st.tuples(st.sampled_from(["", "一", "二"]), st.text(max_size=90)), max_size=40),
    st.integers(20, 200),
)
def test_sections_keep_every_letter_in_order_and_their_bounds(
    paragraphs: list[tuple[str, str]], size: int
) -> None:
    parts = sections(paragraphs, size)
    letters = "".join("".join(text.split()) for _, text in paragraphs)
    assert "".join("".join(part.text.split()) for part in parts) == letters
    assert [part.place.number for part in parts] == list(range(1, len(parts) + 1))
    assert all(len(part.text) <= 2 * size for part in parts)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1200, "General", "1200"),
        (1200, "#,##0", "1,200"),
        (1200.5, "#,##0.00", "1,200.50"),
        (0.354, "0.0%", "35.4%"),
        (15, '0"件"', "15件"),
        (-3.0, "#,##0;[Red]-#,##0", "-3"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (dt.datetime(2026, 11, 20), "yyyy/m/d", "2026/11/20"),
        (dt.datetime(2026, 11, 20, 9, 5), "yyyy/m/d h:mm", "2026/11/20 09:05"),
        (dt.time(9, 30), "h:mm", "09:30"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        ("文字", "@", "文字"),
    ],
)
def test_values_are_shown_as_a_reader_sees_them(value: object, number_format: str, shown: str) -> None:
    assert shown_value(value, number_format) == shown
