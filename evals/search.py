"""chienowa eval search: a corpus with graded questions (BEIR), through the production path."""

import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bank import TemporaryBank, temporary_bank
from evals.datasets import Question, documents, questions, relevance
from evals.measures import measured, percentile
from kb_service.service.retrieval import BOTH, MEANING, WORDS

FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
ARMS = {"keyword": (WORDS,), "semantic": (MEANING,), "hybrid": BOTH}
_WARMING = 20  # questions asked before the clock counts: pages of the index are read from the disk once

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """Rankings and times of one arm."""

    rankings: dict[str, tuple[str, ...]]
    milliseconds: list[float]


def evaluate(
    folder: Path, arm: str = "all", adapt: bool = True, tell: Tell = lambda _: None
) -> dict[str, Any]:
    """The figures as shared/eval's README names them. Every question is answered before the relevance
    judgements are opened; the vectors learn from the corpus alone. Raises NotFound without the data."""
    corpus, asked = documents(folder), questions(folder)
    with temporary_bank() as bank:
        tell(f"{len(corpus)} documents")
        per_second = bank.fill(corpus)
        if adapt:
            tell(bank.adapt().reason.en)
        runs = {name: _run(bank, asked, name, tell) for name in (ARMS if arm == "all" else [arm])}
    graded = relevance(folder)
    return {
        "corpus": len(corpus),
        "queries": len(asked),
        "arms": {
            name: {
                **measured(run.rankings, graded),
                "ms_p50": round(percentile(run.milliseconds, 0.50), 2),
                "ms_p95": round(percentile(run.milliseconds, 0.95), 2),
            }
            for name, run in runs.items()
        },
        "index_docs_per_s": round(per_second, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _run(bank: TemporaryBank, asked: list[Question], arm: str, tell: Tell) -> Run:
    for question in asked[:_WARMING]:
        bank.ask(question.text, ARMS[arm])
    answers = {question.id: bank.ask(question.text, ARMS[arm]) for question in asked}
    tell(f"{arm}: {len(answers)} questions")
    rankings = {question: answer.documents for question, answer in answers.items()}
    return Run(rankings, [answer.milliseconds for answer in answers.values()])
