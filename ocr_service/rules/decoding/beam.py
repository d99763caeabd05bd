"""CTC prefix beam search under a grammar (Hannun et al. 2014, "First-pass large vocabulary continuous speech
recognition using bi-directional recurrent DNNs", with the grammar in the place of their language model)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from ocr_service.rules.decoding.grammars import Grammar, State

_LEAST = 1e-4  # probability of a character at a step
_SHARE = 1e-5  # of the best prefix's score below which a prefix is dropped
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Beam:
    """`width`: prefixes kept after each step; `most`: characters tried at a step; `weight`: how much the
    grammar counts beside what was seen; `bonus`: log, for each character, without which a grammar would always
    prefer the shorter reading."""

    width: int = 20
    most: int = 12
    weight: float = 0.5
    bonus: float = 0.0

    def score(self, weighed: float, length: int) -> float:
        """What the grammar adds to the log probability of what was seen."""
        return self.weight * weighed + self.bonus * length


@dataclass(frozen=True, slots=True)
class Found:
    """A whole reading: log probability of what was seen and of the grammar, and for each character the highest
    probability that it had at a step."""

    text: str
    seen: float
    weighed: float
    characters: tuple[float, ...]


class _Prefix:
    """A node in the tree of what has been read. `blank`, `letter`: probability of all ways to here that end
    with a blank, or with the prefix's last character."""

    __slots__ = (
        "after",
        "before",
        "blank",
        "character",
        "factor",
        "length",
        "letter",
        "next_blank",
        "next_letter",
        "peak",
        "state",
        "weighed",
    )

    def __init__(
        self, before: "_Prefix | None", character: str, state: State, weighed: float, beam: Beam
    ) -> None:
        self.before = before
        self.character = character
        self.state = state
        self.weighed = weighed
        self.length: int = before.length + 1 if before else 0
        self.factor = exp(min(600.0, max(-600.0, beam.score(weighed, self.length))))
        self.after: dict[str, _Prefix | None] = {}
        self.blank = self.letter = self.next_blank = self.next_letter = 0.0
        self.peak = 0.0


def search(
    probabilities: NDArray[np.float32], characters: Sequence[str], grammar: Grammar, beam: Beam
) -> list[Found]:
    """`probabilities`: steps × (1 + characters), the blank first. All readings that are left at the end and
    that the grammar accepts, best first."""
    root = _Prefix(None, "", grammar.start, 0.0, beam)
    root.blank = 1.0
    prefixes = [root]
    scale = 0.0
    for blank, letters in _columns(probabilities, characters, beam.most):
        prefixes, best = _step(prefixes, blank, letters, grammar, beam)
        scale += log(best)
    found = []
    for prefix in prefixes:
        total = prefix.blank + prefix.letter
        end = grammar.finish(prefix.state)
        if end is not None and total > 0:
            text, peaks = _written(prefix)
            found.append(Found(text, log(total) + scale, prefix.weighed + end, peaks))
    return sorted(found, key=lambda each: -(each.seen + beam.score(each.weighed, len(each.text))))


def _columns(
    probabilities: NDArray[np.float32], characters: Sequence[str], most: int
) -> list[tuple[float, list[tuple[str, float]]]]:
    """For each step the blank's probability and the likeliest characters."""
    columns = []
    for row in probabilities:
        kept = np.flatnonzero(row[1:] >= _LEAST)
        if len(kept) > most:
            kept = kept[np.argpartition(-row[1:][kept], most)[:most]]
        columns.append(
            (float(row[0]), [(characters[index], float(row[1 + index])) for index in kept.tolist()])
        )
    return columns


def _step(
    prefixes: list[_Prefix], blank: float, letters: list[tuple[str, float]], grammar: Grammar, beam: Beam
) -> tuple[list[_Prefix], float]:
    reached = list(prefixes)
    least = _SHARE * max((prefix.blank + prefix.letter) * prefix.factor for prefix in prefixes)
    for prefix in prefixes:
        total = prefix.blank + prefix.letter
        prefix.next_blank += total * blank
        for character, probability in letters:
            if character == prefix.character:
                if prefix.letter > 0.0:
                    prefix.next_letter += prefix.letter * probability
                    prefix.peak = max(prefix.peak, probability)
                arriving = prefix.blank * probability
            else:
                arriving = total * probability
            if arriving * prefix.factor < least:
                continue
            longer = prefix.after.get(character, prefix)
            if longer is prefix:
                longer = prefix.after[character] = _longer(prefix, character, grammar, beam)
            if longer is None:
                continue
            if longer.next_letter == 0.0 and longer.blank == 0.0 and longer.letter == 0.0:
                reached.append(longer)
            longer.next_letter += arriving
            longer.peak = max(longer.peak, probability)
    return _kept(reached, beam)


def _kept(reached: list[_Prefix], beam: Beam) -> tuple[list[_Prefix], float]:
    """The best prefixes, scaled by what was seen of the very best, and that scale."""
    scored = []
    best = seen = _TINY
    known: set[int] = set()
    for prefix in reached:
        if id(prefix) in known:
            continue
        known.add(id(prefix))
        total = prefix.next_blank + prefix.next_letter
        score = total * prefix.factor
        scored.append((score, prefix))
        if score > best:
            best, seen = score, total
    scored.sort(key=lambda each: -each[0])
    kept = []
    for number, (score, prefix) in enumerate(scored):
        if number < beam.width and score >= best * _SHARE:
            prefix.blank, prefix.letter = prefix.next_blank / seen, prefix.next_letter / seen
            kept.append(prefix)
        else:
            prefix.blank = prefix.letter = 0.0
        prefix.next_blank = prefix.next_letter = 0.0
    return kept, seen


def _longer(prefix: _Prefix, character: str, grammar: Grammar, beam: Beam) -> _Prefix | None:
    stepped = grammar.step(prefix.state, character)
    if stepped is None:
        return None
    weighed = prefix.weighed + stepped[1]
    return _Prefix(prefix, character, stepped[0], weighed, beam)


def _written(prefix: _Prefix) -> tuple[str, tuple[float, ...]]:
    characters: list[str] = []
    peaks: list[float] = []
    step: _Prefix | None = prefix
    while step is not None and step.before is not None:
        characters.append(step.character)
        peaks.append(min(1.0, step.peak))
        step = step.before
    return "".join(reversed(characters)), tuple(reversed(peaks))
