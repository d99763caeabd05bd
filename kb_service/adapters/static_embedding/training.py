"""Adapting word vectors to the bank's own text. Needs torch; runs in a process of its own.

Contrastive learning in batches (InfoNCE in both directions): a title or a sentence with words dropped must find
the text it came from among the texts of the batch. Recipe and figures: docs/decisions/0004-meaning-and-mix.md."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from kb_service.adapters.static_embedding.files import WordVectors, map_tensors, read_about, read_words, write
from kb_service.adapters.static_embedding.lessons import Bank, Lesson, judge, read, useful
from kb_service.ports.adaptation import BankText, Models, Progress, Score, Trained
from kernel.japanese import Analyser


@dataclass(frozen=True, slots=True)
class Recipe:
    """Chosen on two public sets, on halves of their questions."""

    epochs: int = 30
    batch: int = 256  # lessons
    rate: float = 1e-3
    sharpness: float = 7.0  # cosines are multiplied by it before the softmax
    dropped: float = 0.3  # share of the words of what must find its text
    from_title: float = 0.5  # share of the pairs that begin at the title
    to_title: float = 0.5  # share of the sentences that look for the title rather than for their neighbours
    pull: float = 2e-3  # towards the starting vectors
    longest: int = 300  # words
    new_word: float = 0.02  # standard deviation of the random vector that an unknown word starts from
    seed: int = 0


def adapt(
    texts: Sequence[BankText],
    held_out: frozenset[str],
    models: Models,
    analyser: Analyser,
    progress: Progress,
    *,
    recipe: Recipe | None = None,
) -> Trained:
    """Learns from the base and the texts into the candidate's folder. Learning always starts from the base: a model of a model
    of a model would drift, and an erased entry would live on in it."""
    started = time.monotonic()
    bank = read(texts, held_out, analyser)
    start = _Start.of(models.base, bank, recipe or Recipe())
    rows, weights = _learn(bank, start, recipe or Recipe(), progress)
    adapted = _joined(models.base, start, rows, weights)
    origin = read_about(models.base)
    about = {"source": origin.get("source", ""), "base": origin["version"]}
    version = write(models.candidate, adapted, {**about, "entries": len(texts)})
    candidate = judge(bank, start.number_of, rows * weights[:, None])
    current = judge_model(models.current, bank)
    return Trained(models.candidate, version, candidate, current, time.monotonic() - started)


def judge_model(folder: Path, bank: Bank) -> Score:
    """The score of a model on disk."""
    tensors = map_tensors(folder / "model.safetensors")
    number_of = {word: number for number, word in enumerate(read_words(folder)) if number}
    words = sorted({word for text in (*bank.titles, *bank.bodies) for word in text if word in number_of})
    numbers = np.array([number_of[word] for word in words], np.int64)
    rows = tensors["embeddings"][tensors["mapping"][numbers]] * tensors["weights"][numbers, None]
    return judge(bank, {word: place for place, word in enumerate(words)}, rows)


@dataclass(frozen=True, slots=True)
class _Start:
    """The bank's words and where they begin: unit vectors of the base, weights by how rare they are."""

    words: tuple[str, ...]
    number_of: dict[str, int]
    rows: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]

    @classmethod
    def of(cls, base: Path, bank: Bank, recipe: Recipe) -> "_Start":
        importance = bank.importance()
        words = tuple(sorted(importance))
        tensors = map_tensors(base / "model.safetensors")
        in_base = {word: number for number, word in enumerate(read_words(base)) if number}
        random = np.random.default_rng(recipe.seed)
        rows = random.normal(0, recipe.new_word, (len(words), tensors["embeddings"].shape[1]))
        known = [number for number, word in enumerate(words) if word in in_base]
        rows[known] = tensors["embeddings"][tensors["mapping"][[in_base[words[number]] for number in known]]]
        weights = np.array([importance[word] for word in words], np.float32)
        return cls(words, {word: n for n, word in enumerate(words)}, rows.astype(np.float32), weights)


