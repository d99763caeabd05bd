"""Words found again where they were indexed."""

from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.japanese import Analyser
from kernel.japanese.places import packed, unpacked

INDEXING, SEARCHING = Analyser(), Analyser()  # another process has seen no word yet
TEXTS = [
    "引越しの手続きをした。マイナンバーカードを持って区民課へ。",
    "手数料は１５万円で、前年は730万円でした。ホゲラッチョ連盟とＯＣＲ。",
    "㍿千代田の㌔数。か\u3099くせい",
    "介護保険" + "。" * 300 + "介護保険",
    "A" * 300 + " 介護",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_found_as_by_analysing_again(text: str) -> None:
    places = INDEXING.written(text).places()
    made = INDEXING.analyse(text)
    for word, sound in zip(made.words, made.sounds, strict=True):
        expected = INDEXING.find(text, {word}, ())
        assert expected
        assert SEARCHING.found(text, places, {word}, ()) == expected
        assert SEARCHING.found(text, places, (), {sound}) == INDEXING.find(text, (), {sound})
    assert SEARCHING.said(text, places) == (made.words, made.sounds)


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_found_again(text: str) -> None:
    written = INDEXING.written(text)
    words = set(written.words.split(" "))
    assert SEARCHING.found(text, written.places(), words, ()) == INDEXING.find(text, words, ())


def test_a_text_without_places_is_analysed_again() -> None:
    assert SEARCHING.found("区民課へ", b"", {"区民"}, ()) == [(0, 2)]


@given(st.lists(st.tuples(st.integers(0, 1 << 32), st.integers(0, 255), st.integers(1, 255))))
def test_places_are_kept(steps: list[tuple[int, int, int]]) -> None:
    places, last = [], 0
    for number, distance, length in steps:
        places.append((min(number, 0xFFFFFF), last + distance, last + distance + length))
        last = places[-1][2]
    assert list(unpacked(b64decode(packed(places)))) == places


@pytest.mark.parametrize("places", [[(1, 0, 2), (2, 1, 3)], [(1, 256, 257)], [(1, 0, 256)], [(1, 4, 4)]])
def test_what_does_not_fit_is_not_kept(places: list[tuple[int, int, int]]) -> None:
    assert packed(places) == ""
