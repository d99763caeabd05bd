"""Texts as lessons: what the training draws its pairs from, and the held-out pairs it is judged by. NumPy only."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb_service.ports.adaptation import BankText, Score
from kernel.japanese import Analyser

_SENTENCE = re.compile(r"[。！？\n]")
_CHUNK = 24  # sentences: a long report is many lessons
_SHORTEST = 3  # words of a sentence that says something
_JUDGED_WORDS = 400  # of a body
_FIRST = 10

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A title and some sentences under it, as words. `entry` is the position of its entry."""

    entry: int
    title: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """All texts, analysed. `lessons` of held-out entries carry no title."""

    titles: tuple[tuple[str, ...], ...]
    bodies: tuple[tuple[str, ...], ...]
    lessons: tuple[Lesson, ...]
    held_out: tuple[int, ...]
    groups: tuple[str, ...]

    def importance(self) -> dict[str, float]:
        """Inverse document frequency (BM25's) of every word, 1 = in one entry of about 1,500."""
        entries = len(self.titles)
        counts: Counter[str] = Counter()
        for title, body in zip(self.titles, self.bodies, strict=True):
            counts.update({*title, *body})
        return {w: math.log(1 + (entries - n + 0.5) / (n + 0.5)) / 7 for w, n in counts.items()}


def read(texts: Sequence[BankText], held_out: frozenset[str], analyser: Analyser) -> Bank:
    """Analyses every text once."""
    titles, bodies, lessons, held = [], [], [], []
    for entry, text in enumerate(texts):
        title = tuple(analyser.words(text.title))
        sentences = [tuple(analyser.words(part)) for part in _SENTENCE.split(text.text)]
        titles.append(title)
        bodies.append(tuple(word for sentence in sentences for word in sentence))
        told = [sentence for sentence in sentences if sentence]
        if text.entry_id in held_out and title and told:
            held.append(entry)
        shown = () if text.entry_id in held_out else title
        for start in range(0, max(1, len(told)), _CHUNK):
            lessons.append(Lesson(entry, shown, tuple(told[start : start + _CHUNK])))
    groups = tuple(text.group for text in texts)
    return Bank(tuple(titles), tuple(bodies), tuple(lessons), tuple(held), groups)


def useful(sentence: Sequence[str]) -> bool:
    """Whether a sentence says enough to be recognised by."""
    return len(sentence) >= _SHORTEST


def judge(bank: Bank, number_of: Mapping[str, int], rows: npt.NDArray[np.float32]) -> Score:
    """Held-out titles looking for their bodies among all bodies: one case a title, met by any entry that has
    it. rows[number] is a weighted word vector."""
    bodies = _vectors([body[:_JUDGED_WORDS] for body in bank.bodies], number_of, rows)
    of_title: dict[tuple[str, ...], list[int]] = {}
    for entry in bank.held_out:
        of_title.setdefault(bank.titles[entry], []).append(entry)
    titles = _vectors(list(of_title), number_of, rows)
    ranks: list[int] = []
    for title, entries in zip(titles, of_title.values(), strict=True):
        cosines = bodies @ title
        ranks.append(int(np.count_nonzero(cosines > cosines[entries].max())) if title.any() else len(bodies))
    groups = [bank.groups[entries[0]] for entries in of_title.values()]
    named = {
        group: _score([rank for rank, of in zip(ranks, groups, strict=True) if of == group])
        for group in sorted(set(groups))
    }
    whole = _score(ranks)
    return Score(whole.cases, whole.mrr, whole.recall, named)


def _score(ranks: Sequence[int]) -> Score:
    if not ranks:
        return Score(0, 0.0, 0.0)
    found = [1 / (rank + 1) for rank in ranks if rank < _FIRST]
    return Score(len(ranks), sum(found) / len(ranks), len(found) / len(ranks))


def _vectors(
    texts: Sequence[Sequence[str]], number_of: Mapping[str, int], rows: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    vectors = np.zeros((len(texts), rows.shape[1]), np.float32)
    for row, words in enumerate(texts):
        numbers = [number_of[word] for word in words if word in number_of]
        if numbers:
            total = rows[numbers].sum(axis=0)
            vectors[row] = total / (np.linalg.norm(total) + 1e-9)
    return vectors
