"""chienowa eval variants: is an entry found however it is spelled?"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.bank import temporary_bank
from evals.datasets import documents, variants
from evals.search import ARMS

FILES = ("corpus.jsonl", "variants.jsonl")
FIRST = 3


def evaluate(
    folder: Path, arm: str = "hybrid", adapt: bool = True, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """recall@3 for each category: the share of the expected documents among the first three. The misses are
    told. Raises NotFound without the data."""
    asked = variants(folder)
    with temporary_bank() as bank:
        bank.fill(documents(folder))
        if adapt:
            tell(bank.adapt().reason.en)
        scores: dict[str, list[float]] = defaultdict(list)
        for each in asked:
            found = bank.ask(each.query, ARMS[arm], FIRST).documents
            scores[each.category].append(len(each.expect & set(found)) / len(each.expect))
            if scores[each.category][-1] < 1:
                tell(
                    f"{each.category}: {each.query} → {', '.join(found)} (expected {', '.join(each.expect)})"
                )
    return {
        "category": {
            name: {"n": len(values), "recall@3": round(sum(values) / len(values), 4)}
            for name, values in scores.items()
        }
    }
