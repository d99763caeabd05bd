"""Differences that add up, and merges that lose nothing."""

import time
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb_service.models.entries import CaseFields, Content, Kind, ProductFields
from kb_service.rules.comparison import Op, Side, Stretch, compare, stretches, three_way
from tests.fakes.bank import case
from tests.fakes.contents import contents

prose = st.text(st.sampled_from("あいう漢字カナab1 \n、。"), max_size=80)


def joined(parts: tuple[Stretch, ...], without: Op) -> str:
    return "".join(part.text for part in parts if part.op is not without)


@given(prose, prose)
def test_stretches_add_up_to_both_texts(before: str, after: str) -> None:
    parts = stretches(before, after)
    assert joined(parts, Op.INSERT) == before
    assert joined(parts, Op.DELETE) == after
    assert all(one.op is not other.op for one, other in pairwise(parts))


def test_a_changed_word_is_marked_alone() -> None:
    parts = stretches("税務課でRPAを導入した。\n効果は大きい。", "税務課でAI-OCRを導入した。\n効果は大きい。")
    assert [(one.op, one.text) for one in parts] == [
        (Op.EQUAL, "税務課で"),
        (Op.DELETE, "RPA"),
        (Op.INSERT, "AI-OCR"),
        (Op.EQUAL, "を導入した。\n効果は大きい。"),
    ]


def test_huge_texts_are_compared_in_time() -> None:
    before = "".join(f"{n % 7}行目の文です。\n" for n in range(60_000))
    after = "".join(f"{n % 5}行目の文でした。\n" for n in range(60_000))
    started = time.monotonic()
    parts = stretches(before, after)
    assert time.monotonic() - started < 10
    assert joined(parts, Op.INSERT) == before and joined(parts, Op.DELETE) == after


@given(contents(), contents())
def test_equal_contents_have_no_changes_and_others_some(first: Content, second: Content) -> None:
    assert compare(first, first) == ()
    if first != second:
        assert compare(first, second) or first.links != second.links or first.tags != second.tags


@given(contents(), contents())
def test_one_sided_changes_merge_without_a_question(base: Content, changed: Content) -> None:
    assert three_way(base, changed, base).merged == changed
    assert three_way(base, base, changed).merged == changed
    assert three_way(base, changed, changed).merged == changed
    for mine, theirs in ((changed, base), (base, changed), (changed, changed)):
        assert three_way(base, mine, theirs).conflicts == ()


@given(contents(), contents(), contents())
def test_a_conflict_keeps_theirs_until_somebody_chooses(
    base: Content, mine: Content, theirs: Content
) -> None:
    found = three_way(base, mine, theirs)
    for choice in found.choices:
        if choice.side is Side.CONFLICT and choice.name == "title":
            assert found.merged.title == theirs.title
        if choice.side is Side.MINE and choice.name == "title":
            assert found.merged.title == mine.title


def test_different_fields_of_two_people_are_both_kept() -> None:
    base = case(fields=CaseFields(lessons="元", contact="元"))
    mine = replace(base, fields=CaseFields(lessons="私", contact="元"))
    theirs = replace(base, fields=CaseFields(lessons="元", contact="相手"), title="相手の件名")
    found = three_way(base, mine, theirs)
    assert found.merged == replace(theirs, fields=CaseFields(lessons="私", contact="相手"))
    assert found.conflicts == ()


def test_a_changed_kind_is_one_choice() -> None:
    base = case(fields=CaseFields(lessons="元"))
    mine = replace(base, kind=Kind.PRODUCT, fields=ProductFields(vendor="社"))
    theirs = replace(base, fields=CaseFields(lessons="相手"))
    found = three_way(base, mine, theirs)
    assert [choice.name for choice in found.conflicts] == ["fields"]
    assert type(found.merged.fields) is ProductFields or found.merged.kind is Kind.CASE