class _Pairs:
    """Draws what must be found together."""

    def __init__(self, bank: Bank, number_of: dict[str, int], recipe: Recipe) -> None:
        self._recipe = recipe
        self._random = np.random.default_rng(recipe.seed)
        self._lessons = [
            (lesson.entry, self._numbers(lesson.title, number_of), self._sentences(lesson, number_of))
            for lesson in bank.lessons
        ]
        self.usable = [
            place
            for place, (_, title, sentences) in enumerate(self._lessons)
            if sentences and (len(title) or len(sentences) > 1)
        ]

    @staticmethod
    def _numbers(words: Sequence[str], number_of: dict[str, int]) -> npt.NDArray[np.int64]:
        return np.array([number_of[word] for word in words], np.int64)

    def _sentences(self, lesson: Lesson, number_of: dict[str, int]) -> list[npt.NDArray[np.int64]]:
        told = [sentence for sentence in lesson.sentences if useful(sentence)] or list(lesson.sentences)
        return [self._numbers(sentence, number_of) for sentence in told]

    def batches(self) -> list[npt.NDArray[np.int64]]:
        """One epoch: places of lessons."""
        order = self._random.permutation(self.usable)
        parts = max(1, round(len(order) / self._recipe.batch))
        return np.array_split(order, parts)

    def pair(self, place: int) -> tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(entry, what is known, what must be found)."""
        entry, title, sentences = self._lessons[place]
        longest = self._recipe.longest
        if len(title) and (len(sentences) < 2 or self._random.random() < self._recipe.from_title):
            return entry, self._dropped(title), np.concatenate(sentences)[:longest]
        chosen = int(self._random.integers(len(sentences)))
        known = self._dropped(sentences[chosen])
        if len(title) and self._random.random() < self._recipe.to_title:
            return entry, known, title
        rest = [sentence for number, sentence in enumerate(sentences) if number != chosen]
        return entry, known, np.concatenate([title, *rest])[:longest]

    def _dropped(self, words: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        kept = self._random.random(len(words)) > self._recipe.dropped
        return words[kept] if kept.any() else words


def _learn(
    bank: Bank, start: _Start, recipe: Recipe, progress: Progress
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    torch.manual_seed(recipe.seed)
    pairs = _Pairs(bank, start.number_of, recipe)
    origin = torch.from_numpy(start.rows)
    rows = torch.nn.Parameter(origin.clone())
    weights = torch.nn.Parameter(torch.from_numpy(start.weights))
    optimiser = torch.optim.Adam([rows, weights], lr=recipe.rate)

    def encode(texts: Sequence[npt.NDArray[np.int64]]) -> torch.Tensor:
        words = torch.from_numpy(np.concatenate(texts))
        starts = torch.from_numpy(np.cumsum([0, *(len(text) for text in texts[:-1])]))
        sums = functional.embedding_bag(words, rows, starts, mode="sum", per_sample_weights=weights[words])
        return functional.normalize(sums + 1e-9, dim=-1)

    for epoch in range(recipe.epochs):
        progress(epoch, recipe.epochs)
        for batch in pairs.batches() if len(pairs.usable) > 1 else ():
            entries, known, sought = zip(*(pairs.pair(int(place)) for place in batch), strict=True)
            cosines = encode(known) @ encode(sought).T * recipe.sharpness
            owner = torch.tensor(entries)
            same = (owner[:, None] == owner[None]) & ~torch.eye(len(batch), dtype=torch.bool)
            cosines = cosines.masked_fill(same, -1e4)  # two lessons of one entry are no contrast
            target = torch.arange(len(batch))
            loss = functional.cross_entropy(cosines, target) + functional.cross_entropy(cosines.T, target)
            loss = loss + recipe.pull * ((rows - origin) ** 2).sum() / 128
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimiser.step()
    progress(recipe.epochs, recipe.epochs)
    return rows.detach().numpy(), weights.detach().numpy()


def _joined(
    base: Path, start: _Start, rows: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]
) -> WordVectors:
    """The base with the bank's words replaced and added. A word of the base that the bank does not have keeps
    its vector, and the weight of a rare word."""
    tensors = map_tensors(base / "model.safetensors")
    words = read_words(base)
    mapping, weighing = np.array(tensors["mapping"]), np.ones(len(words), np.float32)
    weighing[0] = 0
    first = len(tensors["embeddings"])
    place = {word: number for number, word in enumerate(words)}
    held = [number for number, word in enumerate(start.words) if word in place]
    new = [number for number, word in enumerate(start.words) if word not in place]
    numbers = [place[start.words[number]] for number in held]
    mapping[numbers] = first + np.array(held, np.int32)
    weighing[numbers] = weights[held]
    return WordVectors(
        [*words, *(start.words[number] for number in new)],
        np.concatenate([tensors["embeddings"], rows]),
        np.concatenate([mapping, first + np.array(new, np.int32)]).astype(np.int32),
        np.concatenate([weighing, weights[new]]),
    )
