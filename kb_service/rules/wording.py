"""Which of a few candidates says it in the question's own wording. Pure.

Words in any order, and meaning, cannot tell a sentence that repeats the question from a page that mentions all
of its words somewhere. Pairs of characters within one sentence can: inflections and particles count."""

import math
import re
from collections.abc import Sequence

from kernel.japanese import normalise

_SENTENCE = re.compile(r"[。！？\n]")
_BLANK = re.compile(r"\s+")
_LONGEST = 400  # characters of a question, and of a sentence
_K1, _B = 1.2, 0.75  # BM25's usual constants


def resemblance(question: str, candidates: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
    """For each candidate (title, passages) how well its best sentence, read with its title, repeats the
    question: BM25 over pairs of characters that are present, 1 for the best candidate. Pairs are rare or
    common among the candidates themselves. All 0 when nothing is repeated."""
    asked = _squeezed(question)
    pairs = sorted({asked[i : i + 2] for i in range(len(asked) - 1)})
    told = [_sentences(title, passages) for title, passages in candidates]
    if not pairs or not any(told):
        return [0.0] * len(candidates)
    weights = []
    for pair in pairs:
        holders = sum(any(pair in sentence for sentence in sentences) for sentences in told)
        weights.append(math.log(1 + (len(told) - holders + 0.5) / (holders + 0.5)))
    lengths = [len(sentence) for sentences in told for sentence in sentences]
    usual = sum(lengths) / len(lengths)
    scores = [
        max(
            (
                sum(weight for pair, weight in zip(pairs, weights, strict=True) if pair in sentence)
                * (_K1 + 1)
                / (1 + _K1 * (1 - _B + _B * len(sentence) / usual))
                for sentence in sentences
            ),
            default=0.0,
        )
        for sentences in told
    ]
    best = max(scores)
    return [score / best for score in scores] if best > 0 else scores


def _sentences(title: str, passages: Sequence[str]) -> list[str]:
    head = _squeezed(title)
    parts = [_squeezed(part) for passage in passages for part in _SENTENCE.split(passage)]
    return [f"{head} {part}" for part in parts if part] or ([head] if head else [])


def _squeezed(text: str) -> str:
    return _BLANK.sub("", normalise(text[:_LONGEST]))
