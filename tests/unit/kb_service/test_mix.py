"""The common order of words and meaning."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb_service.rules.mix import FIRST, mix, reworded, share_of_meaning, shares

ids = st.text("abcdef", min_size=1, max_size=3)
word_scores = st.dictionaries(ids, st.floats(0.01, 50), max_size=12)
cosines = st.dictionaries(ids, st.floats(-1, 1), max_size=12)


@given(word_scores, cosines)
@example({}, {"a": 5e-324, "b": 0.0})
def test_everything_comes_once_in_order(words: dict[str, float], meaning: dict[str, float]) -> None:
    order = mix(words, meaning)
    assert sorted(each.entry_id for each in order) == sorted({*words, *meaning})
    assert [each.score for each in order] == sorted((each.score for each in order), reverse=True)
    for each in order:
        assert 0 <= each.score <= 1 + 1e-9
        parts = shares(each)
        assert sum(parts) == pytest.approx(1) or parts == (0, 0)


@given(word_scores)
def test_words_alone_keep_their_order(words: dict[str, float]) -> None:
    assert [each.entry_id for each in mix(words, {})] == sorted(words, key=lambda each: (-words[each], each))


@given(st.dictionaries(ids, st.floats(0.01, 1), max_size=12))
def test_meaning_alone_keeps_its_order(meaning: dict[str, float]) -> None:
    order = mix({}, meaning)
    assert [meaning[each.entry_id] for each in order] == sorted(meaning.values(), reverse=True)


@given(word_scores, cosines)
def test_first_in_both_arms_is_first(words: dict[str, float], meaning: dict[str, float]) -> None:
    both = {**words, "best": max(words.values(), default=0) + 1}
    near = {**{each: min(cosine, 0.9) for each, cosine in meaning.items()}, "best": 0.95}
    assert mix(both, near)[0].entry_id == "best"


@given(word_scores, st.floats(0.1, 100))
def test_the_scale_of_an_arm_does_not_matter(words: dict[str, float], factor: float) -> None:
    near = dict.fromkeys(words, 0.5)
    larger = {each: score * factor for each, score in words.items()}
    assert share_of_meaning(larger.values()) == pytest.approx(share_of_meaning(words.values()))
    for one, other in zip(mix(words, near), mix(larger, near), strict=True):
        assert one.score == pytest.approx(other.score)


def test_fetching_more_does_not_change_the_order_of_the_first() -> None:
    words = {f"e{n}": 20.0 - n for n in range(15)}
    near = {f"e{n}": 0.9 - 0.05 * abs(n - 4) for n in range(15)}
    more = {**words, **{f"later{n}": 1.0 / (n + 1) for n in range(50)}}
    assert [each.entry_id for each in mix(words, near)] == [
        each.entry_id for each in mix(more, near) if not each.entry_id.startswith("later")
    ]


def test_words_decide_when_one_entry_stands_out_and_meaning_when_many_are_alike() -> None:
    assert share_of_meaning([]) == 1
    assert share_of_meaning([12.0]) == pytest.approx(0.2)
    assert share_of_meaning([12.0, *[1.0] * 9]) < 0.3
    assert share_of_meaning([12.0, *[11.5] * 20]) > 0.85
    assert share_of_meaning([12.0, *[11.5] * 2]) < 0.4
    one_of_a_kind = mix({"named": 30.0, "other": 3.0}, {"other": 0.9, "named": 0.5})
    assert one_of_a_kind[0].entry_id == "named"
    alike = mix({f"e{n}": 10 - n / 100 for n in range(12)}, {"e11": 0.9, "e0": 0.4})
    assert alike[0].entry_id == "e11"


def test_wording_orders_the_first_and_never_lets_the_rest_pass() -> None:
    order = mix({f"e{n:02}": 30.0 - n for n in range(20)}, {f"e{n:02}": 0.5 for n in range(20)})
    told = [0.0] * FIRST
    told[3] = 1.0
    again = reworded(order, told, share=0.5)
    assert again[0].entry_id == order[3].entry_id
    assert {each.entry_id for each in again[:FIRST]} == {each.entry_id for each in order[:FIRST]}
    assert again[FIRST:] == order[FIRST:]
    assert reworded(order, [0.0] * FIRST, share=0.5) == order
    assert reworded([], [], share=1.0) == []


def test_shares_of_nothing() -> None:
    (nothing,) = mix({}, {"far": -0.5})
    assert shares(nothing) == (0, 0)
    assert not math.isnan(nothing.score)
