"""How good an order is. A ranking is a list of document ids, best first; grades are > 0."""

import math
from collections.abc import Mapping, Sequence
from statistics import mean

FIRST = 10


def hit(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 when the first document is relevant."""
    return float(bool(ranking) and ranking[0] in grades)


def recall(ranking: Sequence[str], grades: Mapping[str, int], first: int = FIRST) -> float:
    """Share of the relevant documents among the first."""
    return len(grades.keys() & set(ranking[:first])) / len(grades)


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], first: int = FIRST) -> float:
    """Discounted cumulative gain with the grades as gains, over the best possible."""
    ideal = sorted(grades.values(), reverse=True)[:first]
    return _gain([grades.get(document, 0) for document in ranking[:first]]) / _gain(ideal)


def mrr(ranking: Sequence[str], grades: Mapping[str, int], first: int = FIRST) -> float:
    """Reciprocal rank of the first relevant document."""
    ranks = (rank for rank, document in enumerate(ranking[:first], 1) if document in grades)
    return 1 / next(ranks, math.inf)


def measured(
    rankings: Mapping[str, Sequence[str]], relevance: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    """Means over the questions that have a relevant document."""
    judged = [(rankings[question], grades) for question, grades in relevance.items() if question in rankings]
    names = {"hit@1": hit, "recall@10": recall, "ndcg@10": ndcg, "mrr@10": mrr}
    return {
        name: round(mean(measure(ranking, grades) for ranking, grades in judged), 4) if judged else 0.0
        for name, measure in names.items()
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank); 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _gain(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
