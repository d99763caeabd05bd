"""The search box's grammar."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb_service.models.searching import Query
from kb_service.rules.query import LONGEST, parse
from kernel.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "text", "phrases", "excluded"),
    [
        ("児童手当 申請", "児童手当 申請", (), ()),
        ("児童手当　申請", "児童手当 申請", (), ()),
        ('児童手当 "電子 申請"', "児童手当", ("電子 申請",), ()),
        ("「自治体クラウド」の効果", "の効果", ("自治体クラウド",), ()),
        (
            "『電子申請』 “入札” ”契約” ＂公印＂ 〝台帳〟",
            "",
            ("電子申請", "入札", "契約", "公印", "台帳"),
            (),
        ),
        ("手続き -引越し", "手続き", (), ("引越し",)),
        ("手続き －引越し ‐転入 −転出", "手続き", (), ("引越し", "転入", "転出")),
        ("手続き ー引越し", "手続き", (), ("引越し",)),
        ('手続き -"本番 環境"', "手続き", (), ("本番 環境",)),
        ("手続き －「本番環境」", "手続き", (), ("本番環境",)),
        ("-RPA", "", (), ("RPA",)),
        ("AI-OCR サーバー", "AI-OCR サーバー", (), ()),
        ('"片方だけ', "片方だけ", (), ()),
        ("片方だけ」 「", "片方だけ", (), ()),
        ('"" 「」 - -- ー', "", (), ()),
        ("手続き --引越し", "手続き --引越し", (), ()),
        ("a\x00b\u202ec\ufeff", "a b c", (), ()),
        ("重複 「同じ」 「同じ」", "重複", ("同じ",), ()),
        ("", "", (), ()),
    ],
)
def test_what_was_typed_is_taken_apart(
    typed: str, text: str, phrases: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    assert parse(typed) == Query(text, phrases, excluded, typed)


def test_too_long_a_query_is_refused_with_a_reason() -> None:
    assert parse("字" * LONGEST).text == "字" * LONGEST
    with pytest.raises(Invalid) as refused:
        parse("字" * 10_000)
    assert "10,000文字" in refused.value.text.ja
    assert refused.value.problems[0].where == "q"


@example('""『0"』')
@given(st.text(max_size=200) | st.text(st.sampled_from('-－ー"「」『』“”＂ a字　\x00'), max_size=30))
def test_any_text_is_a_query(typed: str) -> None:
    query = parse(typed)
    parts = (query.text, *query.phrases, *query.excluded)
    assert not any("\x00" in part or '"' in part for part in parts)
    assert all(part.strip() for part in (*query.phrases, *query.excluded))
    assert query.raw == typed
    assert parse(query.text).phrases == ()
