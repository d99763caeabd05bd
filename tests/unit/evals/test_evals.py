"""The measures, the reading of data, and what counts as a fall."""

import json
import math
from pathlib import Path

import pytest

from evals.__main__ import falls
from evals.datasets import digest, documents, questions, relevance, variants
from evals.measures import hit, measured, mrr, ndcg, percentile, recall
from kernel.errors import Invalid, NotFound

GRADES = {"a": 2, "b": 1}


def test_measures_of_one_ranking() -> None:
    assert hit(["b", "x"], GRADES) == 1
    assert hit(["x", "a"], GRADES) == 0
    assert hit([], GRADES) == 0
    assert recall(["x", "a"], GRADES) == 0.5
    assert recall([*"xxxxxxxxxx", "a"], GRADES) == 0
    assert mrr(["x", "b", "a"], GRADES) == 0.5
    assert mrr(["x"], GRADES) == 0
    assert ndcg(["a", "b"], GRADES) == pytest.approx(1)
    assert ndcg(["b", "a"], GRADES) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_means_are_over_the_judged_questions() -> None:
    figures = measured(
        {"q1": ["a"], "q2": ["x"], "q3": ["a"]}, {"q1": {"a": 1}, "q2": {"a": 1}, "q9": {"a": 1}}
    )
    assert figures == {"hit@1": 0.5, "recall@10": 0.5, "ndcg@10": 0.5, "mrr@10": 0.5}


def test_percentiles_by_nearest_rank() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile([4, 1, 3, 2], 0.95) == 4
    assert percentile([], 0.5) == 0


def write(folder: Path, name: str, *lines: object) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")


def test_a_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "corpus.jsonl", {"_id": 1, "title": "題", "text": "本文"}, "", {"_id": "2"})
    write(tmp_path, "queries.jsonl", {"_id": "q", "text": "問"})
    write(tmp_path, "qrels.tsv", "query-id\tcorpus-id\tscore", "q\t1\t2", "q\t2\t0")
    write(tmp_path, "variants.jsonl", {"query": "ゴミ", "expect": ["1"], "category": "kana"})
    assert [document.id for document in documents(tmp_path)] == ["1", "2"]
    assert questions(tmp_path)[0].text == "問"
    assert relevance(tmp_path) == {"q": {"1": 2}}
    assert variants(tmp_path)[0].expect == {"1"}
    before = digest(tmp_path, ["corpus.jsonl"])
    write(tmp_path, "corpus.jsonl", {"_id": 1})
    assert digest(tmp_path, ["corpus.jsonl"]) != before


def test_what_is_missing_or_broken_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"corpus\.jsonl"):
        documents(tmp_path)
    write(tmp_path, "corpus.jsonl", {"_id": 1}, "not JSON")
    with pytest.raises(Invalid, match="Line 2"):
        documents(tmp_path)
    write(tmp_path, "queries.jsonl", {"_id": 1})
    with pytest.raises(Invalid, match="Line 1"):
        questions(tmp_path)
    write(tmp_path, "qrels.tsv", "header", "q\t1")
    with pytest.raises(Invalid, match="Line 2"):
        relevance(tmp_path)


def test_a_fall_is_told() -> None:
    arm = {"hit@1": 0.5, "recall@10": 0.6, "ndcg@10": 0.5, "mrr@10": 0.5}
    figures = {"arms": {"keyword": arm, "hybrid": {**arm, "recall@10": 0.7}}}
    assert falls(figures, {"arms.hybrid.recall@10": 0.69}) == []
    assert "expected at least 0.71" in falls(figures, {"arms.hybrid.recall@10": 0.71})[0]
    figures["arms"]["hybrid"]["hit@1"] = 0.49
    assert "below its best arm" in falls(figures, {})[0]
