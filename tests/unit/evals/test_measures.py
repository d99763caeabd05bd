"""The measures, against values worked out by hand."""

from math import log2

import pytest

from evals.measures import hit, measured, mrr, ndcg, percentile, recall

GRADES = {"a": 2, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("ranking", "hits", "recalled", "reciprocal"),
    [
        (["a", "x", "b", "c"], 1, 1, 1),
        (["x", "b", "y", "a"], 0, 2 / 3, 1 / 2),
        (["x", "y", "z", "c"], 0, 1 / 3, 1 / 4),
        (["x", "y"], 0, 0, 0),
        ([], 0, 0, 0),
    ],
)
def test_hit_recall_and_reciprocal_rank(
    ranking: list[str], hits: float, recalled: float, reciprocal: float
) -> None:
    assert hit(ranking, GRADES) == hits
    assert recall(ranking, GRADES) == pytest.approx(recalled)
    assert mrr(ranking, GRADES) == pytest.approx(reciprocal)


def test_only_the_first_ten_count() -> None:
    late = [*"0123456789", "a"]
    assert (recall(late, GRADES), mrr(late, GRADES), ndcg(late, GRADES)) == (0, 0, 0)
    assert mrr([*"012345678", "a"], GRADES) == pytest.approx(0.1)
    assert recall(["x", "a"], GRADES, first=1) == 0


def test_ndcg_takes_grades_as_gains() -> None:
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)  # 2 + 0.6309 + 0.5
    assert ideal == pytest.approx(3.13093, abs=1e-5)
    assert ndcg(["a", "b", "c"], GRADES) == 1
    assert ndcg(["b", "x", "a"], GRADES) == pytest.approx((1 + 2 / log2(4)) / ideal)
    assert ndcg(["b", "x", "a"], GRADES) == pytest.approx(0.63879, abs=1e-5)
    assert ndcg(["x"], GRADES) == 0
    many = {str(number): 1 for number in range(20)}  # the ideal is cut at ten too
    assert ndcg([str(number) for number in range(10)], many) == pytest.approx(1)


def test_means_are_over_the_questions_that_have_an_answer() -> None:
    rankings = {"q1": ["a"], "q2": ["x", "b"], "unjudged": ["a"]}
    relevance = {"q1": {"a": 1}, "q2": {"b": 1}, "never asked": {"c": 1}}
    assert measured(rankings, relevance) == {
        "hit@1": 0.5,
        "recall@10": 1.0,
        "ndcg@10": round((1 + 1 / log2(3)) / 2, 4),
        "mrr@10": 0.75,
    }
    assert measured({}, relevance)["ndcg@10"] == 0


def test_percentiles_are_nearest_ranks() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, share) for share in (0.0, 0.2, 0.5, 0.95, 1.0)] == [1, 1, 3, 5, 5]
    assert percentile([], 0.5) == 0
