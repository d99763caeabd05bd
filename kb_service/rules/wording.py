"""Which of a few candidates says it in the question's own wording. Pure.

Words in any order, and meaning, cannot tell a sentence that repeats the question from a page that mentions all
of its words somewhere. Runs of one to three characters within one sentence can: inflections and particles count."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from kernel.japanese import normalise

_SENTENCE = re.compile(r"[。!?\n]")
_BLANK = re.compile(r"[^\S\n]+")
_LONGEST = 400  # characters of a question, and of a sentence
_RUNS = (1, 2, 3)  # characters; pairs alone did worse on both sets (docs/decisions/0004-meaning-and-mix.md)
_K1, _B = 1.2, 0.5  # BM25's constants; a long sentence is punished less than usual


def resemblance(question: str, candidates: Sequence[tuple[str, Sequence[str]]]) -> list[float]:
    """For each candidate (title, passages) how well its best sentence, read with its title, repeats the
    question: BM25 over the runs of characters that are present, 1 for the best candidate. Runs are rare or
    common among the candidates themselves. All 0 when nothing is repeated."""
    asked = _squeezed(question[:_LONGEST])
    runs = sorted({asked[i : i + n] for n in _RUNS for i in range(len(asked) - n + 1)})
    told = [_sentences(title, passages) for title, passages in candidates]
    if not runs or not any(told):
        return [0.0] * len(candidates)
    held = [[_held(sentence, runs) for sentence in sentences] for sentences in told]
    holders = Counter(run for sentences in held for run in set().union(*sentences))
    weight = {run: math.log(1 + (len(told) - count + 0.5) / (count + 0.5)) for run, count in holders.items()}
    lengths = [len(sentence) for sentences in told for sentence in sentences]
    usual = sum(lengths) / len(lengths)
    scores = [
        max(
            (
                sum(weight[run] for run in found)
                * (_K1 + 1)
                / (1 + _K1 * (1 - _B + _B * len(sentence) / usual))
                for sentence, found in zip(sentences, kept, strict=True)
            ),
            default=0.0,
        )
        for sentences, kept in zip(told, held, strict=True)
    ]
    best = max(scores)
    return [score / best for score in scores] if best > 0 else scores


def _held(sentence: str, runs: Sequence[str]) -> list[str]:
    return [run for run in runs if run in sentence]


def _sentences(title: str, passages: Sequence[str]) -> list[str]:
    head = _squeezed(title)
    parts = [part[:_LONGEST] for passage in passages for part in _SENTENCE.split(_squeezed(passage))]
    return [f"{head} {part}" for part in parts if part] or ([head] if head else [])


def _squeezed(text: str) -> str:
    """Folded for matching, without blanks; the ends of lines stay."""
    return _BLANK.sub("", normalise(text))
