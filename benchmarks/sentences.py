"""Text for the workloads: real Japanese sentences, mixed anew into passages.

Source: the folder CHIENOWA_EVAL_DATA (localgovfaq and jsquad, see docs/benchmarks.md) when it is there, else
the shipped sample entries and the variants corpus. Sentences repeat when the workload is larger than the
source, so frequent words have longer posting lists than in a real bank of the same size: a hard case."""

import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SENTENCE = re.compile(r"[^。！？\n]{12,160}[。！？]?")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the sentences come from, and all of them."""

    name: str
    sentences: tuple[str, ...]


def read_source() -> Source:
    """The sentences in a fixed order. Raises FileNotFoundError when there is no text at all."""
    folder = Path(os.environ.get("CHIENOWA_EVAL_DATA", "../shared/eval"))
    corpora = [
        path for name in ("localgovfaq", "jsquad") if (path := folder / name / "corpus.jsonl").is_file()
    ]
    label = "localgovfaq + jsquad"
    if not corpora:
        corpora, label = [ROOT / "evals" / "variants" / "corpus.jsonl"], "shipped variants corpus"
    texts = [json.loads(line) for path in corpora for line in path.read_text(encoding="utf-8").splitlines()]
    found = (
        match.group() for text in texts for match in SENTENCE.finditer(f"{text['title']}\n{text['text']}")
    )
    return Source(label, tuple(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """An entry of the workload: a title and paragraphs, one for each passage wanted."""

    title: str
    paragraphs: tuple[str, ...]


def entries(source: Source, count: int, paragraphs: int, seed: int) -> Iterator[MadeEntry]:
    """`count` entries of a title and `paragraphs` paragraphs of two to four sentences."""
    chosen = random.Random(seed)
    for _ in range(count):
        title = chosen.choice(source.sentences)[:60]
        yield MadeEntry(
            title,
            tuple(
                "".join(chosen.choices(source.sentences, k=chosen.randint(2, 4))) for _ in range(paragraphs)
            ),
        )


def queries(source: Source, count: int, seed: int) -> tuple[str, ...]:
    """As people ask: a third one word, a third two or three words apart, a third a whole sentence."""
    chosen = random.Random(seed + 1)
    word = re.compile(r"[一-鿿]{2,6}|[ァ-ヶー]{3,10}")
    asked: list[str] = []
    while len(asked) < count:
        sentence = chosen.choice(source.sentences)
        words = word.findall(sentence)
        if len(words) < 3:
            continue
        kind = len(asked) % 3
        if kind == 0:
            asked.append(chosen.choice(words))
        elif kind == 1:
            asked.append(" ".join(chosen.sample(words, k=chosen.randint(2, 3))))
        else:
            asked.append(sentence[:80])
    return tuple(asked)
