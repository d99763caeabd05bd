"""`chienowa eval search` on a folder of eight made documents, through the services that everybody's search uses."""

import json
from pathlib import Path

import pytest

from evals.search import evaluate
from kernel.errors import Invalid, NotFound

DOCUMENTS = {
    "d1": ("粗大ごみの申し込み", "粗大ごみの収集は、電話かインターネットで申し込みます。"),
    "d2": ("住民票の写し", "住民票の写しは、区民課の窓口かコンビニエンスストアで受け取れます。"),
    "d3": ("保育園の入園", "認可保育園の入園を希望する方は、前の月の十日までに申し込んでください。"),
    "d4": ("犬の登録", "犬を飼い始めたら、三十日以内に登録し、毎年狂犬病の予防注射を受けさせます。"),
    "d5": ("国民健康保険の加入", "会社を辞めて健康保険の資格を失ったときは、国民健康保険に加入します。"),
    "d6": ("自転車の撤去", "放置された自転車は撤去し、保管所で三十日預かります。"),
    "d7": ("防災地図", "洪水と地震のときに逃げる場所を示した地図を配っています。"),
    "d8": ("図書館の予約", "読みたい本は、図書館のウェブサイトから予約できます。"),
}
QUESTIONS = {"q1": ("粗大ごみ 収集", "d1"), "q2": ("ジュウミンヒョウ", "d2"), "q3": ("本を予約したい", "d8")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """corpus.jsonl, queries.jsonl, qrels.tsv as BEIR has them."""
    lines = [{"_id": key, "title": title, "text": text} for key, (title, text) in DOCUMENTS.items()]
    asked = [{"_id": key, "text": text} for key, (text, _) in QUESTIONS.items()]
    for name, rows in (("corpus.jsonl", lines), ("queries.jsonl", asked)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / name).write_text(text, encoding="utf-8")
    graded = "".join(f"{key}\t{document}\t1\n" for key, (_, document) in QUESTIONS.items())
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + graded, encoding="utf-8")
    return tmp_path


def test_eight_documents_through_the_production_path(folder: Path) -> None:
    told: list[str] = []
    figures = evaluate(folder, tell=told.append)
    assert (figures["corpus"], figures["queries"]) == (8, 3)
    assert set(figures["arms"]) == {"keyword", "semantic", "hybrid"}
    assert figures["arms"]["keyword"]["recall@10"] == 1  # also by its reading
    assert figures["arms"]["hybrid"]["hit@1"] == 1
    for arm in figures["arms"].values():
        assert 0 < arm["ms_p50"] <= arm["ms_p95"]
    assert figures["index_docs_per_s"] > 0
    assert figures["peak_rss_mb"] > 0
    assert "8 documents" in told


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"corpus\.jsonl is not there") as raised:
        evaluate(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in raised.value.text.ja
    assert "CHIENOWA_EVAL_DATA" in raised.value.text.ja


def test_a_folder_of_something_else_is_told_by_line(folder: Path) -> None:
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "問い"}\n{"_id": "q2"}\n', encoding="utf-8")
    with pytest.raises(Invalid, match=r"Line 2 .*queries\.jsonl"):
        evaluate(folder)
    (folder / "queries.jsonl").unlink()
    with pytest.raises(NotFound, match=r"queries\.jsonl"):
        evaluate(folder)
