"""Automata and search, beside simpler ways to the same answers."""

import itertools
import re
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_service.rules.decoding.beam import Beam, search
from ocr_service.rules.decoding.formats import format_of, plausibility
from ocr_service.rules.decoding.grammars import AnyText, Phrases
from ocr_service.rules.decoding.patterns import Pattern
from ocr_service.rules.decoding.texts import TextOf
from ocr_service.rules.decoding.words import NameOf
from ocr_service.rules.lexicons.tries import Trie
from tests.unit.ocr_service.decoding.seen import a_field

SOURCES = [r"\d\d\d-?\d{4}", "(ab|a)*b?", "[abc]{2,3}|x+", "a(b|)c", r"(令和|R) ?\d{1,2}", r"\(a\)+"]


@pytest.mark.parametrize("source", SOURCES)
@given(text=st.text(alphabet="abcx123-R令和() ", max_size=8))
def test_patterns_accept_what_regular_expressions_accept(source: str, text: str) -> None:
    assert Pattern(source).fits(text) == (re.fullmatch(source, text, re.ASCII) is not None)


@pytest.mark.parametrize("source", ["a|*", "(a", "a)", "[ab"])
def test_patterns_that_are_none_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match=re.escape(source)):
        Pattern(source).fits("a")


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=60)
def test_the_search_adds_up_all_ways_of_a_reading(rows: list[list[float]]) -> None:
    """CTC by definition: the sum over all paths that collapse to the text."""
    matrix = np.array(rows) / np.array(rows).sum(axis=1, keepdims=True)
    wanted: dict[str, float] = {}
    for path in itertools.product(range(3), repeat=len(matrix)):
        text = "".join(" ab"[at] for at, _ in itertools.groupby(path) if at)
        probability = float(np.prod([matrix[step, at] for step, at in enumerate(path)]))
        wanted[text] = wanted.get(text, 0.0) + probability
    found = search(matrix.astype(np.float32), "ab", AnyText(change=0.0), Beam(width=500, most=5))
    for each in [each for each in found if wanted[each.text] > 0.01]:
        assert exp(each.seen) == pytest.approx(wanted[each.text], rel=0.03)
    assert wanted[found[0].text] == pytest.approx(max(wanted.values()), rel=0.03)


def test_tries_tell_shares_and_words() -> None:
    trie = Trie.of({"佐藤": 6, "佐々木": 3, "森": 1})
    node = trie.find("佐")
    assert exp(float(trie.mass[node])) == pytest.approx(0.9)
    assert exp(trie.passing(node, trie.child(node, "藤"))) == pytest.approx(6 / 9)
    assert "佐藤" in trie and "佐" not in trie and "" not in trie
    assert trie.word(trie.find("佐々木")) == "佐々木"
    assert trie.child(0, "林") == -1
    assert sum(trie.letters().values()) == pytest.approx(1)


@given(st.dictionaries(st.text(alphabet="あいう漢", min_size=1, max_size=4), st.floats(0.1, 9), max_size=12))
def test_tries_hold_exactly_their_words(words: dict[str, float]) -> None:
    trie = Trie.of(words)
    total = sum(words.values())
    for word, weight in words.items():
        assert exp(float(trie.end[trie.find(word)])) == pytest.approx(weight / total, rel=1e-4)
    assert int((trie.end > -inf).sum()) == len(words)


NAMES = NameOf(Trie.of({"佐藤": 9, "田": 1, "田中": 5}), Trie.of({"一": 1, "中一": 1}), {"": log(1e-4)})


def weight(grammar: NameOf | TextOf, text: str) -> float:
    state, total = grammar.start, 0.0
    for character in text:
        stepped = grammar.step(state, character)
        assert stepped is not None
        state, total = stepped[0], total + stepped[1]
    end = grammar.finish(state)
    return -inf if end is None else total + end


def test_names_weigh_by_their_best_division() -> None:
    assert weight(NAMES, "田中一") == pytest.approx(weight(NAMES, "田中 一") - log(0.3) + log(0.7), abs=0.01)
    assert weight(NAMES, "佐藤一") > weight(NAMES, "佐木一") > -inf
    assert NAMES.known("田中一") and not NAMES.known("佐藤")


def test_writing_of_words_outweighs_writing_of_letters() -> None:
    texts = TextOf(Trie.of({"会議": 2, "室": 1}), {"": log(1e-3)})
    assert weight(texts, "会議室") > weight(texts, "会義室") > -inf


def test_phrases_end_only_where_one_ends() -> None:
    phrases = Phrases(("はい", "いいえ"))
    state = phrases.start
    for character in "いい":
        stepped = phrases.step(state, character)
        assert stepped is not None
        state = stepped[0]
        assert phrases.finish(state) is None
    assert phrases.step(state, "く") is None
    last = phrases.step(state, "え")
    assert last is not None and phrases.finish(last[0]) == 0.0


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("postal_code", "100-0001", "100-001"),
        ("phone", "03-1234-5678", "13-1234-5678"),
        ("money", "¥12,345円", "1,23"),
        ("date", "令和元年5月1日", "令和年5月1日"),
        ("corporate_number", "1-2345-6789-0123", "123"),
        ("number", "12人", "人"),
    ],
)
def test_formats(kind: str, good: str, bad: str) -> None:
    written = format_of(a_field(kind))
    assert written is not None and written.fits(good) and not written.fits(bad)


def test_cells_are_digits_alone() -> None:
    written = format_of(a_field("my_number", cells=12))
    assert written is not None and written.fits("123456789018") and not written.fits("1234 5678 9018")


def test_the_field_s_own_pattern_counts() -> None:
    field = a_field("number", pattern="[12]")
    assert plausibility(field, "2") == 1.0 > plausibility(field, "3")
