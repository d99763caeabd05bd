"""The vector of a passage in its entry."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb_service.rules.blending import PASSAGE, TITLE, WHOLE, blended


def units(rows: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(st.integers(1, 6), st.integers(0, 99))
def test_a_product_is_the_sum_of_three_cosines(rows: int, seed: int) -> None:
    passages, question = units(rows, seed), units(1, seed + 100)[0]
    whole = passages.sum(axis=0)
    whole /= np.linalg.norm(whole)
    expected = TITLE * passages[0] @ question + WHOLE * whole @ question + PASSAGE * passages @ question
    assert np.allclose(blended(passages) @ question, expected, atol=1e-5)
    assert np.all(np.linalg.norm(blended(passages), axis=1) <= 1 + 1e-5)


def test_the_best_row_is_the_best_passage() -> None:
    passages = units(5, 1)
    assert int(np.argmax(blended(passages) @ passages[3])) == 3


def test_passages_without_a_meaning_of_their_own_speak_for_the_entry() -> None:
    passages = units(3, 2)
    passages[2] = 0
    assert np.linalg.norm(blended(passages)[2]) > 0
    assert not blended(np.zeros((2, 8), np.float32)).any()
    assert blended(np.zeros((0, 8), np.float32)).shape == (0, 8)
